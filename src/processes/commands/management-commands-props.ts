import * as ecs from 'aws-cdk-lib/aws-ecs';
import { CommandRunner } from './command-runner';
import { ProcessDefinition } from '../definition/process-definition';
import { Release } from '../release/release';

/** Address of a database inside the network. */
export interface DatabaseEndpoint {
  /** Host name of the database. */
  readonly host: string;

  /** Port of the database. */
  readonly port: string;
}

/** Properties of `ManagementCommands`. */
export interface ManagementCommandsProps {
  /** Runner that runs the commands. With `process` as its `defaultProcess` the lines are the shortest. */
  readonly commandRunner: CommandRunner;

  /** Process whose image, environment and rights the commands get: the application's. */
  readonly process: ProcessDefinition;

  /**
   * Service whose tasks are the way in, for a shell and for a tunnel to the database; with ECS Exec switched on.
   * @default - no lines for them
   */
  readonly service?: ecs.IBaseService;

  /**
   * Address of the database, for a tunnel.
   * @default - no line for it
   */
  readonly databaseEndpoint?: DatabaseEndpoint;

  /**
   * Release that a pipeline outside CloudFormation runs with a task definition of its own.
   * @default - no line for it
   */
  readonly release?: Release;

  /**
   * Python inside the image, for `manage.py`.
   * @default 'python'
   */
  readonly pythonExecutable?: string;
}
