import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { RedisCache } from '../../../src/backing-services/cache/redis-cache';
import { CacheEngine, RedisCacheProps } from '../../../src/backing-services/cache/redis-cache-props';
import { givenVpc, messageOf, newStack, TOKEN } from '../../helpers';

function define(props: Partial<RedisCacheProps> = {}, stack = newStack()) {
  return new RedisCache(stack, 'Cache', { vpc: givenVpc(stack), ...props });
}

const message = (...reasons: string[]) => ["RedisCache at 'Stack/Cache' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n');

describe('a cache is refused with', () => {
  const nodeType = (got: string, use = '') => `'nodeType' must be 'cache.', a class and a size, like 'cache.t4g.micro', got "${got}"${use && `: use "${use}"`}`;
  const oldClass = (got: string, use: string) => "'nodeType' must be of a class that ElastiCache has for new caches, like " +
    `t3, t4g, m4, m5, m6g, m7g, r4, r5, r6g, r6gd, r7g, c7gn, got "${got}": use '${use}'`;
  const ofNodes = (prop: string) => `'${prop}' is for nodes, and 'serverless' is given: remove one of the two`;
  const snapshots = 'ElastiCache keeps automatic snapshots for 35 days at most; 0 takes none';
  const known = (prop: string, what: string) => `'${prop}' must be known at synthesis, because ${what} computed from it: give it as a plain value, not as a token`;
  const noSnapshots = (prop: string) =>
    `'${prop}' is given while 'snapshotRetention' is 0, which takes no snapshots: keep them for a day or more, or leave it out`;

  test.each<[string, any, string[]]>([
    ['no network', { vpc: undefined }, ["'vpc' must be given: use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })"]],
    ['a name for a network, and more', { vpc: 'vpc-1', replicas: 9 },
      ["'vpc' must be an ec2.IVpc, got \"vpc-1\": use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })", "'replicas' must be a whole number between 0 and 5, got 9"]],
    ['a policy by its name', { removalPolicy: 'RETAIN' },
      ["'removalPolicy' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, " +
        'got "RETAIN": use RemovalPolicy.RETAIN']],
    ['a name for subnets', { vpcSubnets: 'private' }, ['\'vpcSubnets\' must be an ec2.SubnetSelection, got "private": e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }']],
    ['ids for subnets', { vpcSubnets: ['subnet-1'] },
      ['\'vpcSubnets\' must be an ec2.SubnetSelection, got ["subnet-1"]: e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }']],
    ['a snapshot that is no name', { snapshotName: '' }, ['\'snapshotName\' must be the name of a snapshot, got ""']],
    ['a number for a snapshot', { snapshotName: 3 }, ["'snapshotName' must be the name of a snapshot, got 3"]],
    ['a word for failover', { automaticFailover: 'false' }, ['\'automaticFailover\' must be true or false, got "false": write false without quotes']],
    ['a snapshot without its ARN', { serverless: { snapshotArnsToRestore: ['shop'] } }, ["'serverless.snapshotArnsToRestore' must be ARNs like " +
      '\'arn:aws:elasticache:eu-central-1:123456789012:serverlesssnapshot:shop\', got "shop"']],
    ['a way to evict that Redis does not know', { parameters: { 'maxmemory-policy': 'lru' } }, ['\'parameters\' must have as "maxmemory-policy" one of ' +
      'noeviction, volatile-lru, allkeys-lru, volatile-lfu, allkeys-lfu, volatile-random, allkeys-random, volatile-ttl, got "lru"']],
    ['the alias of a key', { encryptionKey: kms.Alias.fromAliasName(newStack(), 'Alias', 'alias/shop') },
      ["'encryptionKey' must be the key itself, got an alias: use kms.Key.fromKeyArn(this, 'Key', 'arn:…')"]],
    ['a time for options', { serverless: Duration.days(30) }, ["'serverless' must be an object with options, got 30 days"]],
    ['nodes without their first word', { nodeType: 't4g.micro' }, [nodeType('t4g.micro', 'cache.t4g.micro')]],
    ['nodes of a database', { nodeType: 'db.m7g.large' }, [nodeType('db.m7g.large', 'cache.m7g.large')]],
    ['nodes without a size', { nodeType: 'cache.t4g' }, [nodeType('cache.t4g')]],
    ['nodes that are nothing', { nodeType: '' }, [nodeType('')]],
    ['nodes of an old class', { nodeType: 'cache.t2.micro' }, [oldClass('cache.t2.micro', 'cache.t4g.micro')]],
    ['large nodes of an old class', { nodeType: 'cache.m3.xlarge' }, [oldClass('cache.m3.xlarge', 'cache.m7g.large')]],
    ['nodes of an old class for memory', { nodeType: 'cache.r3.large' }, [oldClass('cache.r3.large', 'cache.r7g.large')]],
    ['nodes too large for their class', { nodeType: 'cache.t4g.large' },
      ["'nodeType' must be a size that the class t4g has, micro, small or medium, got \"cache.t4g.large\""]],
    ['nodes too small for their class', { nodeType: 'cache.m7g.micro' }, ["'nodeType' must be a size that the class m7g has, large or more, got \"cache.m7g.micro\""]],
    ['fewer replicas than none', { replicas: -1 }, ["'replicas' must be a whole number between 0 and 5, got -1"]],
    ['failover to nodes that are none', { automaticFailover: true, replicas: 0 }, ["'automaticFailover' needs a node that can take over, and 'replicas' is 0: give 1 or more"]],
    ['failover to no node', { automaticFailover: true }, ["'automaticFailover' needs a node that can take over, and 'replicas' is 0: give 1 or more"]],
    ['replicas that are a token', { replicas: TOKEN.number(1) }, [known('replicas', 'automatic failover is')]],
    ['a version that is a token', { engineVersion: TOKEN.string() }, [known('engineVersion', "the parameter group's family is")]],
    ['Memcached', { engine: 'memcached' }, ["'engine' must be one of CacheEngine.VALKEY, CacheEngine.REDIS, got \"memcached\": " +
      "Memcached keeps no data, knows no password and cannot be Celery's broker"]],
    ['an engine in small letters', { engine: 'redis' }, ["'engine' must be one of CacheEngine.VALKEY, CacheEngine.REDIS, got \"redis\": use CacheEngine.REDIS"]],
    ['the major version alone', { engineVersion: '8' }, ["'engineVersion' must be major and minor version, like '8.2', got \"8\": AWS applies the patches"]],
    ['a patch of the version', { engine: CacheEngine.REDIS, engineVersion: '7.1.0' },
      ["'engineVersion' must be major and minor version, like '7.1', got \"7.1.0\": AWS applies the patches"]],
    ['a number as version', { engineVersion: 8.2 }, ["'engineVersion' must be major and minor version, like '8.2', got 8.2: AWS applies the patches"]],
    ['a Valkey that never was', { engineVersion: '7.1' }, ["'engineVersion' must be 7.2 or higher for Valkey, got \"7.1\""]],
    ['a Redis that is no more', { engine: CacheEngine.REDIS, engineVersion: '5.0' }, ["'engineVersion' must be 6.2 or higher for Redis, got \"5.0\""]],
    ['a Redis that ElastiCache does not have', { engine: CacheEngine.REDIS, engineVersion: '7.4' }, ["'engineVersion' must be at most 7.1 for Redis, got \"7.4\": " +
      'ElastiCache has no newer Redis; CacheEngine.VALKEY goes on from there']],
    ['a serverless Redis that ElastiCache does not have', { engine: CacheEngine.REDIS, engineVersion: '8', serverless: {} },
      ["'engineVersion' must be at most 7 for Redis, got \"8\": ElastiCache has no newer Redis; CacheEngine.VALKEY goes on from there"]],
    ['a minor version of serverless', { engineVersion: '8.2', serverless: {} },
      ["'engineVersion' must be the major version for serverless, like '8', got \"8.2\": AWS upgrades the rest"]],
    ['an old version of serverless', { engineVersion: '6', serverless: {} }, ["'engineVersion' must be 7 or higher for Valkey, got \"6\""]],
    ['nodes and serverless', {
      serverless: {},
      nodeType: 'cache.t4g.micro',
      replicas: 1,
      automaticFailover: true,
      parameters: { timeout: '1' },
      snapshotWindow: '03:00-04:00',
      maintenanceWindow: 'sun:03:00-sun:04:00',
      snapshotName: 'shop',
      logRetention: 7,
    }, ['nodeType', 'replicas', 'automaticFailover', 'parameters', 'snapshotWindow', 'maintenanceWindow', 'snapshotName', 'logRetention'].map(ofNodes)],
    ['a word for serverless', { serverless: true }, ["'serverless' must be an object with options, got true"]],
    ['serverless without room', { serverless: { maxStorageGb: 0, maxEcpuPerSecond: 999 } }, [
      "'serverless.maxStorageGb' must be a whole number between 1 and 5000 GB, got 0",
      "'serverless.maxEcpuPerSecond' must be a whole number between 1000 and 15000000 ECPU, got 999",
    ]],
    ['serverless snapshots at no time', { serverless: { dailySnapshotTime: '3:00' } }, ["'serverless.dailySnapshotTime' must be a time in UTC like '03:00', got \"3:00\""]],
    ['one ARN for a list', { serverless: { snapshotArnsToRestore: 'arn' } }, ["'serverless.snapshotArnsToRestore' must be a list of strings, got \"arn\": write [\"arn\"]"]],
    ['a snapshot without a name', { snapshotName: '' }, ["'snapshotName' must be the name of a snapshot, got \"\""]],
    ['long snapshots', { snapshotRetention: Duration.days(36) }, [`'snapshotRetention' must be between 0 days and 35 days, got 36 days: ${snapshots}`]],
    ['snapshots of half days', { snapshotRetention: Duration.hours(36) }, ["'snapshotRetention' must be in whole days, got 1 day 12 hours"]],
    ['snapshots at a time without an end', { snapshotWindow: '03:00' }, ["'snapshotWindow' must be a daily time in UTC like '03:00-04:00', got \"03:00\""]],
    ['snapshots in half an hour', { snapshotWindow: '23:45-00:15' }, ["'snapshotWindow' must be 60 minutes or more, got \"23:45-00:15\", which is 30 minutes"]],
    ['a time for no snapshots', { snapshotWindow: '03:00-04:00', snapshotRetention: Duration.days(0) }, [noSnapshots('snapshotWindow')]],
    ['a time for no serverless snapshots', { serverless: { dailySnapshotTime: '03:00' }, snapshotRetention: Duration.days(0) },
      [noSnapshots('serverless.dailySnapshotTime')]],
    ['patches on no day', { maintenanceWindow: '03:00-04:00' }, ["'maintenanceWindow' must be a weekly time in UTC like 'sun:04:00-sun:05:00', got \"03:00-04:00\""]],
    ['patches on a whole day', { maintenanceWindow: 'Sunday' }, ["'maintenanceWindow' must be a weekly time in UTC like 'sun:04:00-sun:05:00', got \"Sunday\""]],
    ['patches in no time', { maintenanceWindow: 'sat:23:30-sun:00:00' },
      ["'maintenanceWindow' must be 60 minutes or more, got \"sat:23:30-sun:00:00\", which is 30 minutes"]],
    ['a list of parameters', { parameters: ['timeout'] },
      ["'parameters' must be an object with the parameters as keys, got [\"timeout\"]: write { 'maxmemory-policy': 'volatile-ttl' }"]],
    ['a number as parameter', { parameters: { timeout: 300 } }, ["'parameters' must be an object with strings as values, got 300 for \"timeout\": write \"300\""]],
    ['a cluster by parameter', { parameters: { 'cluster-enabled': 'yes' } },
      ["'parameters' must be without \"cluster-enabled\": commands on several keys at once fail on a cluster, and with them Celery and Django's set_many"]],
    ['an ARN for a key', { encryptionKey: 'arn:aws:kms' }, ["'encryptionKey' must be a kms.IKey, got \"arn:aws:kms\": use kms.Key.fromKeyArn(this, 'Key', 'arn:…')"]],
    ['logs of eleven days', { logRetention: 11 }, [
      "'logRetention' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 9999 days, " +
      'which logs.RetentionDays has names for, got 11',
    ]],
    ['a prefix that begins with a digit', { variablePrefix: '2_' },
      ["'variablePrefix' must be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. 'ARCHIVE_', got \"2_\""]],
    ['everything wrong at once', { nodeType: 't2', replicas: 0.5, engineVersion: 'newest' }, [
      "'engineVersion' must be major and minor version, like '8.2', got \"newest\": AWS applies the patches",
      nodeType('t2'), "'replicas' must be a whole number between 0 and 5, got 0.5",
    ]],
  ])('%s', (_, props, reasons) => {
    expect(messageOf(() => define(props))).toBe(message(...reasons));
  });
});

describe('a cache in the VPC', () => {
  test('that the CLI has yet to look up is not judged', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Looked', { vpcName: 'shop' });
    expect(() => define({ vpc, vpcSubnets: { subnetGroupName: 'Cache' } }, stack)).not.toThrow();
  });

  test('takes subnets that were imported without their zones', () => {
    const stack = newStack();
    const subnets = ['s-1', 's-2'].map((id) => ec2.Subnet.fromSubnetId(stack, id, id));
    expect(() => define({ vpcSubnets: { subnets } }, stack)).not.toThrow();
  });

  const oneZone = (prop: string) =>
    `'${prop}' must have subnets for the cache in at least 2 availability zones, got 1 in 1: without a second one nothing can take over when a zone fails`;
  test.each<[string, Partial<ec2.VpcAttributes>, ec2.SubnetSelection | undefined, string]>([
    ['that has public subnets only', { privateSubnetIds: undefined, isolatedSubnetIds: undefined }, undefined,
      "'vpc' must have isolated or private subnets for the cache, it has 2 public ones only: " +
      "add a subnet group of the type PRIVATE_ISOLATED to it, or give others with 'vpcSubnets'"],
    ['whose public subnets are chosen', {}, { subnetType: ec2.SubnetType.PUBLIC },
      "'vpcSubnets' must not be public, got Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2: choose PRIVATE_ISOLATED ones"],
    ['that has no such subnets', {}, { subnetGroupName: 'Data' },
      "'vpcSubnets' matches no subnet of the VPC: There are no subnet groups with name 'Data' in this VPC. Available names: Public,Private,Isolated"],
    ['of which no subnet is chosen', {}, { subnets: [] }, "'vpcSubnets' matches no subnet of the VPC: choose others"],
    ['that has one zone', { availabilityZones: ['a'], publicSubnetIds: ['p'], privateSubnetIds: ['q'], isolatedSubnetIds: ['i'] }, undefined, oneZone('vpc')],
    ['of which one zone is chosen', {}, { subnetType: ec2.SubnetType.PRIVATE_ISOLATED, availabilityZones: ['eu-central-1a'] }, oneZone('vpcSubnets')],
  ])('%s is refused', (_, attributes, vpcSubnets, reason) => {
    const stack = newStack();
    const vpc = givenVpc(stack, attributes);
    expect(messageOf(() => new RedisCache(stack, 'Cache', { vpc, vpcSubnets }))).toBe(message(reason));
  });
});
