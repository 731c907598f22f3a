import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack } from 'aws-cdk-lib/core';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { WebService } from '../../../src/processes/web/web-service';
import { WebServiceProps } from '../../../src/processes/web/web-service-props';
import { givenVpc, IMAGE, newStack } from '../../helpers';

export const COMMAND = ['gunicorn', 'shop.wsgi:application'];

export interface Options {
  readonly stack?: Stack;
  readonly vpc?: ec2.IVpc;
  readonly process?: Partial<ProcessDefinitionProps>;
  readonly bare?: boolean;
}

/** A web service behind a load balancer, unless `bare`. */
export function define(props: Partial<WebServiceProps> = {}, options: Options = {}) {
  const stack = options.stack ?? newStack();
  const vpc = options.vpc ?? givenVpc(stack);
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc });
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: COMMAND, containerPort: 8000, ...options.process });
  const web = new WebService(stack, 'Web', { cluster, process, ...props });
  const listener = options.bare ? undefined : listenerIn(stack, vpc, web);
  return { stack, vpc, cluster, process, web, listener };
}

function listenerIn(stack: Stack, vpc: ec2.IVpc, web: WebService): elbv2.ApplicationListener {
  const alb = new elbv2.ApplicationLoadBalancer(stack, 'Alb', { vpc });
  return alb.addListener('Http', { port: 80, defaultTargetGroups: [web.targetGroup] });
}

export function environmentOf(stack: Stack): Record<string, string> {
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries(definition.Properties.ContainerDefinitions[0].Environment.map(({ Name, Value }: any) => [Name, Value]));
}

export function argumentsOf(stack: Stack): Record<string, string> {
  return Object.fromEntries(environmentOf(stack).GUNICORN_CMD_ARGS.split(' ').map((argument) => argument.replace(/^--/, '').split('=')));
}

export function serviceOf(stack: Stack): any {
  return Object.values(Template.fromStack(stack).findResources('AWS::ECS::Service'))[0];
}
