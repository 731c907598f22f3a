import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Egress } from './egress';
import { FlowLogs } from './flow-logs';

/** Options of a `Network`. */
export interface NetworkOptions {
  /**
   * Way from the tasks to the internet.
   * @default Egress.natGateways(1); in `DjangoOnFargate` as the profile says
   */
  readonly egress?: Egress;

  /**
   * Number of availability zones, 2 to 6. A stack without an account and region has two at most.
   *
   * **WARNING**: a change moves the address ranges of existing subnets, which CloudFormation refuses while anything is in them.
   *
   * @default 2
   */
  readonly maxAzs?: number;

  /**
   * Names of the availability zones instead of their number, e.g. `['eu-central-1a', 'eu-central-1b']`.
   * @default - the first ones of the region
   */
  readonly availabilityZones?: string[];

  /**
   * Range of IPv4 addresses, from /16 to /28. **WARNING**: a change replaces the VPC and all that is in it.
   * @default '10.0.0.0/16'
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
   */
  readonly cidr?: string;

  /**
   * Prefix length of the public subnets (load balancer, NAT), from 16 to 28, e.g. 26 for 59 usable addresses.
   * @default - an even share of what the other subnets leave
   */
  readonly publicSubnetMask?: number;

  /**
   * Prefix length of the private subnets (tasks), from 16 to 28, e.g. 22 for 1,019 usable addresses.
   * @default - an even share of what the other subnets leave
   */
  readonly privateSubnetMask?: number;

  /**
   * Prefix length of the isolated subnets (databases and caches), from 16 to 28.
   * @default - an even share of what the other subnets leave
   */
  readonly isolatedSubnetMask?: number;

  /**
   * Traffic that is recorded.
   * @default FlowLogs.ALL; in `DjangoOnFargate` as the profile says
   */
  readonly flowLogs?: FlowLogs;

  /**
   * Time that flow logs are kept in CloudWatch Logs. Not for flow logs in a bucket, which has lifecycle rules of its own.
   * @default RetentionDays.ONE_MONTH
   */
  readonly flowLogRetention?: logs.RetentionDays;

  /**
   * What happens to the log group of the flow logs when it is removed from the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE; in `DjangoOnFargate` as the profile says
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * What happens to the VPC and its isolated subnets when they are removed from the stack. A database that is kept stands in them, so that
   * CloudFormation could not delete them and the stack would end in `DELETE_FAILED`. They cost nothing.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE; in `DjangoOnFargate` as for the database
   */
  readonly vpcRemovalPolicy?: RemovalPolicy;
}

/** Properties of a `Network`. */
export interface NetworkProps extends NetworkOptions {
  /**
   * Bucket for the flow logs, under `vpc-flow-logs/`: half the price of CloudWatch Logs, and neither role nor log group.
   * The policy of a bucket from outside of the app must let `delivery.logs.amazonaws.com` write.
   * @default - a new log group in CloudWatch Logs
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
   */
  readonly flowLogBucket?: s3.IBucket;
}
