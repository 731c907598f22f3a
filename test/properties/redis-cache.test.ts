import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, dailyWindow, days, maybe, noBoolean, noDuration, noMember, noObject, noStrings, notMatching, outside, prefix, removalPolicy, weeklyWindow } from './arbitraries';
import { describeProperties } from './subject';
import { RedisCache } from '../../src/backing-services/cache/redis-cache';
import { CacheEngine, RedisCacheOptions } from '../../src/backing-services/cache/redis-cache-props';
import { RecordingProcess } from '../backing-services/recording-process';
import { givenVpc, TOKEN } from '../helpers';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

const common = fc.record({ snapshotRetention: maybe(days(1, 35)), removalPolicy: maybe(removalPolicy()), variablePrefix: maybe(prefix) });

const nodes: fc.Arbitrary<RedisCacheOptions> = fc.record({
  common,
  engine: fc.constantFrom<RedisCacheOptions>(
    {}, { engineVersion: '7.2' }, { engineVersion: '9.0' }, { engine: CacheEngine.VALKEY, engineVersion: '8.0' },
    { engine: CacheEngine.REDIS }, { engine: CacheEngine.REDIS, engineVersion: '6.2' }, { engine: CacheEngine.REDIS, engineVersion: '7.1' },
  ),
  failover: fc.oneof(
    fc.record({ replicas: maybe(between(0, 5)) }),
    fc.record({ replicas: between(1, 5), automaticFailover: fc.boolean() }),
  ),
  rest: fc.record({
    nodeType: maybe(fc.constantFrom('cache.t4g.micro', 'cache.t3.medium', 'cache.m7g.large', 'cache.r6gd.xlarge', 'cache.r7g.16xlarge')),
    snapshotWindow: maybe(dailyWindow(60)),
    maintenanceWindow: maybe(weeklyWindow(60)),
    parameters: maybe(fc.record({
      'maxmemory-policy': fc.constantFrom('volatile-lru', 'allkeys-lru', 'noeviction'), 'timeout': between(0, 9999).map(String), 'notify-keyspace-events': fc.constantFrom('', 'Ex'),
    }, { requiredKeys: [] })),
    logRetention: maybe(fc.constantFrom(RetentionDays.ONE_DAY, RetentionDays.TEN_YEARS, RetentionDays.INFINITE)),
    snapshotName: maybe(fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/)),
  }),
}).map(({ common: shared, engine, failover, rest }) => ({ ...shared, ...engine, ...failover, ...rest }));

const serverless: fc.Arbitrary<RedisCacheOptions> = fc.record({
  common,
  engine: fc.constantFrom<RedisCacheOptions>({}, { engineVersion: '7' }, { engine: CacheEngine.REDIS }, { engine: CacheEngine.REDIS, engineVersion: '7' }),
  options: fc.record({
    maxStorageGb: maybe(between(1, 5000)),
    maxEcpuPerSecond: maybe(between(1000, 15_000_000)),
    dailySnapshotTime: maybe(dailyWindow(60).map((window) => window.slice(0, 5))),
  }),
}).map(({ common: shared, engine, options }) => ({ ...shared, ...engine, serverless: options }));

describeProperties<RedisCacheOptions>({
  name: 'RedisCache',
  define: (stack, options) => new RedisCache(stack, 'RedisCache', { vpc: givenVpc(stack), ...options }).attachTo(new RecordingProcess(stack, 'Process')),
  valid: fc.oneof(nodes, serverless),
  expectOf: (template, { replicas = 0, serverless: isServerless }) => {
    const [group] = Object.values(template.findResources('AWS::ElastiCache::ReplicationGroup')).map(({ Properties }) => Properties);
    expect(group === undefined).toBe(isServerless !== undefined);
    if (group) {
      expect(group).toMatchObject({ TransitEncryptionEnabled: true, AtRestEncryptionEnabled: true, NumCacheClusters: replicas + 1 });
      expect(group.MultiAZEnabled).toBe(group.AutomaticFailoverEnabled);
      expect(JSON.stringify(group.AuthToken)).toContain('{{resolve:secretsmanager:');
    }
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32' }] });
  },
  invalid: [
    ['engine', noMember],
    ['engineVersion', notMatching(/^\d+\.\d+$/)],
    ['nodeType', notMatching(/^cache\./)],
    ['replicas', outside(0, 5)],
    ['automaticFailover', noBoolean],
    ['serverless', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['serverless.maxStorageGb', outside(1, 5000)],
    ['serverless.maxEcpuPerSecond', outside(1000, 15_000_000)],
    ['serverless.dailySnapshotTime', notMatching(TIME)],
    ['serverless.snapshotArnsToRestore', noStrings],
    ['snapshotRetention', fc.oneof(noDuration(0, Duration.days(35).toSeconds()), fc.constant(Duration.hours(36)))],
    ['snapshotWindow', fc.oneof(notMatching(/^\d\d:\d\d-\d\d:\d\d$/), fc.constantFrom('03:00-03:59', '03:00-03:00', '24:00-25:00'))],
    ['maintenanceWindow', fc.oneof(notMatching(/^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/), fc.constantFrom('sun:03:00-sun:03:30', 'Son:03:00-Son:05:00'))],
    ['parameters', fc.oneof(fc.string(), between(0, 9), fc.constantFrom(true, [], { a: 1 }, { a: null }, { 'cluster-enabled': 'yes' }))],
    ['encryptionKey', noObject],
    ['snapshotName', fc.oneof(notMatching(/^\S+$/), between(0, 9))],
    ['logRetention', fc.oneof(fc.constantFrom(11, -1, 0, NaN, '7', {}, true))],
    ['removalPolicy', noMember],
    ['variablePrefix', notMatching(/^[A-Za-z_][A-Za-z0-9_]*_$/)],
  ],
  tokens: [
    ['nodeType', TOKEN.string],
    ['snapshotWindow', TOKEN.string],
    ['maintenanceWindow', TOKEN.string],
    ['snapshotName', TOKEN.string],
    ['snapshotRetention', TOKEN.days],
    ['serverless.maxStorageGb', TOKEN.number],
    ['serverless.maxEcpuPerSecond', TOKEN.number],
    ['serverless.dailySnapshotTime', TOKEN.string],
  ],
});
