import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Construct, IDependable } from 'constructs';

/** What AWS asks for, without its wildcards. */
const KEY_ACTIONS = [
  'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey',
];

/**
 * Lets the logs of a web ACL go to a bucket. Without these rights AWS WAF edits the policy behind CloudFormation's back, or fails.
 * @returns what must be there before the logs are switched on
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
 */
export function allowWafLogs(webAcl: Construct, bucket: s3.IBucket): IDependable[] {
  const stack = Stack.of(webAcl);
  const delivery = {
    principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: '*' }) },
    },
  };
  const statements = [
    new iam.PolicyStatement({
      ...delivery,
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
      conditions: {
        ...delivery.conditions,
        StringEquals: { ...delivery.conditions.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    }),
    new iam.PolicyStatement({ ...delivery, actions: ['s3:GetBucketAcl'], resources: [bucket.bucketArn] }),
  ];
  const results = statements.map((statement) => bucket.addToResourcePolicy(statement));
  if (results.some(({ statementAdded }) => !statementAdded)) {
    const needed = stack.resolve(statements.map((statement) => statement.toStatementJson()));
    Annotations.of(webAcl).addWarningV2('cdk-django-on-fargate:web-acl-log-bucket-policy',
      'the policy of the imported bucket for the logs cannot be changed from here: unless whoever deploys may change it, it must hold these statements: '
      + JSON.stringify(needed));
  }
  bucket.encryptionKey?.addToResourcePolicy(new iam.PolicyStatement({ ...delivery, actions: KEY_ACTIONS, resources: ['*'] }));
  return results.flatMap(({ policyDependable }) => policyDependable ?? []);
}
