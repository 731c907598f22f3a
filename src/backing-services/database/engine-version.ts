import * as rds from 'aws-cdk-lib/aws-rds';
import { PrivateDatabaseOptions } from './private-database-props';
import { auroraMajors, auroraMinors, POSTGRES_MAJORS, postgresMinors } from '../../private/postgres';
import { isKnown, show } from '../../private/validation';

export const DEFAULT_VERSION = '17';

/** Why a version is none of the engine's, if it is not. */
export function versionProblem({ engineVersion: version, auroraServerless }: PrivateDatabaseOptions): string | undefined {
  if (!isKnown(version)) {
    return undefined;
  }
  const major = String(version).split('.')[0];
  const majors = auroraServerless ? auroraMajors() : POSTGRES_MAJORS;
  if (!majors.includes(major)) {
    return `'engineVersion' must be one of ${majors.join(', ')}${auroraServerless ? " with 'auroraServerless'" : ''}, got ${show(version)}`;
  }
  const minors = auroraServerless ? auroraMinors(major) : postgresMinors(major);
  return typeof version === 'string' && (version === major || minors.includes(version))
    ? undefined
    : `'engineVersion' must be '${major}', which follows RDS's minor versions, or one of ${minors.join(', ')}, got ${show(version)}: a newer one needs a newer aws-cdk-lib`;
}

/** The engine of an instance. */
export function instanceEngine(version: string): rds.IInstanceEngine {
  return rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of(version, version.split('.')[0]) });
}

/**
 * The engine of a cluster. CDK takes a major version for its oldest minor one, which cannot pause. RDS takes it for its default minor version, which can:
 * CloudFormation compares it as a prefix, for clusters as for instances. Not run by us.
 * @see https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/pull/390
 */
export function clusterEngine(version: string): rds.IClusterEngine {
  const options = version.includes('.') ? undefined : { serverlessV2AutoPauseSupported: true };
  return rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.of(version, version.split('.')[0], options) });
}
