import * as ecs from 'aws-cdk-lib/aws-ecs';
import { CfnResource, CustomResource, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { releaseCommands, releaseWords } from './release-command';
import { ReleaseProps } from './release-props';
import { RELEASE_RULES } from './release-rules';
import { Superuser } from './superuser';
import { containerScript } from '../../private/container-script';
import { definitionError, validateProps } from '../../private/validation';
import { runOnDeployment } from '../commands/deployment-command';
import { ProcessDefinition } from '../definition/process-definition';

/** What the handler takes of a logical id for the name of an execution, which has at most 80 characters. */
const MAX_LOCK = 43;
const HASH_LENGTH = 8;

const WRONG_ENTRY_POINT = "'process' must begin with the program that runs the commands one after the other, else no task starts: " +
  'make it with `entryPoint: EntryPoint.releaseCommands()`';

/**
 * Release of the project: commands that CloudFormation runs once per deployment and waits for, in one container. Left to itself it waits for the
 * database, migrates and collects static files.
 *
 * What depends on it (`service.node.addDependency(release)`) is updated only when all commands have succeeded. When one fails, the
 * deployment fails with the exit code and the last log lines as its reason, and the previous version keeps serving. Not run when
 * CloudFormation rolls back or deletes. **WARNING**: what the commands have done before one fails stays done, so make
 * migrations that the previous version can live with.
 *
 * @example
 *
 * declare const runner: CommandRunner;
 * declare const process: ProcessDefinition;
 * declare const web: WebService;
 * const release = new Release(this, 'Release', {
 *   commandRunner: runner,
 *   process,
 *   superuser: { email: 'admin@example.com' },
 *   fixtures: ['countries'],
 * });
 * web.node.addDependency(release);
 */
export class Release extends Construct {
  /** Custom resource that CloudFormation waits for. */
  public readonly customResource: CustomResource;

  /** Command of the container, with the commands of the release as words. */
  public readonly command: string[];

  /** Process that the commands run as. */
  public readonly process: ProcessDefinition;

  /** Superuser of the project; absent without `superuser`. */
  public readonly superuser?: Superuser;

  public constructor(scope: Construct, id: string, props: ReleaseProps) {
    super(scope, id);
    props = validateProps(this, 'Release', props, RELEASE_RULES);

    const { commandRunner, process, waitForDatabase, timeout, nonce, ...options } = props;

    this.process = process;
    if (options.superuser) {
      // Next to the process, which reads the secret: in another stack a reference would lead back.
      this.superuser = new Superuser(Stack.of(process) === Stack.of(this) ? this : process, 'Superuser', options.superuser);
      this.superuser.handTo(process);
    }
    this.command = releaseWords(releaseCommands(options), waitForDatabase);
    this.customResource = runOnDeployment(this, {
      resourceType: 'Custom::DjangoRelease', commandRunner, process, command: this.command, timeout, nonce,
    });
    this.node.addValidation({ validate: () => runsReleases(process) ? [] : [definitionError(this, 'Release', [WRONG_ENTRY_POINT])] });
  }

  /**
   * What the names of its executions begin with: one of them runs at a time, whoever starts it.
   * @internal
   */
  public get _lock(): string {
    const { logicalId } = this.customResource.node.defaultChild as CfnResource;
    return Lazy.string({ produce: () => lockOf(Stack.of(this).resolve(logicalId)) });
  }
}

/** Whether the container starts with the program that runs the commands, whatever stands before it. */
function runsReleases({ taskDefinition, containerName }: ProcessDefinition): boolean {
  const definitions = Stack.of(taskDefinition).resolve((taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).containerDefinitions);
  const container = (definitions as ecs.CfnTaskDefinition.ContainerDefinitionProperty[]).find(({ name }) => name === containerName);
  return (container?.entryPoint ?? []).includes(containerScript('run_release.py'));
}

/** As the handler shortens it, with the hash at its end. */
function lockOf(logicalId: string): string {
  return logicalId.length <= MAX_LOCK ? logicalId : logicalId.slice(0, MAX_LOCK - HASH_LENGTH) + logicalId.slice(-HASH_LENGTH);
}
