import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Stack } from 'aws-cdk-lib/core';
import { DJANGO_APP, Resource, synthesise, Synthesised } from './synthesised';
import { CommandRunner, EntryPoint, ProcessDefinition, Release, ScheduledTask, TaskSchedule } from '../../src';
import { MinimalStack } from '../../tools/bench/minimal';
import { givenVpc, IMAGE } from '../helpers';

const SCHEDULE = TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin');
const COMMAND = ['python', 'manage.py', 'clearsessions'];

const givenCluster = (stack: Stack, vpc: ec2.IVpc) => ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'given', vpc });

function stackOf(define: (stack: Stack) => void): Synthesised {
  return synthesise((app) => {
    const stack = new Stack(app, 'Stack');
    define(stack);
    return stack;
  });
}

const typesOf = (resources: Record<string, Resource>) => Object.values(resources).map(({ Type }) => Type).sort();
const count = (resources: Record<string, Resource>, type: string) => typesOf(resources).filter((other) => other === type).length;

test('a scheduled task alone, with its process and its alarm, makes at most 18 resources and no Lambda function', () => {
  const { resources } = stackOf((stack) => {
    const vpc = givenVpc(stack);
    const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE });
    new ScheduledTask(stack, 'Nightly', { cluster: givenCluster(stack, vpc), process, command: COMMAND, schedule: SCHEDULE });
  });
  expect(typesOf(resources).length).toBeLessThanOrEqual(15);
  expect(count(resources, 'AWS::Lambda::Function')).toBe(0);
});

const withTasks = (tasks: number) => synthesise((app) => {
  const stack = new MinimalStack(app, 'App', DJANGO_APP);
  Array.from({ length: tasks }, (_, index) => stack.shop.addScheduledTask(`Task${index}`, { command: COMMAND, schedule: SCHEDULE }));
  return stack;
});

test('each further one of an app makes a schedule and an alarm, and 150 fit into one stack', () => {
  const [one, many] = [withTasks(1), withTasks(150)];
  const added = Object.entries(many.resources).filter(([id]) => !(id in one.resources)).map(([, { Type }]) => Type);
  expect(new Set(added)).toEqual(new Set(['AWS::CloudWatch::Alarm', 'AWS::Scheduler::Schedule']));
  expect(added).toHaveLength(2 * 149);
  expect(Object.keys(many.resources).length).toBeLessThanOrEqual(500);
  expect((many.templateBytes - one.templateBytes) / 149).toBeLessThanOrEqual(2_700);
  expect(many.templateBytes).toBeLessThanOrEqual(1_000_000);
});

test('a release adds at most 18 resources with its process and its runner, and one Lambda function', () => {
  const { resources } = stackOf((stack) => {
    const vpc = givenVpc(stack);
    const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, entryPoint: EntryPoint.releaseCommands() });
    new Release(stack, 'Release', { process, commandRunner: new CommandRunner(stack, 'Commands', { cluster: givenCluster(stack, vpc) }) });
  });
  expect(typesOf(resources).length).toBeLessThanOrEqual(16);
  expect(count(resources, 'AWS::Lambda::Function')).toBe(1);
});

test('nothing polls: no function waits for a run, and the state machine waits for the end of the task', () => {
  const { resources } = withTasks(0);
  const machine = JSON.stringify(resources[Object.keys(resources).find((id) => resources[id].Type === 'AWS::StepFunctions::StateMachine')!]);
  expect(machine).toContain(':states:::ecs:runTask.sync');
  expect(count(resources, 'AWS::StepFunctions::StateMachine')).toBe(1);
});
