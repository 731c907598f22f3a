import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Egress } from '../../src/network/egress';
import { FlowLogs } from '../../src/network/flow-logs';
import { Network } from '../../src/network/network';
import { NetworkProps } from '../../src/network/network-props';

function define(props?: NetworkProps, stack = new Stack(new App(), 'Stack')): { stack: Stack; network: Network; template: Template } {
  const network = new Network(stack, 'Network', props);
  return { stack, network, template: Template.fromStack(stack) };
}

function cidrs(stack: Stack, subnets: ec2.ISubnet[]): string[] {
  return subnets.map((subnet) => stack.resolve(subnet.ipv4CidrBlock));
}

describe('a network without props', () => {
  const { stack, network, template } = define();

  test('has public, private and isolated subnets in two availability zones, of equal size', () => {
    expect(cidrs(stack, network.vpc.publicSubnets)).toEqual(['10.0.0.0/19', '10.0.32.0/19']);
    expect(cidrs(stack, network.vpc.privateSubnets)).toEqual(['10.0.64.0/19', '10.0.96.0/19']);
    expect(cidrs(stack, network.vpc.isolatedSubnets)).toEqual(['10.0.128.0/19', '10.0.160.0/19']);
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true, EnableDnsSupport: true });
  });

  test('gives no public address to what does not ask for one', () => {
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('has one NAT gateway, which both private subnets use and no isolated one', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    template.resourcePropertiesCountIs('AWS::EC2::Route', { NatGatewayId: Match.anyValue() }, 2);
    template.resourceCountIs('AWS::EC2::Route', 4);
  });

  test('places tasks in the private subnets without public addresses, databases in the isolated ones', () => {
    expect(network.vpc.selectSubnets(network.taskSubnets).subnets).toEqual(network.vpc.privateSubnets);
    expect(network.assignPublicIp).toBe(false);
    expect(network.vpc.selectSubnets(network.databaseSubnets).subnets).toEqual(network.vpc.isolatedSubnets);
  });

  test('has a gateway endpoint for S3 in all route tables', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      RouteTableIds: [...network.vpc.privateSubnets, ...network.vpc.publicSubnets, ...network.vpc.isolatedSubnets]
        .map((subnet) => stack.resolve(subnet.routeTable.routeTableId)),
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.s3']] },
    });
    expect(stack.resolve(network.s3Endpoint.vpcEndpointId)).toEqual({ Ref: Object.keys(template.findResources('AWS::EC2::VPCEndpoint'))[0] });
  });

  test('records all traffic in CloudWatch Logs for a month, and keeps the log group', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceId: stack.resolve(network.vpc.vpcId), ResourceType: 'VPC', TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs',
    });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 30 }, DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
    });
    expect(network.flowLog).toBeInstanceOf(ec2.FlowLog);
  });

  test('makes 32 resources and no Lambda function', () => {
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(32);
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('warns about nothing', () => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

test('makes no Lambda function where the feature flag wants to close the default security group', () => {
  const app = new App({ context: { '@aws-cdk/aws-ec2:restrictDefaultSecurityGroup': true } });
  define({}, new Stack(app, 'Stack')).template.resourceCountIs('AWS::Lambda::Function', 0);
});

test('keeps the logical ids of the VPC, its subnets and its log group', () => {
  const { template } = define();
  const ids = ['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::Logs::LogGroup', 'AWS::EC2::EIP'].flatMap((type) => Object.keys(template.findResources(type)));
  expect(ids.sort()).toEqual([
    'NetworkFlowLogs2BEC3212',
    'NetworkVpc7FB7348F',
    'NetworkVpcIsolatedSubnet1Subnet0400477E',
    'NetworkVpcIsolatedSubnet2SubnetF65B365A',
    'NetworkVpcPrivateSubnet1Subnet6DD86AE6',
    'NetworkVpcPrivateSubnet2Subnet1BDBE877',
    'NetworkVpcPublicSubnet1EIPE0D52090',
    'NetworkVpcPublicSubnet1Subnet36933139',
    'NetworkVpcPublicSubnet2SubnetC427CCE0',
  ]);
});

describe('what a kept database stands in', () => {
  const kept = (props?: NetworkProps) => {
    const { stack, network, template } = define(props);
    const policies = Object.entries(template.toJSON().Resources as Record<string, { Type: string; DeletionPolicy?: string }>)
      .filter(([, { Type, DeletionPolicy }]) => /VPC$|Subnet$/.test(Type) && DeletionPolicy !== undefined);
    const idOf = (ref: string) => stack.resolve(ref).Ref as string;
    return { policies: Object.fromEntries(policies.map(([id, { DeletionPolicy }]) => [id, DeletionPolicy])), network, idOf };
  };

  test('is kept with it: the VPC and its isolated subnets, and no other subnet', () => {
    const { policies, network, idOf } = kept();
    expect(policies).toEqual(Object.fromEntries(
      [network.vpc.vpcId, ...network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId)].map((ref) => [idOf(ref), 'RetainExceptOnCreate']),
    ));
  });

  test('goes where no database is kept', () => {
    expect(new Set(Object.values(kept({ vpcRemovalPolicy: RemovalPolicy.DESTROY }).policies))).toEqual(new Set(['Delete']));
  });
});

describe('addresses', () => {
  test('are laid out by the masks that are given (system D: /26 public, /22 private)', () => {
    const { stack, network } = define({ cidr: '10.8.0.0/16', publicSubnetMask: 26, privateSubnetMask: 22, isolatedSubnetMask: 27 });
    expect(cidrs(stack, network.vpc.publicSubnets)).toEqual(['10.8.0.0/26', '10.8.0.64/26']);
    expect(cidrs(stack, network.vpc.privateSubnets)).toEqual(['10.8.4.0/22', '10.8.8.0/22']);
    expect(cidrs(stack, network.vpc.isolatedSubnets)).toEqual(['10.8.12.0/27', '10.8.12.32/27']);
  });

  test('stand in the availability zones that are named', () => {
    const availabilityZones = ['eu-central-1b', 'eu-central-1c', 'eu-central-1a'];
    const { network } = define({ availabilityZones }, new Stack(new App(), 'Stack'));
    expect(network.vpc.publicSubnets.map((subnet) => subnet.availabilityZone)).toEqual(availabilityZones);
    expect(network.vpc.isolatedSubnets).toHaveLength(3);
  });

  test('stand in as many availability zones as wanted, where the region is known', () => {
    const { stack, network } = define({ maxAzs: 3 }, new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } }));
    expect(network.vpc.isolatedSubnets).toHaveLength(3);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('availability zones'));
  });

  test('that are fewer zones than wanted are warned about', () => {
    const { stack, network } = define({ maxAzs: 3 });
    expect(network.vpc.isolatedSubnets).toHaveLength(2);
    Annotations.fromStack(stack).hasWarning('/Stack/Network',
      'The network has 2 availability zones instead of 3, because the region of the stack is not known: give the stack an \'env\' with account ' +
      'and region, or name the \'availabilityZones\' [ack: cdk-django-on-fargate:fewer-availability-zones]');
  });

  test('that belong to somebody on the internet are warned about', () => {
    const { stack } = define({ cidr: '172.32.0.0/16' });
    Annotations.fromStack(stack).hasWarning('/Stack/Network',
      '\'cidr\' 172.32.0.0/16 is a public range: the tasks cannot reach the hosts on the internet that it belongs to. ' +
      'Use a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 [ack: cdk-django-on-fargate:public-addresses]');
  });

  test('of databases do not move when tasks get NAT instead of public addresses', () => {
    const before = define({ egress: Egress.publicIp() });
    const after = define({ egress: Egress.natGateways(2) });
    expect(cidrs(before.stack, before.network.vpc.isolatedSubnets)).toEqual(cidrs(after.stack, after.network.vpc.isolatedSubnets));
    expect(cidrs(before.stack, before.network.vpc.publicSubnets)).toEqual(cidrs(after.stack, after.network.vpc.publicSubnets));
    const ids = (template: Template) => Object.keys(template.findResources('AWS::EC2::Subnet'));
    expect(ids(after.template)).toEqual(expect.arrayContaining(ids(before.template)));
  });
});

describe('flow logs', () => {
  test('can record rejected traffic only', () => {
    define({ flowLogs: FlowLogs.REJECTED }).template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' });
  });

  test('can be off', () => {
    const { network, template } = define({ flowLogs: FlowLogs.NONE });
    template.resourceCountIs('AWS::EC2::FlowLog', 0);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    template.resourceCountIs('AWS::IAM::Role', 0);
    expect(network.flowLog).toBeUndefined();
  });

  test('are kept as long as wanted', () => {
    const { template } = define({ flowLogRetention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test.each([true, false])('go to a bucket without role or log group, with the rights in its policy once (feature flag %s)', (flag) => {
    const stack = new Stack(new App({ context: { '@aws-cdk/aws-s3:createDefaultLoggingPolicy': flag } }), 'Stack');
    const bucket = new s3.Bucket(stack, 'Logs');
    const { template } = define({ flowLogBucket: bucket }, stack);
    const arn = stack.resolve(bucket.bucketArn);
    template.hasResource('AWS::EC2::FlowLog', {
      Properties: {
        LogDestinationType: 's3',
        LogDestination: { 'Fn::Join': ['', [arn, '/vpc-flow-logs/']] },
      },
      DependsOn: [stack.getLogicalId(bucket.policy!.node.defaultChild as s3.CfnBucketPolicy)],
    });
    const sourceArn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':*']] };
    const statements = Object.values(template.findResources('AWS::S3::BucketPolicy'))[0].Properties.PolicyDocument.Statement;
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [arn, '/vpc-flow-logs/AWSLogs/', { Ref: 'AWS::AccountId' }, '/*']] },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' }, 's3:x-amz-acl': 'bucket-owner-full-control' },
          ArnLike: { 'aws:SourceArn': sourceArn },
        },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: ['s3:GetBucketAcl', 's3:ListBucket'],
        Resource: arn,
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': sourceArn } },
      },
    ]);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });

  test('go to a bucket in another stack, which gets no reference back', () => {
    const app = new App();
    const logStack = new Stack(app, 'Logs');
    const bucket = new s3.Bucket(logStack, 'Bucket');
    const { template } = define({ flowLogBucket: bucket }, new Stack(app, 'Stack'));
    expect(JSON.stringify(template.toJSON())).toContain('Fn::ImportValue');
    expect(JSON.stringify(Template.fromStack(logStack).toJSON())).not.toContain('Fn::ImportValue');
  });

  test('go to an imported bucket', () => {
    const stack = new Stack(new App(), 'Stack');
    const { template } = define({ flowLogBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'my-logs') }, stack);
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      LogDestination: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::my-logs/vpc-flow-logs/']] },
    });
    template.resourceCountIs('AWS::S3::BucketPolicy', 0);
  });
});

describe('refuses', () => {
  const bucket = () => s3.Bucket.fromBucketName(new Stack(), 'Bucket', 'my-logs');
  test.each<[string, () => NetworkProps, string]>([
    ['what is no egress', () => ({ egress: ec2.NatProvider.gateway() as unknown as Egress }),
      "'egress' must be one of Egress.natGateways(), Egress.natInstance() and Egress.publicIp()"],
    ['a retention of no flow logs', () => ({ flowLogs: FlowLogs.NONE, flowLogRetention: logs.RetentionDays.ONE_DAY }),
      "'flowLogs' must not be FlowLogs.NONE where 'flowLogRetention' is given: leave one of them out"],
    ['a bucket for no flow logs', () => ({ flowLogs: FlowLogs.NONE, flowLogBucket: bucket() }),
      "'flowLogs' must not be FlowLogs.NONE where 'flowLogBucket' is given: leave one of them out"],
    ['a retention in a bucket', () => ({ flowLogBucket: bucket(), flowLogRetention: logs.RetentionDays.ONE_DAY }),
      "'flowLogRetention' must not be given with 'flowLogBucket': give the bucket a lifecycle rule instead"],
    ['a snapshot of a VPC', () => ({ vpcRemovalPolicy: RemovalPolicy.SNAPSHOT }),
      "'vpcRemovalPolicy' must not be SNAPSHOT: a VPC has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE, or DESTROY where no database is kept"],
    ['a snapshot of a log group', () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }),
      "'removalPolicy' must not be SNAPSHOT: a log group has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE"],
    ['a word for what happens to the log group', () => ({ removalPolicy: 'keep' as RemovalPolicy }),
      "'removalPolicy' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got \"keep\""],
    ['a word for what happens to the VPC', () => ({ vpcRemovalPolicy: 'keep' as RemovalPolicy }),
      "'vpcRemovalPolicy' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got \"keep\""],
  ])('%s', (_, props, reason) => {
    expect(() => define(props())).toThrow(new Error(`Network at 'Stack/Network' cannot be defined:\n- ${reason}`));
  });

  test('availability zones of another region than the stack\'s', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1' } });
    expect(() => define({ availabilityZones: ['eu-west-1a', 'us-east-1b'] }, stack)).toThrow(new Error(
      'Network at \'Stack/Network\' cannot be defined:\n' +
      '- \'availabilityZones\' must be zones of the stack\'s region eu-west-1, got "us-east-1b": e.g. \'eu-west-1a\''));
  });

  test('a number of zones, without a word on gateways that it would be too small for', () => {
    expect(() => define({ maxAzs: 1, egress: Egress.natGateways(2) })).toThrow(new Error([
      'Network at \'Stack/Network\' cannot be defined:',
      '- \'maxAzs\' must be a whole number between 2 and 6, got 1: a load balancer and a database need two',
    ].join('\n')));
  });

  test('several things at once, in one error', () => {
    expect(() => define({ cidr: '10.0.0.0/8', maxAzs: 1, egress: Egress.natGateways(0) })).toThrow(new Error([
      'Network at \'Stack/Network\' cannot be defined:',
      '- \'maxAzs\' must be a whole number between 2 and 6, got 1: a load balancer and a database need two',
      '- \'cidr\' must be between /16 and /28, got "10.0.0.0/8": AWS has no larger and no smaller VPCs',
      '- \'egress\' must have between 1 and 6 NAT gateways, one for each availability zone at most, got 0: for none at all give Egress.publicIp()',
    ].join('\n')));
  });
});
