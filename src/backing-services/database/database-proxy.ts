import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ArnFormat, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { databaseIdentifier, hashOf } from './database-identifier';
import { createDatabaseLogs } from './database-logs';
import { DatabaseProxyOptions } from './database-proxy-props';
import { DEFAULT_PROXY_PERCENT } from './database-proxy-rules';
import { DatabaseUsers } from './database-users';
import { PostgresServer, ServerSettings } from './postgres-server';
import { DEFAULT_LOG_RETENTION, serverIdentifier } from './server-settings';
import { dataSubnets } from '../../private/data-subnets';

/** An RDS Proxy through which the application's user reaches the server. */
export function createDatabaseProxy(
  scope: Construct, server: PostgresServer, { application, iam: usesIam }: DatabaseUsers, settings: ServerSettings, options: DatabaseProxyOptions,
): rds.DatabaseProxy {
  const { props, securityGroup } = settings;
  const vpcSubnets = dataSubnets(props.vpc, props.vpcSubnets);
  const most = options.maxConnectionsPercent ?? DEFAULT_PROXY_PERCENT;
  // A proxy that changed in place would cut off the version that still serves: with other logins, before another database or in other subnets it is
  // another proxy, with a role of its own, and the former one lives until the new version serves. No two may have the same name.
  const replacing = [
    'proxy', props.vpc.selectSubnets(vpcSubnets).subnetIds, serverIdentifier(scope, props.auroraServerless ? 'cluster' : 'instance', settings),
    usesIam, application.name ?? '', application.secret?.secretArn ?? '',
  ];
  const dbProxyName = databaseIdentifier(scope, replacing);
  const proxy = new rds.DatabaseProxy(scope, `Proxy${hashOf(scope, replacing)}`, {
    proxyTarget: server.proxyTarget,
    dbProxyName,
    vpc: props.vpc,
    vpcSubnets,
    securityGroups: [securityGroup],
    requireTLS: true,
    ...usesIam ? { defaultAuthScheme: rds.DefaultAuthScheme.IAM_AUTH } : {
      secrets: [application.secret as secretsmanager.ISecret],
      clientPasswordAuthType: rds.ClientPasswordAuthType.POSTGRES_SCRAM_SHA_256,
    },
    maxConnectionsPercent: most,
    maxIdleConnectionsPercent: options.maxIdleConnectionsPercent ?? (Token.isUnresolved(most) ? undefined : Math.floor(most / 2)),
    borrowTimeout: options.borrowTimeout,
    idleClientTimeout: options.idleClientTimeout,
  });
  proxy.node.defaultChild!.node.addDependency(...createDatabaseLogs(scope, {
    kind: 'proxy',
    identifier: dbProxyName,
    exports: { '': 'ProxyLogs' },
    retention: props.logRetention ?? DEFAULT_LOG_RETENTION,
    // It is always deleted: what it logged is of no use to the next one, whose log would have the same name on the way back.
    removalPolicy: RemovalPolicy.DESTROY,
  }));
  if (usesIam) {
    connectsAs(proxy.node.findChild('IAMRole') as iam.Role, server, application.name!);
  }
  // The proxy asks for its first connections at once.
  proxy.node.findChild('ProxyTargetGroup').node.addDependency(proxy.node.findChild('IAMRole'));
  return proxy;
}

/** The id by which IAM knows a proxy. */
export function proxyResourceId(proxy: rds.DatabaseProxy): string {
  return Stack.of(proxy).splitArn(proxy.dbProxyArn, ArnFormat.COLON_RESOURCE_NAME).resourceName!;
}

/** With IAM the proxy itself needs tokens for the server. */
function connectsAs(role: iam.Role, { resourceIds: [serverId] }: PostgresServer, user: string): void {
  role.addToPolicy(new iam.PolicyStatement({
    actions: ['rds-db:connect'],
    resources: [Stack.of(role).formatArn({
      service: 'rds-db', resource: 'dbuser', resourceName: `${serverId}/${user}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })],
  }));
}
