import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Fn, Stack } from 'aws-cdk-lib/core';
import { Network } from '../../src/network/network';
import { INetwork } from '../../src/network/vpc-network';
import { VpcNetworkProps } from '../../src/network/vpc-network-props';

const { PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED } = ec2.SubnetType;

function stackWithVpc(...types: ec2.SubnetType[]): { stack: Stack; vpc: ec2.Vpc } {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways: types.includes(PRIVATE_WITH_EGRESS) ? 1 : 0,
    subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
  });
  return { stack, vpc };
}

function chosen(network: INetwork, selection: ec2.SubnetSelection): string[] {
  return network.vpc.selectSubnets(selection).subnets.map((subnet) => subnet.node.id);
}

describe('a network in a VPC of the user\'s', () => {
  test.each<[ec2.SubnetType[], string[], boolean, string[]]>([
    [[PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED], ['PrivateSubnet1', 'PrivateSubnet2'], false, ['IsolatedSubnet1', 'IsolatedSubnet2']],
    [[PUBLIC, PRIVATE_WITH_EGRESS], ['PrivateSubnet1', 'PrivateSubnet2'], false, ['PrivateSubnet1', 'PrivateSubnet2']],
    [[PUBLIC, PRIVATE_ISOLATED], ['PublicSubnet1', 'PublicSubnet2'], true, ['IsolatedSubnet1', 'IsolatedSubnet2']],
  ])('with the subnets %j', (types, tasks, assignPublicIp, databases) => {
    const { stack, vpc } = stackWithVpc(...types);
    const network = Network.fromVpc(stack, 'Network', { vpc });
    expect(network.vpc).toBe(vpc);
    expect(chosen(network, network.taskSubnets)).toEqual(tasks);
    expect(network.assignPublicIp).toBe(assignPublicIp);
    expect(chosen(network, network.databaseSubnets)).toEqual(databases);
  });

  test('makes no resources', () => {
    const { stack, vpc } = stackWithVpc(PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED);
    const before = vpc.node.findAll().length;
    Network.fromVpc(stack, 'Network', { vpc });
    expect(vpc.node.findAll()).toHaveLength(before);
    expect(stack.node.findChild('Network').node.children).toEqual([]);
  });

  test('takes the subnets and addresses that are given', () => {
    const { stack, vpc } = stackWithVpc(PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED);
    const taskSubnets = { subnetType: PUBLIC, availabilityZones: [vpc.availabilityZones[0]] };
    const databaseSubnets = { subnets: [vpc.privateSubnets[0], vpc.isolatedSubnets[1]] };
    const network = Network.fromVpc(stack, 'Network', { vpc, taskSubnets, databaseSubnets, assignPublicIp: true });
    expect(network).toMatchObject({ taskSubnets, databaseSubnets, assignPublicIp: true });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('gives public addresses to tasks in public subnets that are given', () => {
    const { stack, vpc } = stackWithVpc(PUBLIC, PRIVATE_WITH_EGRESS);
    expect(Network.fromVpc(stack, 'Network', { vpc, taskSubnets: { subnetType: PUBLIC } }).assignPublicIp).toBe(true);
  });

  test('may have isolated subnets only, where tasks are put into them on purpose', () => {
    const { stack, vpc } = stackWithVpc(PRIVATE_ISOLATED);
    const network = Network.fromVpc(stack, 'Network', { vpc, taskSubnets: { subnetType: PRIVATE_ISOLATED } });
    expect(network.assignPublicIp).toBe(false);
  });

  test('warns where tasks in public subnets get no public address', () => {
    const { stack, vpc } = stackWithVpc(PUBLIC);
    Network.fromVpc(stack, 'Network', { vpc, assignPublicIp: false });
    Annotations.fromStack(stack).hasWarning('/Stack/Network',
      'Tasks in public subnets without public IP addresses reach nothing outside of the VPC, not even ECR: leave \'assignPublicIp\' out, ' +
      'or give private subnets as \'taskSubnets\' [ack: cdk-django-on-fargate:tasks-without-internet]');
  });

  test('warns where tasks in private subnets get public addresses', () => {
    const { stack, vpc } = stackWithVpc(PUBLIC, PRIVATE_WITH_EGRESS);
    Network.fromVpc(stack, 'Network', { vpc, assignPublicIp: true });
    Annotations.fromStack(stack).hasWarning('/Stack/Network',
      'Public IP addresses are paid for but of no use in subnets without a route to an internet gateway: leave \'assignPublicIp\' out, ' +
      'or give public subnets as \'taskSubnets\' [ack: cdk-django-on-fargate:useless-public-ip]');
  });
});

describe('works with a VPC', () => {
  test('that is not looked up yet', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0123456789' });
    const network = Network.fromVpc(stack, 'Network', { vpc, databaseSubnets: { subnetGroupName: 'Data' } });
    expect(network).toMatchObject({ taskSubnets: { subnetType: PRIVATE_WITH_EGRESS }, assignPublicIp: false });
    expect(network.databaseSubnets).toEqual({ subnetGroupName: 'Data' });
  });

  test('that is imported, without subnets of the isolated kind', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: Fn.importValue('VpcId'),
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      publicSubnetIds: [Fn.importValue('Public1'), Fn.importValue('Public2')],
      privateSubnetIds: [Fn.importValue('Private1'), Fn.importValue('Private2')],
    });
    const network = Network.fromVpc(stack, 'Network', { vpc });
    expect(vpc.selectSubnets(network.databaseSubnets).subnets).toEqual(vpc.privateSubnets);
    expect(network.assignPublicIp).toBe(false);
  });

  test('of another stack, which gets no reference back', () => {
    const app = new App();
    const networkStack = new Stack(app, 'Network');
    const vpc = new ec2.Vpc(networkStack, 'Vpc');
    const stack = new Stack(app, 'App');
    const network = Network.fromVpc(stack, 'Network', { vpc });
    new ec2.SecurityGroup(stack, 'Group', { vpc: network.vpc });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('Fn::ImportValue');
    expect(JSON.stringify(Template.fromStack(networkStack).toJSON())).not.toContain('Fn::ImportValue');
  });
});

describe('refuses', () => {
  test('to place databases in a VPC with public subnets only, as soon as there is a database', () => {
    const { stack, vpc } = stackWithVpc(PUBLIC);
    const network = Network.fromVpc(stack, 'Network', { vpc });
    expect(network.assignPublicIp).toBe(true);
    expect(() => network.databaseSubnets).toThrow(new Error(
      'Network at \'Stack/Network\' cannot be defined:\n' +
      '- \'vpc\' has 2 public, 0 private and 0 isolated subnets, and a database must not stand in these: add a group to its ' +
      '\'subnetConfiguration\', e.g. { name: \'Isolated\', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, or give \'databaseSubnets\''));
  });

  test.each<[string, ec2.SubnetType[], Omit<VpcNetworkProps, 'vpc'>, string]>([
    ['public subnets for databases', [PUBLIC, PRIVATE_WITH_EGRESS], { databaseSubnets: { subnetType: PUBLIC } },
      '\'databaseSubnets\' must not be public, got Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2: ' +
      '\'vpc\' has 2 public, 2 private and 0 isolated subnets; choose isolated or private ones'],
    ['subnets that are not there', [PUBLIC], { databaseSubnets: { subnetType: PRIVATE_ISOLATED } },
      '\'databaseSubnets\' must select subnets of \'vpc\', which has 2 public, 0 private and 0 isolated subnets: ' +
      'There are no \'Isolated\' subnet groups in this VPC. Available types: Public'],
    ['a group of subnets that is not there', [PUBLIC], { taskSubnets: { subnetGroupName: 'Tasks' } },
      '\'taskSubnets\' must select subnets of \'vpc\', which has 2 public, 0 private and 0 isolated subnets: ' +
      'There are no subnet groups with name \'Tasks\' in this VPC. Available names: Public'],
    ['to put tasks into isolated subnets unasked', [PRIVATE_ISOLATED], {},
      '\'taskSubnets\' must be given, because \'vpc\' has 0 public, 0 private and 2 isolated subnets: tasks in isolated subnets ' +
      'need interface endpoints for ECR, CloudWatch Logs and Secrets Manager'],
  ])('%s', (_, types, props, reason) => {
    const { stack, vpc } = stackWithVpc(...types);
    expect(() => Network.fromVpc(stack, 'Network', { vpc, ...props })).toThrow(new Error(`Network at 'Stack/Network' cannot be defined:\n- ${reason}`));
  });

  test('a VPC of another region', () => {
    const app = new App();
    const vpc = new ec2.Vpc(new Stack(app, 'Other', { env: { region: 'eu-west-1' } }), 'Vpc');
    const stack = new Stack(app, 'Stack', { env: { region: 'eu-central-1' } });
    expect(() => Network.fromVpc(stack, 'Network', { vpc })).toThrow(new Error('Network at \'Stack/Network\' cannot be defined:\n' +
      '- \'vpc\' must be in the region of the stack, which is eu-central-1, but it is in eu-west-1: make the stack in eu-west-1, or give a VPC in eu-central-1'));
  });

  test('an id for a VPC', () => {
    expect(() => Network.fromVpc(new Stack(new App(), 'Stack'), 'Network', { vpc: 'vpc-1' as any })).toThrow(new Error(
      'Network at \'Stack/Network\' cannot be defined:\n- \'vpc\' must be an ec2.IVpc, got "vpc-1": use ec2.Vpc.fromLookup(this, \'Vpc\', { vpcId })'));
  });
});
