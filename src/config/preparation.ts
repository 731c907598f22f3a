import { Duration } from 'aws-cdk-lib/core';
import { IBackingService } from './backing-service';

/** Command that prepares a backing service, as data: the service describes it, a `Preparation` runs it. */
export interface PreparationCommand {
  /** Name of a public image, e.g. `public.ecr.aws/docker/library/postgres:17-alpine`. */
  readonly image: string;

  /** Program and arguments in exec form. */
  readonly command: string[];

  /**
   * Environment variables of the command; its connection data comes from `attachTo`.
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Longest time for the command, 1 to 55 minutes.
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;
}

/**
 * Backing service that must be prepared before the project can use it, e.g. a database with roles, extensions and initial SQL.
 *
 * It attaches itself to the process of the preparation as to any other; `ProcessDuty.PREPARATION` asks it for its administrator's
 * connection data under the names that the command reads.
 */
export interface IPreparedService extends IBackingService {
  /**
   * Command that prepares it.
   * @default - nothing has to be prepared
   */
  readonly preparation?: PreparationCommand;
}
