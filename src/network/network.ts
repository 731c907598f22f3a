import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, CfnResource, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DEFAULT_CIDR, DEFAULT_MAX_AZS, isPublicRange } from './address-rules';
import { Egress } from './egress';
import { FlowLogs } from './flow-logs';
import { NetworkProps } from './network-props';
import { networkRules } from './network-rules';
import { INetwork, VpcNetwork } from './vpc-network';
import { VpcNetworkProps } from './vpc-network-props';
import { validateProps } from '../private/validation';

const FLOW_LOG_PREFIX = 'vpc-flow-logs/';

/**
 * VPC with public subnets for the load balancer, private subnets for tasks, isolated subnets for databases, a
 * gateway endpoint for S3 and flow logs.
 *
 * The default security group keeps its rules: nothing here uses it, and closing it takes a Lambda function. Security
 * groups are the only way in; nothing gets a public IP address unless it asks for one.
 *
 * @example
 *
 * const network = new Network(this, 'Network', {
 *   egress: Egress.natInstance(),
 *   publicSubnetMask: 26,
 *   privateSubnetMask: 22,
 * });
 */
export class Network extends Construct implements INetwork {
  /**
   * Network in a VPC of your own: made by your app, imported or looked up.
   *
   * It makes no resources. Tasks go to the private subnets (else to the public ones, with public IP addresses), databases to
   * the isolated subnets (else to the private ones, never to public ones), unless you say otherwise.
   */
  public static fromVpc(scope: Construct, id: string, props: VpcNetworkProps): INetwork {
    return new VpcNetwork(scope, id, props);
  }

  /** The VPC. */
  public readonly vpc: ec2.IVpc;

  /** Subnets of the tasks: the private ones, or with `Egress.publicIp()` the public ones. */
  public readonly taskSubnets: ec2.SubnetSelection;

  /** Whether tasks need public IP addresses to reach the internet. */
  public readonly assignPublicIp: boolean;

  /** Subnets of databases and caches: the isolated ones. */
  public readonly databaseSubnets: ec2.SubnetSelection;

  /** Gateway endpoint for S3, which is free. */
  public readonly s3Endpoint: ec2.GatewayVpcEndpoint;

  /** Flow log of the VPC; absent with `FlowLogs.NONE`. */
  public readonly flowLog?: ec2.FlowLog;

  public constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    validateProps(this, 'Network', props, networkRules(Stack.of(this).region));

    const cidr = props.cidr ?? DEFAULT_CIDR;
    const maxAzs = props.maxAzs ?? DEFAULT_MAX_AZS;
    const flowLogs = props.flowLogs ?? FlowLogs.ALL;
    const egress = (props.egress ?? Egress.natGateways())._plan();

    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      ...props.availabilityZones ? { availabilityZones: [...props.availabilityZones] } : { maxAzs },
      natGateways: egress.nats,
      natGatewayProvider: egress.provider,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: props.publicSubnetMask, mapPublicIpOnLaunch: false },
        // Reserved where there is no NAT: the isolated subnets behind them stay where they are when NAT comes.
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: props.privateSubnetMask, reserved: egress.publicTasks },
        { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: props.isolatedSubnetMask },
      ],
    });
    egress.complete(cidr);
    this.vpc = vpc;
    this.keep(vpc, props.vpcRemovalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.taskSubnets = { subnetType: egress.publicTasks ? ec2.SubnetType.PUBLIC : ec2.SubnetType.PRIVATE_WITH_EGRESS };
    this.assignPublicIp = egress.publicTasks;
    this.databaseSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    this.s3Endpoint = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    this.flowLog = flowLogs === FlowLogs.NONE ? undefined : this.createFlowLog(props, flowLogs);

    this.warn(cidr, props.availabilityZones?.length ?? maxAzs);
    if (flowLogs === FlowLogs.NONE) {
      Validations.of(vpc).acknowledge({ id: 'AwsSolutions-VPC7', reason: 'Flow logs are switched off by FlowLogs.NONE' });
    }
  }

  /** What a kept database stands in, and nothing else: the rest of the network can go. */
  private keep(vpc: ec2.Vpc, policy: RemovalPolicy): void {
    [vpc, ...vpc.isolatedSubnets].forEach((part) => (part.node.defaultChild as CfnResource | undefined)?.applyRemovalPolicy(policy));
  }

  private createFlowLog(props: NetworkProps, traffic: FlowLogs): ec2.FlowLog {
    return new ec2.FlowLog(this, 'FlowLog', {
      resourceType: ec2.FlowLogResourceType.fromVpc(this.vpc),
      trafficType: traffic === FlowLogs.REJECTED ? ec2.FlowLogTrafficType.REJECT : ec2.FlowLogTrafficType.ALL,
      destination: props.flowLogBucket
        ? this.bucketDestination(props.flowLogBucket)
        : ec2.FlowLogDestination.toCloudWatchLogs(new logs.LogGroup(this, 'FlowLogs', {
          retention: props.flowLogRetention ?? logs.RetentionDays.ONE_MONTH,
          removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        })),
    });
  }

  /** CDK's own destination adds these rights under a feature flag only; without them AWS edits the policy behind CloudFormation's back. */
  private bucketDestination(bucket: s3.IBucket): ec2.FlowLogDestination {
    const stack = Stack.of(this);
    const delivery = {
      principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: '*' }) },
      },
    };
    bucket.addToResourcePolicy(new iam.PolicyStatement({
      ...delivery,
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${FLOW_LOG_PREFIX}AWSLogs/${stack.account}/*`)],
      conditions: {
        ...delivery.conditions,
        StringEquals: { ...delivery.conditions.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    }));
    bucket.addToResourcePolicy(new iam.PolicyStatement({
      ...delivery,
      actions: ['s3:GetBucketAcl', 's3:ListBucket'],
      resources: [bucket.bucketArn],
    }));
    return new BucketDestination(bucket);
  }

  private warn(cidr: string, zones: number): void {
    if (isPublicRange(cidr)) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:public-addresses',
        `'cidr' ${cidr} is a public range: the tasks cannot reach the hosts on the internet that it belongs to. ` +
        'Use a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16');
    }
    if (this.vpc.availabilityZones.length < zones) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:fewer-availability-zones',
        `The network has ${this.vpc.availabilityZones.length} availability zones instead of ${zones}, because the region of the stack is not known: ` +
        'give the stack an \'env\' with account and region, or name the \'availabilityZones\'');
    }
  }
}

class BucketDestination extends ec2.FlowLogDestination {
  public constructor(private readonly bucket: s3.IBucket) {
    super();
  }

  public bind(): ec2.FlowLogDestinationConfig {
    return { logDestinationType: ec2.FlowLogDestinationType.S3, s3Bucket: this.bucket, keyPrefix: FLOW_LOG_PREFIX };
  }
}
