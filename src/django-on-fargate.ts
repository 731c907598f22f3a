import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RedisCache } from './backing-services/cache/redis-cache';
import { PrivateDatabase } from './backing-services/database/private-database';
import { SesSmtp } from './backing-services/email/ses-smtp';
import { SecretKey } from './backing-services/secret-key';
import { FileStorage } from './backing-services/storage/file-storage';
import { IBackingService } from './config/backing-service';
import { EnvironmentSecret } from './config/environment-secret';
import { IPreparedService } from './config/preparation';
import { IRotatedService } from './config/rotated-service';
import { WafProtectedAlb } from './edge/load-balancer/waf-protected-alb';
import { SpaDistribution } from './edge/spa/spa-distribution';
import { INetwork } from './network/vpc-network';
import { createLogBucket } from './private/log-bucket';
import { createOutput } from './private/output';
import { validateProps } from './private/validation';
import { CommandRunner } from './processes/commands/command-runner';
import { ManagementCommands } from './processes/commands/management-commands';
import { ProcessDefinition } from './processes/definition/process-definition';
import { Preparation } from './processes/release/preparation';
import { Release } from './processes/release/release';
import { RolloutCheck } from './processes/release/rollout-check';
import { ScheduledTask } from './processes/schedule/scheduled-task';
import { ScheduledTaskOptions } from './processes/schedule/scheduled-task-props';
import { WebService } from './processes/web/web-service';
import { Beat } from './processes/workers/beat';
import { Worker } from './processes/workers/worker';
import { alarmTopic } from './project/django-alarms';
import { Attachments } from './project/django-attachments';
import { createCache, createDatabase, createEmail, createSecretKey, createStorage } from './project/django-backing-services';
import { createCheck, createCommandRunner, createRelease } from './project/django-commands';
import { createCluster, createLoadBalancer, createNetwork } from './project/django-infrastructure';
import { DjangoOnFargateProps } from './project/django-on-fargate-props';
import { djangoOnFargateRules } from './project/django-on-fargate-rules';
import { DjangoBeatOptions, DjangoServiceOptions, DjangoWorkerOptions } from './project/django-process-props';
import { createApplication, createReleaseProcess } from './project/django-processes';
import { DjangoServices, refuseTaken } from './project/django-services';
import { createSpa, isSameOrigin, siteOf } from './project/django-spa';
import { defaultsOf, ProfileDefaults } from './project/profile-defaults';
import { warnAboutConnections } from './project/web-defaults';

/**
 * Django project in production on AWS Fargate: network, database, file storage, migrations, web service,
 * load balancer and firewall from one construct.
 *
 * @example
 *
 * new DjangoOnFargate(this, 'Shop', {
 *   image: DjangoImage.fromDirectory('backend'),
 *   project: 'shop',
 * });
 */
export class DjangoOnFargate extends Construct {
  /** Bucket with the access logs of load balancer, buckets and network. */
  public readonly accessLogBucket: s3.IBucket;

  /** Network of everything. */
  public readonly network: INetwork;

  /** Database; absent when you gave your own. */
  public readonly database?: PrivateDatabase;

  /** Storage of media and static files; absent when you gave your own. */
  public readonly storage?: FileStorage;

  /** Cache; absent without `cache`. */
  public readonly cache?: RedisCache;

  /** Mail; absent without `email`. */
  public readonly email?: SesSmtp;

  /** Django's `SECRET_KEY`; absent in a project of another framework that was given none. */
  public readonly secretKey?: SecretKey;

  /** Cluster of the tasks. */
  public readonly cluster: ecs.ICluster;

  /** Process of the application: what the web service runs. */
  public readonly application: ProcessDefinition;

  /** Process of the release. */
  public readonly releaseProcess: ProcessDefinition;

  /** Runner of commands: the state machine that runs a task to completion. */
  public readonly commandRunner: CommandRunner;

  /** Preparations of backing services, e.g. of a database with users of its own; they run before the release. */
  public readonly preparations: Preparation[] = [];

  /** Release: what runs once per deployment, before the new version serves. */
  public readonly release: Release;

  /** Web service. */
  public readonly web: WebService;

  /** Load balancer with its firewall. */
  public readonly loadBalancer: WafProtectedAlb;

  /** Single-page app; absent without `spa`. */
  public readonly spa?: SpaDistribution;

  /** Topic that alarms and failed commands are told to; absent without `alarms`. */
  public readonly alarmTopic?: sns.ITopic;

  /** Check of the new version after its rollout; absent without `release.checkCommand`. */
  public readonly check?: RolloutCheck;

  /** Lines for people and pipelines, as outputs of the stack: run a management command, follow the logs, open a shell, reach the database. */
  public readonly managementCommands: ManagementCommands;

  private readonly props: DjangoOnFargateProps;
  private readonly defaults: ProfileDefaults;
  private readonly attachments: Attachments;
  private readonly services: DjangoServices;

  public constructor(scope: Construct, id: string, options: DjangoOnFargateProps) {
    super(scope, id);
    const props = validateProps(this, 'DjangoOnFargate', options, djangoOnFargateRules(Stack.of(this).region));
    const defaults = defaultsOf(props);
    this.props = props;
    this.defaults = defaults;

    this.accessLogBucket = props.monitoring?.logBucket ?? createLogBucket(this, 'AccessLogs', { expiration: props.loadBalancer?.accessLogExpiration });
    this.network = createNetwork(this, props, defaults, this.accessLogBucket);

    this.database = createDatabase(this, props, defaults, this.network);
    this.storage = createStorage(this, props, this.accessLogBucket);
    this.cache = createCache(this, props, defaults, this.network);
    this.email = createEmail(this, props, defaults, this.network);
    this.secretKey = createSecretKey(this, props, defaults);

    this.alarmTopic = alarmTopic(this, props.alarms);
    this.cluster = props.web?.cluster ?? createCluster(this, defaults, this.network);
    this.application = createApplication(this, props, this.network);
    this.releaseProcess = createReleaseProcess(this, props, this.application);
    this.commandRunner = createCommandRunner(this, defaults, this.network, this.cluster, this.application, this.alarmTopic);
    this.release = createRelease(this, props, defaults, this.commandRunner, this.releaseProcess, this.storage);
    // Schedules and people run the newest revision there is: the application's comes after the release, and not at all when that fails.
    this.application.taskDefinition.node.defaultChild!.node.addDependency(this.release.customResource);
    this.loadBalancer = props.loadBalancer?.existing ?? createLoadBalancer(this, props, defaults, this.network, this.accessLogBucket);
    this.spa = createSpa(this, props, defaults, this.loadBalancer, this.storage ?? props.storage?.existing);
    this.attachments = this.createAttachments();
    this.services = this.createServices();
    this.web = this.services.createWebService();
    this.check = createCheck(this, props, this.commandRunner, this.application, this.web);
    [this.database, this.storage, this.cache, this.email, this.secretKey, props.database?.existing, props.storage?.existing, ...props.backingServices ?? []]
      .forEach((service) => service && this.addBackingService(service));
    warnAboutConnections(this, this.web, this.database?.maxConnections);
    this.managementCommands = this.createManagementCommands();
    // Pages that ask for more than the former version gives come last.
    this.spa?.deployment?.node.addDependency(this.check?.customResource ?? this.web.service.node.defaultChild!);
    createOutput(this, 'Url', { value: isSameOrigin(props) ? this.spa!.url : this.loadBalancer.url, description: 'Address of the site' });
  }

  /**
   * Adds a backing service: it attaches itself to every process, those that exist and those that come.
   * @param backingService the backing service
   */
  public addBackingService(backingService: IBackingService): void {
    this.attachments.addBackingService(backingService);
    if ((backingService as IPreparedService).preparation) {
      this.prepare(backingService);
    }
    const { credentialsRotateAfter } = backingService as IRotatedService;
    if (credentialsRotateAfter) {
      this.services.addRotation(credentialsRotateAfter);
    }
  }

  /**
   * Adds an environment variable to every process. The value stands in the template.
   * @param name name of the variable
   * @param value the value, may hold tokens
   */
  public addEnvironment(name: string, value: string): void {
    this.attachments.addEnvironment(name, value);
  }

  /**
   * Adds a secret environment variable to every process.
   * @param name name of the variable
   * @param secret where the value is kept
   */
  public addSecret(name: string, secret: EnvironmentSecret): void {
    this.attachments.addSecret(name, secret);
  }

  /**
   * Adds a worker: Celery's with the project's name, unless the options say otherwise. It has the image, the environment and the rights of the
   * application and is updated after the release.
   * @param id id of the worker, e.g. `Worker`
   * @param options size, scaling, command
   */
  public addWorker(id: string, options: DjangoWorkerOptions = {}): Worker {
    return this.checked(this.services.addWorker(id, options));
  }

  /**
   * Adds a beat, which puts periodic tasks into the queues of the workers and never runs twice.
   * @param id id of the beat, e.g. `Beat`
   * @param options command, environment
   */
  public addBeat(id: string, options: DjangoBeatOptions = {}): Beat {
    return this.checked(this.services.addBeat(id, options));
  }

  /**
   * Adds a service behind the load balancer, for certain paths or for those that no other has: of the project's own image, which then has all that
   * the application has, or of another, e.g. a front end in nginx.
   * @param id id of the service, e.g. `Frontend`
   * @param options image, paths, size, scaling
   */
  public addService(id: string, options: DjangoServiceOptions): WebService {
    return this.checked(this.services.addService(id, options));
  }

  /**
   * Adds a task that runs at regular times with the image, the environment and the rights of the application.
   * @param id id of the task, e.g. `ClearSessions`
   * @param options command, schedule
   */
  public addScheduledTask(id: string, options: ScheduledTaskOptions): ScheduledTask {
    refuseTaken(this, id);
    return new ScheduledTask(this, id, { ...options, process: this.application, commandRunner: this.commandRunner });
  }

  /** The check of the new version waits for every service, and so does what comes last. */
  private checked<S extends { readonly service: ecs.FargateService }>(made: S): S {
    const { defaultChild: service } = made.service.node;
    [this.check, this.spa?.deployment].forEach((last) => last?.node.addDependency(service!));
    return made;
  }

  /** What has to be prepared is prepared before the release. */
  private prepare(service: IPreparedService): void {
    const number = this.preparations.length + 1;
    const preparation = new Preparation(this, number === 1 ? 'Preparation' : `Preparation${number}`, {
      commandRunner: this.commandRunner,
      service,
      vpc: this.network.vpc,
      securityGroup: this.application.securityGroup,
      logGroup: this.application.logGroup,
    });
    this.release.customResource.node.addDependency(preparation.customResource);
    this.preparations.push(preparation);
  }

  private createServices(): DjangoServices {
    const { props, defaults, network, cluster, application, release, loadBalancer, spa, attachments } = this;
    return new DjangoServices(this, { props, defaults, network, cluster, application, release, loadBalancer, spa, attachments });
  }

  private createAttachments(): Attachments {
    const attachments = new Attachments(this, siteOf(this.props, this.loadBalancer, this.spa));
    [this.application, this.releaseProcess].forEach((process) => attachments.addProcess(process));
    return attachments;
  }

  private createManagementCommands(): ManagementCommands {
    const { commandRunner, application: process, database, release, web: { service } } = this;
    return new ManagementCommands(this, 'Manage', {
      commandRunner, process, service, release, databaseEndpoint: database, pythonExecutable: this.props.pythonExecutable,
    });
  }
}
