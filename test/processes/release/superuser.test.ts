import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { EnvironmentSecret } from '../../../src/config/environment-secret';
import { containerScript } from '../../../src/private/container-script';
import { Superuser } from '../../../src/processes/release/superuser';
import { SuperuserOptions } from '../../../src/processes/release/superuser-props';
import { RecordingProcess } from '../../backing-services/recording-process';
import { fromPython, messageOf, newStack, TOKEN } from '../../helpers';

const EMAIL = 'admin@example.com';
const LOGIN = {
  username: EnvironmentSecret.fromSecretName('shop/superuser', 'username'),
  password: EnvironmentSecret.fromSecretName('shop/superuser', 'password'),
};

function setUp(props: SuperuserOptions = { email: EMAIL }) {
  const stack = newStack();
  const superuser = new Superuser(stack, 'Superuser', props);
  const process = new RecordingProcess(stack, 'Process');
  superuser.handTo(process);
  return { stack, superuser, process, template: Template.fromStack(stack) };
}

const secretOf = (template: Template) => Object.values(template.findResources('AWS::SecretsManager::Secret'))[0];

describe('Superuser', () => {
  test('keeps its login in one secret with a generated password, which survives the stack', () => {
    const { template } = setUp();
    expect(secretOf(template)).toEqual({
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Description: "Login of Django's superuser",
        GenerateSecretString: {
          ExcludePunctuation: true,
          GenerateStringKey: 'password',
          PasswordLength: 32,
          SecretStringTemplate: '{"username":"admin","email":"admin@example.com"}',
        },
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('takes another name, and another policy', () => {
    const secret = secretOf(setUp({ email: EMAIL, username: 'root', removalPolicy: RemovalPolicy.DESTROY }).template);
    expect(secret.Properties.GenerateSecretString.SecretStringTemplate).toBe('{"username":"root","email":"admin@example.com"}');
    expect(secret.DeletionPolicy).toBe('Delete');
  });

  test('holds its logical id', () => {
    expect(Object.keys(setUp().template.findResources('AWS::SecretsManager::Secret'))).toEqual(['SuperuserSecret10CB46B8']);
  });

  test('hands its login over under the names that createsuperuser reads, with what makes and syncs the user', () => {
    const { stack, process, superuser } = setUp();
    expect(process.secrets).toEqual({
      DJANGO_SUPERUSER_USERNAME: superuser.username, DJANGO_SUPERUSER_PASSWORD: superuser.password, DJANGO_SUPERUSER_EMAIL: superuser.email,
    });
    expect(process.environment).toEqual({ DJANGO_SUPERUSER_SCRIPT: containerScript('sync_superuser.py') });
    const id = stack.getLogicalId(superuser.secret!.node.defaultChild as any);
    expect([superuser.username, superuser.password, superuser.email!].map(({ arn }) => stack.resolve(arn))).toEqual(
      ['username', 'password', 'email'].map((field) => ({ 'Fn::Join': ['', [{ Ref: id }, `:${field}::`]] })));
  });

  test('uses a login that is there already and makes nothing', () => {
    const { superuser, process, template } = setUp({ existing: LOGIN });
    expect(superuser.secret).toBeUndefined();
    expect(superuser.email).toBeUndefined();
    expect(Object.keys(process.secrets)).toEqual(['DJANGO_SUPERUSER_USERNAME', 'DJANGO_SUPERUSER_PASSWORD']);
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('uses a secret of the stack, with the address too', () => {
    const stack = newStack();
    const secret = new secretsmanager.Secret(stack, 'Login');
    const field = (name: string) => EnvironmentSecret.of(ecs.Secret.fromSecretsManager(secret, name));
    const superuser = new Superuser(stack, 'Superuser', { existing: { username: field('user'), password: field('pass'), email: field('mail') } });
    expect(stack.resolve(superuser.email!.arn)).toEqual({ 'Fn::Join': ['', [{ Ref: stack.getLogicalId(secret.node.defaultChild as any) }, ':mail::']] });
  });

  test('leaves nothing to acknowledge', () => {
    const app = new App();
    const superuser = new Superuser(new Stack(app, 'Shop'), 'Superuser', { email: EMAIL });
    app.synth();
    expect(new AwsSolutionsChecks(app).validateScope(superuser).violations).toEqual([]);
  });

  test('takes props as Python gives them, and null as nothing', () => {
    expect(secretOf(setUp(fromPython<SuperuserOptions>({ email: EMAIL }, 'username', 'existing', 'removalPolicy')).template))
      .toEqual(secretOf(setUp({ email: EMAIL, username: null, existing: null, removalPolicy: null } as any).template));
  });

  test('lets tokens pass', () => {
    expect(secretOf(setUp({ email: TOKEN.string(), username: TOKEN.string() }).template).Properties.GenerateSecretString.SecretStringTemplate)
      .toBe('{"username":"later","email":"later"}');
  });

  describe('refuses', () => {
    const REQUIRED = "'email' must be given: the address of the superuser, or 'existing' with the login that you keep already";
    const REFERENCE = 'an EnvironmentSecret, never the text itself, which would stand in the template: ' +
      "say where it stands, e.g. EnvironmentSecret.fromSecretName('shop/superuser', 'password')";
    test.each<[string, SuperuserOptions, string]>([
      ['nothing', undefined as any, REQUIRED],
      ['neither an address nor a login', { username: 'admin' }, REQUIRED],
      ['a name instead of an address', { email: 'admin' }, "'email' must be an e-mail address, e.g. 'admin@example.com', got \"admin\""],
      ['a name with spaces', { email: EMAIL, username: 'the boss' }, "'username' must be 1 to 150 characters without spaces, got \"the boss\""],
      ['no name', { email: EMAIL, username: '' }, "'username' must be 1 to 150 characters without spaces, got \"\""],
      ['a policy of secrets that have snapshots', { email: EMAIL, removalPolicy: RemovalPolicy.SNAPSHOT },
        "'removalPolicy' must not be SNAPSHOT: a secret has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE"],
      ['data beside a login', { email: EMAIL, username: 'root', existing: LOGIN },
        "'existing' is what you have already, so 'email', 'username' would have no effect: leave it out"],
      ['a login without a password', { existing: { username: LOGIN.username } as any },
        "'existing.password' must be given: say where it stands, e.g. EnvironmentSecret.fromSecretName('shop/superuser', 'password')"],
      ['a password in plain text, which it does not repeat', { existing: { ...LOGIN, password: 'hunter2' as any } }, `'existing.password' must be ${REFERENCE}`],
      ['the name of a secret', { existing: 'shop/superuser' as any }, "'existing' must be an object with options, got \"shop/superuser\""],
    ])('%s', (_, props, message) => {
      expect(messageOf(() => new Superuser(newStack(), 'Superuser', props))).toBe(`Superuser at 'Stack/Superuser' cannot be defined:\n- ${message}`);
    });
  });
});
