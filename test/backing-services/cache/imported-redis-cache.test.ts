import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import { ALL_NAMES, containerOf, ingressOf, keyOf, processIn, violations } from './cache-stack';
import { RedisCache } from '../../../src/backing-services/cache/redis-cache';
import { RedisCacheAttributes } from '../../../src/backing-services/cache/redis-cache-props';
import { fromPython, givenVpc, messageOf, newStack, TOKEN } from '../../helpers';

describe('a cache that was there before', () => {
  const HOST = 'master.shop.abc123.euc1.cache.amazonaws.com';

  function attach(attributes: Partial<RedisCacheAttributes>, stack = newStack()) {
    const vpc = givenVpc(stack);
    const process = processIn(stack, vpc, { convention: ALL_NAMES });
    RedisCache.fromAttributes(stack, 'Cache', { host: HOST, ...attributes }).attachTo(process);
    return { stack, process };
  }

  function secretIn(stack: Stack) {
    return secretsmanager.Secret.fromSecretCompleteArn(stack, 'Given', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/redis-AbCdEf');
  }

  test('hands its password over in a secret with the connection data', () => {
    const stack = newStack();
    attach({ secret: secretIn(stack), port: 6390 }, stack);
    const secrets = Template.fromStack(stack).findResources('AWS::SecretsManager::Secret');
    const [[id, { Properties: properties, DeletionPolicy }]] = Object.entries(secrets);
    const password = '{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/redis-AbCdEf:SecretString:password::}}';
    expect(JSON.parse(properties.SecretString)).toEqual({
      redis_url: `rediss://:${password}@${HOST}:6390/0?ssl_cert_reqs=required`,
      redis_base_url: `rediss://:${password}@${HOST}:6390`,
      redis_host: HOST,
      redis_port: '6390',
      redis_password: password,
    });
    expect([properties.Name, DeletionPolicy]).toEqual([undefined, 'Delete']);
    expect(containerOf(stack)).toEqual({
      variables: { REDIS_HOST: HOST, REDIS_PORT: '6390' },
      secrets: {
        REDIS_PASSWORD: keyOf({ Ref: id }, 'redis_password'),
        REDIS_URL: keyOf({ Ref: id }, 'redis_url'),
        REDIS_BASE_URL: keyOf({ Ref: id }, 'redis_base_url'),
        REDIS_SECRET_JSON: { Ref: id },
      },
    });
    expect(ingressOf(stack)).toEqual([]);
    expect(violations(stack)).toEqual([]);
  });

  test('can have a user, another key for its password and names of its own', () => {
    const stack = newStack();
    attach({ secret: secretIn(stack), username: 'shop', passwordKey: 'authToken', variablePrefix: 'OLD_' }, stack);
    const [{ Properties: properties }] = Object.values(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));
    expect(properties.SecretString).toContain('rediss://shop:{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/redis-AbCdEf:' +
      'SecretString:authToken::}}@');
    expect(Object.keys(containerOf(stack).variables)).toEqual(['OLD_REDIS_HOST', 'OLD_REDIS_PORT']);
    expect(Object.keys(containerOf(stack).secrets)).toEqual(['OLD_REDIS_PASSWORD', 'OLD_REDIS_URL', 'OLD_REDIS_BASE_URL', 'OLD_REDIS_SECRET_JSON']);
  });

  test.each<[string, Partial<RedisCacheAttributes>, string, string]>([
    ['is reached by TLS', {}, `rediss://${HOST}:6379`, '/0?ssl_cert_reqs=required'],
    ['is reached without it where you say so', { tls: false }, `redis://${HOST}:6379`, '/0'],
  ])('without a password %s, and makes no secret', (_, attributes, base, path) => {
    const url = `${base}${path}`;
    const { stack } = attach(fromPython(attributes, 'port', 'secret', 'passwordKey', 'username', 'securityGroup', 'variablePrefix'));
    expect(containerOf(stack)).toEqual({
      variables: {
        REDIS_HOST: HOST,
        REDIS_PORT: '6379',
        REDIS_URL: url,
        REDIS_BASE_URL: base,
        REDIS_SECRET_JSON: JSON.stringify({ redis_url: url, redis_base_url: base, redis_host: HOST, redis_port: '6379', redis_password: '' }),
      },
      secrets: {},
    });
    Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('lets processes in where its security group is given', () => {
    const stack = newStack();
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const { process } = attach({ securityGroup, port: TOKEN.number(6390) }, stack);
    expect(ingressOf(stack)).toEqual([expect.objectContaining({
      GroupId: 'sg-1', SourceSecurityGroupId: stack.resolve(process.securityGroup.securityGroupId), FromPort: 6390, ToPort: 6390,
    })]);
    expect(containerOf(stack).variables).toMatchObject({ REDIS_PORT: '6390' });
  });

  test('can be known at deployment only', () => {
    expect(containerOf(attach({ host: TOKEN.string() }).stack).variables).toMatchObject({ REDIS_HOST: 'later', REDIS_URL: 'rediss://later:6379/0?ssl_cert_reqs=required' });
  });

  const endpoint = "give the endpoint, like 'master.shop.abc123.euc1.cache.amazonaws.com'";
  test.each<[string, any, string]>([
    ['no host', { host: undefined }, `'host' must be the name of a host, got undefined: ${endpoint}`],
    ['a number as host', { host: 6379 }, `'host' must be the name of a host, got 6379: ${endpoint}`],
    // It may hold a password, so it is not shown.
    ['a URL as host', { host: 'rediss://:hunter2@cache:6379/0' },
      "'host' must be the name of a host alone, got a URL: give the port as 'port', the password in a secret as 'secret'"],
    ['a host with its port', { host: 'cache:6379' }, "'host' must be the name of a host alone, got \"cache:6379\": give the port as 'port'"],
    ['a port in words', { port: '6379' }, "'port' must be a whole number between 1 and 65535, got \"6379\""],
    ['a word for TLS', { tls: 'false' }, '\'tls\' must be true or false, got "false": write false without quotes'],
    ['a host with a space', { host: 'my cache' }, "'host' must be the name of a host alone, got \"my cache\""],
    ['a port that is none', { port: 0 }, "'port' must be a whole number between 1 and 65535, got 0"],
    ['a name for a secret', { secret: 'shop/redis' },
      "'secret' must be a secretsmanager.ISecret, got \"shop/redis\": use secretsmanager.Secret.fromSecretNameV2(this, 'Secret', 'my-secret')"],
    ['an id for a security group', { securityGroup: 'sg-1' },
      "'securityGroup' must be an ec2.ISecurityGroup, got \"sg-1\": use ec2.SecurityGroup.fromSecurityGroupId(this, 'SecurityGroup', 'sg-…')"],
    ['a key and no secret', { passwordKey: 'token' }, "'passwordKey' is given without a 'secret': give the secret with the password too"],
    ['a user and no secret', { username: 'shop' }, "'username' is given without a 'secret': give the secret with the password too"],
    ['a prefix with a hyphen', { variablePrefix: 'old-' },
      "'variablePrefix' must be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. 'ARCHIVE_', got \"old-\""],
  ])('is refused with %s', (_, attributes, reason) => {
    expect(messageOf(() => attach(attributes))).toBe(`RedisCache at 'Stack/Cache' cannot be defined:\n- ${reason}`);
  });

  const inUrl = "must be letters, digits and '.', '_', '~', '-', because it becomes part of a URL as it is";
  test.each<[string, any, string]>([
    ['a user that breaks the URL', { username: 'shop:prod' }, `'username' ${inUrl}, got "shop:prod"`],
    ['a number as user', { username: 3 }, `'username' ${inUrl}, got 3`],
    ['a key that a dynamic reference would cut', { passwordKey: 'redis:password' }, "'passwordKey' must be text without ':', got \"redis:password\""],
    ['a number as key', { passwordKey: 3 }, "'passwordKey' must be text without ':', got 3"],
  ])('is refused with %s', (_, attributes, reason) => {
    const stack = newStack();
    expect(messageOf(() => attach({ secret: secretIn(stack), ...attributes }, stack))).toBe(`RedisCache at 'Stack/Cache' cannot be defined:\n- ${reason}`);
  });

  test('takes null for what is left out', () => {
    const nothing = { port: null, tls: null, secret: null, passwordKey: null, username: null, securityGroup: null, variablePrefix: null } as any;
    expect(containerOf(attach(nothing).stack)).toEqual(containerOf(attach({}).stack));
  });

  test('is refused with a password that is heard on the way', () => {
    const stack = newStack();
    expect(messageOf(() => attach({ secret: secretIn(stack), tls: false }, stack))).toBe("RedisCache at 'Stack/Cache' cannot be defined:\n" +
      "- 'tls' must not be false where there is a 'secret': the password would be read by whoever hears the connection; ElastiCache asks for one with TLS only");
  });
});
