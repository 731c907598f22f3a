import { Stack } from 'aws-cdk-lib/core';

/**
 * Lines for bash, with version 2 of the AWS CLI, that define functions. What they do they do in a subshell, which leaves nothing behind.
 * No `!`, which an interactive shell takes for its history.
 */

/** Stands in the input for what the shell puts there. */
const PLACE = '@';

/** A run of the state machine. */
interface Run {
  /** Its input. What stands in it is text that JSON and a shell take as it is, beside the words of a command. */
  readonly input: object;
  readonly logGroup: string;
  /** What stands before the id of the task in the name of its log stream. */
  readonly logStream: string;
}

/**
 * Defines `_run`, which starts a run, waits for it, shows its log and how it ended, and is as successful as the command; `run`, which does so with
 * the words of a command; and `manage`, which does so with a management command.
 */
export function manageLine(stack: Stack, python: string, stateMachineArn: string, run: Run): string {
  const steps = [
    `export AWS_REGION=${stack.region}`,
    's() { aws stepfunctions "$@" --output text; }',
    `e=$(s start-execution --state-machine-arn ${stateMachineArn} "\${@:3}" --query executionArn) || exit`,
    'echo $e',
    'while r=$(s describe-execution --execution-arn $e --query "[status,cause]|[?@]|join(\' \',@)") && [[ $r = RUN* ]]; do sleep 5; done',
    // The history is the only place that has the id of the task however the run ended.
    't=$(s get-execution-history --execution-arn $e --query "events[].*.output" | grep -o \'task/[^"\\\\]*\' | tail -1) || :',
    '[[ $t ]] && aws logs tail $1 --log-stream-names $2${t##*/} --since 1d --format short || :',
    'echo "$r"',
    '[[ $r = SUCC* ]]',
  ];
  // Each word of the command becomes JSON, which minds quotes and backslashes.
  const words = 'a=; for w; do w=${w//\\\\/\\\\\\\\}; a+=,\\"${w//\\"/\\\\\\"}\\"; done';
  const input = quoted({ command: [PLACE], ...run.input }).replace(`"${PLACE}"`, () => '\'"${a:1}"\'');
  return `_run() ( ${steps.join('; ')} ); run() ( ${words}; _run ${run.logGroup} ${run.logStream} --input ${input} ); ` +
    `manage() ( run ${python} manage.py "$@" )`;
}

/** Defines `release`, which runs a release with another revision of its task definition by `_run`. */
export function releaseLine(lock: string, run: Run): string {
  const input = quoted({ taskDefinition: PLACE, ...run.input }).replace(PLACE, () => '\'"${1:?ARN of a task definition}"\'');
  return `release() ( _run ${run.logGroup} ${run.logStream} --name ${lock}-$(date +%s) --input ${input} )`;
}

/** Follows the log. */
export function logsLine(stack: Stack, logGroup: string): string {
  return `aws logs tail ${logGroup} --follow --format short --region ${stack.region}`;
}

/** Opens a shell, or runs the words that it gets, in a task of a service. */
export function shellLine(stack: Stack, task: ServiceTask): string {
  return `shell() ( ${region(stack)}${taskOf(task)}aws ecs execute-command --cluster ${task.cluster} --task "$t" --container ${task.container} ` +
    '--interactive --command "${*:-/bin/sh}" ); shell';
}

/** Opens a port on this machine that leads to the database, through a task of a service. */
export function tunnelLine(stack: Stack, task: ServiceTask, host: string, port: string): string {
  const runtimeId = `aws ecs describe-tasks --cluster ${task.cluster} --tasks "$t" ` +
    `--query "tasks[0].containers[?name=='${task.container}'].runtimeId|[0]" --output text`;
  return `tunnel() ( ${region(stack)}${taskOf(task)}r=$(${runtimeId}) && ` +
    `aws ssm start-session --target "ecs:${task.cluster}_\${t##*/}_$r" --document-name AWS-StartPortForwardingSessionToRemoteHost ` +
    `--parameters "host=${host},portNumber=${port},localPortNumber=$\{1:-15432}" ); tunnel 15432`;
}

/** Where a session ends. */
export interface ServiceTask {
  readonly cluster: string;
  readonly service: string;
  readonly container: string;
}

function region({ region: name }: Stack): string {
  return `export AWS_REGION=${name}; `;
}

function taskOf({ cluster, service }: ServiceTask): string {
  return `t=$(aws ecs list-tasks --cluster ${cluster} --service-name ${service} --desired-status RUNNING --query 'taskArns[0]' --output text) || exit; ` +
    '[[ $t = None ]] && echo no task runs >&2 && exit 1; ';
}

function quoted(input: object): string {
  return `'${JSON.stringify(input).replace(/'/g, "'\\''")}'`;
}
