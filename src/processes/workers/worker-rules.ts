import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { WorkerMetricScaling, WorkerOptions, WorkerProps, WorkerQueueScaling } from './worker-props';
import { scalesOn } from './worker-scaling';
import { nestedRules } from '../../private/nested-rules';
import { boolean, CLUSTER, Kind, memberOf, PROCESS, QUEUE, requiredKind, shaped } from '../../private/shapes';
import { integerBetween, isGiven, isKnown, knownAtSynthesis, Rule, show } from '../../private/validation';
import { executeCommandRule } from '../definition/execute-command';
import { FARGATE_SPOT_RULES, warnAboutSpot } from '../definition/fargate-spot';
import { ProcessDefinition } from '../definition/process-definition';
import { capacityProblem, MOST_TASKS } from '../definition/task-count';
import { otherVpcProblem, TaskPlacement, taskSubnetsRule, warnAboutMissingAddress } from '../definition/task-subnets';

/** What Fargate gives a container to stop, at most. */
const LONGEST_STOP_SECONDS = 120;
const METRIC: Kind = { name: 'a cloudwatch.IMetric', member: 'toMetricConfig', hint: 'make a cloudwatch.Metric' };

const QUEUE_SCALING_RULES = shaped<WorkerQueueScaling>({ queue: requiredKind({ ...QUEUE, hint: 'e.g. broker.queue of an SqsBroker' }) }, [
  ({ messagesPerTask }) => !isGiven(messagesPerTask)
    ? "'messagesPerTask' must be given: the messages that one task may have before it, e.g. 10"
    : undefined,
  integerBetween('messagesPerTask', 1, 1_000_000),
  knownAtSynthesis('messagesPerTask', 'the steps of the scaling are'),
]);

const METRIC_SCALING_RULES = shaped<WorkerMetricScaling>({
  metric: requiredKind(METRIC), adjustmentType: memberOf('AdjustmentType', appscaling.AdjustmentType),
}, [
  ({ steps }) => stepsProblem(steps),
  ({ targetValue }) => isKnown(targetValue) && !(typeof targetValue === 'number' && targetValue > 0 && Number.isFinite(targetValue))
    ? `'targetValue' must be a number above 0, got ${show(targetValue)}`
    : undefined,
  ({ targetValue, steps }) => !isGiven(targetValue) && !isGiven(steps)
    ? "'targetValue' or 'steps' must be given: what the metric shall be, or how many tasks follow from it"
    : undefined,
  ({ targetValue, steps }) => isGiven(targetValue) && isGiven(steps)
    ? "'targetValue' and 'steps' exclude each other: leave out one of them"
    : undefined,
]);

/** What holds for the options of a `Worker` wherever they are given. */
export const WORKER_OPTION_RULES = shaped<WorkerOptions>({ enableExecuteCommand: boolean }, [
  integerBetween('minCapacity', 0, MOST_TASKS),
  integerBetween('maxCapacity', 0, MOST_TASKS),
  integerBetween('targetCpuPercent', 10, 95, 'percent'),
  integerBetween('targetMemoryPercent', 10, 95, 'percent'),
  ...nestedRules<WorkerOptions, 'queueScaling'>('queueScaling', QUEUE_SCALING_RULES),
  ...nestedRules<WorkerOptions, 'metricScaling'>('metricScaling', METRIC_SCALING_RULES),
  ...nestedRules<WorkerOptions, 'fargateSpot'>('fargateSpot', FARGATE_SPOT_RULES),
  capacityProblem,
  (options) => startsNoTask(options)
    ? "'minCapacity' is 0, and nothing starts the first task: CPU and memory are measured in running tasks only, and so is most of what has a target. " +
      "Give 'queueScaling', or 'metricScaling' with 'steps', or 1; 'maxCapacity' 0 as well pauses the worker"
    : undefined,
  ({ minCapacity, maxCapacity, queueScaling }) => queueScaling && [minCapacity, maxCapacity].some((count) => isGiven(count) && !isKnown(count))
    ? "'minCapacity' and 'maxCapacity' must be known at synthesis with 'queueScaling', because its steps are computed from them: " +
      'give them as plain values, not as tokens'
    : undefined,
]);

/** What holds for everything that runs in the background. */
export const BACKGROUND_RULES: Rule<TaskPlacement & { readonly process: ProcessDefinition; readonly enableExecuteCommand?: boolean }>[] = [
  executeCommandRule,
  ({ process, cluster }) => otherVpcProblem(process, cluster),
  (props) => props.cluster ? taskSubnetsRule(props) : undefined,
];

/** What holds for the props of a `Worker`. */
export const WORKER_RULES = shaped<WorkerProps>({ cluster: requiredKind(CLUSTER), process: requiredKind(PROCESS), assignPublicIp: boolean }, [
  ...WORKER_OPTION_RULES,
  ...BACKGROUND_RULES,
]);

/** An alarm sees only what is measured in its own region and account: with a queue elsewhere nothing would ever scale. */
export function queueWithin({ region, account }: Stack): Rule<WorkerProps> {
  return ({ queueScaling }) => {
    const env = queueScaling?.queue?.env;
    const differs = (one: string | undefined, other: string) => isKnown(one) && isKnown(other) && one !== other;
    return differs(env?.region, region) || differs(env?.account, account)
      ? `'queueScaling.queue' must be in the region and account of the worker (${region}, ${account}), it is in ${env!.region}, ${env!.account}: ` +
        'its alarms see no other. Scale on a metric that you publish there, with \'metricScaling\''
      : undefined;
  };
}

/** Warns about what is legal but risky. */
export function warnAboutRisks(scope: Construct, props: WorkerProps): void {
  const { process } = props;
  if (process.stopTimeout.toSeconds() < LONGEST_STOP_SECONDS) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:worker-stop-timeout',
      `The process is killed ${process.stopTimeout.toSeconds()} seconds after it was asked to stop: each deployment cuts off the tasks that take longer. ` +
      `Give it 'stopTimeout: Duration.seconds(${LONGEST_STOP_SECONDS})', the most that Fargate has; a worker without tasks stops at once all the same.`);
  }
  warnAboutSpot(scope, props.fargateSpot);
  warnAboutMissingAddress(scope, props);
}

/** Whether there may be no task, without anything that is measured then. */
function startsNoTask(options: WorkerOptions): boolean {
  const { minCapacity, maxCapacity, queueScaling, metricScaling } = options;
  const mayGrow = isGiven(maxCapacity) ? maxCapacity !== 0 : scalesOn(options);
  return minCapacity === 0 && mayGrow && !queueScaling && !metricScaling?.steps;
}

function stepsProblem(steps: unknown): string | undefined {
  if (!isGiven(steps)) {
    return undefined;
  }
  if (!Array.isArray(steps) || steps.length < 2 || steps.length > 40 || !steps.every(isStep)) {
    return `'steps' must be a list of 2 to 40 steps, got ${show(steps)}: e.g. [{ upper: 0, change: -1 }, { lower: 100, change: 1 }]`;
  }
  if (steps.every(({ change }) => change === 0)) {
    return `'steps' must change the number of tasks somewhere, got ${show(steps)}: give a 'change' that is not 0`;
  }
  const wrong = steps.findIndex((step, index) => !isAbove(step, steps[index - 1]) || !isRange(step, steps[index + 1]));
  return wrong < 0 ? undefined : `'steps' must go from low to high without overlapping, each with 'lower', 'upper' or both, got ${show(steps[wrong])} as step ${wrong + 1}`;
}

function isStep(step: unknown): step is appscaling.ScalingInterval {
  const { change, lower, upper } = (step ?? {}) as Record<string, unknown>;
  return Number.isInteger(change) && [lower, upper].every((bound) => !isGiven(bound) || Number.isFinite(bound)) && [lower, upper].some(isGiven);
}

/** Where one step has no bound, that of its neighbour holds for both. */
function isAbove(step: appscaling.ScalingInterval, below?: appscaling.ScalingInterval): boolean {
  const [end, begin] = [below?.upper ?? step.lower, step.lower ?? below?.upper];
  return below === undefined || (isGiven(end) && end! <= begin!);
}

function isRange(step: appscaling.ScalingInterval, above?: appscaling.ScalingInterval): boolean {
  return (step.lower ?? -Infinity) < (step.upper ?? above?.lower ?? Infinity);
}
