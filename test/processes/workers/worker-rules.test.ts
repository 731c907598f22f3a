import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { App, Stack } from 'aws-cdk-lib/core';
import { defineWorker, surroundings } from './worker-stack';
import { Worker } from '../../../src/processes/workers/worker';
import { givenVpc, messageOf, newStack, TOKEN } from '../../helpers';

const METRIC = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Waiting' });
const QUEUE = sqs.Queue.fromQueueArn(newStack(), 'Queue', 'arn:aws:sqs:eu-central-1:123456789012:tasks');
const STEPS: appscaling.ScalingInterval[] = [{ upper: 0, change: -1 }, { lower: 10, change: 1 }];
const NO_FIRST = "'minCapacity' is 0, and nothing starts the first task: CPU and memory are measured in running tasks only, and so is most of what has a target. " +
  "Give 'queueScaling', or 'metricScaling' with 'steps', or 1; 'maxCapacity' 0 as well pauses the worker";
const WRONG_STEPS = (got: string) => `'metricScaling.steps' must be a list of 2 to 40 steps, got ${got}: e.g. [{ upper: 0, change: -1 }, { lower: 100, change: 1 }]`;

test.each<[Record<string, unknown>, string]>([
  [{ minCapacity: -1 }, "'minCapacity' must be a whole number between 0 and 5000, got -1"],
  [{ maxCapacity: 5001 }, "'maxCapacity' must be a whole number between 0 and 5000, got 5001"],
  [{ minCapacity: 3, maxCapacity: 2 }, "'minCapacity' (3) must not be more than 'maxCapacity' (2): raise 'maxCapacity' or lower 'minCapacity'"],
  [{ targetCpuPercent: 5 }, "'targetCpuPercent' must be a whole number between 10 and 95 percent, got 5"],
  [{ targetMemoryPercent: '80' }, "'targetMemoryPercent' must be a whole number between 10 and 95 percent, got \"80\""],
  [{ minCapacity: 0, maxCapacity: 3 }, NO_FIRST],
  [{ minCapacity: 0, targetCpuPercent: 70 }, NO_FIRST],
  [{ minCapacity: 0, metricScaling: { metric: METRIC, targetValue: 5 } }, NO_FIRST],
  [{ fargateSpot: true }, "'fargateSpot' must be an object with options, got true"],
  [{ fargateSpot: { spotPercent: 0 } }, "'fargateSpot.spotPercent' must be a whole number between 1 and 100 percent, got 0"],
  [{ enableExecuteCommand: 1 }, "'enableExecuteCommand' must be true or false, got 1"],
  [{ assignPublicIp: 'yes' }, "'assignPublicIp' must be true or false, got \"yes\""],
  [{ queueScaling: 'tasks' }, "'queueScaling' must be an object with options, got \"tasks\""],
  [{ queueScaling: {} }, "'queueScaling.queue' must be given: e.g. broker.queue of an SqsBroker\n" +
    "- 'queueScaling.messagesPerTask' must be given: the messages that one task may have before it, e.g. 10"],
  [{ queueScaling: { queue: 'tasks', messagesPerTask: 0 } }, "'queueScaling.queue' must be an sqs.IQueue, got \"tasks\": e.g. broker.queue of an SqsBroker\n" +
    "- 'queueScaling.messagesPerTask' must be a whole number between 1 and 1000000, got 0"],
  [{ queueScaling: { queue: QUEUE, messagesPerTask: TOKEN.number() } },
    "'queueScaling.messagesPerTask' must be known at synthesis, because the steps of the scaling are computed from it: give it as a plain value, not as a token"],
  [{ queueScaling: { queue: QUEUE, messagesPerTask: 5 }, maxCapacity: TOKEN.number() }, "'minCapacity' and 'maxCapacity' must be known at synthesis with 'queueScaling', " +
    'because its steps are computed from them: give them as plain values, not as tokens'],
  [{ metricScaling: {} }, "'metricScaling.metric' must be given: make a cloudwatch.Metric\n" +
    "- 'metricScaling.targetValue' or 'steps' must be given: what the metric shall be, or how many tasks follow from it"],
  [{ metricScaling: { metric: 'Waiting', targetValue: 1 } }, "'metricScaling.metric' must be a cloudwatch.IMetric, got \"Waiting\": make a cloudwatch.Metric"],
  [{ metricScaling: { metric: METRIC, targetValue: 0 } }, "'metricScaling.targetValue' must be a number above 0, got 0"],
  [{ metricScaling: { metric: METRIC, targetValue: 1, steps: STEPS } }, "'metricScaling.targetValue' and 'steps' exclude each other: leave out one of them"],
  [{ metricScaling: { metric: METRIC, steps: [STEPS[0]] } }, WRONG_STEPS('[{"upper":0,"change":-1}]')],
  [{ metricScaling: { metric: METRIC, steps: [{ upper: 1 }, { lower: 2 }] } }, WRONG_STEPS('[{"upper":1},{"lower":2}]')],
  [{ metricScaling: { metric: METRIC, steps: [{ change: 1 }, { lower: 2, change: 1 }] } }, WRONG_STEPS('[{"change":1},{"lower":2,"change":1}]')],
  [{ metricScaling: { metric: METRIC, steps: [{ upper: 5, change: -1 }, { lower: 4, change: 1 }] } },
    "'metricScaling.steps' must go from low to high without overlapping, each with 'lower', 'upper' or both, got {\"lower\":4,\"change\":1} as step 2"],
  [{ metricScaling: { metric: METRIC, steps: [{ lower: 9, change: 1 }, { upper: 0, change: -1 }] } },
    "'metricScaling.steps' must go from low to high without overlapping, each with 'lower', 'upper' or both, got {\"upper\":0,\"change\":-1} as step 2"],
  [{ metricScaling: { metric: METRIC, steps: [{ lower: 5, upper: 5, change: 1 }, { lower: 6, change: 2 }] } },
    "'metricScaling.steps' must go from low to high without overlapping, each with 'lower', 'upper' or both, got {\"lower\":5,\"upper\":5,\"change\":1} as step 1"],
  [{ metricScaling: { metric: METRIC, steps: [{ upper: 0, change: 0 }, { lower: 9, change: 0 }] } }, "'metricScaling.steps' must change the number of tasks somewhere, " +
    'got [{"upper":0,"change":0},{"lower":9,"change":0}]: give a \'change\' that is not 0'],
  [{ metricScaling: { metric: METRIC, steps: STEPS, adjustmentType: 'EXACT' } }, "'metricScaling.adjustmentType' must be one of AdjustmentType.CHANGE_IN_CAPACITY, " +
    'AdjustmentType.PERCENT_CHANGE_IN_CAPACITY, AdjustmentType.EXACT_CAPACITY, got "EXACT": use AdjustmentType.EXACT_CAPACITY'],
  [{ process: undefined }, "'process' must be given: make one"],
  [{ cluster: 'shop' }, "'cluster' must be an ecs.ICluster, got \"shop\": use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })"],
])('refuses %j', (props, problem) => {
  expect(messageOf(() => defineWorker(props))).toBe(`Worker at 'Stack/Worker' cannot be defined:\n- ${problem}`);
});

test('refuses a process of another VPC, and a cluster whose VPC is not known', () => {
  const { stack, process } = surroundings();
  const cluster = (id: string, vpcId: string) => ecs.Cluster.fromClusterAttributes(stack, id, { clusterName: 'shop', vpc: givenVpc(newStack(), { vpcId }) });
  expect(messageOf(() => new Worker(stack, 'Worker', { cluster: cluster('Other', 'vpc-2'), process }))).toBe(
    "Worker at 'Stack/Worker' cannot be defined:\n- 'process' must be in the VPC of 'cluster' (vpc-2), it is in vpc-1: make both in the same");
  const unknown = ecs.Cluster.fromClusterArn(stack, 'Unknown', 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop');
  expect(messageOf(() => new Worker(stack, 'Second', { cluster: unknown, process }))).toContain("- 'cluster' must know its VPC");
});

test('refuses ECS Exec where its agent cannot write', () => {
  expect(messageOf(() => defineWorker({ enableExecuteCommand: true }, newStack(), { readonlyRootFilesystem: true }))).toContain(
    "Worker at 'Stack/Worker' cannot be defined:\n- 'enableExecuteCommand' must not be true where the process has 'readonlyRootFilesystem'");
});

test.each([['us-east-1', '123456789012'], ['eu-central-1', '111111111111']])('refuses a queue elsewhere than in %s of %s, which no alarm sees', (region, account) => {
  const define = (env: { region: string; account: string }) => {
    const stack = new Stack(new App(), 'Stack', { env });
    defineWorker({ queueScaling: { queue: sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-central-1:123456789012:tasks'), messagesPerTask: 5 } }, stack);
  };
  expect(messageOf(() => define({ region, account }))).toBe("Worker at 'Stack/Worker' cannot be defined:\n- 'queueScaling.queue' must be in the region and account " +
    `of the worker (${region}, ${account}), it is in eu-central-1, 123456789012: its alarms see no other. Scale on a metric that you publish there, with 'metricScaling'`);
  expect(() => define({ region: 'eu-central-1', account: '123456789012' })).not.toThrow();
});

test('says by its own name what CDK has against steps', () => {
  const steps = [{ lower: 1, upper: 2, change: 0 }, { lower: 2, upper: 3, change: 0 }, { lower: 3, upper: 4, change: 1 }];
  expect(messageOf(() => defineWorker({ metricScaling: { metric: METRIC, steps } }))).toMatch(
    /^Worker at 'Stack\/Worker' cannot be defined:\n- 'metricScaling.steps' cannot be used: .+/);
});

test('tells all that is wrong at once', () => {
  expect(messageOf(() => defineWorker({ minCapacity: 7, maxCapacity: 5, targetCpuPercent: 100 })).split('\n')).toHaveLength(3);
});

test('a pause is no worker without a first task', () => {
  expect(() => defineWorker({ minCapacity: 0, maxCapacity: 0 })).not.toThrow();
  expect(() => defineWorker({ minCapacity: 0 })).not.toThrow();
  expect(() => defineWorker({ minCapacity: 0, metricScaling: { metric: METRIC, steps: STEPS } })).not.toThrow();
});
