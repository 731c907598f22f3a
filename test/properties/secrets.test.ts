import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, JUNK, maybe, noDuration, noMember, noObject, removalPolicy, SEED } from './arbitraries';
import { describeProperties } from './subject';
import { SecretKey, SecretKeyProps } from '../../src/backing-services/secret-key';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { environmentNameProblem } from '../../src/private/environment-name';
import { RegularRollout, RegularRolloutProps } from '../../src/processes/regular-rollout';
import { RecordingProcess } from '../backing-services/recording-process';
import { givenVpc, messageOf, newStack, TOKEN } from '../helpers';

const secretName = fc.stringMatching(/^[A-Za-z0-9/_+=.@]{1,40}$/);
const key = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes(':'));
const variable = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/).filter((name) => environmentNameProblem(name) === undefined);
const source = fc.tuple(secretName, maybe(key)).map(([name, field]) => EnvironmentSecret.fromSecretName(name, field));

describe('SecretKey', () => {
  describeProperties<SecretKeyProps>({
    name: 'SecretKey',
    define: (stack, options) => new SecretKey(stack, 'SecretKey', options).attachTo(new RecordingProcess(stack, 'Process')),
    valid: fc.oneof(
      fc.record({ existing: source, existingFallbacks: maybe(source) }),
      fc.record({ removalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)) }),
    ),
    expectOf: (template, { existing }) => template.resourceCountIs('AWS::SecretsManager::Secret', existing ? 0 : 1),
    invalid: [
      ['existing', noObject],
      ['existingFallbacks', noObject],
      ['removalPolicy', fc.oneof(noMember, fc.constant(RemovalPolicy.SNAPSHOT))],
    ],
    tokens: [],
  });
});

describe('RegularRollout', () => {
  describeProperties<Partial<RegularRolloutProps>>({
    name: 'RegularRollout',
    define: (stack, options) => {
      const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc: givenVpc(stack) });
      const service = ecs.FargateService.fromFargateServiceAttributes(stack, 'Service', { serviceName: 'shop', cluster });
      new RegularRollout(stack, 'RegularRollout', { service, every: Duration.days(1), ...options });
    },
    valid: fc.record({ every: fc.oneof(between(1, 8760).map((hours) => Duration.hours(hours)), between(1, 365).map((days) => Duration.days(days))) }),
    expectOf: (template, { every }) => {
      const hours = every!.toHours();
      template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: hours === 1 ? 'rate(1 hour)' : `rate(${hours} hours)` });
    },
    invalid: [
      ['service', noObject],
      ['every', fc.oneof(noDuration(3600, 365 * 86_400), fc.constantFrom(Duration.minutes(90), Duration.hours(0)))],
    ],
    tokens: [],
  });
});

describe('EnvironmentSecret', () => {
  test('any keys of a secret become variables that name it, the key and nothing else', () => {
    const named = fc.uniqueArray(fc.tuple(key, variable), { minLength: 1, maxLength: 6, selector: ([field]) => field })
      .filter((pairs) => new Set(pairs.map(([, name]) => name)).size === pairs.length && pairs.every(([field]) => field !== '__proto__'));
    fc.assert(fc.property(secretName, named, (name, pairs) => {
      const stack = newStack();
      const secrets = EnvironmentSecret.fromSecretKeys(name, pairs.map(([field]) => field), { names: Object.fromEntries(pairs) });
      expect(Object.keys(secrets)).toEqual(pairs.map(([, variableName]) => variableName));
      pairs.forEach(([field, variableName], index) => {
        const { arn } = secrets[variableName].bind(stack, `Secret${index}`);
        expect(JSON.stringify(stack.resolve(arn))).toContain(JSON.stringify(`${name}:${field}::`).slice(1, -1));
      });
      Template.fromStack(stack).templateMatches({});
    }), SEED);
  });

  const SOURCES: [string, (value: never) => unknown][] = [
    ['fromSecretName, as the name', (value) => EnvironmentSecret.fromSecretName(value)],
    ['fromSecretName, as the key', (value) => EnvironmentSecret.fromSecretName('shop', value)],
    ['fromSecretName, as the ARN of the KMS key', (value) => EnvironmentSecret.fromSecretName('shop', 'key', { encryptionKeyArn: value })],
    ['fromSecretArn, as the ARN', (value) => EnvironmentSecret.fromSecretArn(value)],
    ['fromSecretKeys, as the secret', (value) => EnvironmentSecret.fromSecretKeys(value, ['KEY']).KEY],
    ['fromSecretKeys, as the keys', (value) => EnvironmentSecret.fromSecretKeys('shop', value)],
    ['fromSecretKeys, as the names', (value) => EnvironmentSecret.fromSecretKeys('shop', ['KEY'], { names: value })],
    ['fromSsmParameter, as the name', (value) => EnvironmentSecret.fromSsmParameter(value)],
    ['of, as the secret', (value) => EnvironmentSecret.of(value)],
  ];

  test.each(SOURCES)('whatever is given to %s, nobody but us refuses it', (_, make) => {
    const others = [...JUNK, TOKEN.string()].flatMap((value) => {
      try {
        const made = make(value as never) as EnvironmentSecret | Record<string, EnvironmentSecret>;
        [typeof made.bind === 'function' ? made as EnvironmentSecret : Object.values(made)].flat().forEach((secret, index) => secret.bind(newStack(), `Secret${index}`));
        return [];
      } catch (error) {
        return /^EnvironmentSecret(\.fromSecretKeys| at 'Stack') cannot be defined:/.test((error as Error).message) ? [] : [(error as Error).message];
      }
    });
    expect(others).toEqual([]);
  });

  test('a value in the place of a secret is refused without being shown', () => {
    fc.assert(fc.property(fc.string({ minLength: 8 }), (value) => {
      expect(messageOf(() => EnvironmentSecret.of(value as never).bind(newStack(), 'Secret'))).not.toContain(JSON.stringify(value).slice(1, -1));
    }), SEED);
  });
});
