import { Token } from 'aws-cdk-lib/core';
import {
  addresses, describeIpv4Block, formatIpv4Block, LARGEST_MASK, overlaps, parseIpv4Block, SMALLEST_MASK, SubnetGroup, subnetsFit,
} from '../private/ipv4-block';
import { integerBetween, isKnown, Rule, show } from '../private/validation';

/** The props of a network that its addresses are laid out from. */
export interface AddressProps {
  readonly cidr?: string;
  readonly maxAzs?: number;
  readonly availabilityZones?: string[];
  readonly publicSubnetMask?: number;
  readonly privateSubnetMask?: number;
  readonly isolatedSubnetMask?: number;
}

export const DEFAULT_CIDR = '10.0.0.0/16';
export const DEFAULT_MAX_AZS = 2;
export const MOST_ZONES = 6;

/** Every host with Docker has this network, from developers' machines to AWS Cloud9. */
const DOCKER_BRIDGE = parseIpv4Block('172.17.0.0/16')!;
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15'].map((cidr) => parseIpv4Block(cidr)!);

const MASKS = ['publicSubnetMask', 'privateSubnetMask', 'isolatedSubnetMask'] as const;
const ZONES = 'a load balancer and a database need two';

/** The rules for the addresses of a network. */
export const ADDRESS_RULES: Rule<AddressProps>[] = [
  ...(['cidr', 'maxAzs', 'availabilityZones', ...MASKS] as const).map((prop): Rule<AddressProps> => (props) => Token.isUnresolved(props[prop])
    ? `'${prop}' must be known at synth, got a token: the subnets are laid out from it`
    : undefined),
  integerBetween('maxAzs', 2, MOST_ZONES, '', ZONES),
  ({ availabilityZones: zones, maxAzs }) => zones && maxAzs !== undefined
    ? `'availabilityZones' and 'maxAzs' must not be given together, got ${show(zones)} and ${show(maxAzs)}: the names say how many there are`
    : undefined,
  ({ availabilityZones: zones }) => isKnown(zones) && (new Set(zones).size !== zones.length || zones.length < 2 || zones.length > 6)
    ? `'availabilityZones' must be 2 to 6 different ones, got ${show(zones)}: ${ZONES}`
    : undefined,
  ({ cidr }) => isKnown(cidr) ? cidrProblem(cidr) : undefined,
  ...MASKS.map((prop) => integerBetween<AddressProps>(prop, LARGEST_MASK, SMALLEST_MASK, '', 'AWS has no larger and no smaller subnets')),
  (props) => roomProblem(props),
];

/** The number of availability zones that the props ask for. */
export function zoneCount(props: AddressProps): number {
  return props.availabilityZones?.length ?? props.maxAzs ?? DEFAULT_MAX_AZS;
}

/** Whether there are as many availability zones as a network can have. */
export function areEnoughZones(count: number): boolean {
  return Number.isInteger(count) && count >= 2 && count <= MOST_ZONES;
}

/** Whether a range belongs to somebody on the internet. */
export function isPublicRange(cidr: string): boolean {
  const block = parseIpv4Block(cidr)!;
  return !PRIVATE_RANGES.some((range) => overlaps(range, block));
}

function cidrProblem(cidr: string): string | undefined {
  const block = parseIpv4Block(cidr);
  if (!block) {
    return `'cidr' must be a range of IPv4 addresses like ${show(DEFAULT_CIDR)}, got ${show(cidr)}`;
  }
  if (!isVpcSize(block.mask)) {
    return `'cidr' must be between /${LARGEST_MASK} and /${SMALLEST_MASK}, got ${show(cidr)}: AWS has no larger and no smaller VPCs`;
  }
  if (formatIpv4Block(block) !== cidr) {
    return `'cidr' must begin with the first address of the range, got ${show(cidr)}: use ${show(formatIpv4Block(block))}`;
  }
  return overlaps(block, DOCKER_BRIDGE)
    ? `'cidr' must not overlap the network of Docker's bridge, ${formatIpv4Block(DOCKER_BRIDGE)} (${describeIpv4Block(DOCKER_BRIDGE)}), ` +
      `got ${show(cidr)} (${describeIpv4Block(block)}): hosts with Docker could not reach it; use e.g. ${show(DEFAULT_CIDR)}`
    : undefined;
}

/** Whether the subnets find room; silent where another rule has already refused what it would calculate with. */
function roomProblem(props: AddressProps): string | undefined {
  const cidr = props.cidr ?? DEFAULT_CIDR;
  const block = isKnown(cidr) ? parseIpv4Block(cidr) : undefined;
  const zones = zoneCount(props);
  const groups: SubnetGroup[] = MASKS.map((prop) => ({ name: prop.replace('SubnetMask', ''), mask: props[prop] }));
  const saneMasks = groups.every(({ mask }) => mask === undefined || isVpcSize(mask));
  if (!block || !isVpcSize(block.mask) || !saneMasks || !areEnoughZones(zones) || subnetsFit(block.mask, groups, zones)) {
    return undefined;
  }
  const wanted = groups.map(({ name, mask }) => `${zones} ${name} ones of /${mask ?? SMALLEST_MASK}${mask ? '' : ' at least'}`).join(', ');
  const larger = Array.from({ length: block.mask - LARGEST_MASK }, (_, index) => block.mask - 1 - index);
  const enough = larger.find((mask) => subnetsFit(mask, groups, zones));
  return `'cidr' ${show(cidr)} has ${addresses(block.mask)} addresses, too few for the subnets: ${wanted}; ` +
    (enough ? `use a /${enough}, or smaller subnets` : 'use smaller subnets, that is a greater mask');
}

function isVpcSize(mask: number): boolean {
  return Number.isInteger(mask) && mask >= LARGEST_MASK && mask <= SMALLEST_MASK;
}
