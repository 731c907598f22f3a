import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, maybe, noBoolean, noObject, outside } from './arbitraries';
import { describeProperties } from './subject';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { Beat } from '../../src/processes/workers/beat';
import { BeatOptions } from '../../src/processes/workers/beat-props';
import { Worker } from '../../src/processes/workers/worker';
import { WorkerOptions } from '../../src/processes/workers/worker-props';
import { givenVpc, IMAGE, newStack, TOKEN } from '../helpers';

const QUEUE = sqs.Queue.fromQueueArn(newStack(), 'Queue', 'arn:aws:sqs:eu-central-1:123456789012:tasks');
const METRIC = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Waiting' });

/** Steps as people write them: fewer tasks below, none or a gap between, more and more above. */
const steps = fc.record({ bounds: fc.uniqueArray(between(0, 1000), { minLength: 3, maxLength: 12 }), less: between(-5, 0), hasGap: fc.boolean() })
  .map(({ bounds, less, hasGap }) => {
    const [first, second, ...above] = bounds.sort((one, other) => one - other);
    return [{ upper: first, change: less }, ...[hasGap ? second : first, ...above].map((lower, index) => ({ lower, change: index + 1 }))];
  });

function around(stack: Stack, stopTimeoutSeconds: number) {
  const vpc = givenVpc(stack);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  return { cluster, process: new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, stopTimeout: Duration.seconds(stopTimeoutSeconds) }) };
}

const capacities = (least: number) => fc.tuple(maybe(between(least, 5000)), maybe(between(least, 5000)))
  .map(([minCapacity, maxCapacity]) => minCapacity !== undefined && maxCapacity !== undefined && minCapacity > maxCapacity
    ? { minCapacity: maxCapacity, maxCapacity: minCapacity } : { minCapacity, maxCapacity });
const percents = fc.record({ targetCpuPercent: maybe(between(10, 95)), targetMemoryPercent: maybe(between(10, 95)) });
const others = fc.record({
  enableExecuteCommand: maybe(fc.boolean()),
  fargateSpot: maybe(fc.record({ onDemandBase: maybe(between(0, 5000)), spotPercent: maybe(between(1, 100)) })),
});

const valid: fc.Arbitrary<WorkerOptions> = fc.oneof(
  fc.record({
    capacity: capacities(1),
    percents,
    scaling: maybe(between(1, 1000).map((targetValue) => ({ metricScaling: { metric: METRIC, targetValue } }))),
    others,
  }),
  fc.record({
    capacity: capacities(0),
    percents,
    scaling: fc.oneof(
      between(1, 1_000_000).map((messagesPerTask) => ({ queueScaling: { queue: QUEUE, messagesPerTask } })),
      steps.map((given) => ({ metricScaling: { metric: METRIC, steps: given } })),
    ),
    others,
  }),
).map(({ capacity, percents: percent, scaling, others: rest }) => ({ ...capacity, ...percent, ...scaling, ...rest }));

describeProperties<WorkerOptions>({
  name: 'Worker',
  define: (stack, options) => new Worker(stack, 'Worker', { ...around(stack, 120), ...options }),
  valid,
  expectOf: (template) => {
    const only = (type: string): any => Object.values(template.findResources(type))[0]?.Properties;
    const service = only('AWS::ECS::Service');
    expect(service).toMatchObject({
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100, MaximumPercent: 200 },
      AvailabilityZoneRebalancing: 'ENABLED',
    });
    // Either autoscaling counts the tasks, or the template does.
    const target = only('AWS::ApplicationAutoScaling::ScalableTarget');
    expect(Object.hasOwn(service, 'DesiredCount')).toBe(target === undefined);
    if (target) {
      expect(target.MinCapacity).toBeLessThan(target.MaxCapacity);
      expect(Object.keys(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))).not.toEqual([]);
    }
    for (const { Properties } of Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))) {
      expect(Properties.StepScalingPolicyConfiguration?.StepAdjustments.length ?? 1).toBeLessThanOrEqual(20);
    }
  },
  invalid: [
    ['minCapacity', outside(0, 5000)],
    ['maxCapacity', outside(0, 5000)],
    ['targetCpuPercent', outside(10, 95)],
    ['targetMemoryPercent', outside(10, 95)],
    ['queueScaling', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['queueScaling.queue', noObject],
    ['queueScaling.messagesPerTask', outside(1, 1_000_000)],
    ['metricScaling', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['metricScaling.metric', noObject],
    ['metricScaling.targetValue', fc.oneof(between(-9, 0), fc.string(), fc.constantFrom(NaN, Infinity, true, {}))],
    ['metricScaling.steps', fc.oneof(fc.string(), between(0, 9), fc.constantFrom(true, [], {}, [{ change: 1 }], [1, 2], [null, null]))],
    ['fargateSpot', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['enableExecuteCommand', noBoolean],
  ],
  tokens: [
    ['minCapacity', TOKEN.number],
    ['maxCapacity', TOKEN.number],
    ['targetCpuPercent', TOKEN.number],
    ['targetMemoryPercent', TOKEN.number],
  ],
});

describeProperties<BeatOptions>({
  name: 'Beat',
  define: (stack, options) => new Beat(stack, 'Beat', { ...around(stack, 10), ...options }),
  valid: fc.record({ enabled: maybe(fc.boolean()), enableExecuteCommand: maybe(fc.boolean()) }),
  expectOf: (template, { enabled = true }) => template.hasResourceProperties('AWS::ECS::Service', {
    DesiredCount: enabled ? 1 : 0,
    DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    AvailabilityZoneRebalancing: 'DISABLED',
  }),
  invalid: [['enabled', noBoolean], ['enableExecuteCommand', noBoolean]],
  tokens: [],
});
