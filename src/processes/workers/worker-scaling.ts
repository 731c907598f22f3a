import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { WorkerMetricScaling, WorkerOptions, WorkerQueueScaling } from './worker-props';
import { definitionError, isGiven } from '../../private/validation';

/** Step adjustments that Application Auto Scaling takes in one policy. */
const MOST_STEPS = 20;
const DEFAULT_CPU_PERCENT = 70;

/** Scales the tasks of a worker on all that its options name; on CPU where they name nothing. */
export function scaleWorker(service: ecs.FargateService, options: WorkerOptions, minCapacity: number, maxCapacity: number): ecs.ScalableTaskCount {
  const scaling = service.autoScaleTaskCount({ minCapacity, maxCapacity });
  const { targetMemoryPercent, queueScaling, metricScaling } = options;
  const targetCpuPercent = options.targetCpuPercent ?? (scalesOn(options) ? undefined : DEFAULT_CPU_PERCENT);
  if (targetCpuPercent !== undefined) {
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: targetCpuPercent });
  }
  if (isGiven(targetMemoryPercent)) {
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: targetMemoryPercent });
  }
  if (queueScaling) {
    scaleOnQueue(scaling, queueScaling, minCapacity, maxCapacity);
  }
  if (metricScaling) {
    scaleOnMetric(scaling, metricScaling);
  }
  return scaling;
}

/** Whether an option says what the tasks are scaled on. */
export function scalesOn({ targetCpuPercent, targetMemoryPercent, queueScaling, metricScaling }: WorkerOptions): boolean {
  return [targetCpuPercent, targetMemoryPercent, queueScaling, metricScaling].some(isGiven);
}

/**
 * Sets the number of tasks to what the messages need. Target tracking of messages per task needs Container Insights for the running
 * tasks, and divides by zero where there are none; exact steps need neither and cannot overshoot while new tasks start.
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
 */
function scaleOnQueue(scaling: ecs.ScalableTaskCount, { queue, messagesPerTask }: WorkerQueueScaling, minCapacity: number, maxCapacity: number): void {
  scaling.scaleOnMetric('Queue', {
    metric: messagesIn(queue),
    metricAggregationType: appscaling.MetricAggregationType.MAXIMUM,
    adjustmentType: appscaling.AdjustmentType.EXACT_CAPACITY,
    cooldown: Duration.minutes(1),
    scalingSteps: taskCounts(minCapacity, maxCapacity).map((tasks, index, all) => ({
      // Between two whole numbers, so that no number of messages is both above and below.
      lower: index === 0 ? 0 : all[index - 1] * messagesPerTask + 0.5,
      upper: index === all.length - 1 ? undefined : tasks * messagesPerTask + 0.5,
      change: tasks,
    })),
  });
}

/** The most messages of five minutes: what comes adds tasks at once, and what goes removes them only when it stays away. */
function messagesIn(queue: WorkerQueueScaling['queue']): cloudwatch.MathExpression {
  const options = { period: Duration.minutes(5), statistic: cloudwatch.Stats.MAXIMUM };
  return new cloudwatch.MathExpression({
    // SQS may say nothing of messages in flight where there are none, as before the first task.
    expression: 'waiting + FILL(inFlight, 0)',
    label: 'Messages',
    period: options.period,
    usingMetrics: {
      waiting: queue.metricApproximateNumberOfMessagesVisible(options),
      inFlight: queue.metricApproximateNumberOfMessagesNotVisible(options),
    },
  });
}

/**
 * Numbers of tasks from the least to the most: each where they are few enough for one policy, else the further apart the more they are, so
 * that little work never starts many tasks.
 */
export function taskCounts(minCapacity: number, maxCapacity: number): number[] {
  for (let growth = 1; ; growth += 0.05) {
    const counts = [minCapacity];
    for (let last = minCapacity; last < maxCapacity;) {
      last = Math.min(maxCapacity, Math.max(last + 1, Math.round(last * growth)));
      counts.push(last);
    }
    if (counts.length <= MOST_STEPS) {
      return counts;
    }
  }
}

function scaleOnMetric(scaling: ecs.ScalableTaskCount, { metric, targetValue, steps, adjustmentType }: WorkerMetricScaling): void {
  if (steps) {
    try {
      scaling.scaleOnMetric('Metric', { metric, scalingSteps: steps, adjustmentType });
    } catch (error) {
      // What CDK has against steps that are in order: a change of sign, or a second gap.
      throw new Error(definitionError(scaling.node.scope!.node.scope!, 'Worker', [`'metricScaling.steps' cannot be used: ${(error as Error).message}`]));
    }
  } else {
    scaling.scaleToTrackCustomMetric('Metric', { metric, targetValue: targetValue! });
  }
}
