import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { areDifferentVpcs, nameOfVpc, UNKNOWN_VPC, vpcOf } from '../../private/vpc';

/** Where tasks run: props that several constructs have. */
export interface TaskPlacement {
  readonly cluster: ecs.ICluster;
  readonly taskSubnets?: ec2.SubnetSelection;
  readonly assignPublicIp?: boolean;
}

/** The subnets of the tasks, as everyone who needs them must choose them. */
export function selectTaskSubnets({ cluster, taskSubnets, assignPublicIp }: TaskPlacement): ec2.SelectedSubnets {
  return cluster.vpc.selectSubnets(taskSubnets ?? (assignPublicIp ? { subnetType: ec2.SubnetType.PUBLIC } : undefined));
}

/** There must be subnets, and private ones unless the tasks get public addresses. */
export function taskSubnetsRule(props: TaskPlacement): string | undefined {
  const vpc = vpcOf(props.cluster);
  if (!vpc) {
    return `'cluster' ${UNKNOWN_VPC}`;
  }
  if (!props.taskSubnets && !props.assignPublicIp && vpc.privateSubnets.length === 0 && vpc.isolatedSubnets.length === 0) {
    return `'cluster' has a VPC without private subnets, it has ${vpc.publicSubnets.length} public ones only: ` +
      "run the tasks there with 'assignPublicIp', or choose others with 'taskSubnets'";
  }
  try {
    const { subnets, isPendingLookup } = selectTaskSubnets(props);
    return subnets.length > 0 || isPendingLookup ? undefined : "'taskSubnets' matches no subnet of the VPC: choose others";
  } catch (error) {
    return `'taskSubnets' matches no subnet of the VPC: ${(error as Error).message}`;
  }
}

/** A process must be in the VPC of the cluster; a cluster without a known one is refused by `taskSubnetsRule`. */
export function otherVpcProblem(process: { readonly vpc: ec2.IVpc }, cluster: ecs.ICluster): string | undefined {
  const vpc = vpcOf(cluster);
  return vpc && areDifferentVpcs(process.vpc, vpc)
    ? `'process' must be in the VPC of 'cluster' (${nameOfVpc(vpc)}), it is in ${nameOfVpc(process.vpc)}: make both in the same`
    : undefined;
}

/** Warns about tasks in public subnets that have no way out. */
export function warnAboutMissingAddress(scope: Construct, props: TaskPlacement): void {
  if (selectTaskSubnets(props).hasPublic && !props.assignPublicIp) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:no-public-ip',
      'The tasks run in public subnets without a public address: they reach neither a registry nor CloudWatch Logs, unless VPC endpoints lead there. ' +
      "Set 'assignPublicIp', or choose private subnets with 'taskSubnets'.");
  }
}
