import { readdirSync, readFileSync } from 'fs';
import { basename, join } from 'path';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { problemsOfServices } from './service-invariants';
import { DjangoOnFargate } from '../../src/django-on-fargate';
import { Network } from '../../src/network/network';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { WebServer } from '../../src/processes/web/web-server';
import { Beat } from '../../src/processes/workers/beat';
import { BeatProps } from '../../src/processes/workers/beat-props';
import { Worker } from '../../src/processes/workers/worker';
import { DjangoOnFargateProps } from '../../src/project/django-on-fargate-props';
import { CASE_GROUPS } from '../../tools/policy-cases';
import { Resource, synthesise, Synthesised } from '../budgets/synthesised';
import { IMAGE } from '../helpers';
import { APPS } from '../stateful/variants';

const SOURCES = join(__dirname, '..', '..', 'src');

const shop = (web: DjangoOnFargateProps['web'], props: Partial<DjangoOnFargateProps> = {}) => (stack: Stack) =>
  new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', web, ...props });

/** A process of celery on a network of its own. */
const celery = (word: string, make: (stack: Stack, props: BeatProps) => unknown) => (stack: Stack) => {
  const { vpc } = new Network(stack, 'Network');
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: ['celery', '-A', 'shop', word], stopTimeout: Duration.seconds(120) });
  make(stack, { process, cluster: new ecs.Cluster(stack, 'Cluster', { vpc }) });
};

/** Services that take other times or other tasks than by default. */
const SERVICES: Record<string, (stack: Stack) => unknown> = {
  'uvicorn': shop({ server: WebServer.uvicorn(), requestTimeout: Duration.seconds(60) }, { loadBalancer: { idleTimeout: Duration.seconds(120) } }),
  'a fixed number of workers': celery('worker', (stack, props) => new Worker(stack, 'Worker', props)),
  'workers that scale': celery('worker', (stack, props) => new Worker(stack, 'Worker', { ...props, maxCapacity: 4 })),
  'beat': celery('beat', (stack, props) => new Beat(stack, 'Beat', props)),
  'the longest requests': shop({ requestTimeout: Duration.seconds(115) }),
  'the shortest requests': shop({ requestTimeout: Duration.seconds(1) }),
  'a load balancer that waits for long': shop({}, { loadBalancer: { idleTimeout: Duration.seconds(4000) } }),
  'a fixed number of tasks': shop({ minCapacity: 3, maxCapacity: 3 }),
};

const inStack = (define: (stack: Stack) => unknown) => (app: App) => {
  const stack = new Stack(app, 'App');
  define(stack);
  return stack;
};

/** Each case with a service, from everything that the policy gate checks: a new construct has a case there. */
const CASES: [string, Synthesised][] = [
  ...CASE_GROUPS.flatMap(({ stacks }) => Object.entries(stacks).map(([name, define]): [string, (app: App) => Stack] => [name, (app) => define(app, name)])),
  ...Object.entries({ ...APPS, ...SERVICES }).map(([name, define]): [string, (app: App) => Stack] => [name, inStack(define)]),
].map(([name, define]): [string, Synthesised] => [name, synthesise(define)])
  .filter(([, { resources }]) => Object.values(resources).some(({ Type }) => Type === 'AWS::ECS::Service'));

test.each(CASES)('the services of %s lose nothing', (_, { resources }) => {
  expect(problemsOfServices(resources)).toEqual([]);
});

test('each construct that makes a service is among the cases', () => {
  const makers = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(join(SOURCES, file), 'utf8') }))
    .filter(({ text }) => /new (ecs\.)?\w*FargateService\(|createBackgroundService\(/.test(text) && /^export class /m.test(text))
    .map(({ file }) => basename(file, '.ts').replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase()));
  const services = CASES.flatMap(([, { stack }]) => stack.node.findAll().filter((construct) => construct instanceof ecs.CfnService));
  const covered = new Set(services.flatMap(classesAround));
  expect(makers).toContain('WebService');
  expect(makers.filter((maker) => !covered.has(maker))).toEqual([]);
});

/** What could be forgotten, and what is said then. */
const MUTATIONS: [string, RegExp, (service: Properties, resources: Record<string, Resource>) => void][] = [
  ['circuit breaker', /no circuit breaker/, ({ DeploymentConfiguration }) => delete DeploymentConfiguration.DeploymentCircuitBreaker],
  ['roll back', /no circuit breaker/, ({ DeploymentConfiguration }) => DeploymentConfiguration.DeploymentCircuitBreaker.Rollback = false],
  ['tasks during a deployment', /between 50 and 200 percent/, ({ DeploymentConfiguration }) => DeploymentConfiguration.MinimumHealthyPercent = 50],
  ['grace period', /grace period of undefined seconds/, (service) => delete service.HealthCheckGracePeriodSeconds],
  ['autoscaling', /undoes what autoscaling did/, (service) => service.DesiredCount = 2],
  ['count', /neither a count nor autoscaling/, (_, resources) => drop(resources, 'AWS::ApplicationAutoScaling::ScalableTarget')],
  ['stop timeout', /killed after 30/, (_, resources) => containersOf(resources).forEach((container) => container.StopTimeout = 30)],
  ['deregistration delay', /breaks it after 5/, (_, resources) => attributesOf(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupAttributes',
    'deregistration_delay.timeout_seconds', '5')],
  ['idle timeout', /uses them for 90/, (_, resources) => attributesOf(resources, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes',
    'idle_timeout.timeout_seconds', '90')],
  ['dependencies', /does not wait for .*Policy|does not wait for .*Route/, (_, resources) =>
    Object.values(resources).forEach((resource) => delete (resource as { DependsOn?: unknown }).DependsOn)],
];

test.each(MUTATIONS)('a service without its %s is noticed', (_, problem, forget) => {
  const { resources } = synthesise(inStack(shop({})));
  const service = Object.values(resources).find(({ Type }) => Type === 'AWS::ECS::Service')!;
  expect(problemsOfServices(resources)).toEqual([]);
  forget(service.Properties, resources);
  expect(problemsOfServices(resources).join('\n')).toMatch(problem);
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Properties = any;

function drop(resources: Record<string, Resource>, type: string): void {
  Object.keys(resources).filter((id) => resources[id].Type === type).forEach((id) => delete resources[id]);
}

function propertiesOf(resources: Record<string, Resource>, type: string): Properties[] {
  return Object.values(resources).filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
}

function containersOf(resources: Record<string, Resource>): Properties[] {
  return propertiesOf(resources, 'AWS::ECS::TaskDefinition').flatMap(({ ContainerDefinitions }) => ContainerDefinitions);
}

function attributesOf(resources: Record<string, Resource>, type: string, property: string, key: string, value: string): void {
  propertiesOf(resources, type).flatMap((properties) => properties[property]).find(({ Key }) => Key === key)!.Value = value;
}

/** The names of the classes of a construct and of all around it, with those that they extend. */
function classesAround(construct: Construct): string[] {
  return construct.node.scopes.flatMap((scope) => {
    const names: string[] = [];
    for (let type = scope.constructor; type.name; type = Object.getPrototypeOf(type)) {
      names.push(type.name);
    }
    return names;
  });
}
