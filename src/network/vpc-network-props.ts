import * as ec2 from 'aws-cdk-lib/aws-ec2';

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
