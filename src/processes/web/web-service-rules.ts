import { Duration } from 'aws-cdk-lib/core';
import { ALARM } from './rollback-alarms';
import { HEALTH_CHECK_RULES } from './web-health-check';
import { oneLimitRule, SCALING_RULES } from './web-scaling';
import { WebServiceOptions, WebServiceProps } from './web-service-props';
import { nestedRules } from '../../private/nested-rules';
import { an, boolean, CLUSTER, Kind, listOf, PROCESS, requiredKind, shaped } from '../../private/shapes';
import { durationBetween, integerBetween, isKnown, knownAtSynthesis, Rule, show, wholeUnits } from '../../private/validation';
import { executeCommandRule } from '../definition/execute-command';
import { FARGATE_SPOT_RULES } from '../definition/fargate-spot';
import { otherVpcProblem, taskSubnetsRule } from '../definition/task-subnets';

export const DEFAULT_REQUEST_TIMEOUT = Duration.seconds(30);
export const DEFAULT_IDLE_TIMEOUT = Duration.seconds(60);
/** What the web server gets less than the container: ECS kills the container at its stop timeout. */
const STOP_MARGIN_SECONDS = 2;

const SERVER: Kind = { name: 'a WebServer', member: '_environment', hint: 'use WebServer.gunicorn({ … }), WebServer.uvicorn() or WebServer.other()' };
const DEPLOYMENT: Kind = { name: 'a WebDeployment', member: '_serviceProps', hint: 'use WebDeployment.canary({ … }), .linear(), .blueGreen() or .rolling()' };

/** What holds for the options of a `WebService` wherever they are given. */
export const WEB_SERVICE_OPTION_RULES: Rule<WebServiceOptions>[] = shaped<WebServiceOptions>({
  server: an(SERVER),
  deployment: an(DEPLOYMENT),
  rollbackAlarms: listOf(ALARM),
  enableExecuteCommand: boolean,
  scalingSchedules: (value) => value === undefined || value === null || Array.isArray(value)
    ? undefined
    : `a list of schedules, got ${show(value)}: write [{ schedule: TaskSchedule.cron(…), minCapacity: 0, maxCapacity: 0 }]`,
}, [
  ...HEALTH_CHECK_RULES,
  durationBetween('requestTimeout', Duration.seconds(1), Duration.seconds(115), 'Fargate gives a container at most 120 s to stop; do longer work in a worker'),
  wholeUnits('requestTimeout', 'seconds'),
  knownAtSynthesis('requestTimeout', "the web server's timeouts are"),
  ({ server }) => server?._problem(),
  ...SCALING_RULES,
  ...nestedRules<WebServiceOptions, 'fargateSpot'>('fargateSpot', FARGATE_SPOT_RULES),
  ({ deployment }) => deployment?._problem(),
  integerBetween('rollbackErrorPercent', 0, 100, 'percent'),
  knownAtSynthesis('rollbackErrorPercent', 'whether there is an alarm is'),
]);

/** What holds for the props of a `WebService`. */
export const WEB_SERVICE_RULES = shaped<WebServiceProps>({ cluster: requiredKind(CLUSTER), process: requiredKind(PROCESS) }, [
  ...WEB_SERVICE_OPTION_RULES,
  oneLimitRule,
  durationBetween('loadBalancerIdleTimeout', Duration.seconds(1), Duration.seconds(4000)),
  wholeUnits('loadBalancerIdleTimeout', 'seconds'),
  knownAtSynthesis('loadBalancerIdleTimeout', "the web server's keep-alive is"),
  ({ process }) => process.container.portMappings.length === 0
    ? "'process' must have a 'containerPort': the load balancer sends the requests there"
    : undefined,
  ({ process, requestTimeout = DEFAULT_REQUEST_TIMEOUT }) => {
    const needed = isWholeSeconds(requestTimeout) ? requestTimeout.toSeconds() + STOP_MARGIN_SECONDS : 0;
    return needed > process.stopTimeout.toSeconds() && needed <= 117
      ? `'requestTimeout' (${show(requestTimeout)}) must be at least ${STOP_MARGIN_SECONDS} seconds less than the 'stopTimeout' of the process ` +
        `(${show(process.stopTimeout)}), else ECS cuts requests off: give the process Duration.seconds(${needed}) or more`
      : undefined;
  },
  executeCommandRule,
  ({ process, cluster }) => otherVpcProblem(process, cluster),
  (props) => props.cluster ? taskSubnetsRule(props) : undefined,
]);

function isWholeSeconds(duration: Duration): boolean {
  return isKnown(duration) && typeof duration.toMilliseconds === 'function' && duration.toMilliseconds() % 1000 === 0;
}
