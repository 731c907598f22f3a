import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeForcedWildcards } from '../../src/private/wildcard';

function findings(acknowledged: (stack: Stack, bucket: s3.IBucket) => string[]) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const bucket = new s3.CfnBucket(stack, 'Bucket');
  const policy = new iam.ManagedPolicy(stack, 'Policy', {
    statements: [new iam.PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [`${bucket.attrArn}/*`, stack.formatArn({ service: 'ecs', resource: 'task', resourceName: '*' }), 'arn:aws:s3:::plain/*'],
    })],
  });
  acknowledgeForcedWildcards(policy, acknowledged(stack, s3.Bucket.fromBucketArn(stack, 'ByArn', bucket.attrArn)), 'forced');
  return new AwsSolutionsChecks(app).validateScope(policy).violations.map(({ ruleName }) => ruleName);
}

describe('acknowledgeForcedWildcards', () => {
  test('names the findings as cdk-nag does: attributes, pseudo parameters, plain text', () => {
    expect(findings((stack, bucket) => [
      bucket.arnForObjects('*'), stack.formatArn({ service: 'ecs', resource: 'task', resourceName: '*' }), 'arn:aws:s3:::plain/*',
    ])).toEqual([]);
  });

  test('acknowledges the given resources only', () => {
    expect(findings((_, bucket) => [bucket.arnForObjects('*'), 'arn:aws:s3:::plain/*'])).toEqual([
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/*]',
    ]);
  });
});
