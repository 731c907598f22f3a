import { Duration } from 'aws-cdk-lib/core';

/** Options of gunicorn. */
export interface GunicornOptions {
  /**
   * Worker processes per task, 1 to 64.
   * @default - one for each vCPU, at least one
   */
  readonly workers?: number;

  /**
   * Threads per worker, 1 to 512. Each may hold a database connection. For the worker class `gthread` only.
   * @default 16
   */
  readonly threads?: number;

  /**
   * Class of the workers, e.g. `uvicorn_worker.UvicornWorker` for ASGI: what gunicorn takes as `--worker-class`. A command that names
   * its own goes first.
   * @default 'gthread'
   */
  readonly workerClass?: string;
}

/** Options of uvicorn. */
export interface UvicornOptions {
  /**
   * Worker processes per task, 1 to 64.
   * @default - one for each vCPU, at least one
   */
  readonly workers?: number;

  /**
   * Time between two pings to a WebSocket, in whole seconds. It must be shorter than the idle timeout of the load balancer, which
   * closes what is silent.
   * @default - 20 seconds, or a third of the load balancer's idle timeout where that is less
   */
  readonly webSocketPingInterval?: Duration;
}
