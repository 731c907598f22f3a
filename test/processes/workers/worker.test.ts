import { Template } from 'aws-cdk-lib/assertions';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { App, CfnResource, Duration, Stack } from 'aws-cdk-lib/core';
import { allOf, defineWorker, serviceOf, surroundings } from './worker-stack';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { CeleryCommand } from '../../../src/processes/workers/celery-command';
import { Worker } from '../../../src/processes/workers/worker';
import { WorkerProps } from '../../../src/processes/workers/worker-props';
import { taskCounts } from '../../../src/processes/workers/worker-scaling';
import { fromPython, givenVpc, IMAGE, newStack, TOKEN, warningsOf } from '../../helpers';

const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const METRIC = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Waiting' });

function queueIn(stack: Stack): sqs.IQueue {
  return sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-central-1:123456789012:tasks');
}

/** The number of tasks for a number of messages, as both alarms and their policies make it. */
function tasksFor(stack: Stack, messages: number): number {
  const resources = Template.fromStack(stack).findResources(POLICY);
  const wanted = allOf(stack, 'AWS::CloudWatch::Alarm').flatMap(({ ComparisonOperator, Threshold, AlarmActions: [{ Ref: policy }] }) => {
    const fires = ComparisonOperator === 'LessThanOrEqualToThreshold' ? messages <= Threshold : messages >= Threshold;
    const steps: any[] = fires ? resources[policy].Properties.StepScalingPolicyConfiguration.StepAdjustments : [];
    return steps.filter(({ MetricIntervalLowerBound: lower = -Infinity, MetricIntervalUpperBound: upper = Infinity }) =>
      messages - Threshold >= lower && messages - Threshold < upper).map(({ ScalingAdjustment }) => ScalingAdjustment);
  });
  expect(wanted).toHaveLength(1);
  return wanted[0];
}

describe('a worker by default', () => {
  const { stack, process, worker } = defineWorker();

  test('is one task, replaced by starting the new one first, and rolled back when that fails', () => {
    expect(serviceOf(stack).Properties).toMatchObject({
      Cluster: 'shop',
      LaunchType: 'FARGATE',
      DesiredCount: 1,
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100, MaximumPercent: 200 },
      AvailabilityZoneRebalancing: 'ENABLED',
      EnableECSManagedTags: true,
      EnableExecuteCommand: false,
      PropagateTags: 'SERVICE',
      TaskDefinition: stack.resolve(process.taskDefinition.taskDefinitionArn),
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED', Subnets: ['private-1', 'private-2'], SecurityGroups: [stack.resolve(process.securityGroup.securityGroupId)],
        },
      },
    });
    expect(worker).toMatchObject({ minCapacity: 1, maxCapacity: 1, scaling: undefined });
  });

  test('adds one resource to those of its process: nothing scales and nobody sends it requests', () => {
    const alone = surroundings(newStack('Alone'));
    const count = (of: Stack) => Object.keys(Template.fromStack(of).toJSON().Resources).length;
    expect(count(stack)).toBe(count(alone.stack) + 1);
    expect(serviceOf(stack).Properties.LoadBalancers).toBeUndefined();
    expect(serviceOf(stack).Properties.HealthCheckGracePeriodSeconds).toBeUndefined();
  });

  test('writes its log as it goes, unless the project says otherwise', () => {
    const environment = (of: Stack) => allOf(of, 'AWS::ECS::TaskDefinition')[0].ContainerDefinitions[0].Environment;
    expect(environment(stack)).toContainEqual({ Name: 'PYTHONUNBUFFERED', Value: '1' });
    expect(environment(defineWorker({}, newStack(), { environment: { PYTHONUNBUFFERED: '' } }).stack)).toEqual([{ Name: 'PYTHONUNBUFFERED', Value: '' }]);
  });

  test('has nothing to warn of', () => {
    expect(warningsOf(worker)).toEqual({});
  });
});

test('starts after all that its tasks need: rights, log group, and the routes of its subnets', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, maxAzs: 1 });
  const { process } = defineWorker({}, stack, { vpc });
  const route = new CfnResource(stack, 'Something', { type: 'Test::Thing' });
  process.startAfter(route);
  const { DependsOn } = serviceOf(stack);
  const routes = Object.entries(Template.fromStack(stack).findResources('AWS::EC2::Route')).flatMap(([id, { Properties }]) => Properties.NatGatewayId ? [id] : []);
  expect(routes).toHaveLength(1);
  expect(DependsOn).toEqual(expect.arrayContaining([
    ...routes, 'Something', stack.resolve((process.logGroup as any).node.defaultChild.logicalId),
    ...Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy')),
  ]));
});

test.each<[string, Partial<WorkerProps>, { MinCapacity: number; MaxCapacity: number }]>([
  ['that may grow', { maxCapacity: 4 }, { MinCapacity: 1, MaxCapacity: 4 }],
  ['that follows its CPU', { targetCpuPercent: 50 }, { MinCapacity: 1, MaxCapacity: 10 }],
  ['of many tasks that follows its CPU', { minCapacity: 8, targetCpuPercent: 50 }, { MinCapacity: 8, MaxCapacity: 16 }],
  ['that follows its memory', { targetMemoryPercent: 50, maxCapacity: 3 }, { MinCapacity: 1, MaxCapacity: 3 }],
])('a worker %s leaves the number of its tasks to autoscaling', (_, props, capacity) => {
  const { stack, worker } = defineWorker(props);
  expect(allOf(stack, TARGET)).toEqual([expect.objectContaining(capacity)]);
  expect(serviceOf(stack).Properties).not.toHaveProperty('DesiredCount');
  expect(worker).toMatchObject({ minCapacity: capacity.MinCapacity, maxCapacity: capacity.MaxCapacity });
  expect(worker.scaling).toBeDefined();
});

test.each<[string, Partial<WorkerProps>, [string, number][]]>([
  ['CPU where nothing else is said', { maxCapacity: 4 }, [['ECSServiceAverageCPUUtilization', 70]]],
  ['CPU', { targetCpuPercent: 55 }, [['ECSServiceAverageCPUUtilization', 55]]],
  ['memory alone', { targetMemoryPercent: 60 }, [['ECSServiceAverageMemoryUtilization', 60]]],
  ['both', { targetCpuPercent: 55, targetMemoryPercent: 60 }, [['ECSServiceAverageCPUUtilization', 55], ['ECSServiceAverageMemoryUtilization', 60]]],
])('scales on %s', (_, props, targets) => {
  const { stack } = defineWorker(props);
  expect(allOf(stack, POLICY).map(({ TargetTrackingScalingPolicyConfiguration: policy }) =>
    [policy.PredefinedMetricSpecification.PredefinedMetricType, policy.TargetValue])).toEqual(targets);
});

describe('scaling on a queue', () => {
  test.each([[0, 0], [1, 1], [10, 1], [11, 2], [50, 5], [51, 6], [100_000, 6]])('gives %d messages, 10 for each task, %d of at most 6 tasks', (messages, tasks) => {
    const stack = newStack();
    defineWorker({ minCapacity: 0, maxCapacity: 6, queueScaling: { queue: queueIn(stack), messagesPerTask: 10 } }, stack);
    expect(tasksFor(stack, messages)).toBe(tasks);
  });

  test.each([[0, 3], [30, 3], [31, 4], [41, 5], [9999, 5]])('gives %d messages %d of 3 to 5 tasks', (messages, tasks) => {
    const stack = newStack();
    defineWorker({ minCapacity: 3, maxCapacity: 5, queueScaling: { queue: queueIn(stack), messagesPerTask: 10 } }, stack);
    expect(tasksFor(stack, messages)).toBe(tasks);
  });

  test('counts what waits and what is being worked on, and goes down only when little came for five minutes', () => {
    const stack = newStack();
    defineWorker({ queueScaling: { queue: queueIn(stack), messagesPerTask: 10 } }, stack);
    for (const { Metrics } of allOf(stack, 'AWS::CloudWatch::Alarm')) {
      expect(Metrics).toHaveLength(3);
      expect(Metrics[0]).toMatchObject({ Expression: 'waiting + FILL(inFlight, 0)', ReturnData: true });
      const described = Metrics.slice(1)
        .map(({ MetricStat: { Metric: { MetricName, Dimensions }, Period, Stat } }: any) => [MetricName, Dimensions[0].Value, Period, Stat]);
      expect(described).toEqual([
        ['ApproximateNumberOfMessagesVisible', 'tasks', 300, 'Maximum'], ['ApproximateNumberOfMessagesNotVisible', 'tasks', 300, 'Maximum'],
      ]);
    }
    expect(allOf(stack, POLICY).map(({ StepScalingPolicyConfiguration: { AdjustmentType, MetricAggregationType } }) => [AdjustmentType, MetricAggregationType]))
      .toEqual([['ExactCapacity', 'Maximum'], ['ExactCapacity', 'Maximum']]);
  });

  test('does not look at CPU besides, unless that is wanted', () => {
    const both = newStack();
    defineWorker({ queueScaling: { queue: queueIn(both), messagesPerTask: 10 }, targetCpuPercent: 70 }, both);
    expect(allOf(both, POLICY)).toHaveLength(3);
  });

  test.each([[0, 1], [1, 10], [0, 19], [0, 20], [0, 100], [1, 5000], [4999, 5000]])('has at most 20 steps from %d to %d tasks, the first ones small', (min, max) => {
    const counts = taskCounts(min, max);
    expect(counts.length).toBeLessThanOrEqual(20);
    expect(counts.length).toBeGreaterThan(1);
    expect([counts[0], counts[1], counts[counts.length - 1]]).toEqual([min, min + 1, max]);
    expect(counts).toEqual([...new Set(counts)].sort((one, other) => one - other));
  });
});

describe('scaling on a metric', () => {
  test('aims at a value', () => {
    const { stack } = defineWorker({ metricScaling: { metric: METRIC, targetValue: 12.5 } });
    expect(allOf(stack, POLICY)).toEqual([expect.objectContaining({
      TargetTrackingScalingPolicyConfiguration: expect.objectContaining({
        TargetValue: 12.5, CustomizedMetricSpecification: { MetricName: 'Waiting', Namespace: 'Shop', Statistic: 'Average' },
      }),
    })]);
  });

  test('goes by steps, from no task too', () => {
    const { stack } = defineWorker({
      minCapacity: 0,
      metricScaling: {
        metric: METRIC, steps: [{ upper: 0.5, change: 0 }, { lower: 0.5, change: 2 }], adjustmentType: appscaling.AdjustmentType.EXACT_CAPACITY,
      },
    });
    expect(allOf(stack, TARGET)).toEqual([expect.objectContaining({ MinCapacity: 0, MaxCapacity: 10 })]);
    expect([tasksFor(stack, 0), tasksFor(stack, 1)]).toEqual([0, 2]);
  });
});

test('is paused by no task at most', () => {
  const { stack } = defineWorker({ maxCapacity: 0 });
  expect(serviceOf(stack).Properties.DesiredCount).toBe(0);
  expect(allOf(stack, TARGET)).toEqual([]);
});

test('lets people in where that is wanted', () => {
  expect(serviceOf(defineWorker({ enableExecuteCommand: true }).stack).Properties.EnableExecuteCommand).toBe(true);
});

test('runs where it is told to', () => {
  const { stack, worker } = defineWorker({ taskSubnets: { subnetType: ec2.SubnetType.PUBLIC }, assignPublicIp: true });
  expect(serviceOf(stack).Properties.NetworkConfiguration.AwsvpcConfiguration).toMatchObject({ AssignPublicIp: 'ENABLED', Subnets: ['public-1', 'public-2'] });
  expect(warningsOf(worker)).toEqual({});
});

describe('Spot', () => {
  test.each([
    [{}, [{ CapacityProvider: 'FARGATE', Base: 1, Weight: 1 }, { CapacityProvider: 'FARGATE_SPOT', Weight: 1 }]],
    [{ onDemandBase: 0, spotPercent: 100 }, [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }]],
  ])('carries what %j says', (fargateSpot, strategy) => {
    const { Properties } = serviceOf(defineWorker({ fargateSpot }).stack);
    expect(Properties.CapacityProviderStrategy).toEqual(strategy);
    expect(Properties).not.toHaveProperty('LaunchType');
  });

  test('is known to a cluster of ours before the service is made', () => {
    const stack = newStack();
    const vpc = givenVpc(stack);
    const cluster = new ecs.Cluster(stack, 'OwnCluster', { vpc, enableFargateCapacityProviders: true });
    const { process } = surroundings(stack, { vpc });
    new Worker(stack, 'Worker', { cluster, process, fargateSpot: {} });
    const associations = Object.keys(Template.fromStack(stack).findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(associations).toHaveLength(1);
    expect(serviceOf(stack).DependsOn).toContain(associations[0]);
  });
});

describe('warns', () => {
  test('of a process that is killed early', () => {
    expect(warningsOf(defineWorker({}, newStack(), { stopTimeout: undefined }).worker)).toEqual({
      'worker-stop-timeout': 'The process is killed 35 seconds after it was asked to stop: each deployment cuts off the tasks that take longer. ' +
        "Give it 'stopTimeout: Duration.seconds(120)', the most that Fargate has; a worker without tasks stops at once all the same.",
    });
  });

  test('of Spot alone', () => {
    expect(Object.keys(warningsOf(defineWorker({ fargateSpot: { onDemandBase: 0 } }).worker))).toEqual(['spot-only']);
  });

  test('of public subnets without a way out', () => {
    expect(Object.keys(warningsOf(defineWorker({ taskSubnets: { subnetType: ec2.SubnetType.PUBLIC } }).worker))).toEqual(['no-public-ip']);
  });

  test('of targets that a fixed number of tasks cannot follow', () => {
    const { worker } = defineWorker({ minCapacity: 2, maxCapacity: 2, targetCpuPercent: 70, metricScaling: { metric: METRIC, targetValue: 1 } });
    expect(warningsOf(worker)).toEqual({
      'no-autoscaling': "'minCapacity' is 'maxCapacity', so nothing scales: raise 'maxCapacity', or leave out 'targetCpuPercent', 'metricScaling'.",
    });
  });
});

test('takes numbers that are known later', () => {
  const { stack } = defineWorker({ minCapacity: TOKEN.number(2), maxCapacity: TOKEN.number(7), targetCpuPercent: TOKEN.number(60) });
  expect(allOf(stack, TARGET)).toEqual([expect.objectContaining({ MinCapacity: 2, MaxCapacity: 7 })]);
  expect(allOf(stack, POLICY)[0].TargetTrackingScalingPolicyConfiguration.TargetValue).toBe(60);
  expect(serviceOf(stack).Properties).not.toHaveProperty('DesiredCount');
});

test('takes options that Python leaves out', () => {
  const { stack } = defineWorker(fromPython<Partial<WorkerProps>>({}, 'minCapacity', 'maxCapacity', 'targetCpuPercent', 'targetMemoryPercent', 'queueScaling',
    'metricScaling', 'fargateSpot', 'enableExecuteCommand', 'taskSubnets', 'assignPublicIp'));
  expect(Template.fromStack(stack).toJSON()).toEqual(Template.fromStack(defineWorker().stack).toJSON());
});

test('takes what JavaScript says by null', () => {
  const names = ['minCapacity', 'targetCpuPercent', 'targetMemoryPercent', 'queueScaling', 'metricScaling', 'fargateSpot', 'enableExecuteCommand'];
  const nothing = Object.fromEntries(names.map((name) => [name, null]));
  const { stack } = defineWorker({ ...nothing, maxCapacity: 3 });
  expect(Template.fromStack(stack).toJSON()).toEqual(Template.fromStack(defineWorker({ maxCapacity: 3 }).stack).toJSON());
});

test('works beside a cluster and a queue of other stacks without a cycle', () => {
  const app = new App();
  const data = new Stack(app, 'Data');
  const vpc = new ec2.Vpc(data, 'Vpc');
  const cluster = new ecs.Cluster(data, 'Cluster', { vpc });
  const queue = new sqs.Queue(data, 'Queue');
  const stack = new Stack(app, 'Shop');
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: CeleryCommand.worker('shop'), stopTimeout: Duration.seconds(120) });
  new Worker(stack, 'Worker', { cluster, process, fargateSpot: {}, queueScaling: { queue, messagesPerTask: 5 } });
  expect(() => app.synth()).not.toThrow();
  expect(data.dependencies).toEqual([]);
});
