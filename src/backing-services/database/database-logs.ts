import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Log groups by the names that RDS writes to, made before it does, so that they expire. */
export interface DatabaseLogOptions {
  readonly kind: 'instance' | 'cluster' | 'proxy';
  readonly identifier: string;
  /** Ids of the log groups, by what RDS exports; of a proxy there is but one, without a name of its own. */
  readonly exports: Record<string, string>;
  readonly retention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** RDS makes log groups that never expire where there are none; CDK's own way to mend that is a Lambda. */
export function createDatabaseLogs(scope: Construct, { kind, identifier, exports, retention, removalPolicy }: DatabaseLogOptions): logs.LogGroup[] {
  return Object.entries(exports).map(([log, id]) => new logs.LogGroup(scope, id, {
    logGroupName: `/aws/rds/${kind}/${identifier}${log && `/${log}`}`,
    retention,
    removalPolicy,
  }));
}
