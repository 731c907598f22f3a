import { Annotations, Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LONGEST_WINDOW } from './heartbeat';
import { ScheduledTaskOptions, ScheduledTaskProps } from './scheduled-task-props';
import { execFormProblem } from '../../private/exec-form';
import { FARGATE_CPUS, fargateMemories, fargateSize } from '../../private/fargate-size';
import {
  an, anything, boolean, CLUSTER, COMMAND_RUNNER, duration, PROCESS, required, requiredKind, shaped, subnets, TASK_SCHEDULE, TOPIC,
} from '../../private/shapes';
import { durationBetween, integerBetween, isGiven, isKnown, joined, matches, Rule, show, wholeUnits } from '../../private/validation';
import { COMMAND_RUNNER_RULES } from '../commands/command-runner-rules';
import { otherVpcProblem } from '../definition/task-subnets';

/** What ECS accepts for everything that a run overrides, less what the rest of the overrides takes. */
const MAX_COMMAND = 8000;
const EXAMPLE = "e.g. ['python', 'manage.py', 'clearsessions']";

const OPTION_RULES: Rule<ScheduledTaskOptions>[] = [
  ({ command }) => isGiven(command) ? commandProblem(command) : undefined,
  ({ schedule }) => {
    const problem = schedule?._problem();
    return problem && `'schedule' ${problem}`;
  },
  durationBetween('timeout', Duration.minutes(1), Duration.days(7)),
  wholeUnits('timeout', 'seconds'),
  integerBetween('retryAttempts', 0, 10),
  // Without the memory of the process any pair is fine: the construct chooses one that is.
  ({ cpu, memoryLimitMiB }) => isGiven(memoryLimitMiB) && isGiven(cpu)
    ? fargateSize({ cpu, memoryLimitMiB })({ cpu, memoryLimitMiB })
    : cpuRule(cpu),
  alarmAfterRule,
  matches('taskName', /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}$/, "be letters, digits, blanks, '.', '_', '/' and '-', 100 characters at most, the first a letter or digit"),
];

/** What holds for the props of a `ScheduledTask`. */
export const SCHEDULED_TASK_RULES = shaped<ScheduledTaskProps>({
  command: required(anything, EXAMPLE),
  schedule: requiredKind(TASK_SCHEDULE),
  timeout: duration('seconds'),
  allowOverlap: boolean,
  enabled: boolean,
  alarmAfter: duration('seconds'),
  process: requiredKind(PROCESS),
  commandRunner: an({ ...COMMAND_RUNNER, hint: "make one, or give 'cluster'" }),
  cluster: an(CLUSTER),
  taskSubnets: subnets,
  assignPublicIp: boolean,
  alarmTopic: an(TOPIC),
}, [
  ...OPTION_RULES,
  ({ process, cpu, memoryLimitMiB }) => process && !isGiven(cpu) && isGiven(memoryLimitMiB)
    ? fargateSize({ cpu: process.cpu, memoryLimitMiB })({ memoryLimitMiB })
    : undefined,
  ({ commandRunner, cluster }) => !commandRunner && !cluster
    ? "'commandRunner' must be given, or 'cluster' for a runner of its own"
    : undefined,
  ({ commandRunner, cluster }) => commandRunner && cluster
    ? "'cluster' must not be given with 'commandRunner', which has one: leave it out"
    : undefined,
  ({ commandRunner, cluster, taskSubnets, assignPublicIp, alarmTopic }) => cluster && !commandRunner
    ? joined(COMMAND_RUNNER_RULES.map((rule) => rule({ cluster, taskSubnets, assignPublicIp, alarmTopic })))
    : undefined,
  ({ process, commandRunner, cluster }) => {
    const where = commandRunner?.cluster ?? cluster;
    return process && where && otherVpcProblem(process, where)?.replace("'cluster'", commandRunner ? "'commandRunner'" : "'cluster'");
  },
  ...(['taskSubnets', 'assignPublicIp', 'alarmTopic'] as const).map((prop): Rule<ScheduledTaskProps> => (props) =>
    props.commandRunner && isGiven(props[prop])
      ? `'${prop}' must not be given with 'commandRunner', which has its own: give it there`
      : undefined),
]);

/** The runner must be where the schedule is: EventBridge starts nothing in other accounts and regions. */
export function otherEnvironmentProblem(scope: Construct, { commandRunner }: ScheduledTaskProps): string | undefined {
  const environments = [scope, Construct.isConstruct(commandRunner) ? commandRunner : scope]
    .map((construct) => [Stack.of(construct).account, Stack.of(construct).region]);
  const [here, there] = environments.map((parts) => parts.join('/'));
  return here !== there && environments.flat().every((part) => !Token.isUnresolved(part))
    ? `'commandRunner' must be in the account and region of the task (${here}), it is in ${there}: make a runner there`
    : undefined;
}

/** Warns about what is legal but surprising. */
export function warnAboutSchedule(scope: Construct, { schedule, enabled }: ScheduledTaskProps): void {
  const { surprise, end } = schedule._read();
  if (surprise) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:skipped-hour', surprise);
  }
  // The template does not depend on the day; and what ran once must still synthesise the day after.
  if (end && end.getTime() < Date.now() && enabled !== false) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:past-schedule',
      `The schedule ${schedule._expression} ended on ${end.toISOString().slice(0, 10)} and does not run any more: remove the task, or give another time.`);
  }
}

function commandProblem(command: string[]): string | undefined {
  if (Array.isArray(command) && command.length === 0) {
    return `'command' must hold at least the program: ${EXAMPLE}`;
  }
  const problem = execFormProblem(command);
  const length = problem ? 0 : JSON.stringify(command).length;
  if (length > MAX_COMMAND) {
    return `'command' must have at most ${MAX_COMMAND} characters, got ${length}, because ECS limits what a run overrides: ` +
      'put long values into the environment of the process';
  }
  return problem && `'command' ${problem}`;
}

function cpuRule(cpu: number | undefined): string | undefined {
  return fargateSize({ cpu: FARGATE_CPUS[0], memoryLimitMiB: fargateMemories(FARGATE_CPUS[0])[0] })({ cpu, memoryLimitMiB: fargateMemories(cpu!)[0] });
}

function alarmAfterRule({ alarmAfter, schedule }: ScheduledTaskOptions): string | undefined {
  if (!isGiven(alarmAfter)) {
    return undefined;
  }
  if (!isKnown(alarmAfter)) {
    return "'alarmAfter' must be known at synthesis, because it is held against the schedule: give it as a plain value, not as a token";
  }
  const gap = schedule?._read().longestGap;
  if (schedule && !schedule._problem() && (gap === undefined || gap * 60 >= LONGEST_WINDOW)) {
    return "'alarmAfter' must be left out with a schedule that runs less than every 7 days, ends, or is known later, since CloudWatch looks back 7 days: " +
      'its alarm fires on runs that fail';
  }
  const seconds = alarmAfter.toMilliseconds() / 1000;
  const least = (gap ?? 1) * 60;
  if (seconds > LONGEST_WINDOW || seconds <= least) {
    return `'alarmAfter' must be longer than the schedule's longest time between two runs, ${show(Duration.seconds(least))}, and at most 7 days, ` +
      `got ${show(alarmAfter)}`;
  }
  const unit = seconds > 86_400 ? 3600 : 60;
  return seconds % unit === 0 ? undefined : `'alarmAfter' must be in whole ${unit === 60 ? 'minutes' : 'hours, as it is longer than a day'}, got ${show(alarmAfter)}`;
}
