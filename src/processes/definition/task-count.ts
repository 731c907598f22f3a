import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isGiven, isKnown } from '../../private/validation';

/** What ECS runs in one service at most. */
export const MOST_TASKS = 5000;

/** What is wrong with the least and the most tasks of a service. */
export function capacityProblem({ minCapacity, maxCapacity }: { readonly minCapacity?: number; readonly maxCapacity?: number }): string | undefined {
  return isKnown(minCapacity) && isKnown(maxCapacity) && minCapacity > maxCapacity
    ? `'minCapacity' (${minCapacity}) must not be more than 'maxCapacity' (${maxCapacity}): raise 'maxCapacity' or lower 'minCapacity'`
    : undefined;
}

/** A number that others are computed from, with another in place of what is not given or a token. */
export function knownOr(otherwise: number, value: number | undefined): number {
  return isKnown(value) ? value : otherwise;
}

/** A number of tasks that cannot change needs nothing to scale on. */
export function warnAboutIdleScaling(scope: Construct, scalingOptions: { readonly [prop: string]: unknown }): void {
  const idle = Object.entries(scalingOptions).filter(([, value]) => isGiven(value));
  if (idle.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:no-autoscaling',
      `'minCapacity' is 'maxCapacity', so nothing scales: raise 'maxCapacity', or leave out ${idle.map(([prop]) => `'${prop}'`).join(', ')}.`);
  }
}
