import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';

/** Completes "'cluster' ..." for a cluster that `vpcOf` finds no VPC of. */
export const UNKNOWN_VPC =
  "must know its VPC: import it with ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc }) instead of ecs.Cluster.fromClusterArn()";

/** The VPC of a cluster; one that was imported by its ARN throws where it is asked. */
export function vpcOf(cluster: ecs.ICluster): ec2.IVpc | undefined {
  try {
    return cluster.vpc;
  } catch {
    return undefined;
  }
}

/** The first block of a VPC's addresses as far as it is known at synth: an imported VPC throws where it was given none. */
export function blockOf(vpc: ec2.IVpc): string | undefined {
  const made = vpc.node.defaultChild;
  try {
    const block = made instanceof ec2.CfnVPC ? made.cidrBlock : vpc.vpcCidrBlock;
    return Token.isUnresolved(block) ? undefined : block;
  } catch {
    return undefined;
  }
}

/** Whether two VPCs are certainly not the same; what is known by tokens only may be. */
export function areDifferentVpcs(one: ec2.IVpc, other: ec2.IVpc): boolean {
  const isCertain = (vpc: ec2.IVpc) => vpc instanceof ec2.Vpc || !Token.isUnresolved(vpc.vpcId);
  return one !== other && isCertain(one) && isCertain(other) && one.vpcId !== other.vpcId;
}

/** A VPC for messages. */
export function nameOfVpc(vpc: ec2.IVpc): string {
  return Token.isUnresolved(vpc.vpcId) ? `'${vpc.node.path}'` : vpc.vpcId;
}
