import { Duration } from 'aws-cdk-lib/core';
import { SuperuserOptions } from './superuser-props';
import { CommandRunner } from '../commands/command-runner';
import { ProcessDefinition } from '../definition/process-definition';

/**
 * Options of a release: what runs once per deployment, before the new version serves.
 *
 * One after the other: wait for the database, `before`, migrate, superuser, fixtures, collectstatic, `after`.
 */
export interface ReleaseOptions {
  /**
   * Commands in exec form before the migrations, e.g. `[['python', 'manage.py', 'check', '--deploy']]`.
   * @default - none
   */
  readonly before?: string[][];

  /**
   * Commands in exec form instead of migrate, fixtures and collectstatic, e.g. `[['alembic', 'upgrade', 'head']]`.
   * @default - `manage.py migrate --noinput`, then the fixtures, then `manage.py collectstatic --noinput`
   */
  readonly commands?: string[][];

  /**
   * Superuser of the project: made by the first release; each further one syncs its password and e-mail address with the secret.
   * @default - none
   */
  readonly superuser?: SuperuserOptions;

  /**
   * Names of fixtures that `manage.py loaddata` loads in each release. **WARNING**: it overwrites what has been changed since in rows of the same key.
   * @default - none
   */
  readonly fixtures?: string[];

  /**
   * Commands in exec form after all others, e.g. `[['python', 'manage.py', 'clear_cache']]`. The former version still serves while they run.
   * @default - none
   */
  readonly after?: string[][];

  /**
   * Whether to wait for the database first: 30 tries, 2 seconds apart. With `DJANGO_SETTINGS_MODULE` through the project's own Django: wrong TLS settings
   * fail at once; a wrong password, which may have been rotated a moment ago, is tried once more in a new task. Without it the server that the
   * process's variables name is asked whether it accepts connections; where they name none there is nothing to wait for.
   *
   * With the project's Django it also looks at the settings first, and fails before anything is changed where all would go to the disk of the task, to
   * be lost with it: data in SQLite although a database is handed over, or static files although a bucket is.
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
   * @default - the release runs again when image, commands, environment or network of the process change
   */
  readonly nonce?: string;
}

/** Properties of a `Release`. */
export interface ReleaseProps extends ReleaseOptions {
  /** Runner that runs the commands. */
  readonly commandRunner: CommandRunner;

  /** Process whose image, environment and rights the commands get; made with the entry point `EntryPoint.releaseCommands()`. */
  readonly process: ProcessDefinition;

  /**
   * Whether `manage.py collectstatic --noinput` runs. Set it to false where static files are collected when the image is built.
   * @default true
   */
  readonly collectStaticFiles?: boolean;

  /**
   * Python inside the image, for `manage.py`.
   * @default 'python'
   */
  readonly pythonExecutable?: string;
}
