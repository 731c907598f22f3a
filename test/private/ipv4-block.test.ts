import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describeIpv4Block, formatIpv4Block, overlaps, parseIpv4Block, subnetsFit } from '../../src/private/ipv4-block';

describe('blocks of IPv4 addresses', () => {
  test.each([
    ['10.0.0.0/16', '10.0.0.0/16', '10.0.0.0 to 10.0.255.255'],
    ['10.0.3.9/22', '10.0.0.0/22', '10.0.0.0 to 10.0.3.255'],
    ['255.255.255.255/32', '255.255.255.255/32', '255.255.255.255 to 255.255.255.255'],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0 to 255.255.255.255'],
  ])('%s is %s, %s', (cidr, canonical, range) => {
    const block = parseIpv4Block(cidr)!;
    expect([formatIpv4Block(block), describeIpv4Block(block)]).toEqual([canonical, range]);
  });

  test.each(['', '10.0.0.0', '10.0.0/16', '10.0.0.256/16', '10.0.0.0/33', '10.0.0.0/-1', 'fd00::/8', ' 10.0.0.0/16'])('%j is none', (cidr) => {
    expect(parseIpv4Block(cidr)).toBeUndefined();
  });

  test.each([
    ['10.0.0.0/16', '10.0.255.0/24', true],
    ['10.0.255.0/24', '10.0.0.0/16', true],
    ['10.0.0.0/16', '10.1.0.0/16', false],
    ['172.16.0.0/16', '172.17.0.0/16', false],
    ['172.17.128.0/17', '172.17.0.0/16', true],
  ])('%s and %s have an address in common: %s', (one, other, expected) => {
    expect(overlaps(parseIpv4Block(one)!, parseIpv4Block(other)!)).toBe(expected);
  });
});

describe('room for subnets', () => {
  const masks = [undefined, 20, 22, 24, 26, 28];
  const layouts = [16, 20, 23, 24, 25, 26, 28].flatMap((vpc) => [2, 3].flatMap((zones) => masks.flatMap((first) => masks.map(
    (second): [number, number, (number | undefined)[]] => [vpc, zones, [first, second, undefined]]))));

  test('is found exactly where the VPC of CDK finds it', () => {
    const disagreements = layouts.filter(([vpc, zones, cidrMasks]) =>
      subnetsFit(vpc, cidrMasks.map((mask, index) => ({ name: `G${index}`, mask })), zones) !== cdkLaysOut(vpc, zones, cidrMasks));
    expect(disagreements).toEqual([]);
    expect(layouts.filter(([vpc, zones, cidrMasks]) => cdkLaysOut(vpc, zones, cidrMasks)).length).toBeGreaterThan(50);
  });
});

function cdkLaysOut(vpc: number, zones: number, cidrMasks: (number | undefined)[]): boolean {
  try {
    const names = Array.from({ length: zones }, (_, index) => `eu-central-1${'abc'[index]}`);
    const addresses = ec2.IpAddresses.cidr(`10.0.0.0/${vpc}`);
    addresses.allocateSubnetsCidr({
      vpcCidr: `10.0.0.0/${vpc}`,
      requestedSubnets: cidrMasks.flatMap((cidrMask, group) => names.map((availabilityZone) => ({
        availabilityZone,
        subnetConstructId: `Subnet${group}${availabilityZone}`,
        configuration: { name: `G${group}`, subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask },
      }))),
    });
    return true;
  } catch {
    return false;
  }
}
