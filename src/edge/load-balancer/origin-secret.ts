import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RequiredHeader } from '../firewall/required-header-props';

/** Name of the header by which the web ACL knows the distribution. */
const HEADER = 'x-origin-secret';

/** Makes up a header with a secret, which the distribution sends and the web ACL asks for. The template holds a reference to the value. */
export function createOriginSecret(scope: Construct): RequiredHeader {
  const secret = new secretsmanager.Secret(scope, 'OriginSecret', {
    description: 'Header by which the web ACL of the load balancer knows the CloudFront distribution',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'CloudFormation writes the value to the distribution and the web ACL. A new one would have to reach both at once, which nothing can do.',
  });
  return { name: HEADER, value: secret.secretValue };
}
