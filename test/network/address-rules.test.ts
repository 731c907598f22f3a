import { App, Fn, Lazy, Stack } from 'aws-cdk-lib/core';
import { AddressProps } from '../../src/network/address-rules';
import { Network } from '../../src/network/network';

const define = (props: AddressProps) => new Network(new Stack(new App(), 'Stack'), 'Network', props);

test.each<[AddressProps, string]>([
  [{ cidr: '10.0.0.0' }, "'cidr' must be a range of IPv4 addresses like \"10.0.0.0/16\", got \"10.0.0.0\""],
  [{ cidr: '10.0.300.0/24' }, "'cidr' must be a range of IPv4 addresses like \"10.0.0.0/16\", got \"10.0.300.0/24\""],
  [{ cidr: '10.0.0.0/8' }, "'cidr' must be between /16 and /28, got \"10.0.0.0/8\": AWS has no larger and no smaller VPCs"],
  [{ cidr: '10.0.0.0/29' }, "'cidr' must be between /16 and /28, got \"10.0.0.0/29\": AWS has no larger and no smaller VPCs"],
  [{ cidr: '10.0.1.0/16' }, "'cidr' must begin with the first address of the range, got \"10.0.1.0/16\": use \"10.0.0.0/16\""],
  [{ cidr: '172.17.64.0/18' },
    "'cidr' must not overlap the network of Docker's bridge, 172.17.0.0/16 (172.17.0.0 to 172.17.255.255), got \"172.17.64.0/18\" " +
    '(172.17.64.0 to 172.17.127.255): hosts with Docker could not reach it; use e.g. "10.0.0.0/16"'],
  [{ maxAzs: 7 }, "'maxAzs' must be a whole number between 2 and 6, got 7: a load balancer and a database need two"],
  [{ maxAzs: 2, availabilityZones: ['eu-west-1a', 'eu-west-1b'] },
    "'availabilityZones' and 'maxAzs' must not be given together, got [\"eu-west-1a\",\"eu-west-1b\"] and 2: the names say how many there are"],
  [{ availabilityZones: ['eu-west-1a'] },
    "'availabilityZones' must be 2 to 6 different ones, got [\"eu-west-1a\"]: a load balancer and a database need two"],
  [{ availabilityZones: ['eu-west-1a', 'eu-west-1a'] },
    "'availabilityZones' must be 2 to 6 different ones, got [\"eu-west-1a\",\"eu-west-1a\"]: a load balancer and a database need two"],
  [{ publicSubnetMask: 15 }, "'publicSubnetMask' must be a whole number between 16 and 28, got 15: AWS has no larger and no smaller subnets"],
  [{ privateSubnetMask: 29 }, "'privateSubnetMask' must be a whole number between 16 and 28, got 29: AWS has no larger and no smaller subnets"],
  [{ isolatedSubnetMask: 24.5 }, "'isolatedSubnetMask' must be a whole number between 16 and 28, got 24.5: AWS has no larger and no smaller subnets"],
  [{ cidr: '10.0.0.0/24', publicSubnetMask: 26, privateSubnetMask: 22 },
    '\'cidr\' "10.0.0.0/24" has 256 addresses, too few for the subnets: 2 public ones of /26, 2 private ones of /22, ' +
    '2 isolated ones of /28 at least; use a /20, or smaller subnets'],
  [{ cidr: '10.0.0.0/28' },
    '\'cidr\' "10.0.0.0/28" has 16 addresses, too few for the subnets: 2 public ones of /28 at least, 2 private ones of /28 at least, ' +
    '2 isolated ones of /28 at least; use a /25, or smaller subnets'],
  [{ privateSubnetMask: 16 },
    '\'cidr\' "10.0.0.0/16" has 65536 addresses, too few for the subnets: 2 public ones of /28 at least, 2 private ones of /16, ' +
    '2 isolated ones of /28 at least; use smaller subnets, that is a greater mask'],
  [{ cidr: Fn.importValue('Cidr') }, "'cidr' must be known at synth, got a token: the subnets are laid out from it"],
  [{ maxAzs: Lazy.number({ produce: () => 2 }) }, "'maxAzs' must be known at synth, got a token: the subnets are laid out from it"],
  [{ availabilityZones: Fn.getAzs() }, "'availabilityZones' must be known at synth, got a token: the subnets are laid out from it"],
  [{ publicSubnetMask: Lazy.number({ produce: () => 24 }) }, "'publicSubnetMask' must be known at synth, got a token: the subnets are laid out from it"],
])('%j is refused', (props, reason) => {
  expect(() => define(props)).toThrow(new Error(`Network at 'Stack/Network' cannot be defined:\n- ${reason}`));
});

test.each<[AddressProps]>([
  [{ cidr: '10.0.0.0/25' }],
  [{ cidr: '172.16.0.0/16' }],
  [{ cidr: '172.18.0.0/16' }],
  [{ cidr: '100.64.0.0/16', maxAzs: 6, publicSubnetMask: 28, privateSubnetMask: 20, isolatedSubnetMask: 28 }],
])('%j is accepted', (props) => {
  expect(() => define(props)).not.toThrow();
});

test('availability zones that are tokens are accepted', () => {
  expect(() => define({ availabilityZones: [Fn.select(0, Fn.getAzs()), Fn.select(2, Fn.getAzs())] })).not.toThrow();
});
