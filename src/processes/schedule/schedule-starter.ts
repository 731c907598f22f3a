import { createHash } from 'crypto';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Annotations, Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';
import { tellTopic } from '../../private/alarm-topic';
import { definitionError } from '../../private/validation';
import { CommandRunner } from '../commands/command-runner';
import { ProcessDefinition } from '../definition/process-definition';

const ID = 'Schedules';

/** Step Functions takes 80 characters, of which the id that EventBridge gives to each start has 36 at most. */
const MAX_PREFIX = 80 - 1 - 36;
const HASH_LENGTH = 8;

/** What all scheduled tasks of a runner share: who starts it, and where starts end that did not succeed. */
export class ScheduleStarter extends Construct {
  /** Role with which EventBridge starts the state machine. */
  public readonly role: iam.Role;

  /** Queue of the starts that EventBridge gave up. */
  public readonly deadLetterQueue: sqs.Queue;

  private readonly names = new Map<string, IConstruct>();
  private readonly processes = new Set<ProcessDefinition>();

  public constructor(private readonly runner: CommandRunner) {
    super(runner, ID);

    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', { retentionPeriod: Duration.days(14), enforceSSL: true });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } } }),
      inlinePolicies: {
        Start: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [runner.stateMachine.stateMachineArn] }),
            new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetterQueue.queueArn] }),
          ],
        }),
      },
    });
    Validations.of(this.deadLetterQueue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is the dead-letter queue of the schedules' });
    this.tell(runner);
  }

  /** The prefix of the names of a task's executions; refused where another task of the runner has the name. */
  public claim(task: IConstruct, taskName: string): string {
    const prefix = prefixOf(taskName);
    const other = this.names.get(prefix);
    if (other) {
      throw new Error(definitionError(task, 'ScheduledTask', [
        `'taskName' must be its own on the runner, got ${JSON.stringify(taskName)}, which '${other.node.path}' has already: give one of them another, ` +
        'since the one would be skipped while the other runs, and both would share an alarm',
      ]));
    }
    this.names.set(prefix, task);
    return prefix;
  }

  /**
   * Lets a schedule start only when its process may run, since a rate begins at once. By the role, which each schedule refers to: the list of what
   * must exist is long, and would stand in the template as often as there are tasks. From the schedule's side when the process is in another stack.
   */
  public startAfter(schedule: IConstruct, process: ProcessDefinition): void {
    const elsewhere = Stack.of(process) !== Stack.of(this);
    if (elsewhere || !this.processes.has(process)) {
      (elsewhere ? schedule : this.role).node.addDependency(this.runner._whenReady(process));
    }
    this.processes.add(process);
  }

  private tell({ alarmTopic }: CommandRunner): void {
    if (!alarmTopic) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:nobody-told',
        'Nobody is told when a scheduled task fails or does not run: its alarm has no action. ' +
        "Give DjangoOnFargate 'alarms', e.g. { emails: ['ops@example.com'] }; without it the runner, or the task with a runner of its own, an 'alarmTopic'.");
      return;
    }
    const alarm = new cloudwatch.Alarm(this, 'NotStarted', {
      alarmDescription: 'EventBridge could not start a scheduled task. The messages of the dead-letter queue have the reason as attribute ERROR_MESSAGE.',
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: cloudwatch.Stats.MAXIMUM }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    tellTopic(alarm, alarmTopic);
  }
}

/** The starter of a runner, made with its first scheduled task. */
export function scheduleStarterOf(runner: CommandRunner): ScheduleStarter {
  return runner.node.tryFindChild(ID) as ScheduleStarter | undefined ?? new ScheduleStarter(runner);
}

/** A name as the beginning of names of executions, which take few characters; no hyphen, which ends it. */
function prefixOf(taskName: string): string {
  const legal = taskName.replace(/[^A-Za-z0-9]/g, '_');
  if (/^[A-Za-z0-9/]+$/.test(taskName) && legal.length <= MAX_PREFIX) {
    return legal;
  }
  const hash = createHash('sha256').update(taskName).digest('hex').slice(0, HASH_LENGTH);
  return `${legal.slice(0, MAX_PREFIX - HASH_LENGTH - 1)}_${hash}`;
}
