import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, CfnResource, Stack } from 'aws-cdk-lib/core';
import { ALL_NAMES, containerOf, define, ingressOf, keyOf, processIn } from './cache-stack';
import { RedisCache } from '../../../src/backing-services/cache/redis-cache';
import { RecordingProcess } from '../recording-process';

const CONNECTION = { Ref: 'CacheConnection8F83CF9B' };

describe('a process that uses the cache', () => {
  const { stack, vpc, cache } = define();
  const process = processIn(stack, vpc);
  cache.attachTo(process);
  const template = Template.fromStack(stack);

  test('gets the URL, as a key of the secret', () => {
    expect(containerOf(stack)).toEqual({ variables: {}, secrets: { REDIS_URL: keyOf(CONNECTION, 'redis_url') } });
  });

  test('has ECS read this secret and no other', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const reading = statements.filter((statement) => JSON.stringify(statement.Action).includes('secretsmanager'));
    expect(reading).toEqual([{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: CONNECTION }]);
  });

  test('reaches the port of the cache, as nobody else does', () => {
    expect(ingressOf(stack)).toEqual([expect.objectContaining({
      GroupId: stack.resolve(cache.securityGroup.securityGroupId),
      SourceSecurityGroupId: stack.resolve(process.securityGroup.securityGroupId),
      IpProtocol: 'tcp',
      FromPort: 6379,
      ToPort: 6379,
    })]);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('reaches both ports of a serverless cache', () => {
    const other = define({ serverless: {} });
    other.cache.attachTo(processIn(other.stack, other.vpc));
    expect(ingressOf(other.stack)).toEqual([expect.objectContaining({ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6380 })]);
  });

  test('that may reach nobody may reach the cache, and that alone', () => {
    const other = define();
    const securityGroup = new ec2.SecurityGroup(other.stack, 'Closed', { vpc: other.vpc, allowAllOutbound: false });
    other.cache.attachTo(processIn(other.stack, other.vpc, { securityGroup }));
    expect(Object.values(Template.fromStack(other.stack).findResources('AWS::EC2::SecurityGroupEgress')).map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        GroupId: other.stack.resolve(securityGroup.securityGroupId),
        DestinationSecurityGroupId: other.stack.resolve(other.cache.securityGroup.securityGroupId),
        FromPort: 6379,
        ToPort: 6379,
      }),
    ]);
  });

  test('shares its security group with another, and the rule too', () => {
    const other = define();
    const first = processIn(other.stack, other.vpc);
    const second = processIn(other.stack, other.vpc, { securityGroup: first.securityGroup }, 'Second');
    [first, second].forEach((sharing) => other.cache.attachTo(sharing));
    expect(ingressOf(other.stack)).toHaveLength(1);
  });

  test('starts after the cache lets it in', () => {
    const other = define();
    const starting = processIn(other.stack, other.vpc);
    const starter = new CfnResource(other.stack, 'Starter', { type: 'Test::Starter' });
    starter.node.addDependency(starting.startDependencies);
    other.cache.attachTo(starting);
    const result = Template.fromStack(other.stack);
    expect(Object.values(result.findResources('Test::Starter'))[0].DependsOn)
      .toEqual(expect.arrayContaining(Object.keys(result.findResources('AWS::EC2::SecurityGroupIngress'))));
  });

  test('gets the names of its own convention', () => {
    const other = define();
    other.cache.attachTo(processIn(other.stack, other.vpc, { convention: ALL_NAMES }));
    expect(containerOf(other.stack)).toEqual({
      variables: { REDIS_HOST: other.stack.resolve(other.cache.host), REDIS_PORT: other.stack.resolve(other.cache.port) },
      secrets: {
        REDIS_PASSWORD: keyOf(CONNECTION, 'redis_password'),
        REDIS_URL: keyOf(CONNECTION, 'redis_url'),
        REDIS_BASE_URL: keyOf(CONNECTION, 'redis_base_url'),
        REDIS_SECRET_JSON: CONNECTION,
      },
    });
  });

  test('uses two caches under names of their own', () => {
    const other = define();
    const sessions = new RedisCache(other.stack, 'Sessions', { vpc: other.vpc, variablePrefix: 'SESSIONS_' });
    const using = processIn(other.stack, other.vpc);
    [other.cache, sessions].forEach((cacheOf) => cacheOf.attachTo(using));
    expect(containerOf(other.stack).secrets).toEqual({
      REDIS_URL: keyOf(CONNECTION, 'redis_url'), SESSIONS_REDIS_URL: keyOf(other.stack.resolve(sessions.secret.secretArn), 'redis_url'),
    });
  });

  test('can be any process, also one without a task definition', () => {
    const other = define();
    const recording = new RecordingProcess(other.stack, 'Recording');
    const groups = ['One', 'Two'].map((id) => new ec2.SecurityGroup(other.stack, id, { vpc: other.vpc }));
    recording.connections.addSecurityGroup(...groups);
    other.cache.attachTo(recording);
    expect(Object.keys(recording.variables)).toEqual(['REDIS_HOST', 'REDIS_PORT']);
    expect(Object.keys(recording.secretVariables)).toEqual(['REDIS_PASSWORD', 'REDIS_URL', 'REDIS_BASE_URL', 'REDIS_SECRET_JSON']);
    expect(recording.startsAfter).toEqual([other.cache.securityGroup]);
    expect(ingressOf(other.stack).map((rule) => rule.SourceSecurityGroupId)).toEqual(groups.map(({ securityGroupId }) => other.stack.resolve(securityGroupId)));
  });
});

test('a cache in a stack of its own is referred to by the stacks of the processes and refers to none of them', () => {
  const app = new App();
  const network = new Stack(app, 'Network');
  const vpc = new ec2.Vpc(network, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const data = new Stack(app, 'Data');
  const cache = new RedisCache(data, 'Cache', { vpc });
  const stacks = [new Stack(app, 'Web'), new Stack(app, 'Worker')];
  stacks.forEach((stack) => cache.attachTo(processIn(stack, vpc, { convention: ALL_NAMES })));

  const assembly = app.synth();
  const dependenciesOf = (name: string) => assembly.getStackByName(name).dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets')).sort();
  expect([dependenciesOf('Web'), dependenciesOf('Worker'), dependenciesOf('Data')]).toEqual([['Data', 'Network'], ['Data', 'Network'], ['Network']]);
  expect(ingressOf(data)).toEqual([]);
  stacks.forEach((stack) => expect(ingressOf(stack)).toEqual([expect.objectContaining({ GroupId: { 'Fn::ImportValue': expect.any(String) }, FromPort: 6379 })]));
});
