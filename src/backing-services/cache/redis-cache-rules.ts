import { Duration } from 'aws-cdk-lib/core';
import { CacheEngine, RedisCacheAttributes, RedisCacheOptions, RedisCacheProps, ServerlessCacheOptions } from './redis-cache-props';
import { dataSubnetProblem } from '../../private/data-subnets';
import { logRetention } from '../../private/log-retention';
import { nestedRules } from '../../private/nested-rules';
import { aRemovalPolicy, an, boolean, isOf, KEY, memberOf, requiredKind, SECRET, SECURITY_GROUP, shaped, strings, subnets, VPC } from '../../private/shapes';
import { durationBetween, integerBetween, isDuration, isKnown, knownAtSynthesis, matches, Rule, show, wholeUnits } from '../../private/validation';
import { VARIABLE_PREFIX_RULES } from '../../private/variable-prefix';

const FAMILIES = 't3 t4g m4 m5 m6g m7g r4 r5 r6g r6gd r7g c7gn'.split(' ');
const NODE_TYPE = /^cache\.([a-z]\d+[a-z]*)\.(micro|small|medium|large|\d*xlarge)$/;
const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const DAY = '(sun|mon|tue|wed|thu|fri|sat)';
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTES_OF_DAY = 24 * 60;
/** Oldest and newest version by engine; there is no newest Valkey. */
const FIRST_VERSION = { [CacheEngine.VALKEY]: [7, 2], [CacheEngine.REDIS]: [6, 2] };
const LAST_REDIS = [7, 1];
const NOBODY_TAKES_OVER = "'automaticFailover' needs a node that can take over, and 'replicas' is 0: give 1 or more";
const EVICTION_POLICIES = ['noeviction', ...['lru', 'lfu', 'random'].flatMap((way) => [`volatile-${way}`, `allkeys-${way}`]), 'volatile-ttl'];
/** What serverless caches do not have. */
const OF_NODES = ['nodeType', 'replicas', 'automaticFailover', 'parameters', 'snapshotWindow', 'maintenanceWindow', 'snapshotName', 'logRetention'] as const;

const SERVERLESS_RULES = shaped<ServerlessCacheOptions>({ snapshotArnsToRestore: strings }, [
  integerBetween('maxStorageGb', 1, 5000, 'GB'),
  integerBetween('maxEcpuPerSecond', 1000, 15_000_000, 'ECPU'),
  matches('dailySnapshotTime', new RegExp(`^${TIME}$`), "be a time in UTC like '03:00'"),
  ({ snapshotArnsToRestore: arns = [] }) => {
    const wrong = arns?.filter((arn) => isKnown(arn) && !/^arn:[a-z-]+:(elasticache|s3):/.test(arn)) ?? [];
    return wrong.length > 0
      ? `'snapshotArnsToRestore' must be ARNs like 'arn:aws:elasticache:eu-central-1:123456789012:serverlesssnapshot:shop', got ${wrong.map(show).join(', ')}`
      : undefined;
  },
]);

const CACHE = { what: 'the cache', twoZones: 'without a second one nothing can take over when a zone fails' };

/** What holds for the options of a `RedisCache` wherever they are given. */
export const REDIS_CACHE_OPTION_RULES = shaped<RedisCacheOptions>({
  engine: engineShape, automaticFailover: boolean, encryptionKey: an(KEY), parameters: parametersShape, removalPolicy: aRemovalPolicy,
}, [
  knownAtSynthesis('engineVersion', "the parameter group's family is"),
  (props) => isKnown(props.engineVersion) ? versionProblem(props) : undefined,
  ({ nodeType }) => isKnown(nodeType) ? nodeTypeProblem(nodeType) : undefined,
  knownAtSynthesis('replicas', 'automatic failover is'),
  integerBetween('replicas', 0, 5),
  ({ replicas, automaticFailover }) => automaticFailover && replicas === 0 ? NOBODY_TAKES_OVER : undefined,
  ({ parameters }) => evictionProblem(parameters?.['maxmemory-policy']),
  ({ encryptionKey }) => isOf({ member: 'aliasName' }, encryptionKey)
    ? "'encryptionKey' must be the key itself, got an alias: use kms.Key.fromKeyArn(this, 'Key', 'arn:…')"
    : undefined,
  ...nestedRules<RedisCacheOptions, 'serverless'>('serverless', SERVERLESS_RULES),
  ...OF_NODES.map((prop): Rule<RedisCacheOptions> => ({ serverless, [prop]: value }) => serverless && value !== undefined && value !== null
    ? `'${prop}' is for nodes, and 'serverless' is given: remove one of the two`
    : undefined),
  durationBetween('snapshotRetention', Duration.days(0), Duration.days(35), 'ElastiCache keeps automatic snapshots for 35 days at most; 0 takes none'),
  wholeUnits('snapshotRetention', 'days'),
  matches('snapshotName', /^\S+$/, 'be the name of a snapshot'),
  matches('snapshotWindow', new RegExp(`^${TIME}-${TIME}$`), "be a daily time in UTC like '03:00-04:00'"),
  matches('maintenanceWindow', new RegExp(`^${DAY}:${TIME}-${DAY}:${TIME}$`), "be a weekly time in UTC like 'sun:04:00-sun:05:00'"),
  (props) => shortWindow('snapshotWindow', props.snapshotWindow, MINUTES_OF_DAY),
  (props) => shortWindow('maintenanceWindow', props.maintenanceWindow, 7 * MINUTES_OF_DAY),
  ({ snapshotRetention, snapshotWindow, serverless }) => {
    const time = snapshotWindow ? 'snapshotWindow' : serverless?.dailySnapshotTime ? 'serverless.dailySnapshotTime' : undefined;
    return time && isDuration(snapshotRetention) && isKnown(snapshotRetention) && snapshotRetention.toMilliseconds() === 0
      ? `'${time}' is given while 'snapshotRetention' is 0, which takes no snapshots: keep them for a day or more, or leave it out`
      : undefined;
  },
  logRetention('logRetention'),
  ...VARIABLE_PREFIX_RULES,
]);

/** What holds for the props of a `RedisCache`. */
export const REDIS_CACHE_RULES = shaped<RedisCacheProps>({ vpc: requiredKind(VPC), vpcSubnets: subnets }, [
  ...REDIS_CACHE_OPTION_RULES,
  // Among the options alone, what is left out may get another default than 0.
  ({ replicas, automaticFailover, serverless }) =>
    automaticFailover === true && (replicas === undefined || replicas === null) && !serverless ? NOBODY_TAKES_OVER : undefined,
  ({ vpc, vpcSubnets }) => dataSubnetProblem(CACHE, vpc, vpcSubnets),
]);

/** What holds for the attributes of a cache that was there before. */
export const REDIS_CACHE_ATTRIBUTES_RULES = shaped<RedisCacheAttributes>({
  host: hostShape, tls: boolean, secret: an(SECRET), securityGroup: an(SECURITY_GROUP),
}, [
  integerBetween('port', 1, 65535),
  matches('username', /^[\w.~-]+$/, "be letters, digits and '.', '_', '~', '-', because it becomes part of a URL as it is"),
  matches('passwordKey', /^[^:]+$/, "be text without ':'"),
  ({ passwordKey, username, secret }) => {
    const prop = passwordKey ? 'passwordKey' : username ? 'username' : undefined;
    return prop && !secret ? `'${prop}' is given without a 'secret': give the secret with the password too` : undefined;
  },
  ({ secret, tls }) => secret && tls === false
    ? "'tls' must not be false where there is a 'secret': the password would be read by whoever hears the connection; ElastiCache asks for one with TLS only"
    : undefined,
  ...VARIABLE_PREFIX_RULES,
]);

function engineShape(engine: unknown): string | undefined {
  const problem = memberOf('CacheEngine', CacheEngine)(engine);
  return problem && /memcached/i.test(String(engine))
    ? `${problem}: Memcached keeps no data, knows no password and cannot be Celery's broker`
    : problem;
}

function parametersShape(parameters: unknown): string | undefined {
  if (parameters === undefined || parameters === null) {
    return undefined;
  }
  if (typeof parameters !== 'object' || Array.isArray(parameters)) {
    return `an object with the parameters as keys, got ${show(parameters)}: write { 'maxmemory-policy': 'volatile-ttl' }`;
  }
  const [name, value] = Object.entries(parameters).find(([, its]) => typeof its !== 'string') ?? [];
  if (name !== undefined) {
    return `an object with strings as values, got ${show(value)} for ${show(name)}: write ${show(String(value))}`;
  }
  return 'cluster-enabled' in parameters
    ? "without \"cluster-enabled\": commands on several keys at once fail on a cluster, and with them Celery and Django's set_many"
    : undefined;
}

function evictionProblem(policy: unknown): string | undefined {
  return isKnown(policy) && !EVICTION_POLICIES.includes(policy as string)
    ? `'parameters' must have as "maxmemory-policy" one of ${EVICTION_POLICIES.join(', ')}, got ${show(policy)}`
    : undefined;
}

function hostShape(host: unknown): string | undefined {
  if (typeof host !== 'string') {
    return `the name of a host, got ${show(host)}: give the endpoint, like 'master.shop.abc123.euc1.cache.amazonaws.com'`;
  }
  if (!isKnown(host) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)) {
    return undefined;
  }
  // Not shown where it may hold a password.
  return host.includes('@') || host.includes('://')
    ? "the name of a host alone, got a URL: give the port as 'port', the password in a secret as 'secret'"
    : `the name of a host alone, got ${show(host)}${/:\d+$/.test(host) ? ": give the port as 'port'" : ''}`;
}

function versionProblem({ engine = CacheEngine.VALKEY, engineVersion, serverless }: RedisCacheOptions): string | undefined {
  const pattern = serverless ? /^\d+$/ : /^\d+\.\d+$/;
  if (typeof engineVersion !== 'string' || !pattern.test(engineVersion)) {
    return serverless
      ? `'engineVersion' must be the major version for serverless, like '8', got ${show(engineVersion)}: AWS upgrades the rest`
      : `'engineVersion' must be major and minor version, like '${engine === CacheEngine.REDIS ? '7.1' : '8.2'}', got ${show(engineVersion)}: AWS applies the patches`;
  }
  const [major, minor = Infinity] = engineVersion.split('.').map(Number);
  const [firstMajor, firstMinor] = serverless ? [7, 0] : FIRST_VERSION[engine];
  if (major < firstMajor || (major === firstMajor && minor < firstMinor)) {
    return `'engineVersion' must be ${serverless ? firstMajor : `${firstMajor}.${firstMinor}`} or higher for ${nameOf(engine)}, got ${show(engineVersion)}`;
  }
  const beyondRedis = engine === CacheEngine.REDIS && (major > LAST_REDIS[0] || (!serverless && major === LAST_REDIS[0] && minor > LAST_REDIS[1]));
  return beyondRedis
    ? `'engineVersion' must be at most ${serverless ? LAST_REDIS[0] : LAST_REDIS.join('.')} for Redis, got ${show(engineVersion)}: ` +
      'ElastiCache has no newer Redis; CacheEngine.VALKEY goes on from there'
    : undefined;
}

function nameOf(engine: CacheEngine): string {
  return engine === CacheEngine.REDIS ? 'Redis' : 'Valkey';
}

function nodeTypeProblem(nodeType: string): string | undefined {
  const [, family, size] = (typeof nodeType === 'string' && NODE_TYPE.exec(nodeType)) || [];
  if (!family) {
    const suggestion = `cache.${String(nodeType).replace(/^(cache|db)\./, '')}`;
    return `'nodeType' must be 'cache.', a class and a size, like 'cache.t4g.micro', got ${show(nodeType)}` +
      (NODE_TYPE.test(suggestion) ? `: use ${show(suggestion)}` : '');
  }
  if (/^(t[12]|m[1-3]|c1|r3)$/.test(family)) {
    return `'nodeType' must be of a class that ElastiCache has for new caches, like ${FAMILIES.join(', ')}, got ${show(nodeType)}: use ` +
      `'cache.${family[0] === 't' ? `t4g.${/^(micro|small|medium)$/.test(size) ? size : 'medium'}` : `${family[0] === 'r' ? 'r7g' : 'm7g'}.large`}'`;
  }
  const fits = /^t\d/.test(family) ? /^(micro|small|medium)$/.test(size) : !/^(micro|small|medium)$/.test(size);
  return fits || !FAMILIES.includes(family)
    ? undefined
    : `'nodeType' must be a size that the class ${family} has, ${/^t\d/.test(family) ? 'micro, small or medium' : 'large or more'}, got ${show(nodeType)}`;
}

/** Says when a window of the right form is shorter than an hour; one that goes past the end of the day or week begins anew. */
function shortWindow(prop: string, window: string | undefined, cycle: number): string | undefined {
  const [start, end] = isKnown(window) && typeof window === 'string' ? window.split('-').map(minuteOf) : [];
  const minutes = (end - start + cycle) % cycle;
  return minutes < 60 ? `'${prop}' must be 60 minutes or more, got ${show(window)}, which is ${minutes} minutes` : undefined;
}

function minuteOf(time: string): number {
  const parts = time.split(':');
  const day = parts.length === 3 ? DAYS.indexOf(parts[0]) : 0;
  const [hours, minutes] = parts.slice(-2).map(Number);
  return day * MINUTES_OF_DAY + hours * 60 + minutes;
}
