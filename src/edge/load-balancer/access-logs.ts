import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { allowLoadBalancerLogs, loadBalancerLogsStatement } from '../../private/log-bucket';

/** Lets a load balancer write its access logs to a bucket. By hand, because `logAccessLogs` throws where the region is not known. */
export function writeAccessLogs(loadBalancer: elbv2.ApplicationLoadBalancer, bucket: s3.IBucket): void {
  writeLogs(loadBalancer, bucket, 'access_logs', 'alb');
}

/** Lets a load balancer log each connection, too. By hand, as above. */
export function writeConnectionLogs(loadBalancer: elbv2.ApplicationLoadBalancer, bucket: s3.IBucket): void {
  writeLogs(loadBalancer, bucket, 'connection_logs', 'alb-connections');
}

function writeLogs(loadBalancer: elbv2.ApplicationLoadBalancer, bucket: s3.IBucket, kind: string, prefix: string): void {
  const stack = Stack.of(loadBalancer);
  loadBalancer.setAttribute(`${kind}.s3.enabled`, 'true');
  loadBalancer.setAttribute(`${kind}.s3.bucket`, bucket.bucketName);
  loadBalancer.setAttribute(`${kind}.s3.prefix`, prefix);

  const { statementAdded, policyDependable } = allowLoadBalancerLogs(bucket, prefix, stack.account);
  if (policyDependable) {
    loadBalancer.node.defaultChild!.node.addDependency(policyDependable);
  }
  if (!statementAdded) {
    const statement = stack.resolve(loadBalancerLogsStatement(bucket, prefix, stack.account).toStatementJson());
    Annotations.of(loadBalancer).addWarningV2(`cdk-django-on-fargate:${kind === 'access_logs' ? 'access' : 'connection'}-log-bucket-policy`,
      'the policy of the imported \'accessLogBucket\' cannot be changed from here, and the deployment fails unless it holds this statement: '
      + JSON.stringify(statement));
  }
}
