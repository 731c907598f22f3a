import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { messageOf, newStack, TOKEN } from '../helpers';

const MISSING = 'must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set';
const NO_SECRET = 'use `ecs.Secret.fromSecretsManager(...)` or `ecs.Secret.fromSsmParameter(...)`, or `EnvironmentSecret.fromSecretName(...)` for a name; ' +
  'the value of a secret never belongs into the code';

function arnOf(secret: EnvironmentSecret): string {
  const stack = newStack();
  return stack.resolve(secret.bind(stack, 'Secret').arn)['Fn::Join'][1].map((part: any) => part.Ref ?? part).join('');
}

describe('the source of a secret', () => {
  test('is a whole secret by its name, in the account and region of the stack', () => {
    expect(arnOf(EnvironmentSecret.fromSecretName('shop/stripe')))
      .toBe('arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:shop/stripe');
  });

  test('is one key of a secret', () => {
    expect(arnOf(EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey')))
      .toBe('arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:shop/stripe:apiKey::');
  });

  test.each(['/shop/stripe-key', 'stripe.key_1'])('is the parameter %s', (name) => {
    expect(arnOf(EnvironmentSecret.fromSsmParameter(name))).toBe(`arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/${name.replace(/^\//, '')}`);
  });

  test('is what ECS knows as a secret, as it is', () => {
    const stack = newStack();
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'), 'key');
    expect(EnvironmentSecret.of(secret).bind(stack, 'Secret')).toBe(secret);
  });

  test('may have a name that is known at deployment only', () => {
    const stack = newStack();
    expect(() => EnvironmentSecret.fromSecretName(TOKEN.string(), TOKEN.string()).bind(stack, 'Secret')).not.toThrow();
  });

  test.each<[string, () => EnvironmentSecret, string]>([
    ['an ARN for a name', () => EnvironmentSecret.fromSecretName('arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf'),
      'the name of the secret must not be an ARN, got "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf": take the name of the secret, ' +
      'or `EnvironmentSecret.of(ecs.Secret.fromSecretsManager(...))` for a secret that you have as a construct'],
    ['no name', () => EnvironmentSecret.fromSecretName(''), 'the name of the secret must be letters, digits and the characters / _ + = . @ -, got ""'],
    ['a name with a space', () => EnvironmentSecret.fromSecretName('shop stripe'),
      'the name of the secret must be letters, digits and the characters / _ + = . @ -, got "shop stripe"'],
    ['an empty key', () => EnvironmentSecret.fromSecretName('shop/stripe', ''),
      "the key inside the secret must not be empty or contain ':', got \"\": leave it out for the whole secret"],
    ['a key with the version of ECS', () => EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey::'),
      "the key inside the secret must not be empty or contain ':', got \"apiKey::\": leave it out for the whole secret"],
    ['a parameter with levels and no slash', () => EnvironmentSecret.fromSsmParameter('shop/stripe'),
      "the name of the parameter must begin with '/' where it has levels, and have letters, digits, '_', '.' and '-' in each, got \"shop/stripe\": use \"/shop/stripe\""],
    ['a parameter that ends with a slash', () => EnvironmentSecret.fromSsmParameter('/shop/'),
      "the name of the parameter must begin with '/' where it has levels, and have letters, digits, '_', '.' and '-' in each, got \"/shop/\""],
    ['a parameter whose form is not known', () => EnvironmentSecret.fromSsmParameter(TOKEN.string()),
      "the name of the parameter must be known at synthesis, because its ARN depends on whether it begins with '/': " +
      'use `EnvironmentSecret.of(ecs.Secret.fromSsmParameter(...))` for a parameter that you have as a construct'],
    ['a name that is missing', () => EnvironmentSecret.fromSecretName(undefined as any), `the name of the secret ${MISSING}`],
    ['a key that is a number', () => EnvironmentSecret.fromSecretName('shop/stripe', 5 as any), 'the key inside the secret must be given as text, got 5: give a string'],
    ['a parameter that is missing', () => EnvironmentSecret.fromSsmParameter(undefined as any), `the name of the parameter ${MISSING}`],
    ['the value itself', () => EnvironmentSecret.of('sk_live_1234' as any), `the secret must be an ecs.Secret, got text: ${NO_SECRET}`],
    ['missing', () => EnvironmentSecret.of(undefined as any), `the secret must be an ecs.Secret, got undefined: ${NO_SECRET}`],
    ['null', () => EnvironmentSecret.of(null as any), `the secret must be an ecs.Secret, got null: ${NO_SECRET}`],
    ['a secret of Secrets Manager', () => EnvironmentSecret.of(new secretsmanager.Secret(newStack(), 'Own') as any),
      `the secret must be an ecs.Secret, got another object: ${NO_SECRET}`],
  ])('is refused when it is %s', (_, secret, reason) => {
    const stack = newStack();
    expect(messageOf(() => secret().bind(stack, 'Secret'))).toBe(`EnvironmentSecret at 'Stack' cannot be defined:\n- ${reason}`);
  });
});
