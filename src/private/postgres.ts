import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';

/** Major versions that RDS offers with standard support. @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html */
export const POSTGRES_MAJORS = ['14', '15', '16', '17', '18'];

/** Minor versions of a major version that this CDK knows. */
export function postgresMinors(major: string): string[] {
  return Object.values(PostgresEngineVersion as unknown as Record<string, unknown>)
    .filter((version): version is PostgresEngineVersion => version instanceof PostgresEngineVersion)
    .filter((version) => version.postgresMajorVersion === major && version.postgresFullVersion !== major)
    .map((version) => version.postgresFullVersion);
}

/**
 * Names that RDS or PostgreSQL keep for themselves.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export const RESERVED_DATABASES = ['rdsadmin', 'template0', 'template1'];

/** User names that RDS or PostgreSQL keep for themselves; `pg_` is a reserved prefix too. */
export const RESERVED_USERS = ['admin', 'rdsadmin', 'rds_superuser', 'rds_replication', 'rds_iam', 'rds_password', 'rdsrepladmin', 'public', 'none', 'user'];

/** Memory of instance sizes in GiB, where it depends on the family by a factor only. */
const GIB_OF_SIZE: Record<string, number> = { 'nano': 0.5, 'micro': 1, 'small': 2, 'medium': 4, 'large': 8, 'xlarge': 16 };

/**
 * Connections that a PostgreSQL instance accepts by default: its memory divided by 9,531,392 bytes, at most 5,000.
 * Nothing when the class is not known.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 */
export function maxConnections(instanceType: string): number | undefined {
  const [family, size] = instanceType.split('.');
  const multiple = size.match(/^(\d+)xlarge$/);
  const gib = multiple ? 16 * Number(multiple[1]) : GIB_OF_SIZE[size];
  // Memory-optimised families have twice the memory of a size; of the others we know only the t and m families.
  const factor = /^r\d/.test(family) ? 2 : /^[tm]\d/.test(family) ? 1 : undefined;
  return gib && factor ? Math.min(5000, Math.floor((gib * factor * 1024 ** 3) / 9531392)) : undefined;
}
