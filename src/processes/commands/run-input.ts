import { Duration, Token, Tokenization } from 'aws-cdk-lib/core';
import { ProcessDefinition } from '../definition/process-definition';

/** Longest time of a run that says nothing about it. */
export const DEFAULT_TIMEOUT_SECONDS = 3600;

/** Stands between the name of what runs once at a time and the rest of the execution's name, and therefore not in it. */
export const NAME_SEPARATOR = '-';

/** What a run does while an earlier one of the same `exclusive` name is alive. */
export type WhenRunning = 'SKIP' | 'WAIT';

/** How a command is run; everything but the name and the command has a default in the state machine. */
export interface RunOptions {
  /** Name that people know the command by: in notifications, and as a dimension of the metric. */
  readonly name: string;

  /** Words that the container gets as its command. */
  readonly command: string[];

  /** Whether the run is bound to this revision of the task definition; false: the newest that there is when it starts. */
  readonly exactRevision?: boolean;

  /** Longest time for waiting and all tries together; 1 hour when left out. */
  readonly timeout?: Duration;

  /** What runs once at a time: the names of its executions are `<exclusive>-…`, hence no hyphen in it. */
  readonly exclusive?: string;

  /** What happens while an earlier run of `exclusive` is alive; SKIP when left out. */
  readonly whenRunning?: WhenRunning;

  /** Further tries of a run that failed, a minute apart; none when left out. */
  readonly retryAttempts?: number;

  /** Whether the metric `Succeeded` is written; false when left out. */
  readonly heartbeat?: boolean;

  /** Whether a failure is published to the topic of the runner; true when left out. */
  readonly notify?: boolean;

  /** CPU units in place of those of the process. */
  readonly cpu?: number;

  /** Memory in MiB in place of that of the process. */
  readonly memoryLimitMiB?: number;
}

/** Input of the state machine of a `CommandRunner`. What is not given is not in it, also not as `undefined`. */
export interface RunInput {
  readonly name: string;
  readonly command: string[];
  readonly taskDefinition: string;
  readonly container: string;
  readonly securityGroups: string[];
  readonly logGroup: string;
  readonly logStreamPrefix: string;
  readonly timeoutSeconds?: number;
  readonly exclusive?: string;
  readonly whenRunning?: WhenRunning;
  readonly retryAttempts?: number;
  readonly heartbeat?: boolean;
  readonly notify?: boolean;
  readonly cpu?: string;
  readonly memory?: string;
}

/** What the state machine must know of a process to run it; also the defaults of a runner. */
export type ProcessInput = Pick<RunInput, 'taskDefinition' | 'container' | 'securityGroups' | 'logGroup' | 'logStreamPrefix'>;

/** The process's part of the input. */
export function processInput(process: ProcessDefinition, exactRevision: boolean = false): ProcessInput {
  return {
    taskDefinition: exactRevision ? process.taskDefinition.taskDefinitionArn : process.taskDefinition.family,
    container: process.containerName,
    securityGroups: [process.securityGroup.securityGroupId],
    logGroup: process.logGroup.logGroupName,
    logStreamPrefix: process.streamPrefix,
  };
}

/** The input of a run: for schedules, the custom resource and the lines that people copy. */
export function runInput(process: ProcessDefinition, options: RunOptions): RunInput {
  const { name, command, exactRevision, timeout, cpu, memoryLimitMiB, exclusive, ...rest } = options;
  if (exclusive !== undefined && !Token.isUnresolved(exclusive) && exclusive.includes(NAME_SEPARATOR)) {
    throw new Error(`'exclusive' must not hold a hyphen, which ends it in the name of an execution, got '${exclusive}'`);
  }
  const input = {
    name,
    command,
    ...processInput(process, exactRevision),
    timeoutSeconds: timeout?.toSeconds(),
    exclusive,
    whenRunning: rest.whenRunning,
    retryAttempts: rest.retryAttempts,
    heartbeat: rest.heartbeat,
    notify: rest.notify,
    cpu: text(cpu),
    memory: text(memoryLimitMiB),
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as unknown as RunInput;
}

/** Overrides of ECS are texts. */
function text(amount: number | undefined): string | undefined {
  return amount === undefined ? undefined : Tokenization.stringifyNumber(amount);
}
