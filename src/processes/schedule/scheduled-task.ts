import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createHeartbeatAlarm, startWindow } from './heartbeat';
import { scheduleStarterOf } from './schedule-starter';
import { ScheduledTaskProps } from './scheduled-task-props';
import { otherEnvironmentProblem, SCHEDULED_TASK_RULES, warnAboutSchedule } from './scheduled-task-rules';
import { TaskSchedule } from './task-schedule';
import { describe } from '../../private/description';
import { fargateMemories } from '../../private/fargate-size';
import { isKnown, validateProps } from '../../private/validation';
import { CommandRunner } from '../commands/command-runner';
import { NAME_SEPARATOR, processInput, runInput, RunOptions } from '../commands/run-input';
import { ProcessDefinition } from '../definition/process-definition';

const DEFAULT_TIMEOUT = Duration.hours(1);

/** How often EventBridge tries to start a run, further and further apart, while there is time. */
const START_RETRIES = 10;

/**
 * Task that runs at regular times, or once: a command in a container, e.g. a management command of Django.
 *
 * EventBridge starts the state machine of a `CommandRunner`, which all tasks of a project share: a further task is a schedule and an alarm. A run is
 * stopped after `timeout`, skipped while the previous one is going, and always of the newest revision of the process. Its failure is published to the
 * runner's `alarmTopic`, with its reason and a link to its log.
 *
 * The alarm fires when a run failed, timed out or did not start, and when none succeeded in the time in which one should have: the schedule's longest
 * time between two runs and the timeout. It is quiet again when nothing of that lies within this time. CloudWatch looks back 7 days: for schedules that
 * run more seldom, end, or are known later, the last run decides, and a run that is missing is not told. A new alarm waits until a first run should have
 * succeeded, but no longer than 2 days.
 *
 * Tasks of one process share its rights and its network: what is granted to one is granted to all of them.
 *
 * @example
 *
 * declare const runner: CommandRunner;
 * declare const shop: ProcessDefinition;
 * new ScheduledTask(this, 'ClearSessions', {
 *   process: shop,
 *   commandRunner: runner,
 *   command: ['python', 'manage.py', 'clearsessions'],
 *   schedule: TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin'),
 * });
 */
export class ScheduledTask extends Construct implements iam.IGrantable {
  /** Process that the command runs as. */
  public readonly process: ProcessDefinition;

  /** Runner that runs the command. */
  public readonly commandRunner: CommandRunner;

  /** Name that people know the task by, the dimension `Command` of its metric. */
  public readonly taskName: string;

  /** Beginning of the names of its executions: `<prefix>-<id>`. */
  public readonly executionNamePrefix: string;

  /** Schedule that starts the runs. */
  public readonly schedule: scheduler.CfnSchedule;

  /** Queue of the starts that EventBridge gave up, one for all tasks of the runner. */
  public readonly deadLetterQueue: sqs.IQueue;

  /** Alarm on runs that failed or are missing; none where the task is paused. */
  public readonly alarm?: cloudwatch.Alarm;

  /** Role of the process, which all its tasks share. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** Connections of the process, which all its tasks share. It is an `ec2.IConnectable`. */
  public readonly connections: ec2.Connections;

  public constructor(scope: Construct, id: string, props: ScheduledTaskProps) {
    super(scope, id);
    props = validateProps(this, 'ScheduledTask', props, [...SCHEDULED_TASK_RULES, (given) => otherEnvironmentProblem(this, given)]);
    warnAboutSchedule(this, props);

    const timeout = props.timeout ?? DEFAULT_TIMEOUT;
    const enabled = props.enabled ?? true;
    this.process = props.process;
    this.grantPrincipal = props.process.grantPrincipal;
    this.connections = props.process.connections;
    this.taskName = props.taskName ?? pathInStack(this);
    this.commandRunner = props.commandRunner ?? new CommandRunner(this, 'Commands', {
      cluster: props.cluster!, taskSubnets: props.taskSubnets, assignPublicIp: props.assignPublicIp, alarmTopic: props.alarmTopic,
    });

    const starter = scheduleStarterOf(this.commandRunner);
    this.deadLetterQueue = starter.deadLetterQueue;
    this.executionNamePrefix = starter.claim(this, this.taskName);
    this.schedule = this.createSchedule(props.schedule, enabled, starter.role, {
      name: this.taskName,
      command: props.command,
      timeout,
      exclusive: props.allowOverlap ? undefined : this.executionNamePrefix,
      retryAttempts: props.retryAttempts || undefined,
      heartbeat: true,
      ...sizeOf(props),
    });
    this.alarm = enabled
      ? createHeartbeatAlarm(this, {
        commandRunner: this.commandRunner, taskName: this.taskName, schedule: props.schedule._read(), timeout, alarmAfter: props.alarmAfter,
      })
      : undefined;
    starter.startAfter(this.schedule, this.process);
    // A rate begins at once: also a task that comes with a later deployment must not run the image before.
    this.schedule.addDependency(this.process.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition);
  }

  /**
   * Lets someone start commands on the runner, also this one.
   * @param grantee who may, e.g. the role of a pipeline
   */
  public grantRun(grantee: iam.IGrantable): iam.Grant {
    return this.commandRunner.grantRun(grantee);
  }

  /**
   * Metric of the runs: 1 for each that succeeded, 0 for each that failed or timed out. A run that was skipped writes nothing.
   * @param options statistic (the sum by default), period and so on
   */
  public metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.commandRunner.metricSucceeded(this.taskName, options);
  }

  private createSchedule(schedule: TaskSchedule, enabled: boolean, role: iam.IRole, options: RunOptions): scheduler.CfnSchedule {
    const stack = Stack.of(this);
    // What the library itself adds and is known later are names and ids, which need no quoting: plain JSON is much faster at synthesis.
    const { command, timeout, retryAttempts, cpu, memoryLimitMiB } = options;
    const isLater = [...command, timeout?.toSeconds(), retryAttempts, cpu, memoryLimitMiB].some((value) => Token.isUnresolved(value));
    const json = (value: object) => isLater ? stack.toJsonString(value) : JSON.stringify(value);
    return new scheduler.CfnSchedule(this, 'Schedule', {
      description: describe('Runs', this),
      scheduleExpression: schedule._expression,
      scheduleExpressionTimezone: schedule._timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      state: enabled ? 'ENABLED' : 'DISABLED',
      target: {
        // The target made for Step Functions gives no names to executions, by which the state machine knows runs of the same task.
        arn: `arn:${stack.partition}:scheduler:::aws-sdk:sfn:startExecution`,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: startWindow(schedule._read()), maximumRetryAttempts: START_RETRIES },
        input: json({
          StateMachineArn: this.commandRunner.stateMachine.stateMachineArn,
          Name: `${this.executionNamePrefix}${NAME_SEPARATOR}${scheduler.ContextAttribute.executionId}`,
          Input: json(this.inputOf(options)),
        }),
      },
    });
  }

  /** Without what the runner knows of its default process, which makes templates small. */
  private inputOf(options: RunOptions): object {
    const input = runInput(this.process, options);
    const known = this.process === this.commandRunner.defaultProcess ? Object.keys(processInput(this.process)) : [];
    return Object.fromEntries(Object.entries(input).filter(([name]) => !known.includes(name)));
  }
}

/** A pair that Fargate accepts, where one of the two is given. */
function sizeOf({ process, cpu, memoryLimitMiB }: ScheduledTaskProps): Pick<RunOptions, 'cpu' | 'memoryLimitMiB'> {
  if ((cpu ?? undefined) === undefined && (memoryLimitMiB ?? undefined) === undefined) {
    return {};
  }
  const units = cpu ?? process.cpu;
  const own = process.taskDefinition.memoryMiB;
  return {
    cpu: units,
    memoryLimitMiB: memoryLimitMiB ?? (!isKnown(units) || fargateMemories(units).includes(own) ? own : fargateMemories(units)[0]),
  };
}

/** Without the stack, so that a stack that moves in the app has the same metrics. */
function pathInStack(task: Construct): string {
  return describe('', task).trim();
}
