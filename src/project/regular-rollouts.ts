import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isKnown } from '../private/validation';
import { RegularRollout } from '../processes/regular-rollout';

/** Between two rotations, where the time is known at deployment only: short enough for whatever it is. */
const HOURS_WHERE_UNKNOWN = 48;

/** Rollouts of the services of a project, as often as its credentials need them, in whatever order services and credentials are added. */
export class RegularRollouts {
  private readonly services: { readonly scope: Construct; readonly service: ecs.FargateService }[] = [];
  private hours?: number;

  public addService(scope: Construct, service: ecs.FargateService): void {
    this.services.push({ scope, service });
    this.schedule();
  }

  public addRotation(time: Duration): void {
    // Former credentials live until the next rotation: with two rollouts in between, one may fail.
    const hours = Math.max(1, Math.floor((isKnown(time) ? time.toHours() : HOURS_WHERE_UNKNOWN) / 2));
    this.hours = Math.min(this.hours ?? hours, hours);
    this.schedule();
  }

  private schedule(): void {
    if (this.hours === undefined) {
      return;
    }
    const every = Duration.hours(this.hours);
    this.services.forEach(({ scope, service }) => {
      const made = scope.node.tryFindChild('Rollout') as RegularRollout | undefined;
      if (made) {
        made._repeat(every);
      } else {
        new RegularRollout(scope, 'Rollout', { service, every });
      }
    });
  }
}
