import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { RedisCache } from '../../../src/backing-services/cache/redis-cache';
import { RedisCacheProps } from '../../../src/backing-services/cache/redis-cache-props';
import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { givenVpc, IMAGE, newStack } from '../../helpers';

/** The password, as the template of `define` has it. */
export const PASSWORD = { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'CachePassword81962705' }, ':SecretString:password::}}']] };

export function define(props: Partial<RedisCacheProps> = {}, stack = newStack()) {
  const vpc = props.vpc ?? givenVpc(stack);
  const cache = new RedisCache(stack, 'Cache', { vpc, ...props });
  return { stack, vpc, cache };
}

export function processIn(stack: Stack, vpc: ec2.IVpc, props: Partial<ProcessDefinitionProps> = {}, id = 'Process') {
  return new ProcessDefinition(stack, id, { vpc, image: IMAGE, command: ['gunicorn', 'shop.wsgi'], ...props });
}

/** The only resource of a type. */
export function only(stack: Stack, type: string): any {
  const found = Object.values(Template.fromStack(stack).findResources(type));
  expect(found).toHaveLength(1);
  return found[0];
}

export function groupOf(stack: Stack) {
  return only(stack, 'AWS::ElastiCache::ReplicationGroup');
}

export function serverlessOf(stack: Stack) {
  return only(stack, 'AWS::ElastiCache::ServerlessCache');
}

export function ingressOf(stack: Stack): any[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
}

/** The variables and secrets of the only container. */
export function containerOf(stack: Stack): { variables: Record<string, unknown>; secrets: Record<string, unknown> } {
  const [container] = only(stack, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
  return {
    variables: Object.fromEntries((container.Environment ?? []).map(({ Name, Value }: any) => [Name, Value])),
    secrets: Object.fromEntries((container.Secrets ?? []).map(({ Name, ValueFrom }: any) => [Name, ValueFrom])),
  };
}

/** What ECS is told to read: a key of a secret. */
export function keyOf(secret: object, key: string) {
  return { 'Fn::Join': ['', [secret, `:${key}::`]] };
}

/** The rules of cdk-nag that are broken and not acknowledged. */
export function violations(stack: Stack): string[] {
  return new AwsSolutionsChecks(stack.node.root as App).validateScope(stack).violations.map(({ ruleName }) => ruleName);
}

/** A convention with a name for everything of a cache. */
export const ALL_NAMES = EnvironmentConvention.standard().customized({
  redisBaseUrl: ['REDIS_BASE_URL'], redisHost: ['REDIS_HOST'], redisPort: ['REDIS_PORT'], redisPassword: ['REDIS_PASSWORD'], redisSecretJson: ['REDIS_SECRET_JSON'],
});
