import { AuroraPostgresEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { isKnown, show } from './validation';

/** Everything but letters, digits, `-`, `.`, `_` and `~`: what remains needs no escaping in a URL. */
export const NOT_URL_SAFE = ' %+`#$&*()|[]{}:;<>?!\'/@"\\=^,';

/** Major versions that RDS offers with standard support. @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html */
export const POSTGRES_MAJORS = ['14', '15', '16', '17', '18'];

/** Minor versions of a major version that this CDK knows. */
export function postgresMinors(major: string): string[] {
  return Object.values(PostgresEngineVersion as unknown as Record<string, unknown>)
    .filter((version): version is PostgresEngineVersion => version instanceof PostgresEngineVersion)
    .filter((version) => version.postgresMajorVersion === major && version.postgresFullVersion !== major)
    .map((version) => version.postgresFullVersion);
}

/** Minor versions of a major version of Aurora that this CDK knows. */
export function auroraMinors(major: string): string[] {
  return Object.values(AuroraPostgresEngineVersion as unknown as Record<string, unknown>)
    .filter((version): version is AuroraPostgresEngineVersion => version instanceof AuroraPostgresEngineVersion)
    .map((version) => version.auroraPostgresFullVersion)
    .filter((version) => /^\d+\.\d+$/.test(version) && version.split('.')[0] === major);
}

/** Major versions of Aurora that this CDK knows, of those with standard support. */
export function auroraMajors(): string[] {
  return POSTGRES_MAJORS.filter((major) => auroraMinors(major).length > 0);
}

/** First minor versions of Aurora that pause at 0 ACU; later majors all do. @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html */
const FIRST_PAUSING: Record<string, number> = { 14: 12, 15: 7, 16: 3 };

/**
 * Since which minor version Aurora pauses, where a version is older. A major version alone stands for RDS's default
 * minor version, which is newer.
 */
export function pausingSince(version: string): string | undefined {
  const [major, minor] = version.split('.');
  const first = FIRST_PAUSING[major];
  return minor !== undefined && first !== undefined && Number(minor) < first ? `${major}.${first}` : undefined;
}

/**
 * PostgreSQL's reserved key words, which RDS takes neither as a database nor as a user, and the unreserved ones that it
 * is known to refuse too.
 * @see https://www.postgresql.org/docs/current/sql-keywords-appendix.html
 */
const KEY_WORDS = `
  all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently
  constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default
  deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
  intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or
  order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table
  tablesample then to trailing true union unique user using variadic verbose when where window with
  admin catalog comments database db dispatch flag identity
`.trim().split(/\s+/);

/**
 * Names that RDS or PostgreSQL keep for themselves.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export const RESERVED_DATABASES = [...KEY_WORDS, 'rdsadmin', 'template0', 'template1'];

/** User names that RDS or PostgreSQL keep for themselves; `pg_` is a reserved prefix too. */
export const RESERVED_USERS = [...KEY_WORDS, 'rdsadmin', 'rds_superuser', 'rds_replication', 'rds_iam', 'rds_password', 'rdsrepladmin', 'public', 'none'];

/** Memory of instance sizes in GiB, where it depends on the family by a factor only. */
const GIB_OF_SIZE = new Map([['micro', 1], ['small', 2], ['medium', 4], ['large', 8], ['xlarge', 16]]);

const MIB = 1024 ** 2;

/**
 * Connections that a PostgreSQL instance accepts by default: the memory that RDS leaves to it divided by 9,531,392
 * bytes, at most 5,000. RDS does not say what it keeps: what remains was seen to be 81, 198 and 413 connections with
 * 1, 2 and 4 GiB, and this stays just below. Nothing when the class is not known.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 */
export function maxConnections(instanceType: string): number | undefined {
  const [family, size] = instanceType.split('.');
  const multiple = size.match(/^(\d+)xlarge$/);
  const gib = multiple ? 16 * Number(multiple[1]) : GIB_OF_SIZE.get(size);
  // Memory-optimised families have twice the memory of a size; of the others we know only the t and m families.
  const factor = /^r\d/.test(family) ? 2 : /^[tm]\d/.test(family) ? 1 : undefined;
  if (!gib || !factor) {
    return undefined;
  }
  const memory = gib * factor * 1024;
  const kept = Math.max(290, memory * 0.085);
  return Math.min(5000, Math.floor((memory - kept) * MIB / 9531392));
}

/**
 * Connections that Aurora Serverless v2 accepts by default: they follow the most ACUs, not the current ones. AWS's table has 189 for 1 ACU,
 * 823 for 4, 1,669 for 8, 3,360 for 16 and 5,000 for 32 and more; between them lies a straight line. With a minimum below 1 ACU there are 2,000 at most.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
 */
export function auroraMaxConnections(minAcu: number, maxAcu: number): number {
  return Math.min(minAcu < 1 ? 2000 : 5000, Math.floor(211.4 * maxAcu - 22.39));
}

/** Families that RDS does not offer, or only for PostgreSQL up to 12. */
const OLD_FAMILY = /^(t[12]|m[1-4]|r[34])$/;
const COMPUTE_FAMILY = /^(c4|c5|c6g|c7g)$/;

/** Sizes that families have. Of families that are not listed nothing is claimed. */
const SIZES: [RegExp, RegExp, string][] = [
  [/^t(3|4g)$/, /^(micro|small|medium|large|xlarge|2xlarge)$/, 'from micro to 2xlarge'],
  [/^[mr](5|6g|6i|7g|7i)$/, /^(large|\d*xlarge)$/, 'from large'],
];

/**
 * Why RDS is known not to offer an instance type, with or without `db.`, for a version of `POSTGRES_MAJORS`; completes
 * "'instanceType' ...". Meant for a warning: the offer changes and differs between regions, so nothing is said of what is not known.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
 */
export function instanceTypeProblem(instanceType: string): string | undefined {
  if (!isKnown(instanceType)) {
    return undefined;
  }
  const [family, size] = instanceType.replace(/^db\./, '').split('.');
  if (OLD_FAMILY.test(family)) {
    return `${show(instanceType)} is of the family ${family}, which RDS does not offer for PostgreSQL ${POSTGRES_MAJORS[0]} and higher: ` +
      `take the family ${family[0] === 't' ? 't4g' : `${family[0]}7g`}`;
  }
  if (COMPUTE_FAMILY.test(family)) {
    return `${show(instanceType)} is of the family ${family}, which RDS does not offer for PostgreSQL: take the family m7g, or r7g for more memory`;
  }
  const [, sizes, range] = SIZES.find(([families]) => families.test(family)) ?? [];
  return sizes && !sizes.test(size ?? '')
    ? `${show(instanceType)} is not a size of the family ${family}, which RDS offers ${range}: take such a size, or the family ` +
      (family[0] === 't' ? 'm7g for more' : 't4g for less')
    : undefined;
}
