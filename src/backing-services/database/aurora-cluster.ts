import * as rds from 'aws-cdk-lib/aws-rds';
import { Duration, RemovalPolicy, Tokenization, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AuroraServerlessOptions } from './aurora-serverless-props';
import { DEFAULT_ACU } from './aurora-serverless-rules';
import { createDatabaseLogs } from './database-logs';
import { clusterEngine } from './engine-version';
import { PostgresServer, ServerSettings } from './postgres-server';
import { PrivateDatabaseProps } from './private-database-props';
import { createParameters, DEFAULT_LOG_RETENTION, deletesBackups, insightsOf, serverIdentifier } from './server-settings';
import { dataSubnets } from '../../private/data-subnets';

/** A cluster of Aurora Serverless v2 with its readers, parameters and logs. */
export function createAuroraCluster(scope: Construct, settings: ServerSettings, options: AuroraServerlessOptions): PostgresServer {
  const { props, databaseName, username, secret, companionPolicy } = settings;
  const identifier = serverIdentifier(scope, 'cluster', settings);

  const common = clusterProps(scope, settings, options, identifier);
  const cluster = props.snapshotIdentifier
    ? new rds.DatabaseClusterFromSnapshot(scope, 'Cluster', {
      ...common,
      snapshotIdentifier: props.snapshotIdentifier,
      snapshotCredentials: rds.SnapshotCredentials.fromSecret(secret),
    })
    : new rds.DatabaseCluster(scope, 'Cluster', {
      ...common,
      defaultDatabaseName: databaseName,
      credentials: rds.Credentials.fromSecret(secret, username),
    });
  // With a snapshot, and one of its feature flags off, CDK makes a secret that opens nothing.
  cluster.node.tryRemoveChild('Secret');
  // CDK deletes the instances of a cluster that is kept, and a snapshot has only the cluster as a whole. The writer stays with a cluster that is kept;
  // a reader holds nothing that the cluster does not: one that is taken away must not stay and cost.
  cluster.node.children.filter(({ node }) => node.defaultChild instanceof rds.CfnDBInstance).forEach(({ node }) =>
    (node.defaultChild as rds.CfnDBInstance).applyRemovalPolicy(node.id === 'Writer' ? companionPolicy : RemovalPolicy.DESTROY));
  cluster.node.defaultChild!.node.addDependency(...createDatabaseLogs(scope, {
    kind: 'cluster',
    identifier,
    exports: { postgresql: 'ClusterLogs' },
    retention: props.logRetention ?? DEFAULT_LOG_RETENTION,
    removalPolicy: companionPolicy,
  }));
  acknowledgeFindings(cluster, props, settings.iamAuthentication);

  return {
    cluster,
    replicas: [],
    masterSecret: cluster.secret!,
    secretTarget: cluster,
    proxyTarget: rds.ProxyTarget.fromCluster(cluster),
    host: cluster.clusterEndpoint.hostname,
    port: Tokenization.stringifyNumber(cluster.clusterEndpoint.port),
    replicaHost: props.readReplicas ? cluster.clusterReadEndpoint.hostname : undefined,
    resourceIds: [cluster.clusterResourceIdentifier],
  };
}

function clusterProps(scope: Construct, settings: ServerSettings, options: AuroraServerlessOptions, clusterIdentifier: string) {
  const { props, version, securityGroup, subnetGroup, iamAuthentication, monitoringRole, removalPolicy } = settings;
  const engine = clusterEngine(version);
  const min = options.minCapacityAcu ?? DEFAULT_ACU.min;
  return {
    engine,
    clusterIdentifier,
    vpc: props.vpc,
    vpcSubnets: dataSubnets(props.vpc, props.vpcSubnets),
    subnetGroup,
    securityGroups: [securityGroup],
    parameterGroup: createParameters(scope, 'ClusterParameters', engine, settings),
    writer: rds.ClusterInstance.serverlessV2('Writer', instanceProps(props)),
    // The first one follows the writer's capacity and so can take its place; the others pause by themselves.
    readers: Array.from({ length: props.readReplicas ?? 0 }, (_, index) =>
      rds.ClusterInstance.serverlessV2(`Reader${index + 1}`, { ...instanceProps(props), scaleWithWriter: index === 0 })),
    serverlessV2MinCapacity: min,
    serverlessV2MaxCapacity: options.maxCapacityAcu ?? DEFAULT_ACU.max,
    serverlessV2AutoPauseDuration: min === 0 ? options.autoPauseAfter ?? Duration.minutes(5) : undefined,
    ...props.snapshotIdentifier ? {} : { storageEncrypted: true, storageEncryptionKey: props.storageEncryptionKey },
    iamAuthentication: iamAuthentication || undefined,
    backup: { retention: props.backupRetention ?? Duration.days(7), preferredWindow: props.preferredBackupWindow },
    preferredMaintenanceWindow: props.preferredMaintenanceWindow,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: deletesBackups(removalPolicy),
    cloudwatchLogsExports: ['postgresql'],
    ...insightsOf(props.databaseInsights),
    monitoringInterval: props.enhancedMonitoringInterval,
    monitoringRole,
    deletionProtection: props.deletionProtection ?? true,
    removalPolicy,
  };
}

function instanceProps(props: PrivateDatabaseProps): rds.ServerlessV2ClusterInstanceProps {
  const { enablePerformanceInsights, performanceInsightRetention } = insightsOf(props.databaseInsights);
  return {
    // As the cluster, which decides: CDK warns where they differ.
    ...enablePerformanceInsights ? { enablePerformanceInsights, performanceInsightRetention } : {},
    publiclyAccessible: false,
    autoMinorVersionUpgrade: true,
    preferredMaintenanceWindow: props.preferredMaintenanceWindow,
    caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
  };
}

function acknowledgeFindings(cluster: Construct, props: PrivateDatabaseProps, iamAuthentication: boolean): void {
  Validations.of(cluster).acknowledge(
    { id: 'AwsSolutions-RDS11', reason: 'The security group admits the attached processes only; another port would hide nothing from them' },
  );
  if (!iamAuthentication) {
    Validations.of(cluster).acknowledge({ id: 'AwsSolutions-RDS6', reason: "Chosen by 'authentication': the project logs in with a generated password" });
  }
  if (props.snapshotIdentifier) {
    Validations.of(cluster).acknowledge(
      { id: 'AwsSolutions-RDS2', reason: 'Restored from a snapshot: RDS encrypts it as that is' },
      { id: 'CloudFormation-Validate::F3021', reason: 'Restored from a snapshot: the name of the administrator comes from it, the password is a new one' },
    );
  }
  if (props.deletionProtection === false) {
    Validations.of(cluster).acknowledge({ id: 'AwsSolutions-RDS10', reason: "Chosen by 'deletionProtection': this database may be deleted" });
  }
}
