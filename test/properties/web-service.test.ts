import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, JUNK, maybe, noDuration, notMatching, outside, seconds, SEED } from './arbitraries';
import { PrivateDatabase } from '../../src/backing-services/database/private-database';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { RouteOptions } from '../../src/edge/load-balancer/routes/route-props';
import { WafProtectedAlb } from '../../src/edge/load-balancer/waf-protected-alb';
import { environmentNameProblem } from '../../src/private/environment-name';
import { FARGATE_CPUS, fargateMemories } from '../../src/private/fargate-size';
import { CpuArchitecture } from '../../src/processes/definition/cpu-architecture';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../src/processes/definition/process-definition-props';
import { TaskSchedule } from '../../src/processes/schedule/task-schedule';
import { WebDeployment } from '../../src/processes/web/web-deployment';
import { WebServer } from '../../src/processes/web/web-server';
import { WebService } from '../../src/processes/web/web-service';
import { WebServiceOptions, WebServiceProps } from '../../src/processes/web/web-service-props';
import { givenVpc, IMAGE, messageOf } from '../helpers';

type ProcessOptions = Omit<ProcessDefinitionProps, 'vpc' | 'image'>;
type WebOptions = WebServiceOptions & Pick<WebServiceProps, 'assignPublicIp' | 'loadBalancerIdleTimeout'>;

interface System {
  readonly process: ProcessOptions;
  readonly web: WebOptions;
  readonly route: RouteOptions;
}

/** Both together with a database and behind a load balancer, as a project has them. */
function define({ process: processOptions, web: webOptions, route }: System) {
  const stack = new Stack(new App(), 'Stack');
  const vpc = givenVpc(stack);
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, ...processOptions });
  new PrivateDatabase(stack, 'Database', { vpc }).attachTo(process);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const web = new WebService(stack, 'Web', { cluster, process, ...webOptions });
  new WafProtectedAlb(stack, 'Alb', { vpc }).addService(web, route);
  return { stack, process, web };
}

// --- what is valid ------------------------------------------------------------------------------------------------
const LIBRARY = ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_SSLMODE', 'PGSSLMODE'];
const SERVER = ['PORT', 'WEB_CONCURRENCY', 'GUNICORN_CMD_ARGS', 'UVICORN_TIMEOUT_KEEP_ALIVE', 'UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN'];
const variable = fc.oneof(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/), fc.constantFrom('constructor', 'toString'))
  .filter((name) => environmentNameProblem(name) === undefined && ![...LIBRARY, ...SERVER].includes(name) && name !== '__proto__');

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

const servers = fc.oneof(
  fc.record({ workers: maybe(between(1, 64)), threads: maybe(between(1, 512)) }).map(WebServer.gunicorn),
  fc.record({ workers: maybe(between(1, 64)), workerClass: fc.constantFrom('asgi', 'gevent', 'uvicorn_worker.UvicornWorker') }).map(WebServer.gunicorn),
  fc.record({ workers: maybe(between(1, 64)), webSocketPingInterval: maybe(seconds(1, 3600)) }).map(WebServer.uvicorn),
  fc.constant(WebServer.other()),
);

const minutes = between(0, 1440).map((amount) => Duration.minutes(amount));
const fewMinutes = between(0, 50).map((amount) => Duration.minutes(amount));
const header = maybe(fc.stringMatching(/^[A-Za-z-]{1,40}$/));
const deployments = fc.oneof(
  fc.constant(WebDeployment.rolling()),
  fc.record({ bakeTime: maybe(minutes), testHeader: header }).map(WebDeployment.blueGreen),
  // All steps and the bake time must fit into the 33 hours that CloudFormation accepts.
  fc.record({ bakeTime: maybe(fewMinutes), testHeader: header, stepPercent: maybe(between(3, 100)), stepBakeTime: maybe(fewMinutes) })
    .map(WebDeployment.linear),
  fc.record({ bakeTime: maybe(fewMinutes), testHeader: header, stepPercent: maybe(between(1, 100)), stepBakeTime: maybe(minutes) }).map(WebDeployment.canary),
);

const times = fc.tuple(between(0, 59), between(0, 23)).map(([minute, hour]) => TaskSchedule.cron(`${minute} ${hour} * * ? *`));
const schedules = fc.array(fc.tuple(times, between(0, 5000), between(0, 5000)), { maxLength: 3 })
  .map((all) => all.map(([schedule, first, second]) => ({ schedule, minCapacity: Math.min(first, second), maxCapacity: Math.max(first, second) })));

const healthChecks = between(5, 300).chain((interval) => fc.record({
  healthCheckInterval: fc.constant(Duration.seconds(interval)),
  healthCheckTimeout: seconds(2, Math.min(120, interval - 1)),
  healthyThresholdCount: maybe(between(2, 10)),
  unhealthyThresholdCount: maybe(between(2, 10)),
  healthCheckPort: maybe(between(1, 65535)),
  slowStart: maybe(seconds(30, 900)),
}));

/** Requests scale a service only where they do not move between target groups. */
const rollouts = fc.tuple(maybe(deployments), maybe(between(1, 1_000_000)))
  .map(([deployment, targetRequestsPerMinute]) => ({ deployment, targetRequestsPerMinute: deployment?._shiftsTraffic ? undefined : targetRequestsPerMinute }));

const validWeb: fc.Arbitrary<WebOptions> = fc.record({
  scaling: capacities,
  healthCheck: fc.oneof(fc.constant({}), healthChecks),
  rollout: rollouts,
  rest: fc.record({
    healthCheckPath: maybe(fc.stringMatching(/^\/[!-~]{0,40}$/)),
    healthCheckCodes: maybe(fc.uniqueArray(between(200, 499), { minLength: 1, maxLength: 4 }).map((codes) => codes.join(','))),
    healthCheckGracePeriod: maybe(seconds(0, 3600)),
    requestTimeout: maybe(seconds(1, 115)),
    server: maybe(servers),
    scalingSchedules: maybe(schedules),
    fargateSpot: maybe(fc.record({ onDemandBase: maybe(between(0, 5000)), spotPercent: maybe(between(1, 100)) })),
    rollbackErrorPercent: maybe(between(0, 100)),
    targetCpuPercent: maybe(between(10, 95)),
    targetMemoryPercent: maybe(between(10, 95)),
    enableExecuteCommand: maybe(fc.boolean()),
    assignPublicIp: maybe(fc.boolean()),
    loadBalancerIdleTimeout: maybe(seconds(1, 4000)),
  }),
}).map(({ scaling, healthCheck, rollout, rest }) => ({ ...scaling, ...healthCheck, ...rollout, ...rest }));

const path = fc.stringMatching(/^\/[a-z0-9/.~-]{0,60}\*?$/);
/** Few enough for one rule. */
const validRoute: fc.Arbitrary<RouteOptions> = fc.record({ paths: maybe(fc.uniqueArray(path, { minLength: 1, maxLength: 4 })) });

const validSystem: fc.Arbitrary<System> = fc.record({ process: validProcess, web: validWeb, route: validRoute, spare: between(2, 5) })
  .map(({ process, web, route, spare }) => ({
    web, route, process: { ...process, stopTimeout: Duration.seconds((web.requestTimeout?.toSeconds() ?? 30) + spare) },
  }));

// --- what is not --------------------------------------------------------------------------------------------------
/** For each prop of each construct: values that no valid input has. */
const INVALID: ['process' | 'web', string, fc.Arbitrary<unknown>][] = [
  ['process', 'cpu', fc.oneof(between(-1, 20000).filter((cpu) => !FARGATE_CPUS.includes(cpu)), fc.constantFrom(NaN, '512', '', true, 0.25))],
  ['process', 'memoryLimitMiB', fc.oneof(between(-1, 511), between(122_881, 999_999), fc.constantFrom(NaN, '1024', 513))],
  ['process', 'ephemeralStorageGiB', outside(21, 200)],
  ['process', 'stopTimeout', noDuration(2, 120)],
  ['process', 'containerPort', outside(1, 65535)],
  ['process', 'containerName', notMatching(/^[A-Za-z0-9_-]{1,255}$/)],
  ['process', 'command', fc.constantFrom([], [''], [' '], ['gunicorn shop.wsgi'], 'gunicorn', ['gunicorn', 1], [undefined], ['sh', '-c', 'gunicorn'], {})],
  ['process', 'environment', fc.oneof(fc.dictionary(fc.constantFrom('A', 'B'), fc.oneof(between(0, 9), fc.boolean(), fc.constantFrom(null, undefined, {})), { minKeys: 1 }))],
  ['process', 'secrets', fc.dictionary(fc.constantFrom('A', 'B'), fc.oneof(fc.string(), fc.constantFrom(null, undefined, {})), { minKeys: 1 })],
  ['web', 'healthCheckPath', notMatching(/^\/[^\s]{0,1023}$/)],
  ['web', 'healthCheckCodes', fc.oneof(notMatching(/^\d{3}([-,]\d{3})*$/), fc.constantFrom('199', '500', '200,599'))],
  ['web', 'healthCheckGracePeriod', noDuration(0, 3600)],
  ['web', 'requestTimeout', noDuration(1, 115)],
  ['web', 'loadBalancerIdleTimeout', noDuration(1, 4000)],
  ['web', 'healthCheckInterval', noDuration(5, 300)],
  ['web', 'healthCheckTimeout', noDuration(2, 120)],
  ['web', 'healthyThresholdCount', outside(2, 10)],
  ['web', 'unhealthyThresholdCount', outside(2, 10)],
  ['web', 'healthCheckPort', outside(1, 65535)],
  ['web', 'slowStart', noDuration(30, 900)],
  ['web', 'server', fc.oneof(
    outside(1, 64).map((workers: any) => WebServer.gunicorn({ workers })), outside(1, 512).map((threads: any) => WebServer.gunicorn({ threads })),
    outside(1, 64).map((workers: any) => WebServer.uvicorn({ workers })),
    noDuration(1, 3600).map((time: any) => WebServer.uvicorn({ webSocketPingInterval: time })),
    notMatching(/^[A-Za-z_][\w.]*$/).map((workerClass: any) => WebServer.gunicorn({ workerClass })), fc.constantFrom('gunicorn', 4, true, [], {}),
  )],
  ['web', 'deployment', fc.oneof(
    outside(3, 100).map((stepPercent: any) => WebDeployment.linear({ stepPercent })),
    outside(1, 100).map((stepPercent: any) => WebDeployment.canary({ stepPercent })),
    noDuration(0, 86_400).map((bakeTime: any) => WebDeployment.blueGreen({ bakeTime })), notMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$/)
      .map((testHeader: any) => WebDeployment.blueGreen({ testHeader })), fc.constantFrom('CANARY', 4, true, [], {}),
  )],
  ['web', 'scalingSchedules', fc.constantFrom('nightly', 4, {}, [{}], [null], ['0 20 * * *'], [{ schedule: TaskSchedule.cron('0 20 * * ? *') }],
    [{ schedule: TaskSchedule.cron('0 20 * * ? *'), minCapacity: 2, maxCapacity: 1 }], [{ schedule: TaskSchedule.cron('0 25 * * ? *'), maxCapacity: 0 }])],
  ['web', 'fargateSpot', fc.oneof(outside(0, 5000).map((onDemandBase) => ({ onDemandBase })), outside(1, 100).map((spotPercent) => ({ spotPercent })), fc.constantFrom(1, 'half', true, []))],
  ['web', 'rollbackErrorPercent', outside(0, 100)],
  ['web', 'rollbackAlarms', fc.constantFrom('errors', ['errors'], [null], {}, [{}], 4)],
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
      expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
      const all = (type: string): any[] => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
      const [service] = all('AWS::ECS::Service');
      const [{ ContainerDefinitions: [container] }] = all('AWS::ECS::TaskDefinition');
      const environment = Object.fromEntries(container.Environment.map(({ Name, Value }: any) => [Name, Value]));
      const argument = (name: string) => Number(new RegExp(`--${name}=(\\d+)`).exec(environment.GUNICORN_CMD_ARGS)?.[1]);
      const request = system.web.requestTimeout?.toSeconds() ?? 30;
      const idle = system.web.loadBalancerIdleTimeout?.toSeconds() ?? 60;

      for (const target of all('AWS::ElasticLoadBalancingV2::TargetGroup')) {
        const delay = target.TargetGroupAttributes.find(({ Key }: any) => Key === 'deregistration_delay.timeout_seconds').Value;
        expect(Number(delay)).toBeGreaterThanOrEqual(request);
        expect(target.HealthCheckTimeoutSeconds).toBeLessThan(target.HealthCheckIntervalSeconds);
      }
      if (environment.GUNICORN_CMD_ARGS) {
        expect(argument('graceful-timeout')).toBeGreaterThanOrEqual(request);
        expect(argument('graceful-timeout')).toBeLessThan(container.StopTimeout);
        expect(argument('keep-alive')).toBeGreaterThan(idle);
      }
      if (environment.UVICORN_PORT) {
        expect(Number(environment.UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN)).toBeGreaterThanOrEqual(request);
        expect(Number(environment.UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN)).toBeLessThan(container.StopTimeout);
        expect(Number(environment.UVICORN_TIMEOUT_KEEP_ALIVE)).toBeGreaterThan(idle);
      }
      expect(environment.PORT).toBe(String(system.process.containerPort));
      expect(service).toMatchObject({
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100 },
        HealthCheckGracePeriodSeconds: expect.any(Number),
      });
      // Either autoscaling counts the tasks, or the template does.
      expect(Object.hasOwn(service, 'DesiredCount')).toBe(all('AWS::ApplicationAutoScaling::ScalableTarget').length === 0);
      // Either a launch type, or capacity providers.
      expect(Object.hasOwn(service, 'LaunchType')).toBe(system.web.fargateSpot === undefined);
      // Requests move between two target groups by one rule, or there is one target group.
      expect(service.LoadBalancers[0].AdvancedConfiguration?.ProductionListenerRule !== undefined).toBe(web.alternateTargetGroup !== undefined);
      expect(web.maxConcurrency).toBeGreaterThanOrEqual(0);
      expect(process.cpu).toBe(system.process.cpu);
    }), SEED);
  });
});

describe('any invalid input', () => {
  test.each(INVALID)('of a %s in %s is refused by us, by its name', (construct, prop, values) => {
    fc.assert(fc.property(validSystem, values, (system, value) => {
      const message = messageOf(() => define({ ...system, [construct]: { ...system[construct as 'web'], [prop]: value } as any }));
      expect(message.split('\n')[0]).toBe(`${CLASS[construct]} at 'Stack/${PATH[construct]}' cannot be defined:`);
      // Options of an option are named `'server.workers'`.
      expect(message).toMatch(new RegExp(`'${prop}['.[]`));
      expect(message).not.toMatch(/TOKEN|TypeError|undefined \(reading|is not a function/);
    }), { ...SEED, numRuns: 7 });
  });
});

describe('whatever stands in an option', () => {
  const base: System = { process: { containerPort: 8000 }, web: {}, route: {} };
  const optionsOf = (options: any, option: string, value: unknown): any => {
    const [first, ...rest] = option.split('.');
    return { ...options, [first]: rest.length > 0 ? optionsOf(options[first], rest.join('.'), value) : value };
  };

  test.each([
    'server', 'deployment', 'scalingSchedules', 'scalingSchedules.0', 'fargateSpot', 'fargateSpot.onDemandBase', 'fargateSpot.spotPercent', 'rollbackAlarms',
    'rollbackErrorPercent', 'healthCheckInterval', 'healthCheckTimeout', 'healthyThresholdCount', 'unhealthyThresholdCount', 'healthCheckPort', 'slowStart', 'requestTimeout',
    'minCapacity', 'maxCapacity', 'loadBalancerIdleTimeout',
  ].map((option) => `web.${option}`).concat('route', 'route.paths', 'route.priority'))('%s, nobody but us refuses it', (option) => {
    const others = JUNK.flatMap((value) => {
      try {
        const { stack } = define(optionsOf(base, option, value));
        Template.fromStack(stack);
        return [];
      } catch (error) {
        const { message } = error as Error;
        return /^(WebService at 'Stack\/Web'|WafProtectedAlb at 'Stack\/Alb') cannot be defined:/.test(message) ? [] : [`${JSON.stringify(value)}: ${message}`];
      }
    });
    expect(others).toEqual([]);
  });

  const makers: [string, (options: any) => WebServer][] = [['gunicorn', WebServer.gunicorn], ['uvicorn', WebServer.uvicorn]];
  const methods: [string, (options: any) => WebDeployment][] = [
    ['a rolling deployment', WebDeployment.rolling], ['a blue/green deployment', WebDeployment.blueGreen],
    ['a linear deployment', WebDeployment.linear], ['a canary deployment', WebDeployment.canary],
  ];
  const strange = (...names: string[]) => [...JUNK, ...names.flatMap((name) => JUNK.map((value) => ({ [name]: value })))];

  test.each(makers)('of %s, it is refused or serves', (_, make) => {
    for (const options of strange('workers', 'threads', 'workerClass', 'webSocketPingInterval')) {
      const server = make(options);
      const problem = server._problem();
      expect(problem ?? server._environment({ port: 1, cpu: 256, requestTimeoutSeconds: 30, idleTimeoutSeconds: 60, keepAliveSeconds: 65 }).PORT).toMatch(/^('server|1$)/);
    }
  });

  test.each(methods)('of %s, it is refused or used', (_, make) => {
    for (const options of strange('bakeTime', 'testHeader', 'stepPercent', 'stepBakeTime')) {
      const deployment = make(options);
      expect(deployment._problem() ?? deployment._serviceProps()).toBeDefined();
    }
  });
});
