import { Duration } from 'aws-cdk-lib/core';
import { AURORA_SERVERLESS_RULES } from './aurora-serverless-rules';
import { DATABASE_ACCESS_RULES } from './database-access-rules';
import { DatabaseInsights } from './database-insights';
import { PROXY_AND_ROTATION_RULES } from './database-proxy-rules';
import { versionProblem } from './engine-version';
import { PREFERRED_WINDOW_RULES } from './preferred-windows';
import { PrivateDatabaseOptions, PrivateDatabaseProps } from './private-database-props';
import { dataSubnetProblem, publicSubnetProblem } from '../../private/data-subnets';
import { logRetention } from '../../private/log-retention';
import { RESERVED_DATABASES, RESERVED_USERS } from '../../private/postgres';
import { aRemovalPolicy, an, boolean, KEY, memberOf, requiredKind, shaped, subnets, VPC } from '../../private/shapes';
import { durationBetween, integerBetween, isDuration, isKnown, knownAtSynthesis, matches, Rule, show, wholeUnits } from '../../private/validation';

export const DEFAULT_STORAGE_GIB = 20;
/** Name of the database and of its administrator where they are not given: both stand in no logical id then. */
export const DEFAULT_NAME = 'django';
const IDENTIFIER = /^[a-z][a-z0-9_]{0,62}$/i;
const INSTANCE_TYPE = /^(db\.)?[a-z][a-z0-9-]*\.(micro|small|medium|large|\d*xlarge)$/;
const STORE = { what: 'the database', twoZones: 'RDS demands a second zone even without a standby' };
const MONITORING_SECONDS = [1, 5, 10, 15, 30, 60];

/** What holds for the options of a `PrivateDatabase` wherever they are given. */
export const PRIVATE_DATABASE_OPTION_RULES: Rule<PrivateDatabaseOptions>[] = shaped<PrivateDatabaseOptions>({
  databaseInsights: memberOf('DatabaseInsights', DatabaseInsights),
  storageEncryptionKey: an(KEY),
  multiAz: boolean,
  allowMajorVersionUpgrade: boolean,
  deletionProtection: boolean,
  removalPolicy: aRemovalPolicy,
}, [
  versionProblem,
  knownAtSynthesis('engineVersion', "the parameter group's family is"),
  ({ instanceType }) => isKnown(instanceType) && !(typeof instanceType === 'string' && INSTANCE_TYPE.test(instanceType))
    ? `'instanceType' must be a class and a size from micro to 48xlarge, like 't4g.small', got ${show(instanceType)}`
    : undefined,
  ({ databaseName }) => isKnown(databaseName) ? nameProblem('databaseName', databaseName, RESERVED_DATABASES) : undefined,
  ({ username }) => isKnown(username) ? nameProblem('username', username, RESERVED_USERS) : undefined,
  integerBetween('allocatedStorageGiB', 20, 65536, 'GiB'),
  integerBetween('maxAllocatedStorageGiB', 22, 65536, 'GiB'),
  ({ allocatedStorageGiB: start = DEFAULT_STORAGE_GIB, maxAllocatedStorageGiB: max }) => isKnown(max) && isKnown(start) && max * 10 < start * 11
    ? `'maxAllocatedStorageGiB' (${max}) must be at least a tenth more than 'allocatedStorageGiB' (${start}): give ${Math.ceil(start * 11 / 10)} or more`
    : undefined,
  durationBetween('backupRetention', Duration.days(1), Duration.days(35), 'RDS keeps automated backups for 35 days at most, and 0 would switch them off'),
  wholeUnits('backupRetention', 'days'),
  integerBetween('readReplicas', 0, 15, '', 'RDS has 15 at most'),
  knownAtSynthesis('readReplicas', 'the replicas are'),
  ...AURORA_SERVERLESS_RULES,
  ({ parameters }) => parametersProblem(parameters),
  ({ enhancedMonitoringInterval: interval }) => isKnown(interval) && !(isDuration(interval) && MONITORING_SECONDS.includes(interval.toMilliseconds() / 1000))
    ? `'enhancedMonitoringInterval' must be a Duration of ${MONITORING_SECONDS.join(', ')} seconds, got ${show(interval)}`
    : undefined,
  wholeUnits('enhancedMonitoringInterval', 'seconds'),
  ...PREFERRED_WINDOW_RULES,
  matches('snapshotIdentifier', /^\S+$/, 'be the identifier or the ARN of a snapshot'),
  ({ snapshotIdentifier, storageEncryptionKey }) => snapshotIdentifier && storageEncryptionKey
    ? "'storageEncryptionKey' must not be given with 'snapshotIdentifier': the storage is encrypted as the snapshot is; copy the snapshot with the key and restore the copy"
    : undefined,
  (props) => (props as { readonly storageEncrypted?: unknown }).storageEncrypted === false
    ? "'storageEncrypted' is no option: the storage is always encrypted; leave it out, or choose the key with 'storageEncryptionKey'"
    : undefined,
  ...DATABASE_ACCESS_RULES.map((rule): Rule<PrivateDatabaseOptions> => (props) => rule({ ...props, username: props.username ?? DEFAULT_NAME })),
  logRetention('logRetention'),
  ...PROXY_AND_ROTATION_RULES,
]);

/** What holds for the props of a `PrivateDatabase`. */
export const PRIVATE_DATABASE_RULES = shaped<PrivateDatabaseProps>({ vpc: requiredKind(VPC), vpcSubnets: subnets }, [
  ...PRIVATE_DATABASE_OPTION_RULES,
  ({ vpc, vpcSubnets }) => dataSubnetProblem(STORE, vpc, vpcSubnets),
  ({ vpc, rotation }) => rotation?.vpcSubnets && publicSubnetProblem('rotation.vpcSubnets', vpc, rotation.vpcSubnets),
]);

function parametersProblem(parameters: PrivateDatabaseOptions['parameters']): string | undefined {
  if (!isKnown(parameters)) {
    return undefined;
  }
  const wrong = typeof parameters === 'object' && !Array.isArray(parameters) ? Object.entries(parameters).find(([, value]) => typeof value !== 'string') : ['', parameters];
  if (wrong) {
    return `'parameters' must be an object with texts as values, got ${show(wrong[1])}${wrong[0] && ` for ${show(wrong[0])}`}: write numbers in quotes`;
  }
  const tls = parameters['rds.force_ssl'];
  return tls !== undefined && tls !== '1'
    ? `'parameters' must not switch off "rds.force_ssl", got ${show(tls)}: passwords and data would travel in plain text; leave it out`
    : undefined;
}

function nameProblem(prop: string, name: string, reserved: string[]): string | undefined {
  if (typeof name !== 'string' || !IDENTIFIER.test(name)) {
    const suggestion = String(name).replace(/[^a-z0-9_]+/gi, '_').replace(/^[^a-z]+/i, '').slice(0, 63);
    return `'${prop}' must be letters, digits and '_', begin with a letter and have 63 characters at most, got ${show(name)}` +
      (suggestion && `: use ${show(suggestion)}`);
  }
  return reserved.includes(name.toLowerCase()) || /^pg_/i.test(name)
    ? `'${prop}' must not be ${show(name)}: RDS and PostgreSQL reserve it; choose another, e.g. 'shop'`
    : undefined;
}
