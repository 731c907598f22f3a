import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CommandRunner } from './command-runner';
import { runOnDeployment } from './deployment-command';
import { ProcessDefinition } from './process-definition';
import { releaseWords } from './release-command';
import { RELEASE_RULES } from './release-rules';
import { validateProps } from '../private/validation';

/** Properties of a `Release`. */
export interface ReleaseProps {
  /** Runner that runs the commands. */
  readonly commandRunner: CommandRunner;

  /** Process whose image, environment and rights the commands get; made with the entry point `EntryPoint.releaseCommands()`. */
  readonly process: ProcessDefinition;

  /**
   * Commands in exec form, run one after the other in one container; the first that fails ends the release.
   * E.g. `[['python', 'manage.py', 'migrate', '--noinput']]`.
   */
  readonly commands: string[][];

  /**
   * Whether to wait for the database first: 30 tries, 2 seconds apart, through the project's own Django
   * (`DJANGO_SETTINGS_MODULE`). Wrong TLS settings fail at once; a wrong password, which may have been rotated a moment ago, is tried once more
   * in a new task. Set it to false for a project without Django.
   * @default true
   */
  readonly waitForDatabase?: boolean;

  /**
   * Longest time for all commands together, 1 to 55 minutes. A release that takes longer is stopped and fails the deployment.
   * A second try has what the first has left: of a task that never started, and of a command that asked for it with exit code 75 (`EX_TEMPFAIL`).
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * Text that runs the release again when it changes, e.g. a build number for images whose tag stays the same.
   * @default - the release runs again when image, command, environment or network of the process change
   */
  readonly nonce?: string;
}

/**
 * Release of the project: commands that CloudFormation runs once per deployment and waits for.
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
 *   commands: [['python', 'manage.py', 'migrate', '--noinput']],
 * });
 * web.node.addDependency(release);
 */
export class Release extends Construct {
  /** Custom resource that CloudFormation waits for. */
  public readonly customResource: CustomResource;

  /** Command of the container, with the commands of the release as words. */
  public readonly command: string[];

  public constructor(scope: Construct, id: string, props: ReleaseProps) {
    super(scope, id);
    validateProps(this, 'Release', props, RELEASE_RULES);

    this.command = releaseWords(props.commands, props.waitForDatabase);
    this.customResource = runOnDeployment(this, {
      resourceType: 'Custom::DjangoRelease',
      commandRunner: props.commandRunner,
      process: props.process,
      command: this.command,
      timeout: props.timeout,
      nonce: props.nonce,
    });
  }
}
