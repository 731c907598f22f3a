import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration } from 'aws-cdk-lib/core';
import { PrivateDatabaseOptions, PrivateDatabaseProps } from './private-database-props';
import { POSTGRES_MAJORS, postgresMinors, RESERVED_DATABASES, RESERVED_USERS } from '../../private/postgres';
import { requiredKind, shaped, VPC } from '../../private/shapes';
import { durationBetween, integerBetween, isKnown, knownAtSynthesis, Rule, show, wholeUnits } from '../../private/validation';

export const DEFAULT_STORAGE_GIB = 20;
const IDENTIFIER = /^[a-z][a-z0-9_]{0,62}$/i;
const INSTANCE_TYPE = /^(db\.)?[a-z][a-z0-9-]*\.(micro|small|medium|large|\d*xlarge)$/;

/** What holds for the options of a `PrivateDatabase` wherever they are given. */
export const PRIVATE_DATABASE_OPTION_RULES: Rule<PrivateDatabaseOptions>[] = [
  ({ engineVersion }) => isKnown(engineVersion) ? versionProblem(engineVersion) : undefined,
  knownAtSynthesis('engineVersion', "the parameter group's family is"),
  ({ instanceType }) => isKnown(instanceType) && !INSTANCE_TYPE.test(instanceType)
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
];

/** What holds for the props of a `PrivateDatabase`. */
export const PRIVATE_DATABASE_RULES = shaped<PrivateDatabaseProps>({ vpc: requiredKind(VPC) }, [
  ...PRIVATE_DATABASE_OPTION_RULES,
  ({ vpc, vpcSubnets }) => subnetProblem(vpc, vpcSubnets),
]);

/** The isolated subnets, else the private ones. */
export function databaseSubnets(vpc: ec2.IVpc, selection?: ec2.SubnetSelection): ec2.SubnetSelection {
  return selection ?? {
    subnetType: vpc.isolatedSubnets.length > 0 ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS,
  };
}

function subnetProblem(vpc: ec2.IVpc, selection?: ec2.SubnetSelection): string | undefined {
  if (!selection && vpc.isolatedSubnets.length === 0 && vpc.privateSubnets.length === 0) {
    return `'vpc' must have isolated or private subnets for the database, it has ${vpc.publicSubnets.length} public ones only: ` +
      'add a subnet group of the type PRIVATE_ISOLATED to it, or give others with \'vpcSubnets\'';
  }
  const { subnets, isPending, problem } = selectedSubnets(vpc, databaseSubnets(vpc, selection));
  if (isPending || problem) {
    return problem;
  }
  const publicIds = new Set(vpc.publicSubnets.map((subnet) => subnet.subnetId));
  const chosen = subnets.filter((subnet) => publicIds.has(subnet.subnetId));
  if (chosen.length > 0) {
    return `'vpcSubnets' must not be public, got ${chosen.map((subnet) => subnet.node.path).join(', ')}: choose PRIVATE_ISOLATED ones`;
  }
  const zones = new Set(subnets.map(zoneOf));
  return zones.size < 2
    ? `'${selection ? 'vpcSubnets' : 'vpc'}' must have subnets for the database in at least 2 availability zones, got ${subnets.length} in ${zones.size}: ` +
      'RDS demands a second zone even without a standby'
    : undefined;
}

/** The subnets; none yet while the CLI still has to look the VPC up. */
function selectedSubnets(vpc: ec2.IVpc, selection: ec2.SubnetSelection): { subnets: ec2.ISubnet[]; isPending?: boolean; problem?: string } {
  try {
    const { subnets, isPendingLookup: isPending } = vpc.selectSubnets(selection);
    return { subnets, isPending, problem: subnets.length > 0 || isPending ? undefined : "'vpcSubnets' matches no subnet of the VPC: choose others" };
  } catch (error) {
    return { subnets: [], problem: `'vpcSubnets' matches no subnet of the VPC: ${(error as Error).message}` };
  }
}

/** The zone of a subnet; one that was imported without its zone counts as one of its own. */
function zoneOf(subnet: ec2.ISubnet): string {
  try {
    return subnet.availabilityZone;
  } catch {
    return subnet.node.path;
  }
}

function versionProblem(version: string): string | undefined {
  const major = String(version).split('.')[0];
  if (!POSTGRES_MAJORS.includes(major)) {
    return `'engineVersion' must be one of ${POSTGRES_MAJORS.join(', ')}, got ${show(version)}`;
  }
  const minors = postgresMinors(major);
  return typeof version === 'string' && (version === major || minors.includes(version))
    ? undefined
    : `'engineVersion' must be '${major}', which follows RDS's minor versions, or one of ${minors.join(', ')}, got ${show(version)}: a newer one needs a newer aws-cdk-lib`;
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
