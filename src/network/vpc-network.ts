import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { VpcNetworkProps } from './vpc-network-props';
import { describeSubnets, publicOnes, vpcNetworkRules } from './vpc-network-rules';
import { definitionError, validateProps } from '../private/validation';

/**
 * Network as the other constructs see it: a VPC, and which of its subnets serve what.
 */
export interface INetwork {
  /** The VPC. */
  readonly vpc: ec2.IVpc;

  /** Subnets of the tasks. Their `internetConnectivityEstablished` is what a first task must wait for. */
  readonly taskSubnets: ec2.SubnetSelection;

  /** Whether tasks need public IP addresses to reach the internet. */
  readonly assignPublicIp: boolean;

  /** Subnets of databases and caches, never public ones. */
  readonly databaseSubnets: ec2.SubnetSelection;
}

/**
 * Network in an existing VPC. Made by `Network.fromVpc`.
 * @internal
 */
export class VpcNetwork extends Construct implements INetwork {
  public readonly vpc: ec2.IVpc;
  public readonly taskSubnets: ec2.SubnetSelection;
  public readonly assignPublicIp: boolean;

  private readonly chosenDatabaseSubnets?: ec2.SubnetSelection;

  public constructor(scope: Construct, id: string, props: VpcNetworkProps) {
    super(scope, id);
    validateProps(this, 'Network', props, vpcNetworkRules(Stack.of(this).region));

    this.vpc = props.vpc;
    this.taskSubnets = props.taskSubnets ?? {
      subnetType: this.vpc.privateSubnets.length > 0 ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PUBLIC,
    };
    const publicTasks = publicOnes(this.vpc, this.taskSubnets).length > 0;
    this.assignPublicIp = props.assignPublicIp ?? publicTasks;
    this.chosenDatabaseSubnets = props.databaseSubnets;
    this.warnWhereAddressesMissTheSubnets(publicTasks);
  }

  /** Looked at only by who has a database: an application without one may live in public subnets alone. */
  public get databaseSubnets(): ec2.SubnetSelection {
    if (this.chosenDatabaseSubnets) {
      return this.chosenDatabaseSubnets;
    }
    if (this.vpc.isolatedSubnets.length === 0 && this.vpc.privateSubnets.length === 0) {
      throw new Error(definitionError(this, 'Network', [
        `'vpc' has ${describeSubnets(this.vpc)}, and a database must not stand in these: add a group to its ` +
        '\'subnetConfiguration\', e.g. { name: \'Isolated\', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, or give \'databaseSubnets\'',
      ]));
    }
    return {
      subnetType: this.vpc.isolatedSubnets.length > 0 ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS,
    };
  }

  private warnWhereAddressesMissTheSubnets(publicTasks: boolean): void {
    if (publicTasks && !this.assignPublicIp) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:tasks-without-internet',
        'Tasks in public subnets without public IP addresses reach nothing outside of the VPC, not even ECR: ' +
        'leave \'assignPublicIp\' out, or give private subnets as \'taskSubnets\'');
    }
    if (!publicTasks && this.assignPublicIp) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:useless-public-ip',
        'Public IP addresses are paid for but of no use in subnets without a route to an internet gateway: ' +
        'leave \'assignPublicIp\' out, or give public subnets as \'taskSubnets\'');
    }
  }
}
