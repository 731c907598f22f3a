import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { allowLoadBalancerLogs, loadBalancerLogsStatement } from '../private/log-bucket';

const PREFIX = 'alb';

/** Lets a load balancer write its access logs to a bucket. By hand, because `logAccessLogs` throws where the region is not known. */
export function writeAccessLogs(loadBalancer: elbv2.ApplicationLoadBalancer, bucket: s3.IBucket): void {
  const stack = Stack.of(loadBalancer);
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
  loadBalancer.setAttribute('access_logs.s3.prefix', PREFIX);

  const { statementAdded, policyDependable } = allowLoadBalancerLogs(bucket, PREFIX, stack.account);
  if (policyDependable) {
    loadBalancer.node.defaultChild!.node.addDependency(policyDependable);
  }
  if (!statementAdded) {
    const statement = stack.resolve(loadBalancerLogsStatement(bucket, PREFIX, stack.account).toStatementJson());
    Annotations.of(loadBalancer).addWarningV2('cdk-django-on-fargate:access-log-bucket-policy',
      'the policy of the imported \'accessLogBucket\' cannot be changed from here, and the deployment fails unless it holds this statement: '
      + JSON.stringify(statement));
  }
}
