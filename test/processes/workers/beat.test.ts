import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration } from 'aws-cdk-lib/core';
import { allOf, defineBeat, serviceOf } from './worker-stack';
import { BeatProps } from '../../../src/processes/workers/beat-props';
import { fromPython, messageOf, newStack, warningsOf } from '../../helpers';

test('is stopped before the next one starts, in whatever zone that is', () => {
  const { stack, process, beat } = defineBeat();
  expect(serviceOf(stack).Properties).toMatchObject({
    Cluster: 'shop',
    LaunchType: 'FARGATE',
    DesiredCount: 1,
    DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 0, MaximumPercent: 100 },
    // ECS switches it on where nothing is said.
    AvailabilityZoneRebalancing: 'DISABLED',
    TaskDefinition: stack.resolve(process.taskDefinition.taskDefinitionArn),
  });
  expect(serviceOf(stack).DependsOn).toEqual(expect.arrayContaining(Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy'))));
  expect(allOf(stack, 'AWS::ApplicationAutoScaling::ScalableTarget')).toEqual([]);
  expect(warningsOf(beat)).toEqual({});
});

test('keeps its schedule in a folder that can be written to, and takes no memory of a task that is gone', () => {
  const [{ ContainerDefinitions: [container] }] = allOf(defineBeat().stack, 'AWS::ECS::TaskDefinition');
  expect(container.Command).toEqual(['celery', '--app=shop', 'beat', '--loglevel=INFO', '--schedule=/tmp/celerybeat-schedule', '--pidfile=']);
  expect(container.Environment).toContainEqual({ Name: 'PYTHONUNBUFFERED', Value: '1' });
});

test.each<[string, Partial<BeatProps>, object]>([
  ['is paused', { enabled: false }, { DesiredCount: 0 }],
  ['lets people in', { enableExecuteCommand: true }, { EnableExecuteCommand: true }],
  ['runs in public subnets', { assignPublicIp: true }, { NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['public-1', 'public-2'] } } }],
])('%s where that is wanted', (_, props, expected) => {
  expect(serviceOf(defineBeat(props).stack).Properties).toMatchObject(expected);
});

test('warns of a process that takes long to stop, while the next one starts', () => {
  expect(warningsOf(defineBeat({}, newStack(), { stopTimeout: Duration.seconds(120) }).beat)).toEqual({
    'beat-stop-timeout': 'A process that does not end when it is asked to may run for 120 seconds more, and ECS starts the next one meanwhile: two beats send ' +
      "each task twice. Give the process 'stopTimeout: Duration.seconds(10)'; Celery's beat needs one.",
  });
});

test('warns of public subnets without a way out', () => {
  expect(Object.keys(warningsOf(defineBeat({ taskSubnets: { subnetType: ec2.SubnetType.PUBLIC } }).beat))).toEqual(['no-public-ip']);
});

test.each<[Record<string, unknown>, string]>([
  [{ enabled: 'no' }, "'enabled' must be true or false, got \"no\""],
  [{ enableExecuteCommand: 'true' }, "'enableExecuteCommand' must be true or false, got \"true\": write true without quotes"],
  [{ assignPublicIp: 0 }, "'assignPublicIp' must be true or false, got 0"],
  [{ process: {} }, "'process' must be a ProcessDefinition, got {}: make one"],
  [{ cluster: undefined }, "'cluster' must be given: use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })"],
])('refuses %j', (props, problem) => {
  expect(messageOf(() => defineBeat(props))).toBe(`Beat at 'Stack/Beat' cannot be defined:\n- ${problem}`);
});

test('takes options that Python leaves out', () => {
  const { stack } = defineBeat(fromPython<Partial<BeatProps>>({}, 'enabled', 'enableExecuteCommand', 'taskSubnets', 'assignPublicIp'));
  expect(Template.fromStack(stack).toJSON()).toEqual(Template.fromStack(defineBeat().stack).toJSON());
});
