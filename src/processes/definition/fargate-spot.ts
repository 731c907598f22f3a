import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FargateSpotOptions } from './fargate-spot-props';
import { integerBetween, knownAtSynthesis, Rule } from '../../private/validation';

const DEFAULT_BASE = 1;
const DEFAULT_PERCENT = 50;

/** What holds for a mix of Fargate and Fargate Spot. */
export const FARGATE_SPOT_RULES: Rule<FargateSpotOptions>[] = [
  integerBetween('onDemandBase', 0, 5000),
  integerBetween('spotPercent', 1, 100, 'percent'),
  knownAtSynthesis('spotPercent', 'the weights of Fargate and Fargate Spot are'),
  knownAtSynthesis('onDemandBase', 'the list of capacity providers is'),
];

/** The strategies of a service; nothing where it runs on demand alone. */
export function capacityProviderStrategies(spot: FargateSpotOptions | undefined): ecs.CapacityProviderStrategy[] | undefined {
  if (!spot) {
    return undefined;
  }
  const base = spot.onDemandBase ?? DEFAULT_BASE;
  const percent = spot.spotPercent ?? DEFAULT_PERCENT;
  // In lowest terms, since ECS goes through the weights one by one.
  const unit = greatestCommonDivisor(percent, 100 - percent);
  return [
    ...base > 0 || percent < 100 ? [{ capacityProvider: 'FARGATE', base, weight: (100 - percent) / unit }] : [],
    { capacityProvider: 'FARGATE_SPOT', weight: percent / unit },
  ];
}

/** Warns about a service that Spot alone carries. */
export function warnAboutSpot(scope: Construct, spot: FargateSpotOptions | undefined): void {
  if (spot?.onDemandBase === 0) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:spot-only',
      "'fargateSpot.onDemandBase' is 0: where AWS has no Spot capacity, no task may run at all. Keep at least 1 on demand.");
  }
}

function greatestCommonDivisor(first: number, second: number): number {
  return second === 0 ? first : greatestCommonDivisor(second, first % second);
}
