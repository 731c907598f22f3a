import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { describe } from '../private/description';
import { duration, required, requiredKind, SERVICE, shaped } from '../private/shapes';
import { durationBetween, validateProps, wholeUnits } from '../private/validation';

/** Properties of a `RegularRollout`. */
export interface RegularRolloutProps {
  /** Service whose tasks are replaced, e.g. `web.service`. */
  readonly service: ecs.IBaseService;

  /** Time between two rollouts, in whole hours from 1 hour to 365 days. */
  readonly every: Duration;
}

const RULES = shaped<RegularRolloutProps>({
  service: requiredKind(SERVICE),
  every: required(duration('days'), 'the time between two rollouts, e.g. Duration.days(15)'),
}, [
  durationBetween('every', Duration.hours(1), Duration.days(365), 'each rollout replaces all tasks'),
  wholeUnits('every', 'hours'),
  ({ service }) => service && !service.cluster
    ? "'service' must know its cluster: import it by ecs.FargateService.fromFargateServiceAttributes(this, 'Web', { serviceName, cluster })"
    : undefined,
]);

/**
 * Rollout of a service at regular times, without a change: its tasks are replaced as in a deployment and read their secrets anew.
 *
 * ECS gives secrets to a task when it starts. Where passwords rotate and the former one lives until the next rotation, a rollout in
 * between is all that running tasks need. EventBridge Scheduler calls ECS; there is no Lambda function, and it costs nothing. The first
 * rollout follows as soon as the schedule is made.
 *
 * @example
 *
 * declare const web: WebService;
 * new RegularRollout(this, 'Rollout', { service: web.service, every: Duration.days(15) });
 */
export class RegularRollout extends Construct {
  /** Schedule that starts the rollouts. */
  public readonly schedule: scheduler.CfnSchedule;

  public constructor(scope: Construct, id: string, props: RegularRolloutProps) {
    super(scope, id);
    props = validateProps(this, 'RegularRollout', props, RULES);

    const { service, every } = props;
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
      inlinePolicies: {
        Rollout: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({ actions: ['ecs:UpdateService'], resources: [service.serviceArn] })],
        }),
      },
    });
    this.schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      description: describe('Lets tasks read their secrets anew:', service),
      scheduleExpression: rate(every),
      // It does not matter when, and not all services need it at once.
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
      target: {
        arn: `arn:${stack.partition}:scheduler:::aws-sdk:ecs:updateService`,
        roleArn: role.roleArn,
        input: stack.toJsonString({ Cluster: service.cluster.clusterArn, Service: service.serviceName, ForceNewDeployment: true }),
      },
    });
  }

  /**
   * Changes the time between two rollouts.
   * @internal
   */
  public _repeat(every: Duration): void {
    this.schedule.scheduleExpression = rate(every);
  }
}

function rate(every: Duration): string {
  const hours = every.toHours();
  return `rate(${hours} ${hours === 1 ? 'hour' : 'hours'})`;
}
