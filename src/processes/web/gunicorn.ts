import { GunicornOptions } from './web-server-props';
import { ServerSettings, text, workersFor } from './web-server-settings';
import { integerBetween, isKnown, matches, Rule, show } from '../../private/validation';

const DEFAULT_THREADS = 16;
const DEFAULT_WORKER_CLASS = 'gthread';

/** What holds for the options of gunicorn. */
export const GUNICORN_RULES: Rule<GunicornOptions>[] = [
  integerBetween('workers', 1, 64),
  integerBetween('threads', 1, 512),
  matches('workerClass', /^[A-Za-z_][\w.]*$/, "be a class as gunicorn names it, e.g. 'gthread' or 'uvicorn_worker.UvicornWorker'"),
  ({ threads, workerClass }) => threads !== undefined && isKnown(workerClass) && !hasThreads(workerClass)
    ? `'threads' must be left out: workers of the class ${show(workerClass)} have no threads`
    : undefined,
];

/** The requests that the workers of a task serve at the same time; 0 where gunicorn sets no limit. */
export function gunicornRequests({ workers, threads, workerClass }: GunicornOptions, cpu: number): number[] {
  return hasThreads(workerClass) ? [workers ?? workersFor(cpu), threads ?? DEFAULT_THREADS] : [0];
}

/** Whether the workers speak ASGI, as far as their class tells. */
export function speaksAsgi({ workerClass }: GunicornOptions): boolean {
  return isKnown(workerClass) && /asgi|uvicorn/i.test(workerClass);
}

/**
 * gunicorn's settings as environment variables, which an image's own command honours too; an option
 * on its command line wins over them.
 * @see https://docs.gunicorn.org/en/stable/settings.html
 */
export function gunicornEnvironment(options: GunicornOptions, settings: ServerSettings): Record<string, string> {
  const { port, requestTimeoutSeconds, keepAliveSeconds, cpu } = settings;
  return {
    PORT: text(port),
    PYTHONUNBUFFERED: '1',
    // gunicorn 25 and later make a control socket there; without it they log an error where the user of the image has no home.
    XDG_RUNTIME_DIR: '/tmp',
    WEB_CONCURRENCY: text(options.workers ?? workersFor(cpu)),
    // Only the load balancer reaches the port (security group), so its X-Forwarded-Proto is to be believed.
    FORWARDED_ALLOW_IPS: '*',
    GUNICORN_CMD_ARGS: [
      `--bind=0.0.0.0:${text(port)}`,
      `--worker-class=${options.workerClass ?? DEFAULT_WORKER_CLASS}`,
      ...hasThreads(options.workerClass) ? [`--threads=${text(options.threads ?? DEFAULT_THREADS)}`] : [],
      `--timeout=${requestTimeoutSeconds}`,
      `--graceful-timeout=${requestTimeoutSeconds}`,
      `--keep-alive=${keepAliveSeconds}`,
      // The heartbeat file on a disk may block; on Fargate /dev/shm is memory.
      '--worker-tmp-dir=/dev/shm',
      '--access-logfile=-',
    ].join(' '),
  };
}

function hasThreads(workerClass: string = DEFAULT_WORKER_CLASS): boolean {
  return !isKnown(workerClass) || /(^|\.)(gthread|ThreadWorker)$/.test(workerClass);
}
