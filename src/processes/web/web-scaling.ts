import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Lazy, TimeZone, Token } from 'aws-cdk-lib/core';
import { ScalingSchedule } from './web-scaling-props';
import { WebServiceOptions } from './web-service-props';
import { nestedRules } from '../../private/nested-rules';
import { requiredKind, shaped, TASK_SCHEDULE } from '../../private/shapes';
import { integerBetween, isGiven, isKnown, joined, Rule } from '../../private/validation';
import { capacityProblem, knownOr, MOST_TASKS } from '../definition/task-count';

/** Tasks at least and at most. */
export interface Capacity {
  readonly min: number;
  readonly max: number;
}

/** What holds for one schedule. */
const SCHEDULE_RULES = shaped<ScalingSchedule>({ schedule: requiredKind(TASK_SCHEDULE) }, [
  ({ schedule }) => {
    const problem = schedule._problem();
    return problem && `'schedule' ${problem}`;
  },
  integerBetween('minCapacity', 0, MOST_TASKS),
  integerBetween('maxCapacity', 0, MOST_TASKS),
  capacityProblem,
  ({ minCapacity, maxCapacity }) => minCapacity === undefined && maxCapacity === undefined
    ? "'minCapacity' or 'maxCapacity' must be given: the schedule would change nothing"
    : undefined,
]);

/** What holds for the scaling of a web service. */
export const SCALING_RULES: Rule<WebServiceOptions>[] = [
  integerBetween('minCapacity', 1, MOST_TASKS),
  integerBetween('maxCapacity', 1, MOST_TASKS),
  integerBetween('targetCpuPercent', 10, 95, 'percent'),
  integerBetween('targetMemoryPercent', 10, 95, 'percent'),
  integerBetween('targetRequestsPerMinute', 1, 1_000_000),
  capacityProblem,
  ({ scalingSchedules: schedules }) => schedules && joined(schedules.map((schedule, index) => {
    const name = `scalingSchedules[${index}]`;
    const rules = nestedRules<Record<string, ScalingSchedule>, string>(name, SCHEDULE_RULES);
    return schedule ? joined(rules.map((rule) => rule({ [name]: schedule }))) : `'${name}' must be given: remove it`;
  })),
  ({ deployment, targetRequestsPerMinute }) => deployment?._shiftsTraffic && targetRequestsPerMinute !== undefined
    ? "'targetRequestsPerMinute' must be left out with a 'deployment' that moves the requests: AWS counts those of one target group, which is empty half of the " +
      "time. Scale by 'targetCpuPercent'"
    : undefined,
];

/**
 * A schedule that moves one limit only fails, when its time comes, where the other is in the way.
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html
 */
export const oneLimitRule: Rule<WebServiceOptions> = (props) => {
  // What is no schedule is told already.
  const schedules: Partial<ScalingSchedule>[] = Array.isArray(props.scalingSchedules) ? props.scalingSchedules.map((schedule) => schedule ?? {}) : [];
  const { min, max } = capacityOf(props);
  const [minima, maxima] = [[min, ...schedules.map(({ minCapacity }) => minCapacity)], [max, ...schedules.map(({ maxCapacity }) => maxCapacity)]];
  const [leastMax, mostMin] = [Math.min(...maxima.filter(isKnown)), Math.max(...minima.filter(isKnown))];
  return joined(schedules.map(({ minCapacity, maxCapacity }, index) => {
    const problem = (missing: string, given: string, value: number, other: number) =>
      `'scalingSchedules[${index}].${missing}' must be given too: it may be ${other} when the schedule sets '${given}' to ${value}, which AWS refuses then`;
    if (isKnown(minCapacity) && !isGiven(maxCapacity) && minCapacity > leastMax && minCapacity <= MOST_TASKS) {
      return problem('maxCapacity', 'minCapacity', minCapacity, leastMax);
    }
    return isKnown(maxCapacity) && !isGiven(minCapacity) && maxCapacity < mostMin ? problem('minCapacity', 'maxCapacity', maxCapacity, mostMin) : undefined;
  }));
};

/** Tasks at least and at most, apart from schedules. */
export function capacityOf({ minCapacity, maxCapacity }: WebServiceOptions): Capacity {
  const min = minCapacity ?? Math.min(2, knownOr(2, maxCapacity));
  return { min, max: maxCapacity ?? Math.min(MOST_TASKS, Math.max(10, 2 * knownOr(1, min))) };
}

/** The most tasks that there are at any time. */
export function mostTasks({ max }: Capacity, schedules: ScalingSchedule[] = []): number {
  // A token has a number of its own, which tells nothing.
  const maxima = [max, ...schedules.flatMap(({ maxCapacity }) => maxCapacity ?? [])];
  return maxima.find((number) => Token.isUnresolved(number)) ?? Math.max(...maxima);
}

/** Whether autoscaling decides about the number of tasks, rather than the template. */
export function scales(capacity: Capacity, schedules: ScalingSchedule[] = []): boolean {
  return schedules.length > 0 || mayVary(capacity);
}

/** Lets CPU, memory, requests and the clock decide about the number of tasks. */
export function createScaling(service: ecs.FargateService, props: WebServiceOptions, capacity: Capacity, requestsLabel: () => string): ecs.ScalableTaskCount {
  const { scalingSchedules = [], targetCpuPercent, targetMemoryPercent, targetRequestsPerMinute } = props;
  const scaling = service.autoScaleTaskCount({ minCapacity: capacity.min, maxCapacity: capacity.max });
  // A policy needs alarms, which cost something and do nothing where the clock alone decides.
  if (mayVary(capacity) || scalingSchedules.some(({ minCapacity: min, maxCapacity: max }) => mayVary({ min: min ?? capacity.min, max: max ?? capacity.max }))) {
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: targetCpuPercent ?? 70 });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: targetMemoryPercent ?? 80 });
    if (targetRequestsPerMinute !== undefined) {
      // `scaleOnRequestCount` wants the load balancer now; ours is known when the target group is given to it.
      (scaling.node.findChild('Target') as appscaling.ScalableTarget).scaleToTrackMetric('Requests', {
        predefinedMetric: appscaling.PredefinedMetric.ALB_REQUEST_COUNT_PER_TARGET,
        targetValue: targetRequestsPerMinute,
        resourceLabel: Lazy.string({ produce: requestsLabel }),
      });
    }
  }
  scalingSchedules.forEach(({ schedule, minCapacity, maxCapacity }, index) => scaling.scaleOnSchedule(`Schedule${index + 1}`, {
    schedule: appscaling.Schedule.expression(schedule._expression),
    timeZone: schedule._timeZone === undefined ? undefined : TimeZone.of(schedule._timeZone),
    minCapacity,
    maxCapacity,
  }));
  return scaling;
}

function mayVary({ min, max }: Capacity): boolean {
  return max > min || Token.isUnresolved(max) || Token.isUnresolved(min);
}
