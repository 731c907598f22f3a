import { CfnHostedZone, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Stack } from 'aws-cdk-lib/core';
import { hostNamesOf, isHostName } from './host-names';
import { DomainOptions } from '../../config/domain';
import { isKnown, Rule, show } from '../../private/validation';

/** The hosted zone, if given, must hold all names; where it cannot, DNS is elsewhere and a certificate is given instead. */
export function holdsAllNames(certificate: keyof DomainOptions): Rule<DomainOptions> {
  return (domain) => {
    const zone = zoneNameOf(domain);
    if (domain.hostedZone && zone === undefined) {
      return '\'hostedZone\' must know the name of its zone: use HostedZone.fromLookup() or .fromHostedZoneAttributes() instead of .fromHostedZoneId()';
    }
    const outside = isKnown(zone) ? hostNamesOf(domain).filter((name) => isHostName(name) && isKnown(name) && !liesIn(name, zone)) : [];
    return outside.length === 0
      ? undefined
      : `'hostedZone' is the zone of ${show(zone)}, but ${outside.map(show).join(', ')} must lie inside it: `
        + `give the zone of the name, or leave 'hostedZone' out and give '${certificate}'`;
  };
}

/** Whether the zone is made in this app and bound to a VPC; what an imported one is cannot be told. */
export function isPrivate(zone: IHostedZone): boolean {
  const { vpcs } = (zone.node.defaultChild ?? {}) as Partial<CfnHostedZone>;
  return vpcs !== undefined && Stack.of(zone).resolve(vpcs)?.length > 0;
}

function zoneNameOf({ hostedZone }: DomainOptions): string | undefined {
  try {
    return hostedZone?.zoneName.replace(/\.$/, '');
  } catch {
    return undefined; // A zone imported by nothing but its id throws.
  }
}

function liesIn(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}
