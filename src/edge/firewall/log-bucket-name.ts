import * as s3 from 'aws-cdk-lib/aws-s3';
import { Stack, Token } from 'aws-cdk-lib/core';
import { an, BUCKET } from '../../private/shapes';
import { isGiven, show } from '../../private/validation';

const PREFIX = 'aws-waf-logs-';

/**
 * The end of the sentence "'logs' must ..." for a bucket that AWS WAF refuses. It says then that the ARN is not valid, and only in
 * the deployment, so names are judged here, as far as they are known.
 */
export function wafLogBucketProblem(bucket: s3.IBucket): string | undefined {
  const misfit = isGiven(bucket) ? an(BUCKET)(bucket) : `${BUCKET.name}, got nothing: ${BUCKET.hint}`;
  if (misfit) {
    return `go to ${misfit}`;
  }
  const start = startOfName(bucket);
  return start === undefined || start.startsWith(PREFIX)
    ? undefined
    : `go to a bucket whose name begins with '${PREFIX}', because AWS WAF accepts no other, got ${start === '' ? 'a generated name' : show(start)}: `
      + `use a LogBucket, or give the bucket a 'bucketName' like '${PREFIX}shop'`;
}

/** The name of a bucket up to its first part that is known in the deployment only; empty where CloudFormation generates it. */
function startOfName(bucket: s3.IBucket): string | undefined {
  if (!Token.isUnresolved(bucket.bucketName)) {
    return bucket.bucketName;
  }
  const resource = bucket.node.defaultChild;
  if (!s3.CfnBucket.isCfnBucket(resource)) {
    return undefined;
  }
  const name: string | { readonly 'Fn::Join'?: [string, unknown[]] } | undefined = Stack.of(bucket).resolve(resource.bucketName);
  if (name === undefined) {
    return Stack.of(bucket).stackName.startsWith(PREFIX) ? undefined : '';
  }
  const first = typeof name === 'string' ? name : name['Fn::Join']?.[1][0];
  return typeof first === 'string' ? first : undefined;
}
