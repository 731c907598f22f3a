import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { PrivateDatabase } from '../../../src/backing-services/database/private-database';
import { PrivateDatabaseProps } from '../../../src/backing-services/database/private-database-props';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { givenVpc, IMAGE, newStack } from '../../helpers';

/** A database in a VPC that is there. */
export function define(props: Partial<PrivateDatabaseProps> = {}, stack = newStack()) {
  const vpc = props.vpc ?? givenVpc(stack);
  const database = new PrivateDatabase(stack, 'Database', { vpc, ...props });
  return { stack, vpc, database };
}

export function instanceOf(stack: Stack): any {
  return Object.values(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'))[0];
}

/** The properties of every resource of a type. */
export function propertiesOf(stack: Stack, type: string): any[] {
  return Object.values(Template.fromStack(stack).findResources(type)).map(({ Properties }) => Properties);
}

export function processIn(stack: Stack, vpc: ec2.IVpc, props: Partial<ProcessDefinitionProps> = {}, id = 'Process') {
  return new ProcessDefinition(stack, id, { vpc, image: IMAGE, command: ['gunicorn', 'shop.wsgi'], ...props });
}

/** What cdk-nag finds and nobody acknowledged. */
export function findingsIn(stack: Stack): string[] {
  return new AwsSolutionsChecks(stack.node.root as App).validateScope(stack).violations.map(({ ruleName }) => ruleName);
}

/** The name that RDS gets: its beginning and its end, between which stands the part of the stack's id. */
export function identifier(beginning: unknown, end = ''): unknown {
  const part = { 'Fn::Select': [0, { 'Fn::Split': ['-', { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }] }] };
  return { 'Fn::Join': ['', [beginning, part, ...end ? [end] : []]] };
}

/** The whole message for props that are refused. */
export function refusal(...reasons: string[]): string {
  return ["PrivateDatabase at 'Stack/Database' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n');
}
