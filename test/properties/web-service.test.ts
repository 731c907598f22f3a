import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, maybe, noDuration, notMatching, outside, seconds, SEED } from './arbitraries';
import { PrivateDatabase } from '../../src/backing-services/database/private-database';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { environmentNameProblem } from '../../src/private/environment-name';
import { FARGATE_CPUS, fargateMemories } from '../../src/private/fargate-size';
import { CpuArchitecture } from '../../src/processes/cpu-architecture';
import { ProcessDefinition } from '../../src/processes/process-definition';
import { ProcessDefinitionProps } from '../../src/processes/process-definition-props';
import { WebService } from '../../src/processes/web-service';
import { WebServiceOptions, WebServiceProps } from '../../src/processes/web-service-props';
import { givenVpc, IMAGE, messageOf } from '../helpers';

type ProcessOptions = Omit<ProcessDefinitionProps, 'vpc' | 'image'>;
type WebOptions = WebServiceOptions & Pick<WebServiceProps, 'assignPublicIp' | 'loadBalancerIdleTimeout'>;

interface System {
  readonly process: ProcessOptions;
  readonly web: WebOptions;
}

/** Both together with a database and behind a load balancer, as a project has them. */
function define({ process: processOptions, web: webOptions }: System) {
  const stack = new Stack(new App(), 'Stack');
  const vpc = givenVpc(stack);
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, ...processOptions });
  new PrivateDatabase(stack, 'Database', { vpc }).attachTo(process);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const web = new WebService(stack, 'Web', { cluster, process, ...webOptions });
  new elbv2.ApplicationLoadBalancer(stack, 'Alb', { vpc }).addListener('Http', { port: 80, defaultTargetGroups: [web.targetGroup] });
  return { stack, process, web };
}

// --- what is valid ------------------------------------------------------------------------------------------------
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

const validSystem: fc.Arbitrary<System> = fc.record({ process: validProcess, web: validWeb, spare: between(2, 5) })
  .map(({ process, web, spare }) => ({
    web, process: { ...process, stopTimeoutSeconds: (web.requestTimeout?.toSeconds() ?? 30) + spare },
  }));

// --- what is not --------------------------------------------------------------------------------------------------
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
];

const CLASS = { process: 'ProcessDefinition', web: 'WebService' };
const PATH = { process: 'Process', web: 'Web' };

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
