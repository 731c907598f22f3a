import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { VpcNetworkProps } from './vpc-network-props';
import { requiredKind, shaped, VPC } from '../private/shapes';
import { isKnown, Rule } from '../private/validation';

/** What holds for a network in a VPC of your own, used in a region. */
export function vpcNetworkRules(region: string): Rule<VpcNetworkProps>[] {
  return shaped<VpcNetworkProps>({ vpc: requiredKind(VPC) }, [
    ({ vpc }) => isKnown(region) && isKnown(vpc.env.region) && vpc.env.region !== region
      ? `'vpc' must be in the region of the stack, which is ${region}, but it is in ${vpc.env.region}: make the stack in ${vpc.env.region}, or give a VPC in ${region}`
      : undefined,
    ({ vpc, taskSubnets }) => selectionProblem('taskSubnets', vpc, taskSubnets),
    ({ vpc, databaseSubnets }) => selectionProblem('databaseSubnets', vpc, databaseSubnets),
    ({ vpc, taskSubnets }) => taskSubnets || vpc.privateSubnets.length > 0 || vpc.publicSubnets.length > 0
      ? undefined
      : `'taskSubnets' must be given, because 'vpc' has ${describeSubnets(vpc)}: tasks in isolated subnets ` +
        'need interface endpoints for ECR, CloudWatch Logs and Secrets Manager',
    ({ vpc, databaseSubnets }) => databaseSubnets && publicOnes(vpc, databaseSubnets).length > 0
      ? `'databaseSubnets' must not be public, got ${publicOnes(vpc, databaseSubnets).map((subnet) => subnet.node.path).join(', ')}: ` +
        `'vpc' has ${describeSubnets(vpc)}; choose isolated or private ones`
      : undefined,
  ]);
}

/** Which subnets a VPC has, for messages. */
export function describeSubnets(vpc: ec2.IVpc): string {
  return `${vpc.publicSubnets.length} public, ${vpc.privateSubnets.length} private and ${vpc.isolatedSubnets.length} isolated subnets`;
}

/** The public subnets among those that are selected. */
export function publicOnes(vpc: ec2.IVpc, selection: ec2.SubnetSelection): ec2.ISubnet[] {
  const publicIds = new Set(vpc.publicSubnets.map((subnet) => subnet.subnetId));
  return trySelect(vpc, selection).subnets.filter((subnet) => publicIds.has(subnet.subnetId));
}

function selectionProblem(prop: string, vpc: ec2.IVpc, selection?: ec2.SubnetSelection): string | undefined {
  const problem = selection && trySelect(vpc, selection).problem;
  return problem && `'${prop}' must select subnets of 'vpc', which has ${describeSubnets(vpc)}: ${problem}`;
}

/** CDK throws where a selection finds nothing; during a lookup it finds nothing yet, and that is fine. */
function trySelect(vpc: ec2.IVpc, selection: ec2.SubnetSelection): { subnets: ec2.ISubnet[]; problem?: string } {
  try {
    return { subnets: vpc.selectSubnets(selection).subnets };
  } catch (error) {
    return { subnets: [], problem: (error as Error).message };
  }
}
