import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IDependable } from 'constructs';
import { DjangoVariable } from './django-variable';

/**
 * Duty of a process, for backing services that give more rights to one than to another.
 */
export enum ProcessDuty {
  /** Serves requests, runs workers, scheduled tasks and management commands: may use the application's data. */
  APPLICATION = 'APPLICATION',

  /** Runs once per deployment: may also change the schema and publish static files. */
  RELEASE = 'RELEASE',

  /** Prepares a backing service before the release, e.g. its roles and extensions: may do what its administrator may. */
  PREPARATION = 'PREPARATION',
}

/**
 * Process of the project (web, worker, release, scheduled task, command) as a backing service sees it.
 *
 * Grant rights to it as to any `IGrantable`; open the network to it as to any `IConnectable`.
 */
export interface IProcess extends iam.IGrantable {
  /** Connections of the process's security group. It is an `ec2.IConnectable`. */
  readonly connections: ec2.Connections;

  /** Duty of this process. */
  readonly duty: ProcessDuty;

  /**
   * Hands over a value under the names that the environment convention has for it.
   * @param variable what the value means
   * @param value the value, may hold tokens
   * @param prefix what stands before each name, for a further backing service of a kind; nothing when left out
   */
  addVariable(variable: DjangoVariable, value: string, prefix?: string): void;

  /**
   * Hands over a secret under the names that the environment convention has for it.
   * @param variable what the secret means
   * @param secret the secret; ECS reads it when a task starts
   * @param prefix what stands before each name, for a further backing service of a kind; nothing when left out
   */
  addSecretVariable(variable: DjangoVariable, secret: ecs.Secret, prefix?: string): void;

  /**
   * Whether the environment convention has a name for a value. For what is costly to make.
   * @param variable what the value means
   */
  reads(variable: DjangoVariable): boolean;

  /**
   * Hands over a value under a name of your own.
   * @param name name of the environment variable
   * @param value the value, may hold tokens
   */
  addEnvironment(name: string, value: string): void;

  /**
   * Hands over a secret under a name of your own.
   * @param name name of the environment variable
   * @param secret the secret; ECS reads it when a task starts
   */
  addSecret(name: string, secret: ecs.Secret): void;

  /**
   * Lets every task of this process start only after something exists, e.g. the policy or the
   * attachment without which it would fail.
   * @param dependables what must exist first
   */
  startAfter(...dependables: IDependable[]): void;
}
