import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledgeNoRotation, attachCache, CacheEndpoint, createConnectionSecret } from './cache-connection';
import { CacheMetrics } from './cache-metrics';
import { ImportedRedisCache } from './imported-redis-cache';
import { CacheSettings, createNodeGroup } from './node-group';
import { CacheEngine, RedisCacheAttributes, RedisCacheOptions, RedisCacheProps } from './redis-cache-props';
import { REDIS_CACHE_RULES } from './redis-cache-rules';
import { createServerlessCache } from './serverless-cache';
import { IBackingService } from '../../config/backing-service';
import { IProcess } from '../../config/process';
import { dataSubnets } from '../../private/data-subnets';
import { describe } from '../../private/description';
import { given, withoutNulls } from '../../private/options';
import { isKnown, validateProps } from '../../private/validation';

const NODE_PORT = ec2.Port.tcp(6379);
/** Serverless caches answer reads that may be a moment old at the second port. */
const SERVERLESS_PORTS = ec2.Port.tcpRange(6379, 6380);
const PASSWORD_LENGTH = 32;

/**
 * Valkey or Redis on ElastiCache that nobody but the attached processes can reach: private, encrypted at rest and on the way, with a
 * password, with daily snapshots and a last one when it is deleted.
 *
 * The password is generated into Secrets Manager, letters and digits only, and is never in a template. Django's own Redis cache,
 * redis-py, and Celery as broker and as result backend take `REDIS_URL` as it is. A `cache.t4g.micro` with Valkey costs about 9 USD a
 * month in us-east-1, a serverless cache 6 USD at least, and the two secrets 0.80 USD.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * const cache = new RedisCache(this, 'Cache', { vpc, nodeType: 'cache.t4g.small', replicas: 1 });
 */
export class RedisCache extends Construct implements IBackingService {
  /**
   * A cache that was there before.
   * @param scope where the secret with its connection data is made
   * @param id id of the cache in the scope
   * @param attributes where it is and how it is opened
   */
  public static fromAttributes(scope: Construct, id: string, attributes: RedisCacheAttributes): IBackingService {
    return new ImportedRedisCache(scope, id, attributes);
  }

  /** Replication group with the nodes; absent where the cache is serverless. */
  public readonly replicationGroup?: elasticache.CfnReplicationGroup;

  /** Serverless cache; absent where it has nodes. */
  public readonly serverlessCache?: elasticache.CfnServerlessCache;

  /**
   * Secret with the connection data: `redis_url`, `redis_base_url`, `redis_host`, `redis_port`, `redis_password`.
   *
   * Its name holds the host, so a cache that replaces this one brings a secret with another ARN. A stack beside this one whose processes read
   * it then keeps the old one in use, and CloudFormation refuses the deployment: leave the cache out of that stack for one deployment.
   */
  public readonly secret: secretsmanager.Secret;

  /** Network of the cache. */
  public readonly vpc: ec2.IVpc;

  /** Security group of the cache. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Connections of the cache, with its port as default. */
  public readonly connections: ec2.Connections;

  /** Host name of the cache; with replicas, of whichever node takes writes. */
  public readonly host: string;

  /** Port of the cache. */
  public readonly port: string;

  /** Whether it is a cluster, as serverless caches are, which Celery cannot have as its broker. */
  public readonly isCluster: boolean;

  private readonly endpoint: CacheEndpoint;
  private readonly ports: ec2.Port;
  private readonly variablePrefix?: string;
  private readonly metrics: CacheMetrics;

  public constructor(scope: Construct, id: string, props: RedisCacheProps) {
    super(scope, id);
    validateProps(this, 'RedisCache', props, REDIS_CACHE_RULES);

    props = withoutNulls(props);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.SNAPSHOT;
    // A snapshot holds the data; what stood beside the cache is of no use without it.
    const companionPolicy = removalPolicy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : removalPolicy;
    const serverless = props.serverless && withoutNulls(given(props.serverless));
    this.vpc = props.vpc;
    this.isCluster = serverless !== undefined;
    this.ports = this.isCluster ? SERVERLESS_PORTS : NODE_PORT;
    this.variablePrefix = props.variablePrefix;

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: describe('Cache of', this),
      allowAllOutbound: false,
    });
    // A cache that is kept uses its security group: deleting that would fail, and the stack with it.
    this.securityGroup.applyRemovalPolicy(companionPolicy);
    const password = this.createPassword(companionPolicy).secretValueFromJson('password');
    const settings: CacheSettings = {
      options: given<RedisCacheOptions>(props),
      engine: props.engine ?? CacheEngine.VALKEY,
      subnets: props.vpc.selectSubnets(dataSubnets(props.vpc, props.vpcSubnets)),
      securityGroup: this.securityGroup,
      password,
      snapshotRetentionDays: (props.snapshotRetention ?? Duration.days(5)).toDays(),
      removalPolicy,
      companionPolicy,
    };
    if (serverless) {
      this.serverlessCache = createServerlessCache(this, serverless, settings);
      this.host = this.serverlessCache.attrEndpointAddress;
      this.port = this.serverlessCache.attrEndpointPort;
      this.metrics = CacheMetrics.ofServerless(this, this.serverlessCache.ref);
    } else {
      this.replicationGroup = createNodeGroup(this, settings);
      this.host = this.replicationGroup.attrPrimaryEndPointAddress;
      this.port = this.replicationGroup.attrPrimaryEndPointPort;
      this.metrics = CacheMetrics.ofNodes(this, this.replicationGroup.ref, (props.replicas ?? 0) + 1);
    }
    this.endpoint = { host: this.host, port: this.port, tls: true, password };
    // A cache that replaces another has another host. Its name makes the secret a new one too, and tasks that read it are started anew.
    this.secret = createConnectionSecret(this, this.endpoint, companionPolicy, Fn.join('/', ['redis', this.host]));
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup], defaultPort: this.ports });
    this.warnAboutRisks(props);
  }

  public attachTo(process: IProcess): void {
    const { endpoint, secret, securityGroup, ports, variablePrefix } = this;
    attachCache(this, { endpoint, secret, securityGroup, ports, variablePrefix }, process);
  }

  /**
   * Any metric of the cache. Of several nodes, the one with the highest value counts.
   * @param metricName name of the metric, e.g. `CacheHitRate`
   * @param options statistic, period and the like; the maximum over five minutes when left out
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metrics.metric(metricName, options);
  }

  /**
   * Memory that is used for data, in percent. Only nodes have it; `metric('BytesUsedForCache')` is what serverless has.
   * @param options statistic, period and the like
   */
  public metricDatabaseMemoryUsagePercentage(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metrics.metricOfNodes('DatabaseMemoryUsagePercentage', 'BytesUsedForCache', options);
  }

  /**
   * CPU that the engine's one main thread uses, in percent. Only nodes have it; `metric('ElastiCacheProcessingUnits')` is what serverless has.
   * @param options statistic, period and the like
   */
  public metricEngineCpuUtilization(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metrics.metricOfNodes('EngineCPUUtilization', 'ElastiCacheProcessingUnits', options);
  }

  /**
   * Keys that were evicted because memory was full, in sum.
   * @param options statistic, period and the like
   */
  public metricEvictions(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metrics.metric('Evictions', { statistic: cloudwatch.Stats.SUM, ...given(options) });
  }

  /**
   * Connections of clients.
   * @param options statistic, period and the like
   */
  public metricCurrConnections(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metrics.metric('CurrConnections', options);
  }

  private createPassword(removalPolicy: RemovalPolicy): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Password', {
      description: describe('Password of', this),
      generateSecretString: {
        secretStringTemplate: '{"username":"default"}',
        generateStringKey: 'password',
        passwordLength: PASSWORD_LENGTH,
        // Letters and digits need no escaping in a URL, and ElastiCache takes them all.
        excludePunctuation: true,
      },
      removalPolicy,
    });
    acknowledgeNoRotation(secret);
    return secret;
  }

  private warnAboutRisks({ parameters }: RedisCacheProps): void {
    if (this.isCluster) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:serverless-cache',
        'A serverless cache is a cluster, on which commands with several keys fail (CROSSSLOT): Celery cannot use it as its broker, ' +
        "and Django's get_many and set_many fail. Leave 'serverless' out where you need one of these.");
    }
    const policy = parameters?.['maxmemory-policy'];
    if (isKnown(policy) && policy.startsWith('allkeys')) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:cache-eviction',
        `'parameters' has the maxmemory-policy "${policy}", which evicts any key when memory is full, also tasks that wait in Celery's queues. ` +
        "Take 'volatile-lru' where Celery uses this cache.");
    }
  }
}
