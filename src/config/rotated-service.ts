import { Duration } from 'aws-cdk-lib/core';
import { IBackingService } from './backing-service';

/** Backing service whose credentials rotate: tasks must read them anew before the former ones stop working. */
export interface IRotatedService extends IBackingService {
  /**
   * Time between two rotations, if there are any. The former credentials must work until the next one.
   * @default - they do not rotate
   */
  readonly credentialsRotateAfter?: Duration;
}
