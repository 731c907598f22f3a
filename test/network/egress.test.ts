import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Lazy, Stack } from 'aws-cdk-lib/core';
import { Egress } from '../../src/network/egress';
import { Network } from '../../src/network/network';
import { NetworkProps } from '../../src/network/network-props';

function define(props: NetworkProps): { stack: Stack; network: Network; template: Template } {
  const stack = new Stack(new App(), 'Stack');
  const network = new Network(stack, 'Network', props);
  return { stack, network, template: Template.fromStack(stack) };
}

describe('NAT gateways', () => {
  test('are one unless more are wanted', () => {
    define({ egress: Egress.natGateways() }).template.resourceCountIs('AWS::EC2::NatGateway', 1);
  });

  test('serve a zone each', () => {
    const { template } = define({ egress: Egress.natGateways(2) });
    const gateways = Object.keys(template.findResources('AWS::EC2::NatGateway'));
    expect(gateways).toHaveLength(2);
    gateways.forEach((gateway) => template.resourcePropertiesCountIs('AWS::EC2::Route', { NatGatewayId: { Ref: gateway } }, 1));
  });

  test.each<[NetworkProps, string]>([
    [{ egress: Egress.natGateways(3) }, 'between 1 and 2 NAT gateways, one for each availability zone at most, got 3: for none at all give Egress.publicIp()'],
    [{ egress: Egress.natGateways(0) }, 'between 1 and 2 NAT gateways, one for each availability zone at most, got 0: for none at all give Egress.publicIp()'],
    [{ egress: Egress.natGateways(1.5) },
      'between 1 and 2 NAT gateways, one for each availability zone at most, got 1.5: for none at all give Egress.publicIp()'],
    [{ egress: Egress.natGateways(4), availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] },
      'between 1 and 3 NAT gateways, one for each availability zone at most, got 4: for none at all give Egress.publicIp()'],
    [{ egress: Egress.natGateways(Lazy.number({ produce: () => 1 })) },
      'a number of NAT gateways that is known at synth: so many subnets get one'],
  ])('are refused in a wrong number (case %#)', (props, reason) => {
    expect(() => define(props)).toThrow(new Error(`Network at 'Stack/Network' cannot be defined:\n- 'egress' must have ${reason}`));
  });
});

describe('a NAT instance', () => {
  const { stack, network, template } = define({ egress: Egress.natInstance() });
  const [instanceId, instance] = Object.entries(template.findResources('AWS::EC2::Instance'))[0];

  test('is a t4g.micro with the newest Amazon Linux 2023 for ARM, in a public subnet with a public address', () => {
    template.resourceCountIs('AWS::EC2::Instance', 1);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.hasResourceProperties('AWS::EC2::Instance', {
      InstanceType: 't4g.micro',
      SourceDestCheck: false,
      NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: true, SubnetId: stack.resolve(network.vpc.publicSubnets[0].subnetId) })],
    });
    template.hasParameter('*', { Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64' });
    expect(instance.Properties).not.toHaveProperty('KeyName');
  });

  test('demands IMDSv2 and encrypts its disk', () => {
    template.hasResourceProperties('AWS::EC2::Instance', {
      MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', DeleteOnTermination: true } }],
    });
  });

  test('is the way out of all private subnets and of no isolated one', () => {
    template.resourcePropertiesCountIs('AWS::EC2::Route', { InstanceId: { Ref: instanceId }, DestinationCidrBlock: '0.0.0.0/0' }, 2);
    template.resourceCountIs('AWS::EC2::Route', 4);
  });

  test('lets routes wait until it forwards packets, and fails the deployment when it cannot', () => {
    expect(instance.CreationPolicy).toEqual({ ResourceSignal: { Count: 1, Timeout: 'PT10M' } });
    const userData = JSON.stringify(instance.Properties.UserData);
    expect(userData).toContain(`cfn-signal --stack Stack --resource ${instanceId} --region `);
    expect(userData).toContain('-e $exitCode');
    expect(userData.indexOf('set -e')).toBeGreaterThan(userData.indexOf('trap exitTrap EXIT'));
    expect(userData.indexOf('MASQUERADE')).toBeGreaterThan(userData.indexOf('set -e'));
  });

  test('admits the VPC only, and SSH from nowhere else', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [{ CidrIp: '10.0.0.0/16', IpProtocol: '-1', Description: 'Traffic of the VPC' }],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('is reached by Session Manager, with the rights for that and no others', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('NatInstance') }],
      PolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Action: [
            'ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel',
            'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
          ],
          Resource: '*',
        }],
      },
    });
    expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).not.toContain('ManagedPolicyArns');
  });

  test('has the type and the image that are given', () => {
    const machineImage = ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' });
    const app = new App();
    const ireland = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    new Network(ireland, 'Network', { egress: Egress.natInstance({ instanceType: 't4g.nano', machineImage }) });
    Template.fromStack(ireland).hasResourceProperties('AWS::EC2::Instance', { InstanceType: 't4g.nano', ImageId: 'ami-0123456789abcdef0' });
  });

  test('runs on x86 with the image for it', () => {
    define({ egress: Egress.natInstance({ instanceType: 't3.micro' }) }).template
      .hasParameter('*', { Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64' });
  });

  test.each([
    ['micro', 'must have an \'instanceType\' of a class and a size like \'t4g.micro\', got "micro"'],
    ['t3.nano', 'must have an \'instanceType\' with 1 GiB of memory or more, got "t3.nano": Amazon Linux runs out of memory while it installs ' +
      'the packages; use \'t4g.micro\', or a \'machineImage\' that has them on board'],
  ])('is refused as %s', (instanceType, reason) => {
    expect(() => define({ egress: Egress.natInstance({ instanceType }) }))
      .toThrow(new Error(`Network at 'Stack/Network' cannot be defined:\n- 'egress' ${reason}`));
  });

  test('serves several networks, each with an instance of its own', () => {
    const both = new Stack(new App(), 'Stack');
    const egress = Egress.natInstance();
    new Network(both, 'One', { egress });
    new Network(both, 'Two', { egress });
    Template.fromStack(both).resourceCountIs('AWS::EC2::Instance', 2);
  });
});

describe('public addresses', () => {
  const { network, template } = define({ egress: Egress.publicIp() });

  test('put tasks into the public subnets', () => {
    expect(network.assignPublicIp).toBe(true);
    expect(network.vpc.selectSubnets(network.taskSubnets).subnets).toEqual(network.vpc.publicSubnets);
  });

  test('leave out NAT and the private subnets, and keep databases isolated', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::Instance', 0);
    expect(network.vpc.privateSubnets).toEqual([]);
    expect(network.vpc.selectSubnets(network.databaseSubnets).subnets).toEqual(network.vpc.isolatedSubnets);
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(22);
  });
});
