import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { define, groupOf, only, PASSWORD, serverlessOf, violations } from './cache-stack';
import { RedisCache } from '../../../src/backing-services/cache/redis-cache';
import { CacheEngine, RedisCacheProps } from '../../../src/backing-services/cache/redis-cache-props';
import { fromPython, givenVpc, newStack, TOKEN, warningsOf } from '../../helpers';

describe('a cache by default', () => {
  const { stack, cache } = define();
  const template = Template.fromStack(stack);

  test('is one small node of Valkey, encrypted at rest and on the way, with a password and snapshots', () => {
    expect(groupOf(stack)).toEqual({
      Type: 'AWS::ElastiCache::ReplicationGroup',
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
      Properties: {
        ReplicationGroupDescription: 'Cache of Cache',
        Engine: 'valkey',
        // The last minor version of its major one: no automatic upgrade gets ahead of the template.
        EngineVersion: '8.2',
        CacheParameterGroupName: 'default.valkey8',
        CacheNodeType: 'cache.t4g.micro',
        NumCacheClusters: 1,
        AutomaticFailoverEnabled: false,
        MultiAZEnabled: false,
        CacheSubnetGroupName: { Ref: expect.stringMatching(/^CacheSubnets/) },
        SecurityGroupIds: [stack.resolve(cache.securityGroup.securityGroupId)],
        Port: 6379,
        TransitEncryptionEnabled: true,
        AtRestEncryptionEnabled: true,
        AuthToken: PASSWORD,
        SnapshotRetentionLimit: 5,
        AutoMinorVersionUpgrade: true,
      },
    });
  });

  // Whatever changes here makes CloudFormation replace the cache, or its password, of every user of the library.
  test('keeps the ids of what holds data', () => {
    const idsOf = (type: string) => Object.keys(template.findResources(type));
    expect(idsOf('AWS::ElastiCache::ReplicationGroup')).toEqual(['CacheNodes5B43AEF0']);
    expect(idsOf('AWS::ElastiCache::SubnetGroup')).toEqual(['CacheSubnets75A36213']);
    expect(idsOf('AWS::SecretsManager::Secret')).toEqual(['CachePassword81962705', 'CacheConnection8F83CF9B']);
    expect(idsOf('AWS::EC2::SecurityGroup')).toEqual(['CacheSecurityGroup79A9F160']);
  });

  test('has a password of letters and digits, as long as ElastiCache wants it', () => {
    expect(template.findResources('AWS::SecretsManager::Secret').CachePassword81962705.Properties.GenerateSecretString).toEqual({
      SecretStringTemplate: '{"username":"default"}', GenerateStringKey: 'password', PasswordLength: 32, ExcludePunctuation: true,
    });
  });

  test('has a secret with the connection data, in which the password is a reference', () => {
    const { SecretString: text, Name: name } = template.findResources('AWS::SecretsManager::Secret').CacheConnection8F83CF9B.Properties;
    const parts = text['Fn::Join'][1].map((part: any) => typeof part === 'string' ? part : `<${part.Ref ?? part['Fn::GetAtt'].join('.')}>`).join('');
    const password = '{{resolve:secretsmanager:<CachePassword81962705>:SecretString:password::}}';
    expect(JSON.parse(parts)).toEqual({
      // Celery's result backend refuses such a URL without ssl_cert_reqs.
      redis_url: `rediss://:${password}@<CacheNodes5B43AEF0.PrimaryEndPoint.Address>:<CacheNodes5B43AEF0.PrimaryEndPoint.Port>/0?ssl_cert_reqs=required`,
      redis_base_url: `rediss://:${password}@<CacheNodes5B43AEF0.PrimaryEndPoint.Address>:<CacheNodes5B43AEF0.PrimaryEndPoint.Port>`,
      redis_host: '<CacheNodes5B43AEF0.PrimaryEndPoint.Address>',
      redis_port: '<CacheNodes5B43AEF0.PrimaryEndPoint.Port>',
      redis_password: password,
    });
    // A cache that replaces this one has another host: its secret is then another one, and tasks that read it are started anew.
    expect(name).toEqual({ 'Fn::Join': ['/', ['redis', { 'Fn::GetAtt': ['CacheNodes5B43AEF0', 'PrimaryEndPoint.Address'] }]] });
  });

  test('stands in the isolated subnets', () => {
    expect(only(stack, 'AWS::ElastiCache::SubnetGroup').Properties.SubnetIds).toEqual(['isolated-1', 'isolated-2']);
  });

  test('is reached by nobody and reaches nobody', () => {
    const { Properties: properties } = only(stack, 'AWS::EC2::SecurityGroup');
    expect(properties.SecurityGroupIngress).toBeUndefined();
    // CDK's way to say "nothing": an egress rule that matches no packet.
    expect(properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('makes five resources', () => {
    expect(Object.values(template.toJSON().Resources).map(({ Type }: any) => Type).sort()).toEqual([
      'AWS::EC2::SecurityGroup', 'AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::SubnetGroup',
      'AWS::SecretsManager::Secret', 'AWS::SecretsManager::Secret',
    ]);
  });

  test('has no finding of cdk-nag that is not acknowledged, and no warning', () => {
    expect(violations(stack)).toEqual([]);
    expect(warningsOf(cache)).toEqual({});
  });

  test('tells where it is', () => {
    expect([cache.host, cache.port].map((value) => stack.resolve(value))).toEqual([
      { 'Fn::GetAtt': ['CacheNodes5B43AEF0', 'PrimaryEndPoint.Address'] }, { 'Fn::GetAtt': ['CacheNodes5B43AEF0', 'PrimaryEndPoint.Port'] },
    ]);
    expect(cache.connections.defaultPort).toEqual(ec2.Port.tcp(6379));
    expect([cache.isCluster, cache.serverlessCache]).toEqual([false, undefined]);
    expect(cache.replicationGroup!.cacheNodeType).toBe('cache.t4g.micro');
    expect(cache.vpc).toBe(cache.node.scope!.node.findChild('Vpc'));
  });
});

describe('each setting of a cache', () => {
  test.each<[string, Partial<RedisCacheProps>, object]>([
    ['another engine', { engine: CacheEngine.REDIS }, { Engine: 'redis', EngineVersion: '7.1', CacheParameterGroupName: 'default.redis7' }],
    ['an old version of it', { engine: CacheEngine.REDIS, engineVersion: '6.2' }, { EngineVersion: '6.2', CacheParameterGroupName: 'default.redis6.x' }],
    ['its version', { engineVersion: '9.1' }, { EngineVersion: '9.1', CacheParameterGroupName: 'default.valkey9' }],
    ['its nodes', { nodeType: 'cache.r7g.2xlarge' }, { CacheNodeType: 'cache.r7g.2xlarge' }],
    ['nodes with an SSD', { nodeType: 'cache.r6gd.xlarge' }, { DataTieringEnabled: true }],
    ['nodes that take over', { replicas: 1 }, { NumCacheClusters: 2, AutomaticFailoverEnabled: true, MultiAZEnabled: true }],
    ['more of them', { replicas: 5 }, { NumCacheClusters: 6, AutomaticFailoverEnabled: true, MultiAZEnabled: true }],
    ['nodes on the way to taking over', { replicas: 1, automaticFailover: false }, { NumCacheClusters: 2, AutomaticFailoverEnabled: false, MultiAZEnabled: false }],
    ['none of them', { replicas: 0, automaticFailover: false }, { NumCacheClusters: 1, AutomaticFailoverEnabled: false, MultiAZEnabled: false }],
    ['longer snapshots', { snapshotRetention: Duration.days(35) }, { SnapshotRetentionLimit: 35 }],
    ['no snapshots', { snapshotRetention: Duration.days(0) }, { SnapshotRetentionLimit: 0 }],
    ['when they are taken', { snapshotWindow: '23:30-00:30' }, { SnapshotWindow: '23:30-00:30' }],
    ['when it is patched', { maintenanceWindow: 'sat:23:30-sun:00:30' }, { PreferredMaintenanceWindow: 'sat:23:30-sun:00:30' }],
    ['what it starts with', { snapshotName: 'shop-2026' }, { SnapshotName: 'shop-2026' }],
  ])('can be chosen: %s', (_, props, expected) => {
    const { stack } = define(props);
    expect(groupOf(stack).Properties).toMatchObject(expected);
    expect(violations(stack)).toEqual([]);
  });

  test('can be chosen: its subnets', () => {
    const { stack } = define({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } });
    expect(only(stack, 'AWS::ElastiCache::SubnetGroup').Properties.SubnetIds).toEqual(['private-1', 'private-2']);
  });

  test('can be chosen: its parameters, in a group of its version', () => {
    const { stack } = define({ engineVersion: '7.2', parameters: { 'maxmemory-policy': 'volatile-ttl' } });
    expect(only(stack, 'AWS::ElastiCache::ParameterGroup').Properties).toEqual({
      CacheParameterGroupFamily: 'valkey7', Description: 'Cache of Cache', Properties: { 'maxmemory-policy': 'volatile-ttl' },
    });
    expect(groupOf(stack).Properties.CacheParameterGroupName).toEqual({ Ref: expect.stringMatching(/^CacheParameters/) });
  });

  test('can be chosen: its key', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    define({ encryptionKey }, stack);
    expect(groupOf(stack).Properties.KmsKeyId).toEqual(stack.resolve(encryptionKey.keyArn));
  });

  test('can be chosen: its logs, both in one group', () => {
    const { stack } = define({ logRetention: logs.RetentionDays.TWO_WEEKS });
    const [logGroup] = Object.keys(Template.fromStack(stack).findResources('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 14 } }));
    expect(groupOf(stack).Properties.LogDeliveryConfigurations).toEqual(['slow-log', 'engine-log'].map((type) => ({
      LogType: type, LogFormat: 'json', DestinationType: 'cloudwatch-logs', DestinationDetails: { CloudWatchLogsDetails: { LogGroup: { Ref: logGroup } } },
    })));
  });

  test('is the default where Python leaves it out', () => {
    const names = [
      'engine', 'engineVersion', 'nodeType', 'replicas', 'automaticFailover', 'serverless', 'snapshotRetention', 'snapshotWindow', 'maintenanceWindow',
      'parameters', 'encryptionKey', 'snapshotName', 'logRetention', 'removalPolicy', 'variablePrefix', 'vpcSubnets',
    ];
    const stack = newStack();
    const props = fromPython<RedisCacheProps>({ vpc: givenVpc(stack) }, ...names);
    expect(Template.fromStack(define(props, stack).stack).toJSON()).toEqual(Template.fromStack(define().stack).toJSON());
  });

  test('can be known at deployment only', () => {
    const { stack } = define({
      nodeType: TOKEN.string(),
      snapshotRetention: TOKEN.days(9),
      snapshotWindow: TOKEN.string(),
      maintenanceWindow: TOKEN.string(),
      snapshotName: TOKEN.string(),
      parameters: { 'maxmemory-policy': TOKEN.string() },
    });
    expect(groupOf(stack).Properties).toMatchObject({
      CacheNodeType: 'later', SnapshotRetentionLimit: 9, SnapshotWindow: 'later', PreferredMaintenanceWindow: 'later', SnapshotName: 'later',
    });
  });
});

describe('a removed cache', () => {
  const deletion = ({ DeletionPolicy, UpdateReplacePolicy }: any) => [DeletionPolicy ?? 'Delete', UpdateReplacePolicy ?? 'Delete'];

  // A cache that is kept is worth nothing without its password, and its subnet and security groups cannot be deleted under it.
  test.each<[RemovalPolicy | undefined, string[], string[]]>([
    [undefined, ['Snapshot', 'Snapshot'], ['Delete', 'Delete']],
    [RemovalPolicy.SNAPSHOT, ['Snapshot', 'Snapshot'], ['Delete', 'Delete']],
    [RemovalPolicy.RETAIN, ['Retain', 'Retain'], ['Retain', 'Retain']],
    [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, ['RetainExceptOnCreate', 'Retain'], ['RetainExceptOnCreate', 'Retain']],
    [RemovalPolicy.DESTROY, ['Delete', 'Delete'], ['Delete', 'Delete']],
  ])('with the policy %s is kept or deleted whole', (removalPolicy, ofData, ofCompanions) => {
    const { stack } = define({ removalPolicy, parameters: { timeout: '300' }, logRetention: logs.RetentionDays.ONE_DAY });
    for (const [id, resource] of Object.entries<any>(Template.fromStack(stack).toJSON().Resources)) {
      expect([id, deletion(resource)]).toEqual([id, resource.Type === 'AWS::ElastiCache::ReplicationGroup' ? ofData : ofCompanions]);
    }
  });

  test.each<[RemovalPolicy | undefined, string[], boolean]>([
    [undefined, ['Delete', 'Delete'], true],
    [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, ['RetainExceptOnCreate', 'Retain'], false],
    [RemovalPolicy.DESTROY, ['Delete', 'Delete'], false],
  ])('that is serverless and has the policy %s too', (removalPolicy, expected, snapshot) => {
    const { stack } = define({ removalPolicy, serverless: {} });
    for (const [id, resource] of Object.entries<any>(Template.fromStack(stack).toJSON().Resources)) {
      expect([id, deletion(resource)]).toEqual([id, expected]);
    }
    expect('FinalSnapshotName' in serverlessOf(stack).Properties).toBe(snapshot);
  });
});

test('a cache that evicts what Celery waits for is warned about', () => {
  const warnings = (policy: string) => warningsOf(define({ parameters: { 'maxmemory-policy': policy } }).cache);
  expect(warnings('allkeys-lru')).toEqual({
    'cache-eviction': "'parameters' has the maxmemory-policy \"allkeys-lru\", which evicts any key when memory is full, also tasks that wait in Celery's queues. " +
      "Take 'volatile-lru' where Celery uses this cache.",
  });
  expect(warnings('volatile-lfu')).toEqual({});
});

test('several caches stand in one stack, and no Lambda with them', () => {
  const { stack, vpc } = define({ serverless: {} });
  new RedisCache(stack, 'Sessions', { vpc, serverless: {} });
  new RedisCache(stack, 'Queue', { vpc });
  const template = Template.fromStack(stack);
  for (const [type, property] of [['User', 'UserId'], ['UserGroup', 'UserGroupId'], ['ServerlessCache', 'ServerlessCacheName']]) {
    const names = Object.values(template.findResources(`AWS::ElastiCache::${type}`)).map(({ Properties }) => JSON.stringify(Properties[property]));
    expect([type, new Set(names).size]).toEqual([type, 2]);
  }
  template.resourceCountIs('AWS::ElastiCache::ReplicationGroup', 1);
  template.resourceCountIs('AWS::Lambda::Function', 0);
});
