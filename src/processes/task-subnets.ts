import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Annotations, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

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
  const { vpc } = props.cluster;
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

/** A process must be in the VPC of the cluster; what is known by tokens only may be the same. */
export function otherVpcProblem(process: { readonly vpc: ec2.IVpc }, cluster: ecs.ICluster): string | undefined {
  const isCertain = (vpc: ec2.IVpc) => vpc instanceof ec2.Vpc || !Token.isUnresolved(vpc.vpcId);
  return process.vpc !== cluster.vpc && isCertain(process.vpc) && isCertain(cluster.vpc) && process.vpc.vpcId !== cluster.vpc.vpcId
    ? `'process' must be in the VPC of 'cluster' (${nameOf(cluster.vpc)}), it is in ${nameOf(process.vpc)}: make both in the same`
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

function nameOf(vpc: ec2.IVpc): string {
  return Token.isUnresolved(vpc.vpcId) ? `'${vpc.node.path}'` : vpc.vpcId;
}
