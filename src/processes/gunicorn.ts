import { Tokenization } from 'aws-cdk-lib/core';

/** What a web server needs to know of the service that it runs in, in seconds. */
export interface GunicornSettings {
  readonly port: number;
  readonly workers: number;
  readonly threads: number;
  readonly requestTimeoutSeconds: number;
  readonly keepAliveSeconds: number;
  readonly gracefulTimeoutSeconds: number;
}

/**
 * One process for each vCPU, because the rest of the parallelism comes from threads.
 * @see https://docs.gunicorn.org/en/stable/design.html#how-many-workers
 */
export function workersFor(cpu: number): number {
  return Math.max(1, Math.floor(cpu / 1024));
}

/**
 * gunicorn's settings as environment variables, which an image's own command honours too; an option
 * on its command line wins over them.
 * @see https://docs.gunicorn.org/en/stable/settings.html
 */
export function gunicornEnvironment(settings: GunicornSettings): Record<string, string> {
  return {
    PORT: text(settings.port),
    PYTHONUNBUFFERED: '1',
    WEB_CONCURRENCY: text(settings.workers),
    // Only the load balancer reaches the port (security group), so its X-Forwarded-Proto is to be believed.
    FORWARDED_ALLOW_IPS: '*',
    GUNICORN_CMD_ARGS: [
      `--bind=0.0.0.0:${text(settings.port)}`,
      '--worker-class=gthread',
      `--threads=${text(settings.threads)}`,
      `--timeout=${settings.requestTimeoutSeconds}`,
      `--graceful-timeout=${settings.gracefulTimeoutSeconds}`,
      `--keep-alive=${settings.keepAliveSeconds}`,
      // The heartbeat file on a disk may block; on Fargate /dev/shm is memory.
      '--worker-tmp-dir=/dev/shm',
      '--access-logfile=-',
    ].join(' '),
  };
}

/** A number that is a token has digits of its own before it is resolved. */
function text(value: number): string {
  return Tokenization.stringifyNumber(value);
}
