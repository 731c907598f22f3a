/** Options of `CeleryCommand.worker`. */
export interface CeleryWorkerOptions {
  /**
   * Queues that the worker takes tasks from.
   * @default - Celery's default queue
   */
  readonly queues?: string[];

  /**
   * Tasks that run at the same time.
   * @default - with `cpu` two for each vCPU, at least one; else as many as the task sees processors
   */
  readonly concurrency?: number;

  /**
   * CPU units of the process; 1024 is one vCPU. `concurrency` follows it.
   * @default - not known
   */
  readonly cpu?: number;

  /**
   * What runs the tasks: `prefork` (processes), `threads`, `solo`, `gevent` or `eventlet`.
   * @default - Celery's, which is `prefork`
   * @see https://docs.celeryq.dev/en/stable/userguide/concurrency/
   */
  readonly pool?: string;

  /**
   * Least severe messages that are logged: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`.
   * @default 'INFO'
   */
  readonly logLevel?: string;

  /**
   * Tasks after which a process of the pool is replaced, against memory that only grows.
   * @default - none is
   */
  readonly maxTasksPerChild?: number;

  /**
   * Further arguments, e.g. `--time-limit=600`.
   * @default - none
   */
  readonly additionalArguments?: string[];
}

/** Options of `CeleryCommand.beat`. */
export interface CeleryBeatOptions {
  /**
   * File in which beat remembers when each task was sent last. It goes with the task: the next one begins anew.
   * @default '/tmp/celerybeat-schedule'
   */
  readonly scheduleFile?: string;

  /**
   * Class that keeps the schedule, e.g. `django_celery_beat.schedulers:DatabaseScheduler`; it has no file then.
   * @default - Celery's, with the schedule of the settings
   */
  readonly scheduler?: string;

  /**
   * Least severe messages that are logged: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`.
   * @default 'INFO'
   */
  readonly logLevel?: string;

  /**
   * Further arguments.
   * @default - none
   */
  readonly additionalArguments?: string[];
}
