import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, days, maybe, removalPolicy, SEED, seconds } from './arbitraries';
import {
  BucketLayout, CpuArchitecture, DatabaseAuthentication, DeploymentProfile, DjangoAlarmOptions, DjangoDatabaseOptions, DjangoLoadBalancerOptions,
  DjangoNetworkOptions, DjangoOnFargate, DjangoOnFargateProps, DjangoReleaseOptions, DjangoSpaOptions, DjangoStorageOptions, DjangoWebOptions, Egress,
  EnvironmentConvention, EnvironmentSecret, FlowLogs, RedisCacheOptions, SesSmtpOptions, SpaContentSecurityPolicy, SpaMedia, SpaSource, StaticFiles,
  TaskSchedule, WebServer,
} from '../../src';
import { FARGATE_CPUS, fargateMemories } from '../../src/private/fargate-size';
import { givenVpc, IMAGE } from '../helpers';

/** A whole app by its props, some of which stand in the stack, and by what is added to it. */
export interface Composition {
  readonly props: (stack: Stack) => DjangoOnFargateProps;
  readonly additions: Addition[];
  /** What fast-check shows of it. */
  readonly [fc.toStringMethod]: () => string;
}

interface Addition {
  readonly id: string;
  readonly add: (shop: DjangoOnFargate, id: string) => unknown;
}

/** Makes it. */
export function compose(stack: Stack, { props, additions }: Composition, change: (props: DjangoOnFargateProps) => DjangoOnFargateProps = (same) => same): void {
  const shop = new DjangoOnFargate(stack, 'Shop', change(props(stack)));
  additions.forEach(({ id, add }) => add(shop, id));
}

const secret = EnvironmentSecret.fromSecretName('shop/own', 'key');
const sizes = fc.constantFrom(...FARGATE_CPUS)
  .chain((cpu) => fc.record({ cpu: fc.constant(cpu), memoryLimitMiB: maybe(fc.constantFrom(...fargateMemories(cpu))) }));

const domain = fc.constantFrom<((stack: Stack) => DjangoOnFargateProps['domain'])[]>(
  () => undefined,
(stack) => ({
  domainName: 'shop.example.com',
  alternativeNames: ['www.shop.example.com'],
  hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }),
  // The region of the stack is not known, so none can be made in us-east-1 beside it.
  cloudFrontCertificate: Certificate.fromCertificateArn(stack, 'Global', 'arn:aws:acm:us-east-1:123456789012:certificate/0b1c2d3e-0000-1111-2222-333344445555'),
}),
);

const newNetwork: fc.Arbitrary<DjangoNetworkOptions> = fc.record({
  egress: maybe(fc.constantFrom(Egress.natGateways(1), Egress.natGateways(2), Egress.natInstance(), Egress.publicIp())),
  flowLogs: fc.constantFrom(undefined, {}, { flowLogs: FlowLogs.NONE }, { flowLogs: FlowLogs.ALL, flowLogRetention: RetentionDays.ONE_WEEK }),
  rest: fc.record({ cidr: maybe(fc.constantFrom('10.1.0.0/16', '172.16.0.0/20')), vpcRemovalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)) }),
}).map(({ egress, flowLogs, rest }) => ({ egress, ...flowLogs, ...rest }));
const subnet = (number: number) => `subnet-0123456789abcdef${number}`;
const network = fc.oneof(
  newNetwork.map((options) => () => options),
  fc.constant((stack: Stack): DjangoNetworkOptions => ({
    vpc: givenVpc(stack, {
      vpcId: 'vpc-0123456789abcdef0',
      publicSubnetIds: [subnet(1), subnet(2)],
      privateSubnetIds: [subnet(3), subnet(4)],
      isolatedSubnetIds: [subnet(5), subnet(6)],
    }),
  })),
);

const PASSWORDS = DatabaseAuthentication.passwords();
const authentication = fc.constantFrom(PASSWORDS, DatabaseAuthentication.iam());
const database: fc.Arbitrary<DjangoDatabaseOptions> = fc.record({
  server: fc.oneof(
    fc.record({ instanceType: maybe(fc.constantFrom('t4g.micro', 'm7g.large')), multiAz: maybe(fc.boolean()), allocatedStorageGiB: maybe(between(20, 90)) }),
    fc.record({ auroraServerless: fc.record({ maxCapacityAcu: maybe(between(1, 16)) }) }),
  ),
  users: fc.oneof(
    fc.constant({}),
    fc.record({ authentication, rotation: maybe(fc.record({ automaticallyAfter: maybe(days(1, 90)) })) }),
    fc.record({ authentication, proxy: fc.constant({}) }),
  ),
  rest: fc.record({
    readReplicas: maybe(between(0, 2)),
    extensions: maybe(fc.constant<string[]>(['pg_trgm'])),
    backupRetention: maybe(days(1, 35)),
    removalPolicy: maybe(removalPolicy()),
    snapshotIdentifier: maybe(fc.constant('shop-2026')),
  }),
}).map(({ server, users, rest }) => ({ ...server, ...users, ...rest }));

const cache: fc.Arbitrary<RedisCacheOptions> = fc.oneof(
  fc.record({ replicas: maybe(between(0, 3)), logRetention: maybe(fc.constant(RetentionDays.ONE_MONTH)), snapshotRetention: maybe(days(0, 35)) }),
  fc.record({ serverless: fc.record({ maxStorageGb: maybe(between(1, 100)) }) }),
);

const email: fc.Arbitrary<SesSmtpOptions> = fc.record({
  fromAddress: fc.constantFrom('shop@shop.example.com', 'Shop <shop@example.org>'), rotation: maybe(fc.constant({})), port: maybe(fc.constantFrom(465, 587, 2587)),
});

const storage: fc.Arbitrary<DjangoStorageOptions> = fc.record({
  layout: fc.constantFrom<DjangoStorageOptions[]>({}, { bucketLayout: BucketLayout.SHARED }, { staticFiles: StaticFiles.IN_IMAGE }),
  rest: fc.record({ mediaVersioned: maybe(fc.boolean()), corsAllowedOrigins: maybe(fc.constant<string[]>(['https://www.example.com'])) }),
}).map(({ layout, rest }) => ({ ...layout, ...rest }));

const web: fc.Arbitrary<DjangoWebOptions> = fc.record({
  size: fc.oneof(fc.constant({}), sizes),
  scaling: fc.tuple(between(1, 20), maybe(between(0, 20)))
    .map(([minCapacity, more]) => ({ minCapacity, maxCapacity: more === undefined ? undefined : minCapacity + more })),
  rest: fc.record({
    server: maybe(fc.oneof(
      fc.constant(WebServer.uvicorn()),
      fc.record({ workers: maybe(between(1, 4)), threads: maybe(between(1, 64)) }).map((options) => WebServer.gunicorn(options)),
    )),
    requestTimeout: maybe(seconds(1, 115)),
    healthCheckGracePeriod: maybe(seconds(30, 600)),
    targetRequestsPerMinute: maybe(between(1, 10_000)),
    enableExecuteCommand: maybe(fc.boolean()),
    containerPort: maybe(between(1024, 65535)),
  }),
}).map(({ size, scaling, rest }) => ({ ...size, ...scaling, ...rest }));

const commands = fc.array(fc.constantFrom<string[][]>(['python', 'manage.py', 'check'], ['alembic', 'upgrade', 'head']), { minLength: 1, maxLength: 3 });
const release: fc.Arbitrary<DjangoReleaseOptions> = fc.record({
  commands: maybe(commands),
  before: maybe(commands),
  after: maybe(commands),
  superuser: maybe(fc.constant({ email: 'me@example.com' })),
  waitForDatabase: maybe(fc.boolean()),
  checkCommand: maybe(fc.constant<string[]>(['python', 'manage.py', 'check'])),
  timeout: maybe(between(1, 55).map((minutes) => Duration.minutes(minutes))),
});

const loadBalancer: fc.Arbitrary<DjangoLoadBalancerOptions> = fc.record({
  idleTimeout: maybe(seconds(1, 4000)),
  accessLogExpiration: maybe(days(1, 3650)),
  webAcl: maybe(fc.record({ rateLimit: maybe(between(10, 10_000)), uploadPaths: maybe(fc.constant<string[]>(['/admin/', '/upload/'])) })),
});

const spa: fc.Arbitrary<DjangoSpaOptions> = fc.record({
  source: fc.constant(SpaSource.external()),
  backendPaths: maybe(fc.subarray(['/api/*', '/admin', '/admin/*', '/ws/*', '/*.xml'], { minLength: 1 })),
  config: maybe(fc.dictionary(fc.constantFrom('siteName', 'apiUrl'), fc.string())),
  pagePaths: maybe(fc.constant<string[]>(['/packages/'])),
  contentSecurityPolicy: maybe(fc.constantFrom(
    SpaContentSecurityPolicy.none(), SpaContentSecurityPolicy.reportOnly(), SpaContentSecurityPolicy.enforced({ 'connect-src': "'self' https://example.org" }),
  )),
  media: maybe(fc.constant(SpaMedia.publiclyReadable())),
  strictTransportSecurityMaxAge: maybe(days(0, 730)),
  accessLogExpiration: maybe(days(1, 3650)),
});

const ADDITIONS: Addition[] = [
  { id: 'Worker', add: (shop, id) => shop.addWorker(id, { maxCapacity: 3 }) },
  { id: 'Beat', add: (shop, id) => shop.addBeat(id) },
  { id: 'Cleanup', add: (shop, id) => shop.addScheduledTask(id, { command: ['python', 'manage.py', 'clearsessions'], schedule: TaskSchedule.rate(Duration.hours(6)) }) },
  { id: 'Report', add: (shop, id) => shop.addScheduledTask(id, { command: ['python', 'manage.py', 'report'], schedule: TaskSchedule.cron('0 3 ? * MON *', 'Europe/Berlin') }) },
];

const URLS = EnvironmentConvention.urls();
const CONVENTIONS = [EnvironmentConvention.standard(), EnvironmentConvention.postgresPrefixed(), URLS];
/** A token has no place in a URL, nor has a password that changes. */
const fitsUrls = (options: DjangoDatabaseOptions) => !options.authentication || (options.authentication === PASSWORDS && !options.rotation);

/** Any app that is valid: each part may be left out, or be any of its kinds. */
export const compositions: fc.Arbitrary<Composition> = fc.record({
  parts: fc.record({
    database: maybe(database),
    cache: maybe(cache),
    email: maybe(email),
    storage: maybe(storage),
    web: maybe(web),
    release: maybe(release),
    loadBalancer: maybe(loadBalancer),
    spa: maybe(spa),
  }),
  own: fc.record({
    profile: maybe(fc.constantFrom(...Object.values(DeploymentProfile))),
    cpuArchitecture: maybe(fc.constantFrom(CpuArchitecture.X86_64, CpuArchitecture.ARM64)),
    deletionProtection: maybe(fc.boolean()),
    removalPolicy: maybe(removalPolicy()),
    readonlyRootFilesystem: maybe(fc.boolean()),
    convention: maybe(fc.constantFrom(...CONVENTIONS)),
    environment: maybe(fc.dictionary(fc.constantFrom('COLOUR', 'SIZE'), fc.string())),
    secrets: maybe(fc.constant({ STRIPE_KEY: secret })),
    secretKey: maybe(fc.constant(secret)),
    alarms: maybe(fc.constant<DjangoAlarmOptions>({ emails: ['ops@example.com'] })),
  }),
  places: fc.record({ domain, network: maybe(network) }),
  additions: fc.subarray(ADDITIONS),
}).filter(({ own, parts }) => own.convention !== URLS || fitsUrls(parts.database ?? {}))
  // The agent of ECS Exec writes to the root file system.
  .filter(({ own, parts }) => !own.readonlyRootFilesystem || !parts.web?.enableExecuteCommand).map(({ parts, own, places, additions }) => ({
    props: (stack) => ({ image: IMAGE, project: 'shop', ...own, ...parts, domain: places.domain(stack), network: places.network?.(stack) }),
    additions,
    [fc.toStringMethod]: () => fc.stringify({ ...own, ...parts, additions: additions.map(({ id }) => id), places: Object.values(places).map(String) }),
  }));

/** Some of them, always the same, each as a function that defines it: for the gates that need the newest CDK. */
export function sampledApps(count: number): Record<string, (stack: Stack) => unknown> {
  return Object.fromEntries(fc.sample(compositions, { ...SEED, numRuns: count })
    .map((composition, index) => [`random-${index + 1}`, (stack) => compose(stack, composition)]));
}
