import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { RemovalPolicy, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DEFAULT_ACU } from './aurora-serverless-rules';
import { databaseIdentifier } from './database-identifier';
import { DatabaseInsights } from './database-insights';
import { ServerSettings } from './postgres-server';
import { PrivateDatabaseProps } from './private-database-props';
import { describe } from '../../private/description';
import { auroraMaxConnections, maxConnections } from '../../private/postgres';

export const DEFAULT_INSTANCE_TYPE = 't4g.small';
export const DEFAULT_LOG_RETENTION = logs.RetentionDays.THREE_MONTHS;

/** Parameters of a server: TLS is never off. */
export function createParameters(scope: Construct, id: string, engine: rds.IEngine, { props, companionPolicy }: ServerSettings): rds.ParameterGroup {
  return new rds.ParameterGroup(scope, id, {
    engine,
    description: describe('Database of', scope),
    parameters: { 'rds.force_ssl': '1', ...props.parameters },
    removalPolicy: companionPolicy,
  });
}

/** The identifier of a server, which is another one where a change replaces it. */
export function serverIdentifier(scope: Construct, kind: string, { props, databaseName, username }: ServerSettings): string {
  return databaseIdentifier(scope, [kind, databaseName, username, props.snapshotIdentifier ?? '', props.storageEncryptionKey?.keyArn ?? '']);
}

/** How closely RDS watches: the two settings that stand for it are kept together by CDK's own rules. */
export function insightsOf(insights: DatabaseInsights = DatabaseInsights.STANDARD) {
  return {
    databaseInsightsMode: insights === DatabaseInsights.ADVANCED ? rds.DatabaseInsightsMode.ADVANCED : rds.DatabaseInsightsMode.STANDARD,
    enablePerformanceInsights: insights !== DatabaseInsights.NONE,
    performanceInsightRetention: {
      [DatabaseInsights.NONE]: undefined,
      [DatabaseInsights.STANDARD]: rds.PerformanceInsightRetention.DEFAULT,
      [DatabaseInsights.ADVANCED]: rds.PerformanceInsightRetention.MONTHS_15,
    }[insights],
  };
}

/** Whether backups go with the data. */
export function deletesBackups(removalPolicy: RemovalPolicy): boolean {
  return removalPolicy === RemovalPolicy.DESTROY;
}

/** Connections that a database accepts; not known where a proxy shares them out. */
export function connectionLimit({ auroraServerless, instanceType = DEFAULT_INSTANCE_TYPE, parameters, proxy }: PrivateDatabaseProps): number | undefined {
  const given = parameters?.max_connections;
  if (proxy || given !== undefined) {
    return proxy || !/^\d+$/.test(given!) ? undefined : Number(given);
  }
  if (auroraServerless) {
    return auroraMaxConnections(auroraServerless.minCapacityAcu ?? DEFAULT_ACU.min, auroraServerless.maxCapacityAcu ?? DEFAULT_ACU.max);
  }
  return Token.isUnresolved(instanceType) ? undefined : maxConnections(instanceType.replace(/^db\./, ''));
}
