import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnElement, CfnResource, Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { an, Kind } from '../../private/shapes';
import { isKnown, show } from '../../private/validation';

export const ALARM: Kind = { name: 'a cloudwatch.IAlarm', member: 'alarmName', hint: "use cloudwatch.Alarm.fromAlarmName(this, 'Alarm', 'name')" };

/** Of fewer requests in a minute a share tells nothing: one error of two would be half of them. */
const FEWEST_REQUESTS = 20;

/**
 * Alarm on the share of requests that end with 5xx in two of three minutes. Of two target groups the worse one counts: nobody knows which one holds
 * the new tasks, and the few requests of a canary would go under in those of all. It refers to load balancer and target groups, never to the service,
 * which refers to it.
 */
export function createErrorAlarm(
  scope: Construct, targetGroups: elbv2.ApplicationTargetGroup[], loadBalancerName: () => string | undefined, percent: number,
): cloudwatch.Alarm {
  const metric = (metricName: string, { targetGroupFullName }: elbv2.ApplicationTargetGroup) => new cloudwatch.Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    // The load balancer is known when the target groups are given to it.
    dimensionsMap: { LoadBalancer: Lazy.string({ produce: loadBalancerName }), TargetGroup: targetGroupFullName },
    statistic: cloudwatch.Stats.SUM,
  });
  const common = { label: 'Requests that end with 5xx, in percent', period: Duration.minutes(1) };
  const shares = targetGroups.map((targetGroup, index) => new cloudwatch.MathExpression({
    ...common,
    expression: `IF(FILL(requests${index}, 0) >= ${FEWEST_REQUESTS}, 100 * FILL(errors${index}, 0) / FILL(requests${index}, 0), 0)`,
    usingMetrics: {
      [`errors${index}`]: metric('HTTPCode_Target_5XX_Count', targetGroup),
      [`requests${index}`]: metric('RequestCount', targetGroup),
    },
  }));
  return new cloudwatch.Alarm(scope, 'ErrorAlarm', {
    alarmDescription: `${percent} % of the requests or more end with 5xx: a deployment that is under way is rolled back`,
    metric: shares.length === 1 ? shares[0] : new cloudwatch.MathExpression({
      ...common, expression: 'IF(share0 > share1, share0, share1)', usingMetrics: { share0: shares[0], share1: shares[1] },
    }),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: percent,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

/** Name of an alarm, without a reference to it where that is possible: it may watch the service itself. */
export function nameOfAlarm(alarm: cloudwatch.IAlarm): string {
  const name = (resourceOf(alarm) as cloudwatch.CfnAlarm | undefined)?.alarmName;
  return isKnown(name) ? name : alarm.alarmName;
}

/** The service refers to the alarm by name: an alarm that refers to the service must have its name from the start. */
export function alarmProblem(alarm: cloudwatch.IAlarm, service: ecs.FargateService): string | undefined {
  const misfit = an(ALARM)(alarm ?? 'nothing');
  if (misfit) {
    return `'alarm' must be ${misfit}`;
  }
  const resource = resourceOf(alarm) as cloudwatch.CfnAlarm | undefined;
  if (!resource || isKnown(resource.alarmName)) {
    return undefined;
  }
  const { dimensions, metrics } = resource;
  const stack = Stack.of(service);
  const watched = JSON.stringify(stack.resolve([dimensions, metrics]));
  return watched.includes(show(stack.resolve(stack.getLogicalId(service.node.defaultChild as CfnElement))))
    ? `the alarm '${alarm.node.path}' watches the service, which must know its name before: give the alarm an 'alarmName'`
    : undefined;
}

function resourceOf(alarm: cloudwatch.IAlarm): CfnResource | undefined {
  return alarm.node.defaultChild as CfnResource | undefined;
}
