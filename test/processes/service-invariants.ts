import { ofType, Resource } from '../budgets/synthesised';
import { Dependencies, references } from '../deploy-path/dependencies';

type Resources = Record<string, Resource>;
/** Properties as they stand in a template. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Properties = any;

/** What a web server says of itself, in seconds: how long it lets requests end on SIGTERM, and how long it keeps idle connections. */
interface ServerTimes {
  readonly graceful: number;
  readonly keepAlive: number;
}

const DEFAULT_IDLE_TIMEOUT = 60;
const LEAST_GRACE_PERIOD = 30;

/** What is wrong with the ECS services of a template: each sentence begins with the logical id of the service. */
export function problemsOfServices(resources: Resources): string[] {
  const dependencies = new Dependencies(resources);
  return ofType(resources, 'AWS::ECS::Service').flatMap(([id, { Properties: service = {} }]) => {
    const only = (problem: string | false | undefined) => problem ? [`${id}: ${problem}`] : [];
    return [
      ...only(deploymentProblem(service, taskOf(resources, service))),
      ...only(countProblem(resources, id, service)),
      ...rolloutProblems(resources, service).flatMap(only),
      ...missingBefore(resources, dependencies, id, service).map((missing) => `${id}: does not wait for ${missing}`),
    ];
  });
}

function deploymentProblem(service: Properties, task: Properties): string | undefined {
  const { DeploymentConfiguration: rollout, SchedulingStrategy, DesiredCount, LoadBalancers = [] } = service;
  if (SchedulingStrategy !== undefined && SchedulingStrategy !== 'REPLICA') {
    return `its scheduling strategy is ${SchedulingStrategy}`;
  }
  if (rollout?.DeploymentCircuitBreaker?.Enable !== true || rollout.DeploymentCircuitBreaker.Rollback !== true) {
    return 'has no circuit breaker that rolls back';
  }
  const { MinimumHealthyPercent: min, MaximumPercent: max } = rollout;
  // The one that must not run twice even for a moment, and that nobody waits for.
  const runsOnce = min === 0 && max === 100 && DesiredCount <= 1 && LoadBalancers.length === 0;
  const isBeat = task.ContainerDefinitions.some(({ Command }: Properties) => [Command ?? []].flat().includes('beat'));
  return runsOnce || (!isBeat && min === 100 && max >= 200) ? undefined : `has between ${min} and ${max} percent of its tasks during a deployment`;
}

function countProblem(resources: Resources, id: string, service: Properties): string | undefined {
  const scales = ofType(resources, 'AWS::ApplicationAutoScaling::ScalableTarget')
    .some(([, { Properties: target = {} }]) => references(target.ResourceId).includes(id));
  if (scales && service.DesiredCount !== undefined) {
    return 'has a count in the template, which undoes what autoscaling did';
  }
  return !scales && service.DesiredCount === undefined ? 'has neither a count nor autoscaling' : undefined;
}

function rolloutProblems(resources: Resources, service: Properties): string[] {
  const balancing: Properties[] = service.LoadBalancers ?? [];
  const containers: Properties[] = taskOf(resources, service).ContainerDefinitions;
  const untimed = containers.filter(({ StopTimeout }) => StopTimeout === undefined).map(({ Name }) => `container '${Name}' has no stop timeout`);
  if (balancing.length === 0) {
    return untimed;
  }
  const grace = service.HealthCheckGracePeriodSeconds;
  return [
    ...untimed,
    ...!(grace >= LEAST_GRACE_PERIOD) ? [`has a grace period of ${grace} seconds`] : [],
    ...balancing.flatMap((target) => {
      const container = containers.find(({ Name }) => Name === target.ContainerName);
      const groups = [target.TargetGroupArn, target.AdvancedConfiguration?.AlternateTargetGroupArn].flatMap(references);
      return [
        ...groups.length === 0 ? ['has a load balancer without a target group of the template'] : [],
        ...groups.flatMap((group) => container ? requestProblems(resources, container, group) : [`has no container '${target.ContainerName}'`]),
      ];
    }),
  ];
}

/** What would lose requests between a load balancer and a container. */
function requestProblems(resources: Resources, container: Properties, group: string): string[] {
  const times = serverTimes(container);
  if (!times) {
    return [];
  }
  const delay = Number(attribute(resources[group].Properties?.TargetGroupAttributes, 'deregistration_delay.timeout_seconds') ?? 300);
  const idle = Math.max(...ofType(resources, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
    .map(([, { Properties: balancer = {} }]) => Number(attribute(balancer.LoadBalancerAttributes, 'idle_timeout.timeout_seconds') ?? DEFAULT_IDLE_TIMEOUT)));
  return [
    ...times.graceful < container.StopTimeout ? [] : [`its server takes ${times.graceful} seconds to stop, and is killed after ${container.StopTimeout}`],
    ...times.graceful <= delay ? [] : [`a request may take ${times.graceful} seconds, and '${group}' breaks it after ${delay}`],
    // Without a load balancer in the template it is the default one's.
    ...times.keepAlive > (Number.isFinite(idle) ? idle : DEFAULT_IDLE_TIMEOUT)
      ? []
      : [`its server closes connections after ${times.keepAlive} seconds, and the load balancer uses them for ${idle}`],
  ];
}

/** What gunicorn or uvicorn is told; nothing where a server of somebody else gets a port only. */
function serverTimes({ Environment = [] }: Properties): ServerTimes | undefined {
  const environment = Object.fromEntries(Environment.map(({ Name, Value }: Properties) => [Name, Value]));
  const { GUNICORN_CMD_ARGS: args, UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN, UVICORN_TIMEOUT_KEEP_ALIVE } = environment;
  if (args !== undefined) {
    const option = (name: string) => Number(new RegExp(`--${name}=(\\d+)`).exec(args)?.[1]);
    return { graceful: Math.max(option('graceful-timeout'), option('timeout')), keepAlive: option('keep-alive') };
  }
  if (UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN !== undefined) {
    return { graceful: Number(UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN), keepAlive: Number(UVICORN_TIMEOUT_KEEP_ALIVE) };
  }
  return undefined;
}

/** What a task of the service needs at its start, and the service itself, and does not wait for. */
function missingBefore(resources: Resources, dependencies: Dependencies, id: string, service: Properties): string[] {
  const task = taskOf(resources, service);
  const roles = [task.TaskRoleArn, task.ExecutionRoleArn].flatMap(references);
  const policies = ofType(resources, 'AWS::IAM::Policy').filter(([, { Properties: policy = {} }]) => references(policy.Roles).some((role) => roles.includes(role)));

  const subnets = references(service.NetworkConfiguration?.AwsvpcConfiguration?.Subnets);
  const associations = ofType(resources, 'AWS::EC2::SubnetRouteTableAssociation')
    .filter(([, { Properties: association = {} }]) => references(association.SubnetId).some((subnet) => subnets.includes(subnet)));
  const tables = associations.flatMap(([, { Properties: association = {} }]) => references(association.RouteTableId));
  const routes = ofType(resources, 'AWS::EC2::Route')
    .filter(([, { Properties: route = {} }]) => references(route.RouteTableId).some((table) => tables.includes(table)) && route.DestinationCidrBlock === '0.0.0.0/0');

  const groups = (service.LoadBalancers ?? []).flatMap(({ TargetGroupArn }: Properties) => references(TargetGroupArn));
  const listeners = [...ofType(resources, 'AWS::ElasticLoadBalancingV2::Listener'), ...ofType(resources, 'AWS::ElasticLoadBalancingV2::ListenerRule')]
    .filter(([, { Properties: listener = {} }]) => references([listener.DefaultActions, listener.Actions]).some((group) => groups.includes(group)));

  const waited = dependencies.of(id);
  const listened = groups.length === 0 || listeners.some(([listener]) => waited.has(listener));
  return [
    ...[...policies, ...associations, ...routes].map(([needed]) => needed).filter((needed) => !waited.has(needed)),
    ...listened ? [] : ['a listener that sends requests to its target group'],
  ];
}

function taskOf(resources: Resources, { TaskDefinition }: Properties): Properties {
  const [id] = references(TaskDefinition);
  return resources[id].Properties;
}

function attribute(attributes: Properties, key: string): string | undefined {
  return (attributes ?? []).find(({ Key }: Properties) => Key === key)?.Value;
}
