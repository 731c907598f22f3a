/** Block of IPv4 addresses: the number of its first address, and its prefix length. */
export interface Ipv4Block {
  readonly first: number;
  readonly mask: number;
}

/** Group of subnets, one in each availability zone; without a mask it takes an even share of what the others leave. */
export interface SubnetGroup {
  readonly name: string;
  readonly mask?: number;
}

/** The smallest subnet and the largest VPC that AWS offers, as prefix lengths. */
export const SMALLEST_MASK = 28;
export const LARGEST_MASK = 16;

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The block that a CIDR notation means, if it is one. The address need not be the first of the block. */
export function parseIpv4Block(cidr: string): Ipv4Block | undefined {
  const [octets, mask] = [CIDR.exec(cidr)?.slice(1, 5).map(Number), Number(CIDR.exec(cidr)?.[5])];
  if (!octets || octets.some((octet) => octet > 255) || mask > 32) {
    return undefined;
  }
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return { first: address - (address % addresses(mask)), mask };
}

/** A block in CIDR notation. */
export function formatIpv4Block({ first, mask }: Ipv4Block): string {
  return `${formatAddress(first)}/${mask}`;
}

/** The first and the last address of a block, for messages. */
export function describeIpv4Block({ first, mask }: Ipv4Block): string {
  return `${formatAddress(first)} to ${formatAddress(first + addresses(mask) - 1)}`;
}

/** Whether two blocks have an address in common. */
export function overlaps(one: Ipv4Block, other: Ipv4Block): boolean {
  return one.first < other.first + addresses(other.mask) && other.first < one.first + addresses(one.mask);
}

/** Number of addresses in a block. */
export function addresses(mask: number): number {
  return 2 ** (32 - mask);
}

/** Whether groups of subnets find room in a block, laid out as `ec2.Vpc` does it: groups with a mask first. */
export function subnetsFit(mask: number, groups: SubnetGroup[], zones: number): boolean {
  const taken = addressesOfMasked(groups, zones);
  const shares = groups.filter((group) => group.mask === undefined).length * zones;
  if (shares === 0) {
    return taken <= addresses(mask);
  }
  const share = 2 ** Math.floor(Math.log2((addresses(mask) - taken) / shares));
  return share >= addresses(SMALLEST_MASK) && Math.ceil(taken / share) * share + shares * share <= addresses(mask);
}

/** Number of addresses up to the last subnet that has a mask; each subnet begins at a multiple of its size. */
function addressesOfMasked(groups: SubnetGroup[], zones: number): number {
  return groups
    .filter((group) => group.mask !== undefined)
    .map((group) => addresses(group.mask!))
    .reduce((next, size) => Math.ceil(next / size) * size + zones * size, 0);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
