import { NAME_SEPARATOR } from './run-input';

/**
 * What the state machine computes, in JSONata 2.0.6. Its variables: `run` (the input with its defaults), `failure` (error and cause), `stopped`
 * (the task of ECS that failed), `spent` (seconds that waiting and earlier tries took; 0 for a first try at once), `why` (the failure in words).
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */

/** States by their names. */
export type States = { [name: string]: { [key: string]: unknown } };

/** Gives the ARN of an integration with another service. */
export type ArnOf = (integration: string) => string;

/** For calls that may be made twice. `States.TaskFailed` is every error but a timeout. */
export const RETRY = [{ ErrorEquals: ['States.TaskFailed', 'States.Timeout'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 4 }];

/** A JSONata expression in the Amazon States Language. */
export function jsonata(expression: string): string {
  return `{% ${expression.replace(/\s*\n\s*/g, ' ')} %}`;
}

/** A further try gets at least this much, so that it is not stopped before its image is there. */
const LEAST_SECONDS = 60;

/** Pauses before a further try: of one that never started or asked for it, and of one that failed. */
export const PAUSE_SECONDS = { second: 20, next: 60 };

/** Seconds since the execution began. */
export const ELAPSED = '$floor(($toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime)) / 1000)';

/** What a try may take, so that all together end while CloudFormation still waits. */
export const SECONDS_LEFT = `($spent = 0 ? $run.timeoutSeconds : $max([${LEAST_SECONDS}, $run.timeoutSeconds - $spent]))`;

/** Whether the name of an execution is `<exclusive>-…`. */
export function isNamed(name: string): string {
  return `$contains(${name}, '${NAME_SEPARATOR}') and $substringBefore(${name}, '${NAME_SEPARATOR}') = $run.exclusive`;
}

/** ARN of a run of the same name that began earlier, from one page of the list, or ''. Of two that began at once, the first by ARN is the earlier. */
export const EARLIER = `(
  $time := function($t) { $type($t) = 'number' ? $t : $toMillis($t) };
  $me := $states.context.Execution;
  $all := $states.result.Executions;
  $listed := $all[ExecutionArn = $me.Id].StartDate;
  $began := $time($exists($listed) ? $listed : $me.StartTime);
  $found := $all[ExecutionArn != $me.Id and ${isNamed('Name')} and
    ($time(StartDate) < $began or ($time(StartDate) = $began and ExecutionArn < $me.Id))].ExecutionArn;
  $exists($found) ? [$found][0] : '')`;

/** The longer the wait, the rarer the look: an execution may have 25,000 events. */
export const WAIT_SECONDS = `$floor($max([10, $min([300, ${ELAPSED} / 20, $run.timeoutSeconds - ${ELAPSED}])]))`;

/** What ECS says of the task. Causes are plain text unless a task was made, and are cut off after 32,768 characters. */
export const STOPPED = `(
  $cause := $string($states.errorOutput.Cause);
  $substring($cause, 0, 1) = '{' and $substring($cause, -1) = '}' ? $parse($cause) : {})`;

/** Fargate says the same of the task and of its container. */
const REASON = "$join([$distinct([$stopped.StoppedReason, $stopped.Containers.Reason])], ' ')";
const EXIT_CODE = '$stopped.Containers[Name = $run.container].ExitCode';

/** Whether the task did not start for a reason that may be gone a moment later, e.g. rights that are on their way. */
const NEVER_STARTED = `($stopped.StopCode = 'TaskFailedToStart' and
  $contains(${REASON}, /AccessDenied|not authorized|Capacity is unavailable|network interface/))`;

/**
 * Whether to try once more: also where the container asked for it with `EX_TEMPFAIL` of sysexits.h. So do the wait of a release and the
 * preparation of a database whose password was rotated between the read of the secret and the connection, since only a new task reads it again.
 */
export const SECOND_TRY_HELPS = `$not($secondTry) and (${NEVER_STARTED} or 75 in $stopped.Containers.ExitCode)`;

/** Whether one of the further tries is left, and time for it. What somebody stopped by hand stays stopped. */
export const NEXT_TRY_IS_LEFT = `$tries < $run.retryAttempts and $failure.Error != 'States.Timeout' and $not($stopped.StopCode = 'UserInitiated')
  and ${ELAPSED} + ${PAUSE_SECONDS.next + LEAST_SECONDS} <= $run.timeoutSeconds`;

/** The failure in words. */
export const WHY = `(
  $code := ${EXIT_CODE};
  $cut := function($text) { $substring($text, 0, 600) };
  $failure.Error = 'States.Timeout' ? 'it did not end within ' & ${SECONDS_LEFT} & ' seconds and was stopped: raise its timeout, or make it faster' :
  $failure.Error = 'EarlierRunStillRuns' ? $failure.Cause & ': wait until it has ended, or stop it' :
  $failure.Error in ['RunSkipped', 'InputIncomplete'] ? $failure.Cause :
  $exists($code) and $code != 0 ? 'it ended with exit code ' & $code &
    ($code = 137 or $contains(${REASON}, 'OutOfMemory') ? ', which is mostly a lack of memory: raise its memory' : '') :
  $stopped.StopCode = 'TaskFailedToStart' ? 'its task did not start (' & $cut(${REASON}) & ')' :
  $exists($stopped.TaskArn) ? 'its task was stopped (' & $cut(${REASON}) & ')' :
  'it was not started (' & $failure.Error & ': ' & $cut($string($failure.Cause)) & ')')`;

/** SNS takes 100 printable ASCII characters, the first of which is no space. */
export const SUBJECT = "$trim($substring($replace($run.name, /[^ -~]/, '?'), 0, 90)) & ' failed'";

/** What people read: what failed and why, and where the lines of its log and the steps of the run are. The console has each part of a link encoded twice. */
export const MESSAGE = `(
  $arn := $split($states.context.Execution.Id, ':');
  $host := $arn[1] = 'aws-cn' ? 'console.amazonaws.cn' : $arn[1] = 'aws-us-gov' ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com';
  $page := function($service) { 'https://' & $host & '/' & $service & '/home?region=' & $arn[3] & '#' };
  $part := function($text) { $join($split($encodeUrlComponent($encodeUrlComponent($text)), '%'), '$') };
  $id := $split($string($stopped.TaskArn), '/')[-1];
  $log := $exists($run.logGroup) ? 'Log: ' & $page('cloudwatch') & 'logsV2:log-groups/log-group/' & $part($run.logGroup) &
    ($exists($stopped.TaskArn) ? '/log-events/' & $part($join([$run.logStreamPrefix, $run.container, $id], '/')) : '') & '\\n' : '';
  $run.name & ' failed: ' & $why & '.\\n\\nCommand: ' & $substring($join([$run.command], ' '), 0, 600) & '\\n' & $log &
  'Run: ' & $page('states') & '/v2/executions/details/' & $states.context.Execution.Id)`;
