import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { DJANGO_APP, ofType, Resource, synthesise } from './synthesised';
import {
  BucketLayout, CommandRunner, DatabaseAuthentication, EntryPoint, FileStorage, IBackingService, Preparation, PrivateDatabase, ProcessDefinition,
  RedisCache, Release, RegularRollout, SecretKey, SesSmtp, SesSmtpOptions, StaticFiles,
} from '../../src';
import { MinimalStack } from '../../tools/bench/minimal';
import { givenVpc, IMAGE } from '../helpers';

type Define = (stack: Stack) => unknown;

const givenCluster = (stack: Stack, vpc: ec2.IVpc) => ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
const database = (options: object = {}): Define => (stack) => new PrivateDatabase(stack, 'Database', { vpc: givenVpc(stack), ...options });
const cache = (options: object = {}): Define => (stack) => new RedisCache(stack, 'Cache', { vpc: givenVpc(stack), ...options });
const storage = (options: object = {}): Define => (stack) => new FileStorage(stack, 'Storage', options);
const mail = (options: Partial<SesSmtpOptions> = {}): Define => (stack) => new SesSmtp(stack, 'Email', { fromAddress: 'shop@example.com', ...options });
const inZone = (options: Partial<SesSmtpOptions> = {}): Define => (stack) => mail({
  hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }), ...options,
})(stack);

/**
 * Resources of each backing service alone, in a network that is there. What the issues allow is more: 10 for a database whose administrator does
 * everything, 20 for mail in Route 53 and 26 with rotation. A change that needs more has to say so here.
 */
const RESOURCES: [string, number, Define][] = [
  // Security group, subnet group, parameter group, secret and its attachment, instance, a log group for each of its two logs.
  ['a database', 8, database()],
  ['a database on Aurora', 8, database({ auroraServerless: {} })],
  ['a database with IAM', 8, database({ authentication: DatabaseAuthentication.iam() })],
  // A secret and its attachment for each of the two users.
  ['a database with users', 12, database({ authentication: DatabaseAuthentication.passwords() })],
  // Security group, subnet group, nodes; the password, and the connection data that are made of it.
  ['a cache', 5, cache()],
  ['a cache with parameters and logs', 7, cache({ replicas: 2, parameters: { 'maxmemory-policy': 'volatile-ttl' }, logRetention: RetentionDays.ONE_MONTH })],
  ['a serverless cache', 6, cache({ serverless: {} })],
  // Two buckets with their policies, a distribution and its access to one of them.
  ['a file storage', 6, storage()],
  ['a file storage with one bucket', 4, storage({ bucketLayout: BucketLayout.SHARED })],
  ['a file storage with static files in the image', 2, storage({ staticFiles: StaticFiles.IN_IMAGE })],
  // Identity and configuration set with feedback (5), DNS (6), user and rights (2), secret, handler with role and logs (3), its run.
  ['mail in Route 53', 18, inZone()],
  ['mail in Route 53 with rotation', 20, inZone({ rotation: {} })],
  ['mail from another zone', 12, mail()],
  ['mail from an existing identity', 7, mail({ identityName: 'example.com', configurationSetName: 'shop' })],
  ['a secret key', 1, (stack) => new SecretKey(stack, 'SecretKey')],
  // The schedule and its role.
  ['a regular rollout', 2, (stack) => new RegularRollout(stack, 'Rollout', {
    service: ecs.FargateService.fromFargateServiceAttributes(stack, 'Service', { serviceName: 'shop', cluster: givenCluster(stack, givenVpc(stack)) }),
    every: Duration.days(15),
  })],
];

test.each(RESOURCES)('%s makes at most %i resources', (_, most, define) => {
  expect(typesOf(resourcesOf(define)).length).toBeLessThanOrEqual(most);
});

test.each(RESOURCES.filter(([name]) => !name.startsWith('mail')))('%s makes no Lambda function', (_name, _most, define) => {
  expect(ofType(resourcesOf(define), 'AWS::Lambda::Function')).toEqual([]);
});

const PREPARED: [string, DatabaseAuthentication][] = [
  ['users of IAM', DatabaseAuthentication.iam()],
  ['users with passwords', DatabaseAuthentication.passwords()],
];

test.each(PREPARED)('the preparation of %s adds a task definition, its two roles, the rights of one of them and the run', (_, authentication) => {
  const resources = (prepares: boolean) => resourcesOf((stack) => {
    const vpc = givenVpc(stack);
    const service = new PrivateDatabase(stack, 'Database', { vpc, authentication });
    const { securityGroup, logGroup } = new ProcessDefinition(stack, 'Application', { vpc, image: IMAGE });
    service.attachTo(new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, securityGroup, logGroup }));
    const commandRunner = new CommandRunner(stack, 'Commands', { cluster: givenCluster(stack, vpc) });
    // The runner's handler comes with the first command of a deployment.
    const release = new ProcessDefinition(stack, 'ReleaseProcess', { vpc, image: IMAGE, entryPoint: EntryPoint.releaseCommands(), securityGroup, logGroup });
    new Release(stack, 'Release', { commandRunner, process: release });
    return prepares ? new Preparation(stack, 'Preparation', { commandRunner, service, vpc, securityGroup, logGroup }) : undefined;
  });
  expect(difference(resources(false), resources(true))).toEqual([
    'AWS::ECS::TaskDefinition', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::Role', 'Custom::DjangoPreparation',
  ]);
});

test('the longest initial SQL that is allowed leaves room for ours in a task definition of 65,536 bytes', () => {
  const resources = resourcesOf((stack) => {
    const vpc = givenVpc(stack);
    const service = new PrivateDatabase(stack, 'Database', {
      vpc, authentication: DatabaseAuthentication.passwords(), extensions: ['postgis', 'pg_trgm', 'unaccent'], initialSql: 'x'.repeat(39_998),
    });
    new Preparation(stack, 'Preparation', { commandRunner: new CommandRunner(stack, 'Commands', { cluster: givenCluster(stack, vpc) }), service, vpc });
  });
  const [[, { Properties }]] = ofType(resources, 'AWS::ECS::TaskDefinition');
  expect(Buffer.byteLength(JSON.stringify(Properties))).toBeLessThanOrEqual(65_536);
});

/** A second and a third service of a kind in one app. */
const FURTHER: [string, (stack: Stack, name: string) => IBackingService][] = [
  ['databases', (stack, name) => new PrivateDatabase(stack, name, { vpc: vpcOf(stack), variablePrefix: `${name.toUpperCase()}_` })],
  ['databases with users', (stack, name) => new PrivateDatabase(stack, name, {
    vpc: vpcOf(stack), variablePrefix: `${name.toUpperCase()}_`, authentication: DatabaseAuthentication.passwords(),
  })],
  ['caches', (stack, name) => new RedisCache(stack, name, { vpc: vpcOf(stack), variablePrefix: `${name.toUpperCase()}_` })],
  ['storages', (stack, name) => new FileStorage(stack, name, { variablePrefix: `${name.toUpperCase()}_`, staticFiles: StaticFiles.IN_IMAGE })],
];

test.each(FURTHER)('a second and a third of %s add no Lambda function and no custom resource but what prepares them', (_, make) => {
  const { resources, stack } = synthesise((app) => {
    const it = new MinimalStack(app, 'App', DJANGO_APP);
    ['Second', 'Third'].forEach((name) => it.shop.addBackingService(make(it, name)));
    return it;
  });
  const custom = Object.values(resources).map(({ Type }) => Type).filter((type) => type.startsWith('Custom::')).sort();
  expect(ofType(resources, 'AWS::Lambda::Function')).toHaveLength(1);
  expect(custom).toEqual([...stack.shop.preparations.map(() => 'Custom::DjangoPreparation'), 'Custom::DjangoRelease']);
});

function vpcOf(stack: Stack): ec2.IVpc {
  return (stack as MinimalStack).shop.network.vpc;
}

function resourcesOf(define: Define): Record<string, Resource> {
  return synthesise((app) => {
    const stack = new Stack(app, 'Stack');
    define(stack);
    return stack;
  }).resources;
}

function typesOf(resources: Record<string, Resource>): string[] {
  return Object.values(resources).map(({ Type }) => Type);
}

/** Types of what is in the second template and not in the first. */
function difference(before: Record<string, Resource>, after: Record<string, Resource>): string[] {
  return Object.entries(after).filter(([id]) => !(id in before)).map(([, { Type }]) => Type).sort();
}
