import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ScheduledTask } from '../../../src/processes/schedule/scheduled-task';
import { ScheduledTaskProps } from '../../../src/processes/schedule/scheduled-task-props';
import { TaskSchedule } from '../../../src/processes/schedule/task-schedule';
import { givenVpc, IMAGE, newStack } from '../../helpers';

export const COMMAND = ['python', 'manage.py', 'clearsessions'];
export const DAILY = TaskSchedule.cron('0 3 * * ? *');

/** A cluster and a process, in stacks of choice. */
export function basis(stack: Stack, processStack = stack) {
  const vpc = givenVpc(stack);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const process = new ProcessDefinition(processStack, 'Shop', { vpc, image: IMAGE, command: ['gunicorn', 'shop.wsgi'] });
  return { vpc, cluster, process };
}

/** A task on a runner with a topic. */
export function define(props: Partial<ScheduledTaskProps> = {}) {
  const stack = newStack();
  const { vpc, cluster, process } = basis(stack);
  const topic = new sns.Topic(stack, 'Topic');
  const runner = new CommandRunner(stack, 'Commands', { cluster, alarmTopic: topic });
  const add = (id: string, more: Partial<ScheduledTaskProps> = {}) =>
    new ScheduledTask(stack, id, { process, commandRunner: runner, command: COMMAND, schedule: DAILY, ...more });
  const task = add('Cleanup', props);
  return { stack, vpc, cluster, process, topic, runner, add, task };
}

export function alone(props: Partial<ScheduledTaskProps> = {}) {
  const stack = newStack();
  const { cluster, process } = basis(stack);
  const task = new ScheduledTask(stack, 'Cleanup', { process, cluster, command: COMMAND, schedule: DAILY, ...props });
  return { stack, cluster, process, task };
}

export function schedulesOf(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('AWS::Scheduler::Schedule'));
}

/** A resolved text of a template, with `<LogicalId>` in place of what CloudFormation fills in. */
export function plain(value: unknown): string {
  const { 'Fn::Join': join, 'Ref': ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': imported } = value as Record<string, any>;
  return typeof value === 'string' ? value : join ? join[1].map(plain).join('') : `<${ref ?? attribute?.join('.') ?? imported}>`;
}

/** What the state machine is started with. */
export function startOf(stack: Stack) {
  const { StateMachineArn, Name, Input } = JSON.parse(plain(schedulesOf(stack)[0].Properties.Target.Input));
  return { StateMachineArn, Name, Input: JSON.parse(Input) };
}

export function heartbeatOf(stack: Stack) {
  const alarms = Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  return alarms.find(([id]) => id.includes('Heartbeat'))?.[1].Properties;
}
