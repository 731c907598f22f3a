import { RemovalPolicy } from 'aws-cdk-lib/core';
import {
  DjangoAlarmOptions, DjangoDatabaseOptions, DjangoLoadBalancerOptions, DjangoMonitoringOptions, DjangoNetworkOptions, DjangoReleaseOptions,
  DjangoStorageOptions, DjangoWebOptions,
} from './django-option-props';
import { DjangoSpaOptions } from './django-spa-props';
import { RedisCacheOptions } from '../backing-services/cache/redis-cache-props';
import { SesSmtpOptions } from '../backing-services/email/ses-smtp-props';
import { IBackingService } from '../config/backing-service';
import { DeploymentProfile } from '../config/deployment-profile';
import { DomainOptions } from '../config/domain';
import { EnvironmentConvention } from '../config/environment-convention';
import { EnvironmentSecret } from '../config/environment-secret';
import { CpuArchitecture } from '../processes/definition/cpu-architecture';
import { DjangoImage } from '../processes/images/django-image';

/** Properties of a `DjangoOnFargate`. */
export interface DjangoOnFargateProps {
  /** Image of the project, e.g. `DjangoImage.fromDirectory('backend')`. */
  readonly image: DjangoImage;

  /**
   * Name of the Django project: the package with `settings` and `wsgi`, as given to `django-admin startproject`.
   * @default - required; a project of another framework leaves it out and gives `web.command` and `release.commands` instead
   */
  readonly project?: string;

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
   * ASGI application that uvicorn serves.
   * @default - `<project>.asgi:application`
   */
  readonly asgiApplication?: string;

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
   * What happens to data when it is removed from the stack: with `RETAIN_ON_UPDATE_OR_DELETE` it is kept (of a cache the last snapshot), with
   * `SNAPSHOT` the last snapshots of database and cache are, with `DESTROY` nothing. Secrets and logs go with `DESTROY` only; uploads and static
   * files stay in any case, since AWS deletes empty buckets only.
   * @default - as the profile says
   */
  readonly removalPolicy?: RemovalPolicy;

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
   * @default - generated once into Secrets Manager and kept; none without `project`
   */
  readonly secretKey?: EnvironmentSecret;

  /**
   * Names of what the library hands over: `DB_HOST`, `POSTGRES_HOST` or your own.
   * @default EnvironmentConvention.standard()
   */
  readonly convention?: EnvironmentConvention;

  /**
   * Whether the containers of the project can write to `/tmp` only, which is memory then.
   * @default false
   */
  readonly readonlyRootFilesystem?: boolean;

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

  /**
   * Who is told when a scheduled task fails or does not run, e.g. `{ emails: ['ops@example.com'] }`.
   * @default - nobody, with a warning where there are scheduled tasks
   */
  readonly alarms?: DjangoAlarmOptions;

  /**
   * Single-page app, e.g. `{ source: SpaSource.directory('frontend/dist') }`: on the project's own name, where CloudFront sends `/api/*` and
   * `/admin/*` to Django and serves static files; or on a name of its own, by its `domain`.
   *
   * **WARNING**: on the project's own name the load balancer has no public address any more. AWS cannot turn a public one into such: added to a
   * project that is deployed already, `spa` goes with `loadBalancer: { access: AlbAccess.CLOUDFRONT }` and a `domain`, and the site is away for some minutes.
   *
   * @default - none
   */
  readonly spa?: DjangoSpaOptions;

  /**
   * How long logs are kept and what the cluster measures.
   * @default - as the profile says
   */
  readonly monitoring?: DjangoMonitoringOptions;
}
