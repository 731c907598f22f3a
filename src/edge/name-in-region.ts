import { Names, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** A name for what CloudFront keeps once for an account: the same stack may stand in several regions of it. */
export function nameInRegion(scope: Construct, what: string, maxLength = 90): string {
  return `${Names.uniqueResourceName(scope, { maxLength })}-${what}-${Stack.of(scope).region}`;
}
