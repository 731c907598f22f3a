import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ReadSchedule } from './schedule';
import { tellTopic } from '../../private/alarm-topic';
import { CommandRunner } from '../commands/command-runner';

/**
 * The longest time that an alarm looks back, in seconds; with periods of less than an hour it is a day.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const LONGEST_WINDOW = 604_800;
const DAY = 86_400;

/** The longest time, in seconds, that EventBridge tries to start a run. */
const LONGEST_START = 900;

/** For the minute within which EventBridge starts, and for the metric, which CloudWatch knows a little later. */
const LAG = 300;

/** How long an alarm may wait for its first data, in minutes. */
const LONGEST_WARM_UP = 2880;

const WHERE_TO_LOOK = 'The executions of the state machine have the reason and the log.';

const BELOW_ONE = { threshold: 1, comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD, evaluationPeriods: 1 };

/** What a heartbeat is about. */
export interface HeartbeatProps {
  readonly commandRunner: CommandRunner;
  readonly taskName: string;
  readonly schedule: ReadSchedule;
  readonly timeout: Duration;
  readonly alarmAfter?: Duration;
}

/** How long EventBridge tries to start a run, in seconds: not longer than until the next. */
export function startWindow({ shortestGap }: ReadSchedule): number {
  return Math.min(LONGEST_START, (shortestGap ?? LONGEST_START) * 60);
}

/** Time, in seconds, in which a run must have succeeded; nothing where CloudWatch does not look back as far, or the schedule ends. */
function heartbeatWindow(schedule: Pick<ReadSchedule, 'longestGap' | 'shortestGap'>, timeout: Duration): number | undefined {
  if (schedule.longestGap === undefined || timeout.isUnresolved()) {
    return undefined;
  }
  const least = schedule.longestGap * 60 + timeout.toSeconds() + startWindow(schedule as ReadSchedule) + LAG;
  const unit = least > DAY ? 3600 : 300;
  const window = Math.ceil(least / unit) * unit;
  return window <= LONGEST_WINDOW ? window : undefined;
}

/** The alarm on runs that failed, timed out, did not start or are missing. */
export function createHeartbeatAlarm(scope: Construct, props: HeartbeatProps): cloudwatch.Alarm {
  const window = props.alarmAfter?.toSeconds() ?? heartbeatWindow(props.schedule, props.timeout);
  const alarm = window === undefined ? failureAlarm(scope, props) : heartbeatAlarm(scope, props, window);
  const { alarmTopic } = props.commandRunner;
  if (alarmTopic) {
    tellTopic(alarm, alarmTopic);
  }
  return alarm;
}

/**
 * In the window at least one run must have ended, and each with success.
 *
 * `FILL`, since with a metric alone CloudWatch looks at older data where the newest period has none, for some periods, whatever missing data is
 * to mean: a run would be missed days before the alarm fires.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function heartbeatAlarm(scope: Construct, { commandRunner, taskName }: HeartbeatProps, window: number): cloudwatch.Alarm {
  const period = Duration.seconds(window);
  const alarm = new cloudwatch.Alarm(scope, 'Heartbeat', {
    alarmDescription: `${taskName} failed, or has not succeeded within ${period.toHumanString()}. ${WHERE_TO_LOOK}`,
    metric: new cloudwatch.MathExpression({
      expression: 'FILL(runs, 0)',
      label: taskName,
      usingMetrics: { runs: commandRunner.metricSucceeded(taskName, { statistic: cloudwatch.Stats.MINIMUM }) },
      period,
    }),
    ...BELOW_ONE,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
  // A new task has not run yet. The property is younger than the oldest CDK that we support.
  (alarm.node.defaultChild as cloudwatch.CfnAlarm).addPropertyOverride('WarmUpConfiguration', {
    WarmUpPeriodDurationInMinutes: Math.min(window / 60, LONGEST_WARM_UP),
    OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
  });
  return alarm;
}

/** The last run decides, however long ago it was. */
function failureAlarm(scope: Construct, { commandRunner, taskName }: HeartbeatProps): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, 'Heartbeat', {
    alarmDescription: `The last run of ${taskName} failed. ${WHERE_TO_LOOK}`,
    metric: commandRunner.metricSucceeded(taskName, { statistic: cloudwatch.Stats.MINIMUM, period: Duration.minutes(5) }),
    ...BELOW_ONE,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
}
