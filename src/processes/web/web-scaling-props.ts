import { TaskSchedule } from '../schedule/task-schedule';

/** Number of tasks from a certain time on, until the next schedule says otherwise. */
export interface ScalingSchedule {
  /** Time at which it begins, e.g. `TaskSchedule.cron('0 20 ? * MON-FRI *', 'Europe/Berlin')`. */
  readonly schedule: TaskSchedule;

  /**
   * Tasks at least from then on, 0 to 5000. Less than that is raised to it at once.
   * @default - as before; required where `maxCapacity` is less than another minimum
   */
  readonly minCapacity?: number;

  /**
   * Tasks at most from then on, 0 to 5000. More than that is stopped at once; with 0 the site answers 503 until another schedule
   * raises both.
   * @default - as before; required where `minCapacity` is more than another maximum
   */
  readonly maxCapacity?: number;
}
