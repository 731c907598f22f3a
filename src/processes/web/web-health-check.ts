import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { text } from './web-server-settings';
import { WebServiceOptions } from './web-service-props';
import { durationBetween, integerBetween, isDuration, isKnown, knownAtSynthesis, matches, Rule, show, wholeUnits } from '../../private/validation';

const DEFAULT_PATH = '/health/';
/** The load balancer's own defaults (30 s, five times) cost minutes of each deployment. */
const DEFAULT_INTERVAL = Duration.seconds(5);
const DEFAULT_TIMEOUT = Duration.seconds(4);
const DEFAULT_HEALTHY_THRESHOLD = 2;
const DEFAULT_UNHEALTHY_THRESHOLD = 5;

/**
 * What holds for the health check of a web service.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export const HEALTH_CHECK_RULES: Rule<WebServiceOptions>[] = [
  matches('healthCheckPath', /^\/[^\s]{0,1023}$/, (path) => `begin with '/', have no spaces and 1024 characters at most, e.g. ${show(pathFor(path))}`),
  matches('healthCheckCodes', /^\d{3}([-,]\d{3})*$/, "be status codes like '200' or '200,204'"),
  ({ healthCheckCodes: codes }) => typeof codes === 'string' && isKnown(codes) && (codes.match(/\d+/g) ?? []).some((code) => Number(code) < 200 || Number(code) > 499)
    ? `'healthCheckCodes' must be between 200 and 499, got ${show(codes)}`
    : undefined,
  durationBetween('healthCheckGracePeriod', Duration.seconds(0), Duration.hours(1)),
  wholeUnits('healthCheckGracePeriod', 'seconds'),
  durationBetween('healthCheckInterval', Duration.seconds(5), Duration.seconds(300)),
  wholeUnits('healthCheckInterval', 'seconds'),
  knownAtSynthesis('healthCheckInterval', 'whether it is more than the timeout is'),
  durationBetween('healthCheckTimeout', Duration.seconds(2), Duration.seconds(120)),
  wholeUnits('healthCheckTimeout', 'seconds'),
  knownAtSynthesis('healthCheckTimeout', 'whether it is less than the interval is'),
  ({ healthCheckInterval: interval = DEFAULT_INTERVAL, healthCheckTimeout: timeout = DEFAULT_TIMEOUT }) =>
    areKnown(interval, timeout) && timeout.toMilliseconds() >= interval.toMilliseconds()
      ? `'healthCheckTimeout' (${show(timeout)}) must be less than 'healthCheckInterval' (${show(interval)}): raise the interval or lower the timeout`
      : undefined,
  integerBetween('healthyThresholdCount', 2, 10),
  integerBetween('unhealthyThresholdCount', 2, 10),
  integerBetween('healthCheckPort', 1, 65535),
  durationBetween('slowStart', Duration.seconds(30), Duration.minutes(15)),
  wholeUnits('slowStart', 'seconds'),
  // Of a token CDK takes the placeholder for the time.
  knownAtSynthesis('slowStart', 'whether the load balancer takes it is'),
];

/** The health check as the target group takes it. */
export function healthCheckOf(props: WebServiceOptions): elbv2.HealthCheck {
  return {
    path: props.healthCheckPath ?? DEFAULT_PATH,
    healthyHttpCodes: props.healthCheckCodes ?? '200',
    port: props.healthCheckPort === undefined ? undefined : text(props.healthCheckPort),
    interval: props.healthCheckInterval ?? DEFAULT_INTERVAL,
    timeout: props.healthCheckTimeout ?? DEFAULT_TIMEOUT,
    healthyThresholdCount: props.healthyThresholdCount ?? DEFAULT_HEALTHY_THRESHOLD,
    unhealthyThresholdCount: props.unhealthyThresholdCount ?? DEFAULT_UNHEALTHY_THRESHOLD,
  };
}

/** Warns about what is legal but risky; that a path should end with '/' is a matter of Django's alone. */
export function warnAboutHealthCheck(scope: Construct, props: WebServiceOptions, isDjango: boolean): void {
  const { healthCheckPath, healthCheckCodes, healthCheckGracePeriod } = props;
  const path = isKnown(healthCheckPath) ? healthCheckPath.split('?')[0] : '/';
  if (isDjango && /\/[^/.]+$/.test(path) && !(isKnown(healthCheckCodes) && /3\d\d/.test(healthCheckCodes))) {
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
      `'healthCheckGracePeriod' ${show(healthCheckGracePeriod)}: a task that needs longer to start, and ${failingTime(props)}of failing checks, is stopped before it ` +
      'serves, again and again. Give it the time that your slowest start takes, e.g. Duration.minutes(2).');
  }
}

/** How long checks must fail, where it is known. */
function failingTime({ healthCheckInterval = DEFAULT_INTERVAL, unhealthyThresholdCount: count = DEFAULT_UNHEALTHY_THRESHOLD }: WebServiceOptions): string {
  return isKnown(count) ? `${healthCheckInterval.toSeconds() * count} seconds ` : 'a while ';
}

/** Where the health check may have been meant to go. */
function pathFor(given: string): string {
  const path = given.trim().replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\s.*$/, '').replace(/^\/+|\/+$/g, '');
  return path === '' || path.length > 1000 ? '/health/' : `/${path}${/[?.]/.test(path) ? '' : '/'}`;
}

function areKnown(...durations: Duration[]): boolean {
  return durations.every((duration) => isDuration(duration) && isKnown(duration));
}
