import { Duration, Token } from 'aws-cdk-lib/core';
import { AuroraServerlessOptions } from './aurora-serverless-props';
import { DEFAULT_VERSION } from './engine-version';
import { PrivateDatabaseOptions } from './private-database-props';
import { nestedRules } from '../../private/nested-rules';
import { pausingSince } from '../../private/postgres';
import { durationBetween, isKnown, knownAtSynthesis, Rule, show, wholeUnits } from '../../private/validation';

/** Sizes of Aurora by default. */
export const DEFAULT_ACU = { min: 0, max: 2 };

/** Options of an instance, and what Aurora has instead. */
const INSTANCE_ONLY: [keyof PrivateDatabaseOptions, string][] = [
  ['instanceType', "its size is 'auroraServerless.maxCapacityAcu'"],
  ['multiAz', "its standby is a reader: give 'readReplicas: 1'"],
  ['allocatedStorageGiB', 'its storage grows by itself'],
  ['maxAllocatedStorageGiB', 'its storage grows by itself'],
];

const OPTION_RULES: Rule<AuroraServerlessOptions>[] = [
  acu('minCapacityAcu', 0),
  acu('maxCapacityAcu', 1),
  knownAtSynthesis('minCapacityAcu', 'the number of connections is'),
  knownAtSynthesis('maxCapacityAcu', 'the number of connections is'),
  ({ minCapacityAcu: min, maxCapacityAcu: max }) => {
    const least = min ?? DEFAULT_ACU.min;
    const most = max ?? DEFAULT_ACU.max;
    return isKnown(least) && isKnown(most) && least > most
      ? `'maxCapacityAcu' (${most}${max === undefined ? ', its default' : ''}) must be at least 'minCapacityAcu' (${least}): raise it to ${Math.max(1, least)} or more`
      : undefined;
  },
  durationBetween('autoPauseAfter', Duration.minutes(5), Duration.days(1)),
  wholeUnits('autoPauseAfter', 'seconds'),
  ({ minCapacityAcu, autoPauseAfter }) => autoPauseAfter && (minCapacityAcu ?? 0) > 0
    ? `'autoPauseAfter' has an effect only where 'minCapacityAcu' is 0, got ${show(minCapacityAcu)}: Aurora never pauses otherwise; leave one of them out`
    : undefined,
];

/** What holds for a database on Aurora, and what does not go with it. */
export const AURORA_SERVERLESS_RULES: Rule<PrivateDatabaseOptions>[] = [
  ...nestedRules<PrivateDatabaseOptions, 'auroraServerless'>('auroraServerless', OPTION_RULES),
  ...INSTANCE_ONLY.map(([prop, instead]): Rule<PrivateDatabaseOptions> => (props) => props.auroraServerless && props[prop] !== undefined && props[prop] !== null
    ? `'${prop}' is for an instance and must not be given with 'auroraServerless', where ${instead}: leave out one of the two`
    : undefined),
  ({ auroraServerless, engineVersion }) => {
    const version = engineVersion ?? DEFAULT_VERSION;
    const pauses = auroraServerless && (auroraServerless.minCapacityAcu ?? DEFAULT_ACU.min) === 0;
    const since = pauses && isKnown(version) ? pausingSince(String(version)) : undefined;
    return since && `'auroraServerless.minCapacityAcu' must be at least 0.5 with 'engineVersion' ${show(version)}: Aurora pauses at 0 from ${since} on; ` +
      `give that, '${since.split('.')[0]}', or a minimum of 0.5`;
  },
];

function acu(prop: 'minCapacityAcu' | 'maxCapacityAcu', least: number): Rule<AuroraServerlessOptions> {
  return ({ [prop]: value }) => {
    if (value === undefined || value === null || Token.isUnresolved(value)) {
      return undefined;
    }
    return typeof value === 'number' && value >= least && value <= 256 && Number.isInteger(value * 2)
      ? undefined
      : `'${prop}' must be between ${least} and 256 ACU in steps of 0.5, got ${show(value)}`;
  };
}
