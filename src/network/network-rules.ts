import { RemovalPolicy } from 'aws-cdk-lib/core';
import { ADDRESS_RULES, areEnoughZones, MOST_ZONES, zoneCount } from './address-rules';
import { FlowLogs } from './flow-logs';
import { NetworkOptions, NetworkProps } from './network-props';
import { logRetention } from '../private/log-retention';
import { aRemovalPolicy, memberOf, shaped, strings } from '../private/shapes';
import { isKnown, Rule, show } from '../private/validation';

/** What holds for the options of a `Network` in a region, wherever they are given. */
export function networkOptionRules(region: string): Rule<NetworkOptions>[] {
  return shaped<NetworkOptions>({
    availabilityZones: strings, flowLogs: memberOf('FlowLogs', FlowLogs), removalPolicy: aRemovalPolicy, vpcRemovalPolicy: aRemovalPolicy,
  }, [
    ...ADDRESS_RULES,
    ({ egress }) => egress !== undefined && typeof egress._plan !== 'function'
      ? '\'egress\' must be one of Egress.natGateways(), Egress.natInstance() and Egress.publicIp()'
      : undefined,
    // A number of zones that cannot be is told by its own rule: nothing else is held against it.
    (props) => props.egress?._problem?.(areEnoughZones(zoneCount(props)) ? zoneCount(props) : MOST_ZONES),
    ({ flowLogs, flowLogRetention }) => flowLogs === FlowLogs.NONE && flowLogRetention !== undefined
      ? '\'flowLogs\' must not be FlowLogs.NONE where \'flowLogRetention\' is given: leave one of them out'
      : undefined,
    ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
      ? '\'removalPolicy\' must not be SNAPSHOT: a log group has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE'
      : undefined,
    ({ vpcRemovalPolicy }) => vpcRemovalPolicy === RemovalPolicy.SNAPSHOT
      ? '\'vpcRemovalPolicy\' must not be SNAPSHOT: a VPC has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE, or DESTROY where no database is kept'
      : undefined,
    logRetention('flowLogRetention'),
    zonesInRegion(region),
  ]);
}

/** What holds for the props of a `Network` in a region. */
export function networkRules(region: string): Rule<NetworkProps>[] {
  return [
    ...networkOptionRules(region),
    ({ flowLogs, flowLogBucket }) => flowLogs === FlowLogs.NONE && flowLogBucket
      ? '\'flowLogs\' must not be FlowLogs.NONE where \'flowLogBucket\' is given: leave one of them out'
      : undefined,
    ({ flowLogRetention, flowLogBucket }) => flowLogRetention !== undefined && flowLogBucket
      ? '\'flowLogRetention\' must not be given with \'flowLogBucket\': give the bucket a lifecycle rule instead'
      : undefined,
  ];
}

function zonesInRegion(region: string): Rule<NetworkOptions> {
  return ({ availabilityZones: zones }) => {
    const strangers = !isKnown(region) || !isKnown(zones) ? [] : zones.filter((zone) => isKnown(zone) && !zone.startsWith(region));
    return strangers.length > 0
      ? `'availabilityZones' must be zones of the stack's region ${region}, got ${strangers.map(show).join(', ')}: e.g. '${region}a'`
      : undefined;
  };
}
