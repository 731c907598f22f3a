import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, Token } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import {
  between, dailyWindow, days, maybe, noBoolean, noDuration, noMember, noObject, noStrings, notMatching, outside, prefix, removalPolicy, seconds,
} from './arbitraries';
import { describeProperties } from './subject';
import { AuroraServerlessOptions } from '../../src/backing-services/database/aurora-serverless-props';
import { DatabaseAuthentication } from '../../src/backing-services/database/database-authentication';
import { DatabaseInsights } from '../../src/backing-services/database/database-insights';
import { PrivateDatabase } from '../../src/backing-services/database/private-database';
import { PrivateDatabaseOptions } from '../../src/backing-services/database/private-database-props';
import { DjangoVariable } from '../../src/config/django-variable';
import { ProcessDuty } from '../../src/config/process';
import { POSTGRES_MAJORS, postgresMinors, RESERVED_DATABASES, RESERVED_USERS } from '../../src/private/postgres';
import { RecordingProcess } from '../backing-services/recording-process';
import { givenVpc, TOKEN } from '../helpers';

const identifier = (reserved: string[]) => fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/)
  .filter((name) => !reserved.includes(name.toLowerCase()) && !/^(pg_|rds)/i.test(name));
const role = fc.stringMatching(/^[a-z_][a-z0-9_]{0,50}$/).filter((name) => !/^(pg_|rds|django$|postgres$|public$|none$)/.test(name));
const users = fc.uniqueArray(role, { minLength: 2, maxLength: 2 }).map(([ownerUser, applicationUser]) => ({ ownerUser, applicationUser }));

const storages = fc.tuple(maybe(between(20, 50_000)), maybe(between(0, 5000)))
  .map(([allocatedStorageGiB, more]) => ({
    allocatedStorageGiB,
    maxAllocatedStorageGiB: more === undefined ? undefined : Math.ceil((allocatedStorageGiB ?? 20) * 11 / 10) + more,
  }));

const instance: fc.Arbitrary<PrivateDatabaseOptions> = fc.record({
  storage: storages,
  rest: fc.record({
    engineVersion: maybe(fc.constantFrom(...POSTGRES_MAJORS, ...POSTGRES_MAJORS.flatMap(postgresMinors))),
    instanceType: maybe(fc.constantFrom('t4g.micro', 'db.t4g.medium', 'm7g.large', 'r8g.24xlarge')),
    multiAz: maybe(fc.boolean()),
  }),
}).map(({ storage, rest }) => ({ ...storage, ...rest }));

const capacities: fc.Arbitrary<AuroraServerlessOptions> = fc.oneof(
  fc.record({ maxCapacityAcu: maybe(between(2, 512).map((half) => half / 2)), autoPauseAfter: maybe(seconds(300, 86_400)) }),
  fc.tuple(between(1, 512), between(0, 100))
    .map(([half, more]) => ({ minCapacityAcu: half / 2, maxCapacityAcu: Math.min(256, Math.max(1, (half + more) / 2)) })),
);

/** Who uses it; with passwords either a proxy or a rotation. */
const access: fc.Arbitrary<PrivateDatabaseOptions> = fc.oneof(
  fc.record({ proxy: maybe(fc.constant({})) }),
  fc.record({ authentication: users.map((names) => DatabaseAuthentication.iam(names)), proxy: maybe(fc.constant({})), rotation: maybe(fc.constant({})) }),
  fc.record({
    authentication: users.map((names) => DatabaseAuthentication.passwords(names)),
    rotation: maybe(fc.record({ automaticallyAfter: maybe(between(4, 24_000).map((hours) => Duration.hours(hours))) })),
  }),
  fc.record({
    authentication: fc.constant(DatabaseAuthentication.passwords()),
    proxy: fc.record({
      maxConnectionsPercent: maybe(between(50, 100)),
      maxIdleConnectionsPercent: maybe(between(0, 50)),
      borrowTimeout: maybe(seconds(1, 3600)),
      idleClientTimeout: maybe(seconds(60, 28_800)),
    }),
  }),
);

const valid: fc.Arbitrary<PrivateDatabaseOptions> = fc.record({
  server: fc.oneof(instance, capacities.map((auroraServerless) => ({ auroraServerless }))),
  who: access,
  rest: fc.record({
    databaseName: maybe(identifier(RESERVED_DATABASES)),
    username: maybe(identifier(RESERVED_USERS).map((name) => `${name.slice(0, 40)}_master`)),
    readReplicas: maybe(between(0, 2)),
    backupRetention: maybe(days(1, 35)),
    preferredBackupWindow: maybe(dailyWindow(30)),
    parameters: maybe(fc.dictionary(fc.constantFrom('work_mem', 'log_min_duration_statement', 'shared_preload_libraries'), fc.string())),
    databaseInsights: maybe(fc.constantFrom(...Object.values(DatabaseInsights))),
    enhancedMonitoringInterval: maybe(fc.constantFrom(1, 5, 10, 15, 30, 60).map((amount) => Duration.seconds(amount))),
    logRetention: maybe(fc.constantFrom(RetentionDays.ONE_DAY, RetentionDays.INFINITE)),
    snapshotIdentifier: maybe(fc.constantFrom('shop-2026', 'rds:shop-2026-01-01')),
    extensions: maybe(fc.uniqueArray(fc.constantFrom('postgis', 'pg_trgm', 'uuid-ossp', 'made_up'))),
    initialSql: maybe(fc.string({ minLength: 1 }).filter((sql) => sql.trim() !== '')),
    sslRootCertificate: maybe(fc.constant('/etc/ssl/certs/rds.pem')),
    deletionProtection: maybe(fc.boolean()),
    removalPolicy: maybe(removalPolicy()),
    variablePrefix: maybe(prefix),
  }),
}).map(({ server, who, rest }) => ({ ...server, ...who, ...rest }));

describeProperties<PrivateDatabaseOptions>({
  name: 'PrivateDatabase',
  define: (stack, options) => {
    const database = new PrivateDatabase(stack, 'PrivateDatabase', { vpc: givenVpc(stack), ...options });
    for (const duty of database.preparation ? Object.values(ProcessDuty) : [ProcessDuty.APPLICATION, ProcessDuty.RELEASE]) {
      const process = new RecordingProcess(stack, `Process-${duty}`, duty);
      process.readable = [DjangoVariable.DATABASE_HOST];
      database.attachTo(process);
    }
  },
  valid,
  expectOf: (template, { auroraServerless, snapshotIdentifier, databaseName = 'django' }) => {
    const servers = Object.values(template.findResources(auroraServerless ? 'AWS::RDS::DBCluster' : 'AWS::RDS::DBInstance')).map(({ Properties }) => Properties);
    const instances = Object.values(template.findResources('AWS::RDS::DBInstance')).map(({ Properties }) => Properties);
    // Neither open, nor without TLS, nor with a password in the template; encrypted as it is, or as the snapshot is.
    expect(instances.filter(({ PubliclyAccessible }) => PubliclyAccessible)).toEqual([]);
    template.allResourcesProperties(auroraServerless ? 'AWS::RDS::DBClusterParameterGroup' : 'AWS::RDS::DBParameterGroup', { Parameters: { 'rds.force_ssl': '1' } });
    expect(JSON.stringify(servers[0].MasterUserPassword)).toContain('{{resolve:secretsmanager:');
    expect(servers[0].StorageEncrypted).toBe(snapshotIdentifier ? undefined : true);
    expect(servers[0].DBName ?? servers[0].DatabaseName).toBe(snapshotIdentifier ? undefined : databaseName);
  },
  invalid: [
    ['engineVersion', notMatching(/^\d+(\.\d+)?$/)],
    ['allowMajorVersionUpgrade', noBoolean],
    ['auroraServerless', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['auroraServerless.minCapacityAcu', fc.oneof(outside(0, 256).filter((value) => value !== 0.5), fc.constant(0.3))],
    ['auroraServerless.maxCapacityAcu', fc.oneof(outside(1, 256).filter((value) => value !== 1.5), fc.constant(1.2))],
    ['auroraServerless.autoPauseAfter', noDuration(300, 86_400)],
    ['instanceType', notMatching(/\./)],
    ['databaseName', fc.oneof(notMatching(/^[a-z][a-z0-9_]{0,62}$/i), fc.constantFrom(...RESERVED_DATABASES, 'pg_x'))],
    ['username', fc.oneof(notMatching(/^[a-z][a-z0-9_]{0,62}$/i), fc.constantFrom(...RESERVED_USERS, 'PG_X'))],
    ['allocatedStorageGiB', outside(20, 65536)],
    ['maxAllocatedStorageGiB', outside(22, 65536)],
    ['storageEncryptionKey', noObject],
    ['snapshotIdentifier', fc.constantFrom(' ', 'my snapshot', 1, true, {}, [])],
    ['multiAz', noBoolean],
    ['readReplicas', outside(0, 15)],
    ['proxy', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['proxy.maxConnectionsPercent', outside(1, 100)],
    ['proxy.maxIdleConnectionsPercent', outside(0, 100)],
    ['proxy.borrowTimeout', noDuration(1, 3600)],
    ['proxy.idleClientTimeout', noDuration(60, 28_800)],
    ['rotation', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, [], {}))],
    ['rotation.automaticallyAfter', fc.oneof(noDuration(4 * 3600, 1000 * 86_400), fc.constant(Duration.minutes(250)))],
    ['parameters', fc.oneof(fc.string(), between(0, 9), fc.constantFrom(true, { a: 1 }, { a: null }, { 'rds.force_ssl': '0' }))],
    ['databaseInsights', noMember],
    ['enhancedMonitoringInterval', fc.oneof(fc.string(), between(0, 60), fc.constantFrom(Duration.seconds(2), Duration.millis(1), Duration.minutes(2), true, {}))],
    ['logRetention', fc.constantFrom(11, -1, 0, 1.5, NaN, '7', {}, true)],
    ['preferredBackupWindow', fc.oneof(notMatching(/^\d\d:\d\d-\d\d:\d\d$/), fc.constantFrom('03:00-03:29', '24:00-25:00'))],
    ['preferredMaintenanceWindow', fc.oneof(notMatching(/^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/i), fc.constantFrom('sun:03:00-sun:03:29', 'Son:03:00-Son:05:00'))],
    ['backupRetention', fc.oneof(days(36, 999), fc.constantFrom(Duration.hours(36), Duration.days(0), 7, '7'))],
    ['deletionProtection', noBoolean],
    ['removalPolicy', noMember],
    ['authentication', noObject],
    ['extensions', fc.oneof(noStrings, fc.constantFrom([''], ['postgis; drop table x'], ['a b']))],
    ['initialSql', fc.constantFrom('', ' ', '\n', 1, true, {}, [], 'x'.repeat(46_000))],
    ['preparation', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['preparation.image', fc.constantFrom(1, true, {}, [])],
    ['preparation.timeout', noDuration(60, 3300)],
    ['preparation.sslRootCertificate', notMatching(/^\//)],
    ['sslRootCertificate', notMatching(/^\//)],
    ['variablePrefix', notMatching(/^[A-Za-z_][A-Za-z0-9_]*_$/)],
  ],
  tokens: [
    ['instanceType', TOKEN.string],
    ['databaseName', TOKEN.string],
    ['username', TOKEN.string],
    ['allocatedStorageGiB', () => Token.asNumber({ Ref: 'Storage' })],
    ['maxAllocatedStorageGiB', () => TOKEN.number(50)],
    ['snapshotIdentifier', TOKEN.string],
    ['proxy.maxConnectionsPercent', TOKEN.number],
    ['proxy.borrowTimeout', TOKEN.seconds],
    ['auroraServerless.autoPauseAfter', () => TOKEN.seconds(600)],
    ['enhancedMonitoringInterval', () => TOKEN.seconds(30)],
    ['preferredBackupWindow', TOKEN.string],
    ['preferredMaintenanceWindow', TOKEN.string],
    ['backupRetention', TOKEN.days],
    ['initialSql', TOKEN.string],
    ['preparation.image', TOKEN.string],
    ['sslRootCertificate', TOKEN.string],
  ],
});
