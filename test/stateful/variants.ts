import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import {
  AlbAccess, BucketLayout, DatabaseAuthentication, DjangoOnFargate, DjangoOnFargateProps, EnvironmentConvention, FileStorage, FileStorageProps, ImageRepository,
  LogBucket, PrivateDatabase, PrivateDatabaseOptions, RedisCache, RedisCacheOptions, SecretKey, SesSmtp, SesSmtpOptions, SpaDistribution, SpaSource, SqsBroker,
  StaticFiles, Superuser, TaskSchedule, WafProtectedAlb,
} from '../../src';
import { givenVpc, IMAGE } from '../helpers';

type Define = (stack: Stack) => unknown;

const key = (stack: Stack) => kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab');
const zone = (stack: Stack) => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const database = (options: PrivateDatabaseOptions = {}): Define => (stack) => new PrivateDatabase(stack, 'Database', { vpc: givenVpc(stack), ...options });
const cache = (options: RedisCacheOptions = {}): Define => (stack) => new RedisCache(stack, 'Cache', { vpc: givenVpc(stack), ...options });
const storage = (options: FileStorageProps = {}): Define => (stack) => new FileStorage(stack, 'Storage', options);
const mail = (options: Partial<SesSmtpOptions> = {}): Define => (stack) => new SesSmtp(stack, 'Email', { fromAddress: 'shop@example.com', ...options });
const shop = (props: Partial<DjangoOnFargateProps>): Define => (stack) => new DjangoOnFargate(stack, 'Shop', { image: IMAGE, project: 'shop', ...props });

/** Each backing service alone, with what adds stateful resources or changes their ids. */
export const ALONE: Record<string, Define> = {
  'a database': database(),
  'a database with a name and a user of its own': database({ databaseName: 'shop', username: 'master' }),
  'a database with replicas, parameters and monitoring': database({
    readReplicas: 2, parameters: { work_mem: '8192' }, enhancedMonitoringInterval: Duration.seconds(60),
  }),
  'a database with a key': (stack) => database({ storageEncryptionKey: key(stack) })(stack),
  'a database from a snapshot': database({ snapshotIdentifier: 'shop-2026' }),
  'a database with users': database({ authentication: DatabaseAuthentication.passwords(), rotation: {} }),
  'a database with users of other names': database({ authentication: DatabaseAuthentication.passwords({ ownerUser: 'owner', applicationUser: 'app' }) }),
  'a database with a proxy and IAM': database({ authentication: DatabaseAuthentication.iam(), proxy: {} }),
  'a database on Aurora': database({ auroraServerless: {}, readReplicas: 1 }),
  'a database on Aurora from a snapshot': database({ auroraServerless: {}, snapshotIdentifier: 'shop-2026' }),
  'a cache': cache(),
  'a cache with replicas, parameters and logs': cache({ replicas: 1, parameters: { 'maxmemory-policy': 'volatile-ttl' }, logRetention: RetentionDays.ONE_MONTH }),
  'a serverless cache': cache({ serverless: {} }),
  'a cache that is kept': cache({ removalPolicy: RemovalPolicy.RETAIN }),
  'a file storage': storage(),
  'a file storage with one bucket': storage({ bucketLayout: BucketLayout.SHARED }),
  'a file storage with static files in the image': storage({ staticFiles: StaticFiles.IN_IMAGE }),
  'mail': mail(),
  'mail in Route 53 with rotation': (stack) => mail({ hostedZone: zone(stack), rotation: {} })(stack),
  'mail from an existing identity': mail({ identityName: 'example.com' }),
  'a secret key': (stack) => new SecretKey(stack, 'SecretKey'),
  'a file storage on the site\'s own name': storage({ staticFiles: StaticFiles.SAME_ORIGIN }),
  'a log bucket': (stack) => new LogBucket(stack, 'Logs'),
  'a load balancer': (stack) => new WafProtectedAlb(stack, 'Alb', { vpc: givenVpc(stack) }),
  'a load balancer of a distribution': (stack) => new WafProtectedAlb(stack, 'Alb', { vpc: givenVpc(stack), access: AlbAccess.CLOUDFRONT_VPC_ORIGIN }),
  'a single-page app': (stack) => new SpaDistribution(stack, 'Site', { source: SpaSource.external() }),
  'a broker': (stack) => new SqsBroker(stack, 'Broker'),
  'an image repository': (stack) => new ImageRepository(stack, 'Images'),
  'a superuser': (stack) => new Superuser(stack, 'Superuser', { email: 'admin@example.com' }),
};

/** Apps with backing services beside those of the minimal app, or with others in their place. */
export const APPS: Record<string, Define> = {
  'an app with IAM, a cache and mail': (stack) => shop({
    domain: { domainName: 'shop.example.com', hostedZone: zone(stack) },
    database: { authentication: DatabaseAuthentication.iam(), extensions: ['pg_trgm'] },
    cache: {},
    email: { fromAddress: 'shop@example.com', rotation: {} },
  })(stack),
  'an app with a single-page app': shop({ spa: { source: SpaSource.external() } }),
  'an app with processes': (stack) => {
    const django = new DjangoOnFargate(stack, 'Shop', {
      image: IMAGE, project: 'shop', alarms: { emails: ['ops@example.com'] }, release: { superuser: { email: 'admin@example.com' } },
    });
    django.addWorker('Worker');
    django.addScheduledTask('Nightly', { command: ['true'], schedule: TaskSchedule.rate(Duration.hours(1)) });
  },
  'an app on Aurora with users, a serverless cache and one bucket': shop({
    convention: EnvironmentConvention.urls(),
    database: { auroraServerless: {}, authentication: DatabaseAuthentication.passwords() },
    cache: { serverless: {} },
    storage: { bucketLayout: BucketLayout.SHARED },
  }),
  'an app with replicas and static files in the image': shop({ database: { readReplicas: 1 }, storage: { staticFiles: StaticFiles.IN_IMAGE } }),
};
