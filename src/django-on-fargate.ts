import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RedisCache } from './backing-services/cache/redis-cache';
import { PrivateDatabase } from './backing-services/database/private-database';
import { SesSmtp } from './backing-services/email/ses-smtp';
import { SecretKey } from './backing-services/secret-key';
import { FileStorage } from './backing-services/storage/file-storage';
import { IBackingService } from './config/backing-service';
import { DeploymentProfile } from './config/deployment-profile';
import { DjangoVariable } from './config/django-variable';
import { EnvironmentSecret } from './config/environment-secret';
import { IPreparedService } from './config/preparation';
import { createCache, createDatabase, createEmail, createSecretKey, createStorage, vpcRemovalPolicy } from './django-backing-services';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { djangoOnFargateRules } from './django-on-fargate-rules';
import { createApplication, createReleaseProcess } from './django-processes';
import { WafProtectedAlb } from './edge/waf-protected-alb';
import { FlowLogs } from './network/flow-logs';
import { Network } from './network/network';
import { INetwork } from './network/vpc-network';
import { createLogBucket } from './private/log-bucket';
import { given } from './private/options';
import { an, BACKING_SERVICE } from './private/shapes';
import { definitionError, isKnown, show, validateProps } from './private/validation';
import { CommandRunner } from './processes/command-runner';
import { Preparation } from './processes/preparation';
import { ProcessDefinition } from './processes/process-definition';
import { RegularRollout } from './processes/regular-rollout';
import { Release } from './processes/release';
import { WebService } from './processes/web-service';
import { PROFILE_DEFAULTS, ProfileDefaults } from './profile-defaults';
import { defaultCapacity, warnAboutConnections } from './web-defaults';

/** Between two rotations, where the time is known at deployment only: short enough for whatever it is. */
const HOURS_WHERE_UNKNOWN = 48;

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
  public readonly accessLogBucket: s3.Bucket;

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

  /** Django's `SECRET_KEY`. */
  public readonly secretKey: SecretKey;

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

  private readonly backingServices: IBackingService[] = [];
  private readonly processes: ProcessDefinition[];

  public constructor(scope: Construct, id: string, props: DjangoOnFargateProps) {
    super(scope, id);
    validateProps(this, 'DjangoOnFargate', props, djangoOnFargateRules(Stack.of(this).region));
    const defaults = PROFILE_DEFAULTS[props.profile ?? DeploymentProfile.PRODUCTION];

    this.accessLogBucket = createLogBucket(this, 'AccessLogs', { expiration: props.loadBalancer?.accessLogExpiration });
    this.network = this.createNetwork(props, defaults);

    this.database = createDatabase(this, props, defaults, this.network);
    this.storage = createStorage(this, props, this.accessLogBucket);
    this.cache = createCache(this, props, defaults, this.network);
    this.email = createEmail(this, props, defaults, this.network);
    this.secretKey = createSecretKey(this, props, defaults);

    this.cluster = props.web?.cluster ?? this.createCluster(defaults);
    this.application = createApplication(this, props, this.network);
    this.releaseProcess = createReleaseProcess(this, props, this.application);
    this.processes = [this.application, this.releaseProcess];
    this.commandRunner = new CommandRunner(this, 'Commands', {
      cluster: this.cluster,
      taskSubnets: this.network.taskSubnets,
      assignPublicIp: this.network.assignPublicIp,
      logRetention: defaults.logRetention,
      removalPolicy: defaults.removalPolicy,
    });
    this.release = this.createRelease(props);
    this.loadBalancer = props.loadBalancer?.existing ?? this.createLoadBalancer(props, defaults);
    this.web = this.createWebService(props, defaults);

    this.wire(props);
    warnAboutConnections(this, this.web, this.database?.maxConnections);
    this.createOutputs();
  }

  /**
   * Adds a backing service: it attaches itself to every process, those that exist and those that come.
   * @param backingService the backing service
   */
  public addBackingService(backingService: IBackingService): void {
    const problem = an(BACKING_SERVICE)(backingService ?? 'nothing');
    if (problem) {
      throw new Error(definitionError(this, 'DjangoOnFargate', [`'backingService' must be ${problem}`]));
    }
    this.backingServices.push(backingService);
    this.processes.forEach((process) => backingService.attachTo(process));
    if ((backingService as IPreparedService).preparation) {
      this.prepare(backingService);
    }
  }

  /**
   * Adds an environment variable to every process. The value stands in the template.
   * @param name name of the variable
   * @param value the value, may hold tokens
   */
  public addEnvironment(name: string, value: string): void {
    this.processes.forEach((process) => process.addEnvironment(name, value));
  }

  /**
   * Adds a secret environment variable to every process.
   * @param name name of the variable
   * @param secret where the value is kept
   */
  public addSecret(name: string, secret: EnvironmentSecret): void {
    if (this.processes.some((process) => process._sets(name))) {
      throw new Error(definitionError(this, 'DjangoOnFargate', [`the variable ${show(name)} is set already: a name has one value`]));
    }
    const bound = secret.bind(this, `Secret${name}`);
    this.processes.forEach((process) => process.addSecret(name, bound));
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

  private createNetwork(props: DjangoOnFargateProps, defaults: ProfileDefaults): INetwork {
    const { vpc, taskSubnets, databaseSubnets, ...layout } = props.network ?? {};
    if (vpc) {
      return Network.fromVpc(this, 'Network', { vpc, taskSubnets, databaseSubnets });
    }
    // Whoever says how long flow logs are kept wants them, and in CloudWatch Logs.
    const flowLogs = layout.flowLogs ?? (layout.flowLogRetention === undefined ? defaults.flowLogs : FlowLogs.ALL);
    return new Network(this, 'Network', {
      egress: defaults.egress(),
      removalPolicy: defaults.removalPolicy,
      vpcRemovalPolicy: vpcRemovalPolicy(props, defaults),
      ...given(layout),
      flowLogs,
      flowLogBucket: flowLogs === FlowLogs.NONE || layout.flowLogRetention !== undefined ? undefined : this.accessLogBucket,
    });
  }

  private createCluster({ containerInsights }: ProfileDefaults): ecs.Cluster {
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc: this.network.vpc, containerInsightsV2: containerInsights });
    if (containerInsights === ecs.ContainerInsights.DISABLED) {
      Validations.of(cluster).acknowledge({ id: 'AwsSolutions-ECS4', reason: "Chosen by 'profile': Container Insights cost more than they tell of one task" });
    }
    return cluster;
  }

  private createRelease({ release, storage, pythonExecutable: python = 'python' }: DjangoOnFargateProps): Release {
    return new Release(this, 'Release', {
      commandRunner: this.commandRunner,
      process: this.releaseProcess,
      commands: [
        [python, 'manage.py', 'migrate', '--noinput'],
        // Static files in the image were collected when it was built.
        ...(this.storage ?? storage?.existing as Partial<FileStorage> | undefined)?.publishesStaticFiles === false ? [] : [[python, 'manage.py', 'collectstatic', '--noinput']],
      ],
      ...given(release),
    });
  }

  private createLoadBalancer({ domain, loadBalancer, deletionProtection }: DjangoOnFargateProps, defaults: ProfileDefaults): WafProtectedAlb {
    return new WafProtectedAlb(this, 'LoadBalancer', {
      vpc: this.network.vpc,
      domain,
      accessLogBucket: this.accessLogBucket,
      deletionProtection: deletionProtection ?? defaults.deletionProtection,
      removalPolicy: defaults.removalPolicy,
      logRetention: defaults.logRetention,
      ...given({ ...loadBalancer, accessLogExpiration: undefined }),
    });
  }

  private createWebService({ web }: DjangoOnFargateProps, defaults: ProfileDefaults): WebService {
    const { command, containerPort, cpu, memoryLimitMiB, ephemeralStorageGiB, cluster, ...service } = web ?? {};
    return new WebService(this, 'Web', {
      cluster: this.cluster,
      process: this.application,
      taskSubnets: this.network.taskSubnets,
      assignPublicIp: this.network.assignPublicIp,
      ...defaultCapacity(service, defaults),
      enableExecuteCommand: defaults.enableExecuteCommand,
      loadBalancerIdleTimeout: this.loadBalancer.idleTimeout,
      ...given(service),
    });
  }

  /** Attaches each backing service to each process, gives the site's names to both and lets the web service wait for the release. */
  private wire(props: DjangoOnFargateProps): void {
    const own = [props.database?.existing, props.storage?.existing, ...props.backingServices ?? []];
    [this.database, this.storage, this.cache, this.email, this.secretKey, ...own]
      .filter((service) => service !== undefined)
      .forEach((service) => this.addBackingService(service));

    for (const process of this.processes) {
      process.addVariable(DjangoVariable.ALLOWED_HOSTS, this.loadBalancer.hostNames.join(','));
      process.addVariable(DjangoVariable.CSRF_TRUSTED_ORIGINS, this.loadBalancer.origins.join(','));
      process.addVariable(DjangoVariable.HTTPS, String(this.loadBalancer.servesHttps));
      process.addDefaultVariable(DjangoVariable.REDIS_URL, '');
    }
    this.loadBalancer.addTargetGroup(this.web.targetGroup);
    this.web.service.node.defaultChild!.node.addDependency(this.release);
    this.rollOutRotatedCredentials();
  }

  /** Former credentials live until the next rotation: with two rollouts in between, one may fail. */
  private rollOutRotatedCredentials(): void {
    const rotations = [this.database, this.email].flatMap((service) => service?.credentialsRotateAfter ?? [])
      .map((time) => isKnown(time) ? time.toHours() : HOURS_WHERE_UNKNOWN);
    if (rotations.length > 0) {
      new RegularRollout(this, 'Rollout', { service: this.web.service, every: Duration.hours(Math.floor(Math.min(...rotations) / 2)) });
    }
  }

  private createOutputs(): void {
    new CfnOutput(this, 'Url', { value: this.loadBalancer.url, description: 'Address of the site' });
    new CfnOutput(this, 'FollowLogs', {
      value: `aws logs tail ${this.application.logGroup.logGroupName} --follow`,
      description: 'Command that follows the logs of web and release',
    });
  }
}
