import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Fn, Names, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CacheSettings } from './node-group';
import { CacheEngine, ServerlessCacheOptions } from './redis-cache-props';
import { onePerZone } from '../../private/data-subnets';
import { describe } from '../../private/description';

const DEFAULT_MAJOR_VERSIONS = { [CacheEngine.VALKEY]: '8', [CacheEngine.REDIS]: '7' };
const MOST_CHARACTERS = 40;
const CHARACTERS_OF_STACK = 8;
const CHARACTERS_OF_GROUP = 17;
/** What AWS takes: 2 or 3, each in a zone of its own. */
const MOST_SUBNETS = 3;

/** Makes a serverless cache, which knows its users by a group only. */
export function createServerlessCache(scope: Construct, serverless: ServerlessCacheOptions, settings: CacheSettings): elasticache.CfnServerlessCache {
  const { options, engine, subnets, securityGroup, password, snapshotRetentionDays, removalPolicy, companionPolicy } = settings;
  const name = uniqueName(scope);

  // Redis demands a user of this name in each group, Valkey takes groups of Redis too: this one may become a Valkey.
  const user = new elasticache.CfnUser(scope, 'User', {
    engine: 'redis',
    userId: name,
    userName: 'default',
    accessString: 'on ~* &* +@all',
    passwords: [password.unsafeUnwrap()],
  });
  const userGroup = new elasticache.CfnUserGroup(scope, 'UserGroup', { engine: 'redis', userGroupId: name, userIds: [user.ref] });
  const cache = new elasticache.CfnServerlessCache(scope, 'Serverless', {
    serverlessCacheName: name,
    description: describe('Cache of', scope),
    engine: engine.toLowerCase(),
    majorEngineVersion: options.engineVersion ?? DEFAULT_MAJOR_VERSIONS[engine],
    cacheUsageLimits: usageLimits(serverless),
    subnetIds: onePerZone(subnets.subnets, MOST_SUBNETS).map(({ subnetId }) => subnetId),
    securityGroupIds: [securityGroup.securityGroupId],
    userGroupId: userGroup.ref,
    kmsKeyId: options.encryptionKey?.keyArn,
    snapshotRetentionLimit: snapshotRetentionDays,
    dailySnapshotTime: serverless.dailySnapshotTime,
    snapshotArnsToRestore: serverless.snapshotArnsToRestore?.length ? serverless.snapshotArnsToRestore : undefined,
    // CloudFormation's policy for snapshots does not know this type.
    finalSnapshotName: removalPolicy === RemovalPolicy.SNAPSHOT ? finalSnapshotName(scope, securityGroup) : undefined,
  });
  cache.applyRemovalPolicy(companionPolicy);
  user.applyRemovalPolicy(companionPolicy);
  userGroup.applyRemovalPolicy(companionPolicy);
  return cache;
}

function usageLimits({ maxStorageGb, maxEcpuPerSecond }: ServerlessCacheOptions): elasticache.CfnServerlessCache.CacheUsageLimitsProperty | undefined {
  return maxStorageGb === undefined && maxEcpuPerSecond === undefined ? undefined : {
    dataStorage: maxStorageGb === undefined ? undefined : { maximum: maxStorageGb, unit: 'GB' },
    ecpuPerSecond: maxEcpuPerSecond === undefined ? undefined : { maximum: maxEcpuPerSecond },
  };
}

/**
 * A name, which AWS demands here: lower case, no two hyphens on end, unique in account and region. It ends with the begin of the stack's
 * own id, so that what an earlier stack of the same name left behind blocks nothing.
 */
function uniqueName(scope: Construct): string {
  const path = pathOf(scope, MOST_CHARACTERS - CHARACTERS_OF_STACK - 1);
  const stackId = Fn.select(2, Fn.split('/', Stack.of(scope).stackId));
  return `${path}-${Fn.select(0, Fn.split('-', stackId))}`;
}

/**
 * A name that no earlier cache left its last snapshot under: the same stack may make, remove and make a cache again, and AWS refuses to
 * delete one whose snapshot cannot be taken. The id of the security group is new with each `RedisCache`.
 */
function finalSnapshotName(scope: Construct, securityGroup: ec2.ISecurityGroup): string {
  const path = pathOf(scope, MOST_CHARACTERS - CHARACTERS_OF_GROUP - 1);
  return `${path}-${Fn.select(1, Fn.split('-', securityGroup.securityGroupId))}`;
}

function pathOf(scope: Construct, maxLength: number): string {
  return Names.uniqueResourceName(scope, { maxLength, separator: '-' }).toLowerCase().replace(/-+/g, '-');
}
