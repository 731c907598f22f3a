import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Duration } from 'aws-cdk-lib/core';
import { readAt, readCron, readExpression, readRate, ReadSchedule } from './schedule';
import { show } from '../../private/validation';

/**
 * Schedule of a task: at regular distances, at times of the calendar, or once.
 *
 * EventBridge starts what it is for within a minute after the time.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export class TaskSchedule {
  /**
   * A schedule at regular distances, the first time as soon as the schedule is deployed.
   * @param every whole minutes, 1 at least; a day has 24 hours also when clocks change
   */
  public static rate(every: Duration): TaskSchedule {
    return new TaskSchedule(() => readRate(every));
  }

  /**
   * A schedule at times of the calendar, in the six fields of AWS: minute, hour, day of the month, month, day of the week, year.
   *
   * `0 3 * * ? *` is every day at 03:00, `0 9 ? * MON-FRI *` from Monday to Friday at 09:00, `0 0 L * ? *` the last day of each month. Days of the week
   * have other numbers than in Unix, so use their names. A time that does not exist, because clocks are put forward, is skipped.
   * @param expression the six fields, e.g. '0 3 * * ? *'
   * @param timeZone time zone of IANA, e.g. 'Europe/Berlin'; UTC when left out
   */
  public static cron(expression: string, timeZone?: string): TaskSchedule {
    return new TaskSchedule(() => readCron(expression, timeZone));
  }

  /**
   * A schedule for one time. It stays when it has run, and does nothing any more, until you remove the task.
   * @param time date and time without a zone, e.g. '2030-12-24T18:00:00'
   * @param timeZone time zone of IANA, e.g. 'Europe/Berlin'; UTC when left out
   */
  public static at(time: string, timeZone?: string): TaskSchedule {
    return new TaskSchedule(() => readAt(time, timeZone));
  }

  /**
   * A schedule of the CDK.
   * @param expression e.g. `scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' })`
   */
  public static of(expression: scheduler.ScheduleExpression): TaskSchedule {
    return new TaskSchedule(() => typeof expression?.expressionString === 'string'
      ? readExpression(expression.expressionString, expression.timeZone?.timezoneName)
      : { expression: '', problem: `must be of a scheduler.ScheduleExpression, got ${show(expression)}: use TaskSchedule.cron('0 3 * * ? *')` });
  }

  private known?: ReadSchedule;

  private constructor(private readonly reading: () => ReadSchedule) {
  }

  /**
   * Everything that is told of the schedule at synthesis.
   * @internal
   */
  public _read(): ReadSchedule {
    return this.known ??= this.reading();
  }

  /**
   * The schedule as EventBridge and Application Auto Scaling want it.
   * @internal
   */
  public get _expression(): string {
    return this._read().expression;
  }

  /**
   * Its time zone, where it is not UTC by default.
   * @internal
   */
  public get _timeZone(): string | undefined {
    return this._read().timeZone;
  }

  /**
   * What is wrong with it, as the end of a sentence that begins with its name.
   * @internal
   */
  public _problem(): string | undefined {
    return this._read().problem;
  }
}
