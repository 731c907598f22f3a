import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Duration, Fn, RemovalPolicy, Token, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createDatabaseLogs } from './database-logs';
import { instanceEngine } from './engine-version';
import { PostgresServer, ServerSettings } from './postgres-server';
import { PrivateDatabaseProps } from './private-database-props';
import { DEFAULT_STORAGE_GIB } from './private-database-rules';
import { createParameters, DEFAULT_INSTANCE_TYPE, DEFAULT_LOG_RETENTION, deletesBackups, insightsOf, serverIdentifier } from './server-settings';

const DEFAULT_MAX_STORAGE_GIB = 100;
const MOST_STORAGE_GIB = 65536;
const LOG_EXPORTS = ['postgresql', 'upgrade'];

/** An RDS instance with its replicas, parameters and logs. */
export function createPostgresInstance(scope: Construct, settings: ServerSettings): PostgresServer {
  const { props, version, databaseName, username, secret, removalPolicy } = settings;
  const engine = instanceEngine(version);
  const identifier = serverIdentifier(scope, 'instance', settings);
  const allocatedStorage = props.allocatedStorageGiB ?? DEFAULT_STORAGE_GIB;

  const common = {
    ...commonProps(settings),
    parameterGroup: createParameters(scope, 'Parameters', engine, settings),
    maxAllocatedStorage: props.maxAllocatedStorageGiB ?? defaultMaxStorage(allocatedStorage),
  };
  const source = {
    ...common,
    engine,
    instanceIdentifier: identifier,
    multiAz: props.multiAz ?? true,
    allocatedStorage,
    backupRetention: props.backupRetention ?? Duration.days(7),
    preferredBackupWindow: props.preferredBackupWindow,
    deleteAutomatedBackups: deletesBackups(removalPolicy),
    allowMajorVersionUpgrade: props.allowMajorVersionUpgrade,
    removalPolicy,
  };
  const instance = props.snapshotIdentifier
    ? new rds.DatabaseInstanceFromSnapshot(scope, 'Instance', {
      ...source,
      snapshotIdentifier: props.snapshotIdentifier,
      credentials: rds.SnapshotCredentials.fromSecret(secret),
    })
    : new rds.DatabaseInstance(scope, 'Instance', {
      ...source,
      databaseName,
      credentials: rds.Credentials.fromSecret(secret, username),
      storageEncrypted: true,
      storageEncryptionKey: props.storageEncryptionKey,
    });
  writeLogs(scope, instance, identifier, 'Logs', settings);
  acknowledgeFindings(instance, props);

  const replicas = createReplicas(scope, instance, identifier, common, settings);
  return {
    instance,
    replicas,
    masterSecret: instance.secret!,
    secretTarget: instance,
    proxyTarget: rds.ProxyTarget.fromInstance(instance),
    host: instance.dbInstanceEndpointAddress,
    port: instance.dbInstanceEndpointPort,
    replicaHost: replicas.length > 0 ? Fn.join(',', replicas.map(({ dbInstanceEndpointAddress }) => dbInstanceEndpointAddress)) : undefined,
    resourceIds: [instance.instanceResourceId!, ...replicas.map(resourceIdOf)],
  };
}

/** What instance and replicas have in common. */
function commonProps({ props, securityGroup, subnetGroup, iamAuthentication, monitoringRole }: ServerSettings) {
  return {
    vpc: props.vpc,
    instanceType: new ec2.InstanceType((props.instanceType ?? DEFAULT_INSTANCE_TYPE).replace(/^db\./, '')),
    subnetGroup,
    securityGroups: [securityGroup],
    publiclyAccessible: false,
    storageType: rds.StorageType.GP3,
    iamAuthentication: iamAuthentication || undefined,
    copyTagsToSnapshot: true,
    autoMinorVersionUpgrade: true,
    preferredMaintenanceWindow: props.preferredMaintenanceWindow,
    cloudwatchLogsExports: LOG_EXPORTS,
    ...insightsOf(props.databaseInsights),
    monitoringInterval: props.enhancedMonitoringInterval,
    monitoringRole,
    caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
    deletionProtection: props.deletionProtection ?? true,
  };
}

function createReplicas(
  scope: Construct, source: rds.DatabaseInstance | rds.DatabaseInstanceFromSnapshot, identifier: string,
  common: ReturnType<typeof commonProps> & { readonly parameterGroup: rds.ParameterGroup; readonly maxAllocatedStorage?: number },
  settings: ServerSettings,
): rds.DatabaseInstanceReadReplica[] {
  const { props } = settings;
  const removalPolicy = replicaPolicy(settings);
  return Array.from({ length: props.readReplicas ?? 0 }, (_, index) => {
    const number = index + 1;
    const replica = new rds.DatabaseInstanceReadReplica(scope, `Replica${number}`, {
      ...common,
      sourceDatabaseInstance: source,
      instanceIdentifier: `${identifier}-r${number}`,
      removalPolicy,
    });
    writeLogs(scope, replica, `${identifier}-r${number}`, `Replica${number}Logs`, { ...settings, companionPolicy: removalPolicy });
    acknowledgeFindings(replica, props);
    Validations.of(replica).acknowledge(
      { id: 'AwsSolutions-RDS2', reason: 'A read replica in the same region is encrypted as its source is, and CloudFormation wants nothing said of it' },
      { id: 'AwsSolutions-RDS3', reason: 'A read replica holds nothing of its own: its source is the one that has a standby' },
    );
    return replica;
  });
}

/**
 * A replica holds nothing of its own, so one without protection goes when it is taken away, even where its source is kept. RDS deletes none that is
 * protected, and one that was promoted has data of its own: that one stays with its source. It has no snapshot of its own.
 */
function replicaPolicy({ props, companionPolicy }: ServerSettings): RemovalPolicy {
  return props.deletionProtection === false ? RemovalPolicy.DESTROY : companionPolicy;
}

/** By the L1: the L2 gives the ARN instead where a feature flag is off. */
function resourceIdOf(replica: rds.DatabaseInstanceReadReplica): string {
  return (replica.node.defaultChild as rds.CfnDBInstance).attrDbiResourceId;
}

function writeLogs(scope: Construct, instance: Construct, identifier: string, id: string, { props, companionPolicy }: ServerSettings): void {
  const groups = createDatabaseLogs(scope, {
    kind: 'instance',
    identifier,
    exports: { postgresql: id, upgrade: id.replace(/Logs$/, 'UpgradeLogs') },
    retention: props.logRetention ?? DEFAULT_LOG_RETENTION,
    removalPolicy: companionPolicy,
  });
  instance.node.defaultChild!.node.addDependency(...groups);
}

function acknowledgeFindings(instance: Construct, props: PrivateDatabaseProps): void {
  Validations.of(instance).acknowledge(
    { id: 'AwsSolutions-RDS11', reason: 'The security group admits the attached processes only; another port would hide nothing from them' },
  );
  if (props.snapshotIdentifier) {
    Validations.of(instance).acknowledge({ id: 'AwsSolutions-RDS2', reason: 'Restored from a snapshot: RDS encrypts it as that is' });
  }
  if (props.multiAz === false) {
    Validations.of(instance).acknowledge({ id: 'AwsSolutions-RDS3', reason: "Chosen by 'multiAz': this database does without a standby" });
  }
  if (props.deletionProtection === false) {
    Validations.of(instance).acknowledge({ id: 'AwsSolutions-RDS10', reason: "Chosen by 'deletionProtection': this database may be deleted" });
  }
}

function defaultMaxStorage(allocated: number): number | undefined {
  const most = Math.min(MOST_STORAGE_GIB, Math.max(DEFAULT_MAX_STORAGE_GIB, allocated * 5));
  return Token.isUnresolved(allocated) || most * 10 < allocated * 11 ? undefined : most;
}
