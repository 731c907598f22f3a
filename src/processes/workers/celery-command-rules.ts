import { CeleryBeatOptions, CeleryWorkerOptions } from './celery-command-props';
import { FARGATE_CPUS } from '../../private/fargate-size';
import { shaped, strings } from '../../private/shapes';
import { integerBetween, isKnown, knownAtSynthesis, matches, oneOf, show } from '../../private/validation';

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
const POOLS = ['prefork', 'threads', 'solo', 'gevent', 'eventlet'];

/** What holds for the options of Celery's worker wherever they are given. */
export const CELERY_WORKER_RULES = shaped<CeleryWorkerOptions>({ queues: strings, additionalArguments: strings }, [
  knownAtSynthesis('queues', 'the command is'),
  ({ queues }) => queues && (queues.length === 0 || queues.some((queue) => isKnown(queue) && !/^[^\s,]+$/.test(queue)))
    ? `'queues' must be names of queues without spaces and commas, got ${show(queues)}: e.g. ['emails', 'reports'], or leave it out`
    : undefined,
  integerBetween('concurrency', 1, 1000),
  oneOf('cpu', FARGATE_CPUS),
  oneOf('pool', POOLS),
  oneOf('logLevel', LOG_LEVELS),
  integerBetween('maxTasksPerChild', 1, 1_000_000),
]);

/** What holds for the options of Celery's beat wherever they are given. */
export const CELERY_BEAT_RULES = shaped<CeleryBeatOptions>({ additionalArguments: strings }, [
  matches('scheduleFile', /^\/\S+$/, "be an absolute path, e.g. '/tmp/celerybeat-schedule'"),
  matches('scheduler', /^[\w.]+[.:]\w+$/, "be a class, e.g. 'django_celery_beat.schedulers:DatabaseScheduler'"),
  ({ scheduleFile, scheduler }) => isKnown(scheduleFile) && isKnown(scheduler)
    ? "'scheduleFile' and 'scheduler' exclude each other: leave out one of them"
    : undefined,
  oneOf('logLevel', LOG_LEVELS),
]);
