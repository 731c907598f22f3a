import { Duration } from 'aws-cdk-lib/core';
import { IDependable } from 'constructs';
import { CommandRunner } from '../commands/command-runner';
import { ProcessDefinition } from '../definition/process-definition';

/** Options of a `RolloutCheck`. */
export interface RolloutCheckOptions {
  /** Command in exec form, e.g. `['python', 'manage.py', 'check', '--database', 'default']`. Exit code 0 says that the new version may stay. */
  readonly command: string[];

  /**
   * Longest time for the command, 1 to 55 minutes.
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * Text that runs the check again when it changes.
   * @default - the check runs again when image, command, environment or network of the process change
   */
  readonly nonce?: string;
}

/** Properties of a `RolloutCheck`. */
export interface RolloutCheckProps extends RolloutCheckOptions {
  /** Runner that runs the command. */
  readonly commandRunner: CommandRunner;

  /** Process whose image, environment and rights the command gets: the application's, so that it sees what the application sees. */
  readonly process: ProcessDefinition;

  /** What must have been rolled out before, e.g. `[web]`; what comes later by `check.node.addDependency(worker)`. */
  readonly after: IDependable[];
}
