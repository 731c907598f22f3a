import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { RecordingProcess } from './recording-process';
import { SecretKey, SecretKeyProps } from '../../src/backing-services/secret-key';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { fromPython } from '../helpers';

function define(props?: SecretKeyProps): { stack: Stack; secretKey: SecretKey; process: RecordingProcess; template: Template } {
  const stack = new Stack(new App(), 'Stack');
  const process = new RecordingProcess(stack, 'Process');
  const secretKey = new SecretKey(stack, 'SecretKey', props);
  secretKey.attachTo(process);
  return { stack, secretKey, process, template: Template.fromStack(stack) };
}

describe('a secret key', () => {
  const { stack, secretKey, process, template } = define();

  // Whatever changes here makes CloudFormation generate a new key, which ends all sessions of all users of the library.
  test('is generated, of letters and digits, beside an empty field for the former key', () => {
    expect(template.findResources('AWS::SecretsManager::Secret')).toEqual({
      SecretKeySecret20DC26C9: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: {
          Description: 'SECRET_KEY of Django',
          GenerateSecretString: {
            PasswordLength: 64,
            ExcludePunctuation: true,
            GenerateStringKey: 'SECRET_KEY',
            SecretStringTemplate: '{"SECRET_KEY_FALLBACKS":""}',
          },
        },
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      },
    });
  });

  test('is handed over with the former keys, each as a field of the secret', () => {
    expect(process.secretVariables).toEqual({ SECRET_KEY: secretKey.value, SECRET_KEY_FALLBACKS: secretKey.fallbacks });
    expect(stack.resolve(secretKey.value.arn)).toEqual({ 'Fn::Join': ['', [{ Ref: 'SecretKeySecret20DC26C9' }, ':SECRET_KEY::']] });
    expect(stack.resolve(secretKey.fallbacks!.arn)).toEqual({ 'Fn::Join': ['', [{ Ref: 'SecretKeySecret20DC26C9' }, ':SECRET_KEY_FALLBACKS::']] });
    expect(process.variables).toEqual({});
  });

  test('is one resource, also where Python leaves everything out', () => {
    expect(Object.keys(template.toJSON().Resources).filter((id) => id.startsWith('SecretKey'))).toEqual(['SecretKeySecret20DC26C9']);
    expect(define(fromPython({}, 'existing', 'existingFallbacks', 'removalPolicy')).template.toJSON()).toEqual(template.toJSON());
  });

  test('is removed only when asked for', () => {
    define({ removalPolicy: RemovalPolicy.DESTROY }).template
      .hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});

test.each([null, { existing: null, existingFallbacks: null, removalPolicy: null }])('%j is a new secret', (props) => {
  expect(define(props as any).template.toJSON()).toEqual(define().template.toJSON());
});

test.each([[{ bind: 3 }], [() => 'key']])('%p is no secret', (existing) => {
  expect(() => define({ existing: existing as any })).toThrow("'existing' must be an EnvironmentSecret, never the key itself");
});

test('an existing secret is used, and none is made', () => {
  const { stack, secretKey, process, template } = define({ existing: EnvironmentSecret.fromSecretName('shop/django', 'DJANGO_KEY') });
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  expect(secretKey.secret).toBeUndefined();
  expect(secretKey.fallbacks).toBeUndefined();
  expect(Object.keys(process.secretVariables)).toEqual(['SECRET_KEY']);
  expect(JSON.stringify(stack.resolve(process.secretVariables.SECRET_KEY!.arn))).toContain(':secret:shop/django:DJANGO_KEY::');
});

test('the former keys of an existing secret are handed over where they are given', () => {
  const { stack, process } = define({
    existing: EnvironmentSecret.fromSecretName('shop/django', 'KEY'),
    existingFallbacks: EnvironmentSecret.fromSecretName('shop/django', 'FORMER_KEYS'),
  });
  expect(JSON.stringify(stack.resolve(process.secretVariables.SECRET_KEY!.arn))).toContain(':secret:shop/django:KEY::');
  expect(JSON.stringify(stack.resolve(process.secretVariables.SECRET_KEY_FALLBACKS!.arn))).toContain(':secret:shop/django:FORMER_KEYS::');
});

test('an existing parameter is used', () => {
  const { stack, process } = define({ existing: EnvironmentSecret.fromSsmParameter('/shop/secret-key') });
  expect(JSON.stringify(stack.resolve(process.secretVariables.SECRET_KEY!.arn))).toContain('parameter/shop/secret-key');
});

test('a secret of another stack gets no reference back', () => {
  const app = new App();
  const dataStack = new Stack(app, 'Data');
  const secretKey = new SecretKey(dataStack, 'SecretKey');
  const stack = new Stack(app, 'App');
  const process = new RecordingProcess(stack, 'Process');
  secretKey.attachTo(process);
  process.secretVariables.SECRET_KEY!.grantRead(process);
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('Fn::ImportValue');
  expect(JSON.stringify(Template.fromStack(dataStack).toJSON())).not.toContain('Fn::ImportValue');
});

describe('refuses', () => {
  const existing = EnvironmentSecret.fromSecretName('shop/django');
  test.each<[string, SecretKeyProps, string]>([
    ['the key itself, without repeating it', { existing: 'django-insecure-abc' as unknown as EnvironmentSecret },
      '\'existing\' must be an EnvironmentSecret, never the key itself, which would stand in the template: ' +
      'store it in Secrets Manager and give EnvironmentSecret.fromSecretName(\'shop/django\'), or leave it out to have one generated'],
    ['a secret of CDK', { existing: secretsmanager.Secret.fromSecretNameV2(new Stack(), 'Secret', 'shop') as unknown as EnvironmentSecret },
      '\'existing\' must be an EnvironmentSecret, never the key itself, which would stand in the template: ' +
      'store it in Secrets Manager and give EnvironmentSecret.fromSecretName(\'shop/django\'), or leave it out to have one generated'],
    ['former keys themselves', { existing, existingFallbacks: 'old' as unknown as EnvironmentSecret },
      '\'existingFallbacks\' must be an EnvironmentSecret, never the key itself, which would stand in the template: ' +
      'store it in Secrets Manager and give EnvironmentSecret.fromSecretName(\'shop/django\'), or leave it out to have one generated'],
    ['former keys beside a new one', { existingFallbacks: existing },
      '\'existingFallbacks\' must be given with \'existing\': the new secret has a field for the former key'],
    ['a removal policy for what it does not own', { existing, removalPolicy: RemovalPolicy.RETAIN },
      '\'removalPolicy\' must not be given with \'existing\': the stack does not own that secret'],
    ['a snapshot', { removalPolicy: RemovalPolicy.SNAPSHOT },
      '\'removalPolicy\' must not be SNAPSHOT: a secret has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE'],
  ])('%s', (_, props, reason) => {
    expect(() => define(props)).toThrow(new Error(`SecretKey at 'Stack/SecretKey' cannot be defined:\n- ${reason}`));
  });
});
