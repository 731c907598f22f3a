import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { RedisCacheOptions } from './backing-services/cache/redis-cache-props';
import { PrivateDatabaseOptions } from './backing-services/database/private-database-props';
import { SesSmtpOptions } from './backing-services/email/ses-smtp-props';
import { FileStorageOptions } from './backing-services/storage/file-storage-props';
import { IBackingService } from './config/backing-service';
import { DeploymentProfile } from './config/deployment-profile';
import { DomainOptions } from './config/domain';
import { EnvironmentConvention } from './config/environment-convention';
import { EnvironmentSecret } from './config/environment-secret';
import { WafProtectedAlb } from './edge/waf-protected-alb';
import { WafProtectedAlbOptions } from './edge/waf-protected-alb-props';
import { NetworkOptions } from './network/network-props';
import { CpuArchitecture } from './processes/cpu-architecture';
import { DjangoImage } from './processes/django-image';
import { WebServiceOptions } from './processes/web-service-props';

/** Network of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoNetworkOptions extends NetworkOptions {
  /**
   * A VPC of yours instead of a new one; the options of a new one must then be left out.
   * @default - a new VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of the tasks in your VPC.
   * @default - the private subnets with egress; else the public ones, with a public IP for each task
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Subnets of the database in your VPC.
   * @default - the isolated subnets, else the private ones
   */
  readonly databaseSubnets?: ec2.SubnetSelection;
}

/** Database of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoDatabaseOptions extends PrivateDatabaseOptions {
  /**
   * A database of yours instead of a new one, e.g. a `PrivateDatabase` of another stack.
   * @default - a new `PrivateDatabase`
   */
  readonly existing?: IBackingService;
}

/** File storage of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoStorageOptions extends FileStorageOptions {
  /**
   * A file storage of yours instead of a new one.
   * @default - a new `FileStorage`
   */
  readonly existing?: IBackingService;
}

/** Web service of a `DjangoOnFargate`. */
export interface DjangoWebOptions extends WebServiceOptions {
  /**
   * Command in exec form, e.g. `['gunicorn', 'core.wsgi:application', '--max-requests', '1000']`. gunicorn
   * takes address, workers, threads and timeouts from `GUNICORN_CMD_ARGS` and `WEB_CONCURRENCY`.
   * @default - `gunicorn` with the project's WSGI application
   */
  readonly command?: string[];

  /**
   * Port that the server listens on.
   * @default 8000
   */
  readonly containerPort?: number;

  /**
   * CPU units of a task; 1024 is one vCPU.
   * @default - as the profile says: 512 in production, else 256
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB. Fargate accepts certain pairs with `cpu` only.
   * @default - the smallest that `cpu` allows, or as the profile says
   */
  readonly memoryLimitMiB?: number;

  /**
   * Ephemeral storage of a task in GiB, 21 to 200.
   * @default - Fargate's 20 GiB
   */
  readonly ephemeralStorageGiB?: number;

  /**
   * A cluster of yours instead of a new one. It must be in the same VPC.
   * @default - a new cluster
   */
  readonly cluster?: ecs.ICluster;
}

/** Release of a `DjangoOnFargate`: what runs once per deployment, before the new version serves. */
export interface DjangoReleaseOptions {
  /**
   * Commands in exec form, in order. The first that fails stops the deployment; the old version keeps serving.
   * @default - `manage.py migrate --noinput`, then `manage.py collectstatic --noinput` unless `storage.staticFiles` is `StaticFiles.IN_IMAGE`
   */
  readonly commands?: string[][];

  /**
   * Whether the release waits for the database first: 30 tries, 2 seconds apart, through the project's own Django.
   * @default true
   */
  readonly waitForDatabase?: boolean;

  /**
   * Time for the whole release, 1 to 55 minutes.
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * Any text; a change runs the release again even though image, commands and environment are the same. For an
   * image whose tag moves.
   * @default - the release runs when image, commands or environment changed
   */
  readonly nonce?: string;
}

/** Load balancer of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoLoadBalancerOptions extends WafProtectedAlbOptions {
  /**
   * A load balancer of yours instead of a new one. It must be in the same VPC.
   * @default - a new `WafProtectedAlb`
   */
  readonly existing?: WafProtectedAlb;
}

/** Properties of a `DjangoOnFargate`. */
export interface DjangoOnFargateProps {
  /** Image of the project, e.g. `DjangoImage.fromDirectory('backend')`. */
  readonly image: DjangoImage;

  /**
   * Name of the Django project: the package with `settings` and `wsgi`, as given to `django-admin startproject`.
   */
  readonly project: string;

  /**
   * Settings module: the value of `DJANGO_SETTINGS_MODULE`.
   * @default - `<project>.settings`
   */
  readonly settingsModule?: string;

  /**
   * WSGI application that gunicorn serves.
   * @default - `<project>.wsgi:application`
   */
  readonly wsgiApplication?: string;

  /**
   * Python inside the image. It starts the commands, so it must be found there.
   * @default 'python'
   */
  readonly pythonExecutable?: string;

  /**
   * Purpose of the deployment: sets the defaults of everything.
   * @default DeploymentProfile.PRODUCTION
   */
  readonly profile?: DeploymentProfile;

  /**
   * Protection of database and load balancer against deletion. Leave it off for the first deployment: when that
   * fails, CloudFormation cannot take back what is protected. A later deployment switches it on in place.
   * @default - as the profile says: on in production, otherwise off
   */
  readonly deletionProtection?: boolean;

  /**
   * Domain that the project is served under, with its Route 53 zone or its certificate.
   * @default - plain HTTP under the name of the load balancer, with a warning
   */
  readonly domain?: DomainOptions;

  /**
   * Environment variables of your own, for every process. Values stand in the template: give secrets by `secrets`.
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Secret environment variables of your own, for every process.
   * @default - none
   */
  readonly secrets?: { [name: string]: EnvironmentSecret };

  /**
   * Django's `SECRET_KEY` where you keep one already.
   * @default - generated once into Secrets Manager and kept
   */
  readonly secretKey?: EnvironmentSecret;

  /**
   * Names of what the library hands over: `DB_HOST`, `POSTGRES_HOST` or your own.
   * @default EnvironmentConvention.standard()
   */
  readonly convention?: EnvironmentConvention;

  /**
   * Processor that the tasks run on and that a directory image is built for.
   * @default CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: CpuArchitecture;

  /**
   * Network: a new VPC by its options, or yours.
   * @default - a new VPC over two availability zones
   */
  readonly network?: DjangoNetworkOptions;

  /**
   * Database: a new one by its options, or yours.
   * @default - a new `PrivateDatabase` as the profile says
   */
  readonly database?: DjangoDatabaseOptions;

  /**
   * Storage of media and static files: a new one by its options, or yours.
   * @default - a new `FileStorage`
   */
  readonly storage?: DjangoStorageOptions;

  /**
   * Redis or Valkey for cache, sessions and Celery: `{}` for one as the profile says.
   * @default - none; `REDIS_URL` is empty
   */
  readonly cache?: RedisCacheOptions;

  /**
   * Mail by SES, e.g. `{ fromAddress: 'shop@example.com' }`. Its DNS records are made in the zone of `domain`, where the address lies in
   * that. For another server add a `SesSmtp.fromSmtpServer(...)` to `backingServices`.
   * @default - none: the project cannot send mail
   */
  readonly email?: SesSmtpOptions;

  /**
   * Further backing services, also of your own making.
   * @default - none
   */
  readonly backingServices?: IBackingService[];

  /**
   * Web service: size, scaling, health check.
   * @default - as the profile says
   */
  readonly web?: DjangoWebOptions;

  /**
   * Release: what runs once per deployment, before the new version serves.
   * @default - migrations, then static files
   */
  readonly release?: DjangoReleaseOptions;

  /**
   * Load balancer and its firewall: a new one by its options, or yours.
   * @default - a new `WafProtectedAlb`
   */
  readonly loadBalancer?: DjangoLoadBalancerOptions;
}
