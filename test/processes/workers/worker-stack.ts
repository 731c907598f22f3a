import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { Beat } from '../../../src/processes/workers/beat';
import { BeatProps } from '../../../src/processes/workers/beat-props';
import { CeleryCommand } from '../../../src/processes/workers/celery-command';
import { Worker } from '../../../src/processes/workers/worker';
import { WorkerProps } from '../../../src/processes/workers/worker-props';
import { givenVpc, IMAGE, newStack } from '../../helpers';

/** A cluster that exists already, and a process in its VPC. */
export function surroundings(stack = newStack(), options: Partial<ProcessDefinitionProps> = {}) {
  const vpc = options.vpc ?? givenVpc(stack);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: CeleryCommand.worker('shop'), stopTimeout: Duration.seconds(120), ...options });
  return { stack, vpc, cluster, process };
}

export function defineWorker(props: Partial<WorkerProps> = {}, stack = newStack(), options: Partial<ProcessDefinitionProps> = {}) {
  const around = surroundings(stack, options);
  return { ...around, worker: new Worker(stack, 'Worker', { cluster: around.cluster, process: around.process, ...props }) };
}

export function defineBeat(props: Partial<BeatProps> = {}, stack = newStack(), options: Partial<ProcessDefinitionProps> = {}) {
  const around = surroundings(stack, { command: CeleryCommand.beat('shop'), stopTimeout: undefined, ...options });
  return { ...around, beat: new Beat(stack, 'Beat', { cluster: around.cluster, process: around.process, ...props }) };
}

/** The properties of all resources of a type. */
export function allOf(stack: Stack, type: string): any[] {
  return Object.values(Template.fromStack(stack).findResources(type)).map(({ Properties }) => Properties);
}

/** The only service. */
export function serviceOf(stack: Stack): any {
  const found = Object.values(Template.fromStack(stack).findResources('AWS::ECS::Service'));
  expect(found).toHaveLength(1);
  return found[0];
}
