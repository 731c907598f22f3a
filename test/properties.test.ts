import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { givenVpc, IMAGE, messageOf } from './helpers';
import { PrivateDatabase } from '../src/backing-services/database/private-database';
import { PrivateDatabaseOptions } from '../src/backing-services/database/private-database-props';
import { EnvironmentSecret } from '../src/config/environment-secret';
import { environmentNameProblem } from '../src/private/environment-name';
import { FARGATE_CPUS, fargateMemories } from '../src/private/fargate-size';
import { POSTGRES_MAJORS, postgresMinors, RESERVED_DATABASES, RESERVED_USERS } from '../src/private/postgres';
import { CpuArchitecture } from '../src/processes/cpu-architecture';
import { ProcessDefinition } from '../src/processes/process-definition';
import { ProcessDefinitionProps } from '../src/processes/process-definition-props';
import { WebService } from '../src/processes/web-service';
import { WebServiceOptions, WebServiceProps } from '../src/processes/web-service-props';

/** Fixed, so that a run tells of the code and not of the day; raise `numRuns` and drop the seed to search. */
const SEED = { seed: 20260101, numRuns: 30 };

type ProcessOptions = Omit<ProcessDefinitionProps, 'vpc' | 'image'>;
type WebOptions = WebServiceOptions & Pick<WebServiceProps, 'assignPublicIp' | 'loadBalancerIdleTimeout'>;

interface System {
  readonly process: ProcessOptions;
  readonly web: WebOptions;
  readonly database: PrivateDatabaseOptions;
}

/** All of them together behind a load balancer, as a project has them. */
function define({ process: processOptions, web: webOptions, database: databaseOptions }: System) {
  const stack = new Stack(new App(), 'Stack');
  const vpc = givenVpc(stack);
  const database = new PrivateDatabase(stack, 'Database', { vpc, ...databaseOptions });
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, ...processOptions });
  database.attachTo(process);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const web = new WebService(stack, 'Web', { cluster, process, ...webOptions });
  new elbv2.ApplicationLoadBalancer(stack, 'Alb', { vpc }).addListener('Http', { port: 80, defaultTargetGroups: [web.targetGroup] });
  return { stack, process, web };
}

// --- what is valid ------------------------------------------------------------------------------------------------
const between = (min: number, max: number) => fc.integer({ min, max });
const seconds = (min: number, max: number) => between(min, max).map((amount) => Duration.seconds(amount));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const identifier = (reserved: string[]) => fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/)
  .filter((name) => !reserved.includes(name.toLowerCase()) && !/^pg_/i.test(name));
const LIBRARY = ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_SSLMODE', 'PGSSLMODE'];
const variable = fc.oneof(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/), fc.constantFrom('constructor', 'toString', 'PORT', 'WEB_CONCURRENCY'))
  .filter((name) => environmentNameProblem(name) === undefined && !LIBRARY.includes(name) && name !== '__proto__');

const sizes = fc.constantFrom(...FARGATE_CPUS)
  .chain((cpu) => fc.record({ cpu: fc.constant(cpu), memoryLimitMiB: maybe(fc.constantFrom(...fargateMemories(cpu))) }));

const ownVariables = fc.uniqueArray(variable, { maxLength: 6 }).chain((names) => between(0, names.length).map((split) => ({
  environment: Object.fromEntries(names.slice(0, split).map((name, index) => [name, `value ${index} \u00e4 "quoted" \${x}`])),
  secrets: Object.fromEntries(names.slice(split).map((name) => [name, EnvironmentSecret.fromSecretName('shop/own', 'key')])),
})));

const validProcess: fc.Arbitrary<ProcessOptions> = fc.record({
  size: sizes,
  own: ownVariables,
  rest: fc.record({
    ephemeralStorageGiB: maybe(between(21, 200)),
    cpuArchitecture: maybe(fc.constantFrom(CpuArchitecture.X86_64, CpuArchitecture.ARM64)),
    containerName: maybe(fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/)),
    containerPort: between(1, 65535),
    command: maybe(fc.array(fc.string(), { maxLength: 3 }).map((words) => ['gunicorn', ...words])),
  }),
}).map(({ size, own, rest }) => ({ ...size, ...own, ...rest }));

const capacities = fc.tuple(maybe(between(1, 5000)), maybe(between(1, 5000)))
  .map(([minCapacity, maxCapacity]) => minCapacity && maxCapacity && minCapacity > maxCapacity
    ? { minCapacity: maxCapacity, maxCapacity: minCapacity }
    : { minCapacity, maxCapacity });

const validWeb: fc.Arbitrary<WebOptions> = fc.record({
  scaling: capacities,
  rest: fc.record({
    healthCheckPath: maybe(fc.stringMatching(/^\/[!-~]{0,40}$/)),
    healthCheckCodes: maybe(fc.uniqueArray(between(200, 499), { minLength: 1, maxLength: 4 }).map((codes) => codes.join(','))),
    healthCheckGracePeriod: maybe(seconds(0, 3600)),
    requestTimeout: maybe(seconds(1, 115)),
    workers: maybe(between(1, 64)),
    threads: maybe(between(1, 512)),
    targetCpuPercent: maybe(between(10, 95)),
    targetMemoryPercent: maybe(between(10, 95)),
    targetRequestsPerMinute: maybe(between(1, 1_000_000)),
    enableExecuteCommand: maybe(fc.boolean()),
    assignPublicIp: maybe(fc.boolean()),
    loadBalancerIdleTimeout: maybe(seconds(1, 4000)),
  }),
}).map(({ scaling, rest }) => ({ ...scaling, ...rest }));

const storages = fc.tuple(maybe(between(20, 50_000)), maybe(between(0, 5000)))
  .map(([allocatedStorageGiB, more]) => ({
    allocatedStorageGiB,
    maxAllocatedStorageGiB: more === undefined ? undefined : Math.ceil((allocatedStorageGiB ?? 20) * 11 / 10) + more,
  }));

const validDatabase: fc.Arbitrary<PrivateDatabaseOptions> = fc.record({
  storage: storages,
  rest: fc.record({
    engineVersion: maybe(fc.constantFrom(...POSTGRES_MAJORS, ...POSTGRES_MAJORS.flatMap(postgresMinors))),
    instanceType: maybe(fc.constantFrom('t4g.micro', 'db.t4g.medium', 'm7g.large', 'r8g.24xlarge', 'x2g.xlarge')),
    databaseName: maybe(identifier(RESERVED_DATABASES)),
    username: maybe(identifier(RESERVED_USERS)),
    multiAz: maybe(fc.boolean()),
    backupRetention: maybe(between(1, 35).map((days) => Duration.days(days))),
    deletionProtection: maybe(fc.boolean()),
  }),
}).map(({ storage, rest }) => ({ ...storage, ...rest }));

const validSystem: fc.Arbitrary<System> = fc.record({ process: validProcess, web: validWeb, database: validDatabase, spare: between(2, 5) })
  .map(({ process, web, database, spare }) => ({
    web, database, process: { ...process, stopTimeoutSeconds: (web.requestTimeout?.toSeconds() ?? 30) + spare },
  }));

// --- what is not --------------------------------------------------------------------------------------------------
const outside = (min: number, max: number) => fc.oneof(
  between(-1000, min - 1), between(max + 1, max + 1_000_000), fc.constantFrom(NaN, Infinity, -Infinity, min + 0.5), fc.string(), fc.boolean(), fc.constant({}));
const noDuration = (shortest: number, longest: number) => fc.oneof(
  shortest > 0 ? between(0, shortest - 1).map((amount) => Duration.seconds(amount)) : fc.constant(Duration.millis(1)),
  seconds(longest + 1, longest * 100), fc.constant(Duration.millis(longest * 1000 - 500)), between(0, longest), fc.string(), fc.constant({}));
const notMatching = (pattern: RegExp) => fc.oneof(fc.string().filter((text) => !pattern.test(text)), between(0, 99), fc.boolean(), fc.constant([]));

/** For each prop of each construct: values that no valid input has. */
const INVALID: [keyof System, string, fc.Arbitrary<unknown>][] = [
  ['process', 'cpu', fc.oneof(between(-1, 20000).filter((cpu) => !FARGATE_CPUS.includes(cpu)), fc.constantFrom(NaN, '512', '', true, 0.25))],
  ['process', 'memoryLimitMiB', fc.oneof(between(-1, 511), between(122_881, 999_999), fc.constantFrom(NaN, '1024', 513))],
  ['process', 'ephemeralStorageGiB', outside(21, 200)],
  ['process', 'stopTimeoutSeconds', outside(2, 120)],
  ['process', 'containerPort', outside(1, 65535)],
  ['process', 'containerName', notMatching(/^[A-Za-z0-9_-]{1,255}$/)],
  ['process', 'command', fc.constantFrom([], [''], [' '], ['gunicorn shop.wsgi'], 'gunicorn', ['gunicorn', 1], [undefined], ['sh', '-c', 'gunicorn'], null, {})],
  ['process', 'environment', fc.oneof(fc.dictionary(fc.constantFrom('A', 'B'), fc.oneof(between(0, 9), fc.boolean(), fc.constantFrom(null, undefined, {})), { minKeys: 1 }))],
  ['process', 'secrets', fc.dictionary(fc.constantFrom('A', 'B'), fc.oneof(fc.string(), fc.constantFrom(null, undefined, {})), { minKeys: 1 })],
  ['web', 'healthCheckPath', notMatching(/^\/[^\s]{0,1023}$/)],
  ['web', 'healthCheckCodes', fc.oneof(notMatching(/^\d{3}([-,]\d{3})*$/), fc.constantFrom('199', '500', '200,599'))],
  ['web', 'healthCheckGracePeriod', noDuration(0, 3600)],
  ['web', 'requestTimeout', noDuration(1, 115)],
  ['web', 'loadBalancerIdleTimeout', noDuration(1, 4000)],
  ['web', 'workers', outside(1, 64)],
  ['web', 'threads', outside(1, 512)],
  ['web', 'minCapacity', outside(1, 5000)],
  ['web', 'maxCapacity', outside(1, 5000)],
  ['web', 'targetCpuPercent', outside(10, 95)],
  ['web', 'targetMemoryPercent', outside(10, 95)],
  ['web', 'targetRequestsPerMinute', outside(1, 1_000_000)],
  ['database', 'engineVersion', fc.oneof(fc.constantFrom('16.99', '13', '99', '', '17.', 17), fc.string().filter((text) => !/^\d/.test(text)))],
  ['database', 'instanceType', notMatching(/^(db\.)?[a-z][a-z0-9-]*\.(micro|small|medium|large|\d*xlarge)$/)],
  ['database', 'databaseName', fc.oneof(notMatching(/^[a-z][a-z0-9_]{0,62}$/i), fc.constantFrom(...RESERVED_DATABASES, 'pg_x'))],
  ['database', 'username', fc.oneof(notMatching(/^[a-z][a-z0-9_]{0,62}$/i), fc.constantFrom(...RESERVED_USERS, 'PG_X'))],
  ['database', 'allocatedStorageGiB', outside(20, 65536)],
  ['database', 'maxAllocatedStorageGiB', outside(22, 65536)],
  ['database', 'backupRetention', fc.oneof(between(36, 999).map((days) => Duration.days(days)), fc.constantFrom(Duration.hours(36), Duration.days(0), 7, '7'))],
];

const CLASS = { process: 'ProcessDefinition', web: 'WebService', database: 'PrivateDatabase' };
const PATH = { process: 'Process', web: 'Web', database: 'Database' };

describe('any valid input', () => {
  test('synthesises, and loses no request whatever the numbers are', () => {
    fc.assert(fc.property(validSystem, (system) => {
      const { stack, process, web } = define(system);
      const template = Template.fromStack(stack);
      const only = (type: string): any => Object.values(template.findResources(type))[0];
      const service = only('AWS::ECS::Service').Properties;
      const target = only('AWS::ElasticLoadBalancingV2::TargetGroup').Properties;
      const [container] = only('AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
      const environment = Object.fromEntries(container.Environment.map(({ Name, Value }: any) => [Name, Value]));
      const argument = (name: string) => Number(new RegExp(`--${name}=(\\d+)`).exec(environment.GUNICORN_CMD_ARGS)![1]);
      const delay = target.TargetGroupAttributes.find(({ Key }: any) => Key === 'deregistration_delay.timeout_seconds').Value;
      const request = system.web.requestTimeout?.toSeconds() ?? 30;

      expect(Number(delay)).toBeGreaterThanOrEqual(request);
      expect(argument('graceful-timeout')).toBeGreaterThanOrEqual(request);
      expect(argument('graceful-timeout')).toBeLessThan(container.StopTimeout);
      expect(argument('keep-alive')).toBeGreaterThan(system.web.loadBalancerIdleTimeout?.toSeconds() ?? 60);
      expect(service).toMatchObject({
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100 },
      });
      // Either autoscaling counts the tasks, or the template does.
      expect(Object.hasOwn(service, 'DesiredCount')).toBe(only('AWS::ApplicationAutoScaling::ScalableTarget') === undefined);
      expect(web.maxConcurrency).toBeGreaterThan(0);
      expect(process.cpu).toBe(system.process.cpu);
    }), SEED);
  });
});

describe('any invalid input', () => {
  test.each(INVALID)('of a %s in %s is refused by us, by its name', (construct, prop, values) => {
    fc.assert(fc.property(validSystem, values, (system, value) => {
      const message = messageOf(() => define({ ...system, [construct]: { ...system[construct], [prop]: value } }));
      expect(message.split('\n')[0]).toBe(`${CLASS[construct]} at 'Stack/${PATH[construct]}' cannot be defined:`);
      expect(message).toContain(`'${prop}'`);
      expect(message).not.toMatch(/TOKEN|TypeError|undefined \(reading|is not a function/);
    }), { ...SEED, numRuns: 7 });
  });
});
