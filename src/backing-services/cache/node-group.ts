import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, SecretValue, Token, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CacheEngine, RedisCacheOptions } from './redis-cache-props';
import { describe } from '../../private/description';

const DEFAULT_NODE_TYPE = 'cache.t4g.micro';
const DEFAULT_VERSIONS = { [CacheEngine.VALKEY]: '8.2', [CacheEngine.REDIS]: '7.1' };
const REDIS_PORT = 6379;

/** What the nodes, or the serverless cache, of a `RedisCache` need beside its options. */
export interface CacheSettings {
  readonly options: RedisCacheOptions;
  readonly engine: CacheEngine;
  readonly subnets: ec2.SelectedSubnets;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly password: SecretValue;
  readonly snapshotRetentionDays: number;

  /** Of the data. */
  readonly removalPolicy: RemovalPolicy;

  /** Of what stands beside the data. */
  readonly companionPolicy: RemovalPolicy;
}

/** Makes a replication group of one shard, which clients talk to as to a single server. */
export function createNodeGroup(scope: Construct, settings: CacheSettings): elasticache.CfnReplicationGroup {
  const { options, engine, subnets, securityGroup, password, snapshotRetentionDays, removalPolicy, companionPolicy } = settings;
  const version = options.engineVersion ?? DEFAULT_VERSIONS[engine];
  const nodeType = options.nodeType ?? DEFAULT_NODE_TYPE;
  const replicas = options.replicas ?? 0;
  const automaticFailover = options.automaticFailover ?? replicas > 0;

  const subnetGroup = new elasticache.CfnSubnetGroup(scope, 'Subnets', {
    description: describe('Cache of', scope),
    subnetIds: subnets.subnetIds,
  });
  subnetGroup.applyRemovalPolicy(companionPolicy);

  const group = new elasticache.CfnReplicationGroup(scope, 'Nodes', {
    replicationGroupDescription: describe('Cache of', scope),
    engine: engine.toLowerCase(),
    engineVersion: version,
    cacheNodeType: nodeType,
    numCacheClusters: replicas + 1,
    automaticFailoverEnabled: automaticFailover,
    multiAzEnabled: automaticFailover,
    // Named even where it is the default one: a change of the engine or of its major version needs the group of the new one.
    cacheParameterGroupName: parameterGroupName(scope, options, familyOf(engine, version), companionPolicy),
    cacheSubnetGroupName: subnetGroup.ref,
    securityGroupIds: [securityGroup.securityGroupId],
    port: REDIS_PORT,
    transitEncryptionEnabled: true,
    authToken: password.unsafeUnwrap(),
    atRestEncryptionEnabled: true,
    kmsKeyId: options.encryptionKey?.keyArn,
    // What AWS demands for nodes with an SSD beside their memory.
    dataTieringEnabled: !Token.isUnresolved(nodeType) && nodeType.startsWith('cache.r6gd.') ? true : undefined,
    snapshotRetentionLimit: snapshotRetentionDays,
    snapshotWindow: options.snapshotWindow,
    snapshotName: options.snapshotName,
    preferredMaintenanceWindow: options.maintenanceWindow,
    autoMinorVersionUpgrade: true,
    logDeliveryConfigurations: options.logRetention && logDeliveries(scope, options.logRetention, companionPolicy),
  });
  group.applyRemovalPolicy(removalPolicy);
  Validations.of(group).acknowledge({
    id: 'AwsSolutions-AEC5',
    reason: 'The security group admits the attached processes only; another port would hide nothing from them',
  });
  if (!automaticFailover) {
    Validations.of(group).acknowledge({
      id: 'AwsSolutions-AEC4',
      reason: "Chosen by 'replicas' or 'automaticFailover': this cache does without a node that takes over",
    });
  }
  return group;
}

function parameterGroupName(scope: Construct, { parameters }: RedisCacheOptions, family: string, removalPolicy: RemovalPolicy): string {
  if (!parameters) {
    return `default.${family}`;
  }
  const group = new elasticache.CfnParameterGroup(scope, 'Parameters', {
    cacheParameterGroupFamily: family,
    description: describe('Cache of', scope),
    properties: parameters,
  });
  group.applyRemovalPolicy(removalPolicy);
  return group.ref;
}

/** @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html */
function familyOf(engine: CacheEngine, version: string): string {
  const major = version.split('.')[0];
  return engine === CacheEngine.REDIS && major === '6' ? 'redis6.x' : `${engine.toLowerCase()}${major}`;
}

/** Both logs in one group: the names of the streams tell them apart. */
function logDeliveries(
  scope: Construct, retention: logs.RetentionDays, removalPolicy: RemovalPolicy,
): elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty[] {
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention, removalPolicy });
  return ['slow-log', 'engine-log'].map((logType) => ({
    logType,
    logFormat: 'json',
    destinationType: 'cloudwatch-logs',
    destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroup.logGroupName } },
  }));
}
