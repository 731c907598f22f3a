import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { areDifferentVpcs, blockOf, nameOfVpc, vpcOf } from '../../src/private/vpc';
import { givenVpc, newStack, TOKEN } from '../helpers';

const stack = newStack();
const own = new ec2.Vpc(stack, 'Own', { natGateways: 0, maxAzs: 1 });
const other = new ec2.Vpc(stack, 'Other', { natGateways: 0, maxAzs: 1 });
const imported = (id: string, vpcId: string) => givenVpc(newStack(id), { vpcId });

test.each<[string, ec2.IVpc, ec2.IVpc, boolean]>([
  ['one and the same', own, own, false],
  ['two of the app', own, other, true],
  ['two imports of one', imported('A', 'vpc-1'), imported('B', 'vpc-1'), false],
  ['imports of two', imported('A', 'vpc-1'), imported('B', 'vpc-2'), true],
  ['one of the app and an import', own, imported('A', 'vpc-1'), true],
  ['one by a token, which may be the other', own, imported('A', TOKEN.string()), false],
])('%s are different VPCs: %#', (_, one, another, different) => {
  expect(areDifferentVpcs(one, another)).toBe(different);
  expect(areDifferentVpcs(another, one)).toBe(different);
});

test('a VPC is named by its id, or by its path where that is a token', () => {
  expect(nameOfVpc(imported('A', 'vpc-1'))).toBe('vpc-1');
  expect(nameOfVpc(own)).toBe("'Stack/Own'");
});

test('the VPC of a cluster is known unless it was imported by its ARN', () => {
  expect(vpcOf(new ecs.Cluster(stack, 'Cluster', { vpc: own }))).toBe(own);
  expect(vpcOf(ecs.Cluster.fromClusterArn(stack, 'Imported', 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop'))).toBeUndefined();
});

test.each<[string, ec2.IVpc, string | undefined]>([
  ['of the app', new ec2.Vpc(stack, 'Public', { ipAddresses: ec2.IpAddresses.cidr('203.0.112.0/20'), natGateways: 0, maxAzs: 1 }), '203.0.112.0/20'],
  ['that IPAM gives its addresses', new ec2.Vpc(stack, 'Ipam', {
    ipAddresses: ec2.IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 18, defaultSubnetIpv4NetmaskLength: 24 }), natGateways: 0, maxAzs: 1,
  }), undefined],
  ['that was imported without', ec2.Vpc.fromVpcAttributes(stack, 'Without', { vpcId: 'vpc-1', availabilityZones: ['a'] }), undefined],
  ['that was imported with it', ec2.Vpc.fromVpcAttributes(stack, 'With', { vpcId: 'vpc-1', availabilityZones: ['a'], vpcCidrBlock: '11.0.0.0/16' }), '11.0.0.0/16'],
  ['that was imported with a token', ec2.Vpc.fromVpcAttributes(stack, 'Later', { vpcId: 'vpc-1', availabilityZones: ['a'], vpcCidrBlock: TOKEN.string() }), undefined],
])('the addresses of a VPC %s are known as far as they stand there', (_, vpc, block) => {
  expect(blockOf(vpc)).toBe(block);
});
