import { isIPv6 } from 'net';
import { formatIpv4Block, parseIpv4Block } from '../../private/ipv4-block';
import { isKnown, joined, Rule, show } from '../../private/validation';

/** @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const MOST_RANGES = 10_000;
const EXAMPLES = '"203.0.113.0/24" or "2001:db8::/32"';
const GROUPS = 8;
const BITS_OF_GROUP = 16;

/** The prop, if given, must be ranges of addresses as AWS WAF takes them. */
export function addressRanges<P>(prop: keyof P & string): Rule<P> {
  return (props) => {
    const ranges = props[prop] as readonly string[] | undefined;
    if (!ranges) {
      return undefined;
    }
    if (!isKnown(ranges) || !ranges.every(isKnown)) {
      return `'${prop}' must be known at synthesis, because AWS WAF keeps IPv4 and IPv6 addresses apart: give plain strings, not tokens`;
    }
    return ranges.length > MOST_RANGES
      ? `'${prop}' must hold at most ${MOST_RANGES} ranges, got ${ranges.length}: AWS WAF keeps no more in a set`
      : joined(ranges.map((range) => problemOf(range)).map((problem) => problem && `'${prop}' must ${problem}`));
  };
}

export function isIpv6Range(range: string): boolean {
  return range.includes(':');
}

function problemOf(range: string): string | undefined {
  const [address, mask, ...rest] = range.split('/');
  const form = `hold ranges of addresses like ${EXAMPLES}, got ${show(range)}`;
  if (rest.length > 0 || !(isIPv6(address) || parseIpv4Block(`${address}/32`))) {
    return form;
  }
  const bits = isIPv6(address) ? GROUPS * BITS_OF_GROUP : 32;
  if (mask === undefined) {
    return `${form}: use ${show(`${address}/${bits}`)}`;
  }
  if (Number(mask) === 0) {
    return `${form}: AWS WAF has no range of all addresses; leave the list out where all are meant`;
  }
  if (!/^\d{1,3}$/.test(mask) || Number(mask) > bits) {
    return form;
  }
  const proper = isIPv6(address) ? firstOfIpv6(address, Number(mask)) : formatIpv4Block(parseIpv4Block(range)!);
  const same = isIPv6(address) ? firstOfIpv6(address, bits).replace(/\/.*/, '') === proper.replace(/\/.*/, '') : proper === range;
  return same ? undefined : `begin with the first address of each range, got ${show(range)}: use ${show(proper)}`;
}

/** The range with its first address, as short as an address that ends with zeros is mostly written. */
function firstOfIpv6(address: string, mask: number): string {
  const kept = groupsOf(address).map((group, index) => {
    const free = Math.min(BITS_OF_GROUP, Math.max(0, (index + 1) * BITS_OF_GROUP - mask));
    return group - group % 2 ** free;
  });
  const used = kept.reduce((last, group, index) => group === 0 ? last : index + 1, 0);
  const shown = kept.slice(0, used).map((group) => group.toString(16)).join(':');
  return `${used === GROUPS ? shown : used === GROUPS - 1 ? `${shown}:0` : `${shown}::`}/${mask}`;
}

/** The groups of an address, of which `::` stands for as many zeros as are missing. */
function groupsOf(address: string): number[] {
  const [head, tail] = address.replace(/[\d.]+$/, dottedAsGroups).split('::').map((part) => part === '' ? [] : part.split(':'));
  const missing = tail ? GROUPS - head.length - tail.length : 0;
  return [...head, ...Array<string>(missing).fill('0'), ...tail ?? []].map((group) => parseInt(group, 16));
}

/** The last 32 bits of an IPv6 address may be written as in IPv4. */
function dottedAsGroups(text: string): string {
  const octets = text.split('.').map(Number);
  return octets.length === 4 ? [octets[0] * 256 + octets[1], octets[2] * 256 + octets[3]].map((group) => group.toString(16)).join(':') : text;
}
