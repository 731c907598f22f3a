import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** What stands in the subnets, for messages: `the database`, and why one zone is not enough. */
export interface DataStore {
  readonly what: string;
  readonly twoZones: string;
}

/** The isolated subnets, else the private ones. */
export function dataSubnets(vpc: ec2.IVpc, selection?: ec2.SubnetSelection): ec2.SubnetSelection {
  return selection ?? {
    subnetType: vpc.isolatedSubnets.length > 0 ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS,
  };
}

/** Why data cannot be kept in the subnets, if it cannot; nothing while the CLI still has to look the VPC up. */
export function dataSubnetProblem({ what, twoZones }: DataStore, vpc: ec2.IVpc, selection?: ec2.SubnetSelection): string | undefined {
  if (!selection && vpc.isolatedSubnets.length === 0 && vpc.privateSubnets.length === 0) {
    return `'vpc' must have isolated or private subnets for ${what}, it has ${vpc.publicSubnets.length} public ones only: ` +
      'add a subnet group of the type PRIVATE_ISOLATED to it, or give others with \'vpcSubnets\'';
  }
  const { subnets, isPending, problem } = selectedSubnets(vpc, dataSubnets(vpc, selection));
  if (isPending || problem) {
    return problem;
  }
  const zones = new Set(subnets.map(zoneOf));
  return publicProblem('vpcSubnets', vpc, subnets, 'PRIVATE_ISOLATED') ?? (zones.size < 2
    ? `'${selection ? 'vpcSubnets' : 'vpc'}' must have subnets for ${what} in at least 2 availability zones, got ${subnets.length} in ${zones.size}: ${twoZones}`
    : undefined);
}

/** The first subnet of each zone, as many as `most`. */
export function onePerZone(subnets: ec2.ISubnet[], most: number): ec2.ISubnet[] {
  const zones = subnets.map(zoneOf);
  return subnets.filter((_, index) => zones.indexOf(zones[index]) === index).slice(0, most);
}

/** Why chosen subnets are none for what must not be public, if they are not. */
export function publicSubnetProblem(prop: string, vpc: ec2.IVpc, selection: ec2.SubnetSelection): string | undefined {
  const { subnets, problem } = selectedSubnets(vpc, selection);
  return problem?.replace('vpcSubnets', prop) ?? publicProblem(prop, vpc, subnets, 'PRIVATE_WITH_EGRESS');
}

function publicProblem(prop: string, vpc: ec2.IVpc, subnets: ec2.ISubnet[], instead: string): string | undefined {
  const publicIds = new Set(vpc.publicSubnets.map((subnet) => subnet.subnetId));
  const chosen = subnets.filter((subnet) => publicIds.has(subnet.subnetId));
  return chosen.length > 0
    ? `'${prop}' must not be public, got ${chosen.map((subnet) => subnet.node.path).join(', ')}: choose ${instead} ones`
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
