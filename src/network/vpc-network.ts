import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { definitionError, Rule, validateProps } from '../private/validation';

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

/** Properties of a network in a VPC of your own. */
export interface VpcNetworkProps {
  /** The VPC: made by your app, imported or looked up. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the tasks.
   * @default - the private subnets with egress; without these the public subnets
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Subnets of databases and caches. Public ones are refused.
   * @default - the isolated subnets; without these the private subnets with egress
   */
  readonly databaseSubnets?: ec2.SubnetSelection;

  /**
   * Whether tasks get public IP addresses.
   * @default - true if the subnets of the tasks are public
   */
  readonly assignPublicIp?: boolean;
}

const RULES: Rule<VpcNetworkProps>[] = [
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
];

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
    validateProps(this, 'Network', props, RULES);

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

/** Which subnets a VPC has, for messages. */
function describeSubnets(vpc: ec2.IVpc): string {
  return `${vpc.publicSubnets.length} public, ${vpc.privateSubnets.length} private and ${vpc.isolatedSubnets.length} isolated subnets`;
}

function publicOnes(vpc: ec2.IVpc, selection: ec2.SubnetSelection): ec2.ISubnet[] {
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
