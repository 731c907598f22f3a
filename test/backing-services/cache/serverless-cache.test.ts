import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { App, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { define, only, PASSWORD, serverlessOf, violations } from './cache-stack';
import { CacheEngine, RedisCacheProps } from '../../../src/backing-services/cache/redis-cache-props';
import { fromPython, givenVpc, newStack, TOKEN, warningsOf } from '../../helpers';

const SNAPSHOT = 'arn:aws:elasticache:eu-central-1:123456789012:serverlesssnapshot:shop';

describe('a serverless cache', () => {
  const { stack, cache } = define({ serverless: {} });
  const { ServerlessCacheName: name, FinalSnapshotName: lastSnapshot } = serverlessOf(stack).Properties;

  test('follows the need, encrypted, with a user and snapshots', () => {
    expect(serverlessOf(stack)).toEqual({
      Type: 'AWS::ElastiCache::ServerlessCache',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        ServerlessCacheName: name,
        Description: 'Cache of Cache',
        Engine: 'valkey',
        MajorEngineVersion: '8',
        SubnetIds: ['isolated-1', 'isolated-2'],
        SecurityGroupIds: [stack.resolve(cache.securityGroup.securityGroupId)],
        UserGroupId: { Ref: 'CacheUserGroup978A79CF' },
        SnapshotRetentionLimit: 5,
        FinalSnapshotName: lastSnapshot,
      },
    });
  });

  test('lets in the default user by password, and nobody else', () => {
    expect(only(stack, 'AWS::ElastiCache::UserGroup').Properties).toEqual({ Engine: 'redis', UserGroupId: name, UserIds: [{ Ref: 'CacheUser72FA2B22' }] });
    expect(only(stack, 'AWS::ElastiCache::User').Properties).toEqual({
      Engine: 'redis', UserId: name, UserName: 'default', AccessString: 'on ~* &* +@all', Passwords: [PASSWORD],
    });
  });

  test('keeps the ids of what holds data', () => {
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources).sort()).toEqual([
      'CacheConnection8F83CF9B', 'CachePassword81962705', 'CacheSecurityGroup79A9F160', 'CacheServerlessB4693E6C', 'CacheUser72FA2B22', 'CacheUserGroup978A79CF',
    ]);
  });

  // Of a stack that was deleted but kept its cache, the names are taken.
  test('has a name that a later stack of the same name does not have', () => {
    const stackId = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
    expect(name).toEqual({ 'Fn::Join': ['', ['stack-cache-de0b8ccf-', { 'Fn::Select': [0, { 'Fn::Split': ['-', stackId] }] }]] });
  });

  // The same stack may make a cache again: AWS would refuse to delete it if the name of its last snapshot were taken.
  test('takes its last snapshot under a name that is new with each cache', () => {
    const group = stack.resolve(cache.securityGroup.securityGroupId);
    expect(lastSnapshot).toEqual({ 'Fn::Join': ['', [expect.stringMatching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*-$/), { 'Fn::Select': [1, { 'Fn::Split': ['-', group] }] }]] });
    expect(lastSnapshot['Fn::Join'][1][0].length + '0123456789abcdef0'.length).toBeLessThanOrEqual(40);
  });

  test('takes none where it is kept or not wanted', () => {
    [RemovalPolicy.RETAIN, RemovalPolicy.DESTROY].forEach((removalPolicy) =>
      expect(serverlessOf(define({ serverless: {}, removalPolicy }).stack).Properties).not.toHaveProperty('FinalSnapshotName'));
  });

  test('stands in three zones at most, once in each', () => {
    const given = newStack();
    const vpc = givenVpc(given, {
      availabilityZones: ['a', 'b', 'c', 'd'], publicSubnetIds: undefined, privateSubnetIds: undefined, isolatedSubnetIds: ['i1', 'i2', 'i3', 'i4'],
    });
    define({ serverless: {}, vpc }, given);
    expect(serverlessOf(given).Properties.SubnetIds).toEqual(['i1', 'i2', 'i3']);

    const both = newStack();
    const twoKinds = givenVpc(both);
    define({ serverless: {}, vpc: twoKinds, vpcSubnets: { subnets: [...twoKinds.isolatedSubnets, ...twoKinds.privateSubnets] } }, both);
    expect(serverlessOf(both).Properties.SubnetIds).toEqual(['isolated-1', 'isolated-2']);
  });

  test.each([['Shop'], ['A-very-long-Stack-Name---of-the-shop-in-production'], ['UPPER']])('has a name that ElastiCache takes, in the stack %s', (stackName) => {
    const given = new Stack(new App(), stackName);
    define({ serverless: {} }, given);
    const [beginning] = serverlessOf(given).Properties.ServerlessCacheName['Fn::Join'][1];
    const whole = `${beginning}51af3dc0`;
    expect(whole).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(whole.length).toBeLessThanOrEqual(40);
  });

  test('tells where it is, and that it is a cluster', () => {
    expect([cache.host, cache.port].map((value) => stack.resolve(value))).toEqual([
      { 'Fn::GetAtt': ['CacheServerlessB4693E6C', 'Endpoint.Address'] }, { 'Fn::GetAtt': ['CacheServerlessB4693E6C', 'Endpoint.Port'] },
    ]);
    expect(cache.connections.defaultPort).toEqual(ec2.Port.tcpRange(6379, 6380));
    expect([cache.isCluster, cache.replicationGroup]).toEqual([true, undefined]);
    expect(warningsOf(cache)).toEqual({
      'serverless-cache': 'A serverless cache is a cluster, on which commands with several keys fail (CROSSSLOT): Celery cannot use it as its broker, ' +
        "and Django's get_many and set_many fail. Leave 'serverless' out where you need one of these.",
    });
    expect(violations(stack)).toEqual([]);
  });

  test.each<[string, Partial<RedisCacheProps>, object]>([
    ['its engine', { serverless: {}, engine: CacheEngine.REDIS }, { Engine: 'redis', MajorEngineVersion: '7' }],
    ['its version', { serverless: {}, engineVersion: '9' }, { MajorEngineVersion: '9' }],
    ['how much it holds', { serverless: { maxStorageGb: 5 } }, { CacheUsageLimits: { DataStorage: { Maximum: 5, Unit: 'GB' } } }],
    ['how much it does', { serverless: { maxEcpuPerSecond: 1000 } }, { CacheUsageLimits: { ECPUPerSecond: { Maximum: 1000 } } }],
    ['its snapshots', { serverless: { dailySnapshotTime: '03:00' }, snapshotRetention: Duration.days(9) }, { DailySnapshotTime: '03:00', SnapshotRetentionLimit: 9 }],
    ['what it starts with', { serverless: { snapshotArnsToRestore: [SNAPSHOT] } }, { SnapshotArnsToRestore: [SNAPSHOT] }],
    ['options that Python leaves out', { serverless: fromPython({}, 'maxStorageGb', 'maxEcpuPerSecond', 'dailySnapshotTime', 'snapshotArnsToRestore') }, { Engine: 'valkey' }],
  ])('can choose %s', (_, props, expected) => {
    expect(serverlessOf(define(props).stack).Properties).toMatchObject(expected);
  });

  test.each<[string, any]>([
    ['nothing to start with', { snapshotArnsToRestore: [] }],
    ['null for what is left out', { maxStorageGb: null, maxEcpuPerSecond: null, dailySnapshotTime: null, snapshotArnsToRestore: null }],
  ])('takes %s', (_, serverless) => {
    expect(Template.fromStack(define({ serverless }).stack).toJSON()).toEqual(Template.fromStack(stack).toJSON());
  });

  test('can choose its key, and limits that are known at deployment only', () => {
    const given = newStack();
    const encryptionKey = new kms.Key(given, 'Key');
    const limit = new CfnParameter(given, 'Limit', { type: 'Number' });
    define({ serverless: { maxStorageGb: limit.valueAsNumber, dailySnapshotTime: TOKEN.string() }, encryptionKey }, given);
    expect(serverlessOf(given).Properties).toMatchObject({
      KmsKeyId: given.resolve(encryptionKey.keyArn), CacheUsageLimits: { DataStorage: { Maximum: { Ref: 'Limit' } } }, DailySnapshotTime: 'later',
    });
  });
});
