import { Token, Tokenization } from 'aws-cdk-lib/core';
import { CeleryBeatOptions, CeleryWorkerOptions } from './celery-command-props';
import { CELERY_BEAT_RULES, CELERY_WORKER_RULES } from './celery-command-rules';
import { isKnown, joined, Rule, show } from '../../private/validation';

/** Tasks wait for the database and other servers about half of their time. */
const TASKS_PER_VCPU = 2;

/** Command of Celery, for the `command` of a `ProcessDefinition`. */
export class CeleryCommand {
  /**
   * The command of a worker.
   * @param app module with the Celery app, which is the name of the Django project as a rule
   * @param options queues, concurrency and the like
   */
  public static worker(app: string, options: CeleryWorkerOptions = {}): string[] {
    refuseBroken('CeleryCommand.worker()', app, options, CELERY_WORKER_RULES);
    const { queues, pool, logLevel, maxTasksPerChild, additionalArguments } = options ?? {};
    return [
      'celery', `--app=${app}`, 'worker',
      `--loglevel=${logLevel ?? 'INFO'}`,
      ...option('concurrency', concurrencyOf(options)),
      ...option('pool', pool),
      ...option('queues', queues?.join(',')),
      ...option('max-tasks-per-child', maxTasksPerChild),
      ...additionalArguments ?? [],
    ];
  }

  /**
   * The command of beat, which puts the tasks of the schedule into the queues. Only one may run: see `Beat`.
   * @param app module with the Celery app, which is the name of the Django project as a rule
   * @param options where the schedule is kept and the like
   */
  public static beat(app: string, options: CeleryBeatOptions = {}): string[] {
    refuseBroken('CeleryCommand.beat()', app, options, CELERY_BEAT_RULES);
    const { scheduleFile, scheduler, logLevel, additionalArguments } = options ?? {};
    return [
      'celery', `--app=${app}`, 'beat',
      `--loglevel=${logLevel ?? 'INFO'}`,
      // The folder of the project may be read-only, and what is in a task goes with it.
      ...option('scheduler', scheduler),
      ...option('schedule', scheduler ? undefined : scheduleFile ?? '/tmp/celerybeat-schedule'),
      '--pidfile=',
      ...additionalArguments ?? [],
    ];
  }

  private constructor() {}
}

function concurrencyOf({ concurrency, cpu }: CeleryWorkerOptions): number | undefined {
  if (concurrency !== undefined && concurrency !== null) {
    return concurrency;
  }
  return isKnown(cpu) ? Math.max(1, Math.floor(TASKS_PER_VCPU * cpu / 1024)) : undefined;
}

function option(name: string, value: string | number | undefined | null): string[] {
  return value === undefined || value === null ? [] : [`--${name}=${typeof value === 'number' ? Tokenization.stringifyNumber(value) : value}`];
}

/** A function has no place in the tree that a message could name. */
function refuseBroken<P extends object>(name: string, app: string, options: P, rules: Rule<P>[]): void {
  const problem = typeof app === 'string' && (Token.isUnresolved(app) || /^[\w.:]+$/.test(app))
    ? undefined
    : `'app' must be the module with the Celery app, e.g. 'shop', got ${show(app)}`;
  const broken = joined([problem, ...rules.map((rule) => rule(options ?? {} as P))]);
  if (broken !== undefined) {
    throw new Error(`${name} cannot be defined:\n- ${broken}`);
  }
}
