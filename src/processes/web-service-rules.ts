import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ProcessDefinition } from './process-definition';
import { otherVpcProblem, taskSubnetsRule, warnAboutMissingAddress } from './task-subnets';
import { WebServiceOptions, WebServiceProps } from './web-service-props';
import { CLUSTER, PROCESS, requiredKind, shaped } from '../private/shapes';
import { durationBetween, integerBetween, isKnown, knownAtSynthesis, matches, Rule, show, wholeUnits } from '../private/validation';

export const DEFAULT_REQUEST_TIMEOUT = Duration.seconds(30);
/** What ECS runs in one service at most. */
export const MOST_TASKS = 5000;
export const DEFAULT_IDLE_TIMEOUT = Duration.seconds(60);
/** What the web server gets less than the container: ECS kills the container at its stop timeout. */
const STOP_MARGIN_SECONDS = 2;

/** What holds for the options of a `WebService` wherever they are given. */
export const WEB_SERVICE_OPTION_RULES: Rule<WebServiceOptions>[] = [
  matches('healthCheckPath', /^\/[^\s]{0,1023}$/, (path) => `begin with '/', have no spaces and 1024 characters at most, e.g. ${show(pathFor(path))}`),
  matches('healthCheckCodes', /^\d{3}([-,]\d{3})*$/, "be status codes like '200' or '200,204'"),
  ({ healthCheckCodes: codes }) => typeof codes === 'string' && isKnown(codes) && (codes.match(/\d+/g) ?? []).some((code) => Number(code) < 200 || Number(code) > 499)
    ? `'healthCheckCodes' must be between 200 and 499, got ${show(codes)}`
    : undefined,
  durationBetween('healthCheckGracePeriod', Duration.seconds(0), Duration.hours(1)),
  wholeUnits('healthCheckGracePeriod', 'seconds'),
  durationBetween('requestTimeout', Duration.seconds(1), Duration.seconds(115), 'Fargate gives a container at most 120 s to stop; do longer work in a worker'),
  wholeUnits('requestTimeout', 'seconds'),
  knownAtSynthesis('requestTimeout', "gunicorn's timeouts are"),
  integerBetween('workers', 1, 64),
  integerBetween('threads', 1, 512),
  integerBetween('minCapacity', 1, MOST_TASKS),
  integerBetween('maxCapacity', 1, MOST_TASKS),
  integerBetween('targetCpuPercent', 10, 95, 'percent'),
  integerBetween('targetMemoryPercent', 10, 95, 'percent'),
  integerBetween('targetRequestsPerMinute', 1, 1_000_000),
  ({ minCapacity, maxCapacity }) => isKnown(minCapacity) && isKnown(maxCapacity) && minCapacity > maxCapacity
    ? `'minCapacity' (${minCapacity}) must not be more than 'maxCapacity' (${maxCapacity}): raise 'maxCapacity' or lower 'minCapacity'`
    : undefined,
];

/** What holds for the props of a `WebService`. */
export const WEB_SERVICE_RULES = shaped<WebServiceProps>({ cluster: requiredKind(CLUSTER), process: requiredKind(PROCESS) }, [
  ...WEB_SERVICE_OPTION_RULES,
  durationBetween('loadBalancerIdleTimeout', Duration.seconds(1), Duration.seconds(4000)),
  wholeUnits('loadBalancerIdleTimeout', 'seconds'),
  knownAtSynthesis('loadBalancerIdleTimeout', "gunicorn's keep-alive is"),
  ({ process }) => process.container.portMappings.length === 0
    ? "'process' must have a 'containerPort': the load balancer sends the requests there"
    : undefined,
  ({ process, requestTimeout = DEFAULT_REQUEST_TIMEOUT }) => {
    const needed = isWholeSeconds(requestTimeout) ? requestTimeout.toSeconds() + STOP_MARGIN_SECONDS : 0;
    return needed > process.stopTimeoutSeconds && needed <= 117
      ? `'requestTimeout' (${show(requestTimeout)}) must be at least ${STOP_MARGIN_SECONDS} seconds less than the 'stopTimeoutSeconds' of the process ` +
        `(${process.stopTimeoutSeconds}), else ECS cuts requests off: give the process ${needed} or more`
      : undefined;
  },
  ({ process, cluster }) => otherVpcProblem(process, cluster),
  (props) => props.cluster ? taskSubnetsRule(props) : undefined,
]);

/** Warns about what is legal but risky. */
export function warnAboutRisks(scope: Construct, props: WebServiceProps): void {
  const { healthCheckPath, healthCheckCodes, healthCheckGracePeriod } = props;
  const { requestTimeout = DEFAULT_REQUEST_TIMEOUT, loadBalancerIdleTimeout = DEFAULT_IDLE_TIMEOUT } = props;
  const path = isKnown(healthCheckPath) ? healthCheckPath.split('?')[0] : '/';
  if (/\/[^/.]+$/.test(path) && !(isKnown(healthCheckCodes) && /3\d\d/.test(healthCheckCodes))) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:health-check-redirect',
      `'healthCheckPath' ${show(healthCheckPath)} has no '/' at its end: with APPEND_SLASH Django answers 301, which does not count as healthy. ` +
      `Use ${show(`${path}/`)}.`);
  }
  if (isKnown(healthCheckCodes) && /4\d\d/.test(healthCheckCodes)) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:health-check-codes',
      `'healthCheckCodes' ${show(healthCheckCodes)} counts errors as healthy: a broken release would be rolled out. Use '200'.`);
  }
  if (isKnown(healthCheckGracePeriod) && healthCheckGracePeriod.toSeconds() < 30) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:health-check-grace-period',
      `'healthCheckGracePeriod' ${show(healthCheckGracePeriod)}: a task that needs longer to start, and 25 seconds of failing checks, is stopped before it ` +
      'serves, again and again. Give it the time that your slowest start takes, e.g. Duration.minutes(2).');
  }
  if (requestTimeout.toSeconds() > loadBalancerIdleTimeout.toSeconds()) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:idle-timeout',
      `'requestTimeout' (${show(requestTimeout)}) is longer than the load balancer waits (${show(loadBalancerIdleTimeout)}): it answers 504 before. ` +
      'Raise the idle timeout of the load balancer.');
  }
  warnAboutMissingAddress(scope, props);
}

/** A number of tasks that cannot change needs nothing to aim at. */
export function warnAboutIdleTargets(scope: Construct, { targetCpuPercent, targetMemoryPercent, targetRequestsPerMinute }: WebServiceOptions): void {
  const targets = Object.entries({ targetCpuPercent, targetMemoryPercent, targetRequestsPerMinute }).filter(([, value]) => value !== undefined);
  if (targets.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:no-autoscaling',
      `'minCapacity' is 'maxCapacity', so nothing scales: raise 'maxCapacity', or leave out ${targets.map(([prop]) => `'${prop}'`).join(', ')}.`);
  }
}

/** Arguments of a user's own take the place of ours, and with them of what keeps a rolling deployment from losing requests. */
export function warnAboutArguments(scope: Construct, process: ProcessDefinition, settings: Record<string, string>): void {
  if (process._sets('GUNICORN_CMD_ARGS')) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:gunicorn-arguments',
      'GUNICORN_CMD_ARGS is yours, so the library does not set it. Add to yours what you do not decide otherwise, above all the keep-alive, which must be longer ' +
      `than the load balancer's idle timeout: ${settings.GUNICORN_CMD_ARGS}`);
  }
}

/** Where the health check may have been meant to go. */
function pathFor(text: string): string {
  const path = text.trim().replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\s.*$/, '').replace(/^\/+|\/+$/g, '');
  return path === '' || path.length > 1000 ? '/health/' : `/${path}${/[?.]/.test(path) ? '' : '/'}`;
}

function isWholeSeconds(duration: Duration): boolean {
  return isKnown(duration) && typeof duration.toMilliseconds === 'function' && duration.toMilliseconds() % 1000 === 0;
}
