import { join } from 'path';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Duration, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib/core';
import { ShopStack } from '../examples/typescript/shop-stack';
import {
  AlbAccess, Beat, BucketLayout, CacheEngine, CommandRunner, DatabaseAuthentication, DeploymentProfile, DjangoImage, DjangoOnFargate,
  DjangoOnFargateProps, EntryPoint, EnvironmentConvention, EnvironmentSecret, FileStorage, FileStorageProps, IBackingService, IPreparedService,
  ImageRepository, LogBucket, ManagementCommands, Network, Preparation, PrivateDatabase, PrivateDatabaseOptions, ProcessDefinition,
  ProcessDefinitionProps, ProcessDuty, RedisCache, RedisCacheOptions, RegularRollout, Release, RouteAuthentication, ScheduledTask, SecretKey,
  SesSmtp, SesSmtpOptions, SpaBackend, SpaDistribution, SpaMedia, SpaSource, SqsBroker, StaticFiles, TaskSchedule, WafProtectedAlb,
  WafProtectedAlbOptions, WebAcl, WebAclLogs, WebAclMode, WebDeployment, WebServer, WebService, WebServiceOptions, Worker,
} from '../src';
import { sampledApps } from '../test/properties/compositions';

/** Defines what is checked, in a stack of its own. */
type Case = (stack: Stack) => unknown;

/** Cases of a kind, which are checked in one app: the name of each is that of its stack. */
export interface CaseGroup {
  /** Acknowledgements that one of them has at most: raise it only with the reason in the commit. */
  readonly mostAcknowledgements: number;

  readonly stacks: Record<string, (app: App, name: string) => Stack>;
}

const IMAGE = DjangoImage.fromRegistry('registry.example.com/shop:1');
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const zone = (stack: Stack) => stack.node.tryFindChild('Zone') as route53.IHostedZone | undefined ?? route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z123', zoneName: 'example.com' });
const domain = (stack: Stack) => ({ domainName: 'shop.example.com', hostedZone: zone(stack) });
const key = (stack: Stack) => kms.Key.fromKeyArn(stack, 'Key', KEY_ARN);
const secret = (stack: Stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Given', 'shop/given');
const subnet = (number: number) => `subnet-0123456789abcdef${number}`;
const givenVpc = (stack: Stack) => stack.node.tryFindChild('Vpc') as ec2.IVpc | undefined ?? ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrBlock: '10.0.0.0/16',
  availabilityZones: ['a', 'b'],
  publicSubnetIds: [subnet(1), subnet(2)],
  privateSubnetIds: [subnet(3), subnet(4)],
  isolatedSubnetIds: [subnet(5), subnet(6)],
});
const givenCluster = (stack: Stack, vpc: ec2.IVpc) => ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'given', vpc });

/** Attaches a backing service to what a project has: an application, a release, and a preparation where it asks for one. */
function use(stack: Stack, vpc: ec2.IVpc, service: IBackingService): void {
  const application = new ProcessDefinition(stack, 'Application', { vpc, image: IMAGE, containerPort: 8000 });
  const release = new ProcessDefinition(stack, 'ReleaseProcess', { vpc, image: IMAGE, duty: ProcessDuty.RELEASE, entryPoint: EntryPoint.releaseCommands() });
  [application, release].forEach((process) => service.attachTo(process));
  if ((service as IPreparedService).preparation) {
    const commandRunner = new CommandRunner(stack, 'Commands', { cluster: givenCluster(stack, vpc) });
    new Preparation(stack, 'Preparation', { commandRunner, service, vpc });
  }
}

const database = (options: PrivateDatabaseOptions = {}): Case => (stack) => {
  const vpc = givenVpc(stack);
  use(stack, vpc, new PrivateDatabase(stack, 'Database', { vpc, ...options }));
};

const cache = (options: RedisCacheOptions = {}): Case => (stack) => {
  const vpc = givenVpc(stack);
  use(stack, vpc, new RedisCache(stack, 'Cache', { vpc, ...options }));
};

const storage = (propsOf: (stack: Stack) => FileStorageProps = () => ({})): Case => (stack) =>
  use(stack, givenVpc(stack), new FileStorage(stack, 'Storage', propsOf(stack)));

const mail = (optionsOf: (stack: Stack, vpc: ec2.IVpc) => Partial<SesSmtpOptions>): Case => (stack) => {
  const vpc = givenVpc(stack);
  const email = new SesSmtp(stack, 'Email', { fromAddress: 'shop@example.com', ...optionsOf(stack, vpc) });
  use(stack, vpc, email);
  email.grantSendEmail(new ProcessDefinition(stack, 'Worker', { vpc, image: IMAGE }));
};

const webService = (stack: Stack, options: WebServiceOptions = {}) => {
  const vpc = givenVpc(stack);
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, containerPort: 8000 });
  const web = new WebService(stack, 'Web', { cluster: givenCluster(stack, vpc), process, ...options });
  new WafProtectedAlb(stack, 'Alb', { vpc, domain: domain(stack) }).addService(web);
  return { process, web };
};

const DATABASES: Record<string, Case> = {
  'PrivateDatabase': database(),
  'PrivateDatabase-aurora': database({ auroraServerless: {}, readReplicas: 1 }),
  'PrivateDatabase-replicas-monitoring': database({ readReplicas: 2, enhancedMonitoringInterval: Duration.seconds(30), parameters: { work_mem: '8192' } }),
  'PrivateDatabase-proxy': database({ authentication: DatabaseAuthentication.passwords(), proxy: {} }),
  'PrivateDatabase-iam-proxy': database({ authentication: DatabaseAuthentication.iam(), proxy: {} }),
  'PrivateDatabase-aurora-iam': database({ auroraServerless: { minCapacityAcu: 0.5 }, authentication: DatabaseAuthentication.iam(), extensions: ['postgis'] }),
  'PrivateDatabase-rotation': database({ authentication: DatabaseAuthentication.passwords(), rotation: {} }),
  'PrivateDatabase-snapshot': database({ snapshotIdentifier: 'shop-2026', initialSql: 'CREATE SCHEMA IF NOT EXISTS reports;' }),
  'PrivateDatabase-key': (stack) => database({ storageEncryptionKey: key(stack) })(stack),
  'PrivateDatabase-existing': (stack) => use(stack, givenVpc(stack), PrivateDatabase.fromAttributes(stack, 'Database', {
    host: 'shop.abc123.eu-central-1.rds.amazonaws.com',
    port: 5432,
    databaseName: 'shop',
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'DatabaseGroup', 'sg-0123456789abcdef0')],
    secretName: 'shop/database',
    authentication: DatabaseAuthentication.passwords(),
    extensions: ['pg_trgm'],
  })),
};

const CACHES: Record<string, Case> = {
  'RedisCache': cache(),
  'RedisCache-redis': cache({ engine: CacheEngine.REDIS }),
  'RedisCache-replicas': cache({ replicas: 2, nodeType: 'cache.r6gd.xlarge' }),
  'RedisCache-logs-parameters': cache({ replicas: 1, logRetention: logs.RetentionDays.ONE_MONTH, parameters: { 'maxmemory-policy': 'volatile-ttl' } }),
  'RedisCache-serverless': cache({ serverless: { maxStorageGb: 5, maxEcpuPerSecond: 5000, dailySnapshotTime: '03:00' } }),
  'RedisCache-existing': (stack) => use(stack, givenVpc(stack), RedisCache.fromAttributes(stack, 'Cache', {
    host: 'master.shop.abc123.euc1.cache.amazonaws.com', secret: secret(stack),
  })),
};

const STORAGES: Record<string, Case> = {
  'FileStorage': storage(),
  'FileStorage-shared': storage(() => ({ bucketLayout: BucketLayout.SHARED, corsAllowedOrigins: ['https://www.example.com'] })),
  'FileStorage-in-image': storage(() => ({ staticFiles: StaticFiles.IN_IMAGE, additionalBuckets: ['cleantrac-*', 'shop-imports'] })),
  'FileStorage-key': storage((stack) => ({ encryptionKey: key(stack), mediaVersioned: false })),
};

const MAIL: Record<string, Case> = {
  'SesSmtp': mail(() => ({})),
  'SesSmtp-zone-rotation': mail((stack) => ({ hostedZone: zone(stack), rotation: {}, dmarcReportAddress: 'dmarc@example.com' })),
  'SesSmtp-endpoint': mail((_, vpc) => ({ vpcEndpoint: { vpc }, port: 465 })),
  'SesSmtp-existing-identity': mail(() => ({ identityName: 'example.com', configurationSetName: 'shop', furtherIdentities: ['me@example.org'] })),
  'SesSmtp-server': (stack) => use(stack, givenVpc(stack), SesSmtp.fromSmtpServer(stack, 'Email', {
    host: 'smtp.example.org', fromAddress: 'Shop <shop@example.org>', secretName: 'shop/smtp',
  })),
};

const OTHER_CONSTRUCTS: Record<string, Case> = {
  Network: (stack) => new Network(stack, 'Network'),
  SecretKey: (stack) => use(stack, givenVpc(stack), new SecretKey(stack, 'SecretKey')),
  EnvironmentSecret: (stack) => new ProcessDefinition(stack, 'Process', {
    vpc: givenVpc(stack),
    image: IMAGE,
    secrets: {
      ...EnvironmentSecret.fromSecretKeys('shop/settings', ['STRIPE_API_KEY', 'SENTRY_DSN'], { encryptionKeyArn: KEY_ARN }),
      PARAMETER: EnvironmentSecret.fromSsmParameter('/shop/parameter'),
      SHARED: EnvironmentSecret.fromSecretArn('arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/shared-AbCdEf', 'key'),
    },
  }),
  WafProtectedAlb: (stack) => new WafProtectedAlb(stack, 'Alb', { vpc: givenVpc(stack), domain: domain(stack) }),
  WebService: (stack) => webService(stack),
  RegularRollout: (stack) => new RegularRollout(stack, 'Rollout', { service: webService(stack).web.service, every: Duration.days(15) }),
  Release: (stack) => {
    const vpc = givenVpc(stack);
    const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, entryPoint: EntryPoint.releaseCommands() });
    new Release(stack, 'Release', { process, commands: [['migrate']], commandRunner: new CommandRunner(stack, 'Commands', { cluster: givenCluster(stack, vpc) }) });
  },
};

const SPA = join(__dirname, '..', 'examples', 'spa');
const source = SpaSource.project(SPA);
const alb = (stack: Stack, options: WafProtectedAlbOptions = {}) => new WafProtectedAlb(stack, 'Alb', { vpc: givenVpc(stack), domain: domain(stack), ...options });

/** Ways to a load balancer, and everything that a web ACL can be asked for. */
const EDGE: Record<string, Case> = {
  ...Object.fromEntries(Object.values(AlbAccess).map((access) => [`WafProtectedAlb-${access.replace(/_/g, '-')}`, (stack: Stack) => alb(stack, {
    access, connectionLogs: true, cloudFrontPrefixListId: access.startsWith('CLOUDFRONT') ? 'pl-3b927c52' : undefined,
  })])),
  'WafProtectedAlb-sign-in': (stack) => {
    const userPool = cognito.UserPool.fromUserPoolId(stack, 'Users', 'eu-central-1_AbCdEfGhI');
    const process = new ProcessDefinition(stack, 'Process', { vpc: givenVpc(stack), image: IMAGE, containerPort: 8000 });
    const web = new WebService(stack, 'Web', { cluster: givenCluster(stack, process.vpc), process });
    alb(stack).addService(web, {
      paths: ['/admin/*'],
      authentication: RouteAuthentication.cognito({
        userPool,
        userPoolClient: cognito.UserPoolClient.fromUserPoolClientId(stack, 'Client', 'client'),
        userPoolDomain: cognito.UserPoolDomain.fromDomainName(stack, 'Domain', 'shop'),
      }),
    });
  },
  'WebAcl-everything': (stack) => new WebAcl(stack, 'WebAcl', {
    mode: WebAclMode.COUNT,
    adminAllowList: ['203.0.113.0/24', '2001:db8::/32'],
    blockedCountries: ['KP'],
    maintenance: { bypass: ['203.0.113.0/24'] },
    clientAddressHeader: 'x-viewer-address',
    requiredHeader: { name: 'x-origin', value: secret(stack).secretValue },
    logs: WebAclLogs.s3(new LogBucket(stack, 'Logs').bucket),
  }),
  'LogBucket': (stack) => new LogBucket(stack, 'Logs'),
};

/** Single-page apps alone and before a project. */
const SPAS: Record<string, Case> = {
  'SpaDistribution': (stack) => new SpaDistribution(stack, 'Site', { source }),
  'SpaDistribution-external-destroyed': (stack) => new SpaDistribution(stack, 'Site', {
    source: SpaSource.external(), config: { siteName: 'Shop' }, removalPolicy: RemovalPolicy.DESTROY,
  }).grantPublish(new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() })),
  'DjangoOnFargate-spa': (stack) => new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', spa: { source } }),
};

/** Single-page apps with a name, for whose certificate and web ACL the region must be known. */
const NAMED_SPAS: Record<string, Case> = {
  'SpaDistribution-load-balancer': (stack) => new SpaDistribution(stack, 'Site', {
    source,
    domain: domain(stack),
    backend: SpaBackend.loadBalancer(alb(stack, { access: AlbAccess.CLOUDFRONT, cloudFrontPrefixListId: 'pl-3b927c52' })),
    storage: new FileStorage(stack, 'Storage', { staticFiles: StaticFiles.SAME_ORIGIN }),
    media: SpaMedia.publiclyReadable(),
  }),
  'SpaDistribution-domain': (stack) => new SpaDistribution(stack, 'Site', { source, domain: domain(stack), webAcl: {} }),
  'DjangoOnFargate-spa-domain': (stack) => new DjangoOnFargate(stack, 'Shop', {
    image: IMAGE, project: 'shop', domain: domain(stack), spa: { source, domain: { ...domain(stack), domainName: 'www.example.com' } },
  }),
};

const topic = (stack: Stack) => sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:123456789012:ops');
const HOURLY = TaskSchedule.rate(Duration.hours(1));

/** A process, with a cluster that it can run in. */
const process = (stack: Stack, props: Partial<ProcessDefinitionProps> = {}) => {
  const vpc = givenVpc(stack);
  return { cluster: givenCluster(stack, vpc), process: new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, ...props }) };
};

const PROCESSES: Record<string, Case> = {
  'WebService-canary': (stack) => webService(stack, { deployment: WebDeployment.canary({ testHeader: 'X-Preview' }) }),
  'WebService-blue-green': (stack) => webService(stack, { deployment: WebDeployment.blueGreen(), rollbackErrorPercent: 0 }),
  'WebService-uvicorn-spot-schedules': (stack) => webService(stack, {
    server: WebServer.uvicorn(),
    fargateSpot: {},
    targetRequestsPerMinute: 600,
    scalingSchedules: [{ schedule: TaskSchedule.cron('0 20 * * ? *'), minCapacity: 1 }],
    rollbackErrorPercent: 5,
  }),
  'ProcessDefinition-hardened': (stack) => process(stack, {
    readonlyRootFilesystem: true, user: '1000', healthCheck: { command: ['true'] }, entryPoint: EntryPoint.none(), command: ['true'],
  }),
  'Worker': (stack) => new Worker(stack, 'Worker', { ...process(stack), maxCapacity: 4, fargateSpot: {} }),
  'Worker-queue': (stack) => {
    const broker = new SqsBroker(stack, 'Broker', { alarmTopic: topic(stack) });
    const { cluster, process: worker } = process(stack);
    broker.attachTo(worker);
    new Worker(stack, 'Worker', { cluster, process: worker, minCapacity: 0, queueScaling: { queue: broker.queue, messagesPerTask: 10 } });
  },
  'SqsBroker-key': (stack) => use(stack, givenVpc(stack), new SqsBroker(stack, 'Broker', { encryptionKey: key(stack) })),
  'Beat': (stack) => new Beat(stack, 'Beat', process(stack)),
  'ScheduledTask': (stack) => new ScheduledTask(stack, 'Task', { ...process(stack), command: ['true'], schedule: HOURLY }),
  'ScheduledTask-topic': (stack) => new ScheduledTask(stack, 'Task', { ...process(stack), command: ['true'], schedule: HOURLY, alarmTopic: topic(stack) }),
  'ManagementCommands': (stack) => {
    const { cluster, process: shop } = process(stack);
    new ManagementCommands(stack, 'Manage', { commandRunner: new CommandRunner(stack, 'Commands', { cluster }), process: shop })
      .grantRun(new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() }));
  },
  'ImageRepository': (stack) => new ImageRepository(stack, 'Images', { movingTags: ['latest'], pullAccounts: ['210987654321'] })
    .grantPush(new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() })),
};

const django = (props: Partial<DjangoOnFargateProps> = {}) => (stack: Stack) =>
  new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', domain: domain(stack), ...props });

/** The apps of the profiles with nothing but their defaults. */
const APPS: Record<string, Case> = {
  'PRODUCTION': django(),
  'STAGING': django({ profile: DeploymentProfile.STAGING }),
  'DEVELOPMENT': django({ profile: DeploymentProfile.DEVELOPMENT }),
  'no-domain': django({ domain: undefined }),
};

/** Apps with every kind of process. */
const PROCESS_APPS: Record<string, Case> = {
  'PRODUCTION-processes': (stack) => {
    const shop = django({
      cache: {},
      alarms: { emails: ['ops@example.com'] },
      release: { superuser: { email: 'admin@example.com' }, checkCommand: ['python', 'manage.py', 'check'] },
      web: { paths: ['/api/*'], deployment: WebDeployment.linear(), fargateSpot: {} },
      readonlyRootFilesystem: true,
    })(stack);
    shop.addWorker('Worker', { maxCapacity: 3 });
    shop.addBeat('Beat');
    shop.addService('Frontend', { image: IMAGE });
    shop.addService('Sockets', { paths: ['/ws/*'], server: WebServer.uvicorn() });
    shop.addScheduledTask('Nightly', { command: ['python', 'manage.py', 'clearsessions'], schedule: HOURLY });
  },
};

const EVERYTHING: Partial<DjangoOnFargateProps> = {
  database: { authentication: DatabaseAuthentication.iam(), extensions: ['pg_trgm'] },
  cache: {},
  email: { fromAddress: 'shop@example.com', rotation: {} },
};

/** Apps with every backing service. */
const FULL_APPS: Record<string, Case> = {
  'PRODUCTION-everything': django(EVERYTHING),
  'STAGING-everything': django({ ...EVERYTHING, profile: DeploymentProfile.STAGING }),
  'DEVELOPMENT-everything': django({ ...EVERYTHING, profile: DeploymentProfile.DEVELOPMENT }),
  'everything-by-url': django({
    ...EVERYTHING, convention: EnvironmentConvention.urls(), database: { authentication: DatabaseAuthentication.passwords() }, cache: { serverless: {} },
  }),
  'everything-without-internet': (stack) => django({
    ...EVERYTHING, network: { vpc: givenVpc(stack), taskSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } },
  })(stack),
};

/** An app with a second backing service of each kind. */
const SECOND_SERVICES: Record<string, Case> = {
  'everything-twice': (stack) => {
    const shop = django(EVERYTHING)(stack);
    const vpc = shop.network.vpc;
    shop.addBackingService(new PrivateDatabase(stack, 'Reports', {
      vpc, auroraServerless: {}, authentication: DatabaseAuthentication.passwords(), rotation: {}, variablePrefix: 'REPORTS_',
    }));
    shop.addBackingService(new RedisCache(stack, 'Sessions', { vpc, variablePrefix: 'SESSIONS_' }));
    shop.addBackingService(new FileStorage(stack, 'Archive', { staticFiles: StaticFiles.IN_IMAGE, variablePrefix: 'ARCHIVE_' }));
    shop.addBackingService(new SesSmtp(stack, 'Newsletter', { fromAddress: 'news@example.org', variablePrefix: 'NEWSLETTER_' }));
  },
};

const inStacks = (cases: Record<string, Case>, props?: StackProps): CaseGroup['stacks'] =>
  Object.fromEntries(Object.entries(cases).map(([name, define]) => [name, (app, id) => {
    const stack = new Stack(app, id, props);
    define(stack);
    return stack;
  }]));

/** All that is checked. */
export const CASE_GROUPS: CaseGroup[] = [
  { mostAcknowledgements: 17, stacks: inStacks(DATABASES) },
  { mostAcknowledgements: 8, stacks: inStacks(CACHES) },
  { mostAcknowledgements: 14, stacks: inStacks(STORAGES) },
  { mostAcknowledgements: 8, stacks: inStacks(MAIL) },
  { mostAcknowledgements: 9, stacks: inStacks(OTHER_CONSTRUCTS) },
  { mostAcknowledgements: 11, stacks: inStacks(PROCESSES) },
  { mostAcknowledgements: 6, stacks: inStacks(EDGE) },
  { mostAcknowledgements: 30, stacks: inStacks(SPAS) },
  { mostAcknowledgements: 35, stacks: inStacks(NAMED_SPAS, { env: { account: '123456789012', region: 'eu-central-1' } }) },
  { mostAcknowledgements: 30, stacks: inStacks(APPS) },
  { mostAcknowledgements: 48, stacks: inStacks(PROCESS_APPS) },
  {
    mostAcknowledgements: 45,
    stacks: {
      'example': (app, name) => new ShopStack(app, name),
      'example-with-domain': (app, name) => new ShopStack(app, name, { env: { region: 'us-east-1' }, domainName: 'shop.example.com', hostedZoneId: 'Z123', zoneName: 'example.com' }),
      ...inStacks(FULL_APPS),
      ...inStacks({ 'everything-in-a-known-region': django(EVERYTHING) }, { env: { account: '123456789012', region: 'eu-central-1' } }),
    },
  },
  { mostAcknowledgements: 51, stacks: inStacks(SECOND_SERVICES) },
  { mostAcknowledgements: 60, stacks: inStacks(sampledApps(12)) },
];
