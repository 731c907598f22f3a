import { Duration } from 'aws-cdk-lib/core';
import { IBackingService } from '../config/backing-service';
import { EnvironmentConvention } from '../config/environment-convention';
import { EnvironmentSecret } from '../config/environment-secret';
import { ContainerHealthCheck } from '../processes/definition/container-health-check';
import { DjangoImage } from '../processes/images/django-image';
import { WebServiceOptions } from '../processes/web/web-service-props';
import { BeatOptions } from '../processes/workers/beat-props';
import { CeleryBeatOptions, CeleryWorkerOptions } from '../processes/workers/celery-command-props';
import { WorkerOptions } from '../processes/workers/worker-props';

/** Container of a further process of a `DjangoOnFargate`. */
export interface DjangoContainerOptions {
  /**
   * CPU units of a task; 1024 is one vCPU.
   * @default - as the profile says: 512 in production, else 256
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB. Fargate accepts certain pairs with `cpu` only.
   * @default - the smallest that `cpu` allows
   */
  readonly memoryLimitMiB?: number;

  /**
   * Ephemeral storage of a task in GiB, 21 to 200.
   * @default - Fargate's 20 GiB
   */
  readonly ephemeralStorageGiB?: number;

  /**
   * Environment variables of this process alone, beside those of the project. Values stand in the template: give secrets by `secrets`.
   * @default - those of the project
   */
  readonly environment?: { [name: string]: string };

  /**
   * Secret environment variables of this process alone, beside those of the project.
   * @default - those of the project
   */
  readonly secrets?: { [name: string]: EnvironmentSecret };

  /**
   * Health check that ECS makes inside the container.
   * @default - none
   */
  readonly containerHealthCheck?: ContainerHealthCheck;
}

/** Worker of a `DjangoOnFargate`. */
export interface DjangoWorkerOptions extends WorkerOptions, DjangoContainerOptions {
  /**
   * Command in exec form, e.g. `['python', 'manage.py', 'db_worker']`.
   * @default - Celery's worker with the options of `celery`
   */
  readonly command?: string[];

  /**
   * Queues, concurrency and the like of Celery's worker.
   * @default - Celery's default queue, two tasks at a time for each vCPU
   */
  readonly celery?: CeleryWorkerOptions;

  /**
   * Time that a task gets between SIGTERM and SIGKILL to end what it does, 2 to 120 seconds.
   * @default Duration.seconds(120)
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
   */
  readonly stopTimeout?: Duration;
}

/** Beat of a `DjangoOnFargate`: what puts periodic tasks into the queues of its workers. */
export interface DjangoBeatOptions extends BeatOptions, DjangoContainerOptions {
  /**
   * Command in exec form.
   * @default - Celery's beat with the options of `celery`
   */
  readonly command?: string[];

  /**
   * Schedule file, scheduler and the like of Celery's beat.
   * @default - the schedule of the settings
   */
  readonly celery?: CeleryBeatOptions;
}

/** Further service of a `DjangoOnFargate` behind its load balancer, e.g. a front end in nginx, or WebSockets beside gunicorn. */
export interface DjangoServiceOptions extends WebServiceOptions, DjangoContainerOptions {
  /**
   * Paths that it gets, e.g. `['/ws/*']`. The longest that fits a request wins.
   * @default - every path that no other service has; the web service must have `web.paths` then
   */
  readonly paths?: string[];

  /**
   * Another image than the project's. It gets no data of the project: no database, no secrets, no variables but its own and those of its `backingServices`.
   * @default - the project's image, with all that the project's processes have
   */
  readonly image?: DjangoImage;

  /**
   * Backing services that an `image` uses, e.g. `[shop.cache!]`: the network is opened to them, and their variables are handed over. It starts after
   * the release then.
   * @default - with an `image` none; else those of the project, which cannot be chosen
   */
  readonly backingServices?: IBackingService[];

  /**
   * Names that an `image` has for what its `backingServices` hand over, e.g. `EnvironmentConvention.only({ redisUrl: ['REDIS_URL'] })`.
   * @default - those of the project
   */
  readonly convention?: EnvironmentConvention;

  /**
   * Command in exec form.
   * @default - with an `image`, that image's own entry point and command; else that of the `server`, e.g. `uvicorn shop.asgi:application`
   */
  readonly command?: string[];

  /**
   * Port that the server listens on.
   * @default 8000; 80 with an `image`
   */
  readonly containerPort?: number;
}
