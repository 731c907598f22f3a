import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { EnvironmentSecret, EnvironmentSecretOptions, SecretKeysOptions } from '../../src/config/environment-secret';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { fromPython, givenVpc, IMAGE, messageOf, newStack, TOKEN } from '../helpers';

const MISSING = 'must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set';
const NO_SECRET = 'use `ecs.Secret.fromSecretsManager(...)` or `ecs.Secret.fromSsmParameter(...)`, or `EnvironmentSecret.fromSecretName(...)` for a name; ' +
  'the value of a secret never belongs into the code';

const NO_KEY = "'encryptionKeyArn' must be the ARN of a KMS key like 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'";
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/abc';
const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-secret-AbCdEf';

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

  test.each([[undefined, ''], ['apiKey', ':apiKey::']])('is a secret by its complete ARN, whatever its name ends with: %s', (key, suffix) => {
    const stack = newStack();
    expect(stack.resolve(EnvironmentSecret.fromSecretArn(SECRET_ARN, key).bind(stack, 'Secret').arn)).toBe(`${SECRET_ARN}${suffix}`);
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
    expect(() => EnvironmentSecret.fromSecretName(TOKEN.string(), TOKEN.string(), { encryptionKeyArn: TOKEN.string() }).bind(stack, 'Secret')).not.toThrow();
    expect(() => EnvironmentSecret.fromSecretArn(TOKEN.string(), TOKEN.string()).bind(stack, 'Arn')).not.toThrow();
  });

  test.each<[string, () => EnvironmentSecret, string]>([
    ['an ARN for a name', () => EnvironmentSecret.fromSecretName('arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf'),
      'the name of the secret must not be an ARN, got "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf": take its name, ' +
      'or use `EnvironmentSecret.fromSecretArn(...)`'],
    ['a name that ends like an ARN', () => EnvironmentSecret.fromSecretName('shop-secret'),
      'the name of the secret must not end with a hyphen and six characters, got "shop-secret": Secrets Manager takes them for the end of a complete ARN ' +
      'and finds nothing, so no task would start; rename the secret, or use `EnvironmentSecret.fromSecretArn(...)` with its complete ARN'],
    ['a part of an ARN', () => EnvironmentSecret.fromSecretArn('arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop'),
      'the ARN of the secret must be complete, with the hyphen and the six characters that Secrets Manager put behind the name, like ' +
      "'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf', got \"arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop\""],
    ['the alias of a key', () => EnvironmentSecret.fromSecretName('shop/stripe', undefined, { encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:alias/shop' }),
      `${NO_KEY}, got "arn:aws:kms:eu-central-1:123456789012:alias/shop": a right to an alias lets nobody decrypt`],
    ['a key by its id', () => EnvironmentSecret.fromSsmParameter('/shop/key', { encryptionKeyArn: '1234abcd-12ab-34cd-56ef-1234567890ab' }),
      `${NO_KEY}, got "1234abcd-12ab-34cd-56ef-1234567890ab"`],
    ['a key that is a construct', () => EnvironmentSecret.fromSsmParameter('/shop/key', { encryptionKeyArn: {} as any }),
      "'encryptionKeyArn' must be given as text, got an object: give a string"],
    ['the ARN of a parameter', () => EnvironmentSecret.fromSsmParameter('arn:aws:ssm:eu-central-1:123456789012:parameter/shop/key'),
      "the name of the parameter must begin with '/' where it has levels, and have letters, digits, '_', '.' and '-' in each, " +
      "got \"arn:aws:ssm:eu-central-1:123456789012:parameter/shop/key\": take the name behind 'parameter'"],
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

describe('a secret with a key of its owner\'s', () => {
  function statements(secret: EnvironmentSecret) {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    const bound = secret.bind(stack, 'Secret');
    expect(bound.grantRead(role).success).toBe(true);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    return policy.Properties.PolicyDocument.Statement.map(({ Action, Resource }: any) => ({ Action, Resource }));
  }
  const decrypt = { Action: 'kms:Decrypt', Resource: KEY_ARN };

  test.each<[string, (options?: EnvironmentSecretOptions) => EnvironmentSecret]>([
    ['by name', (options) => EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey', options)],
    ['by ARN', (options) => EnvironmentSecret.fromSecretArn(SECRET_ARN, undefined, options)],
    ['by keys', (options) => EnvironmentSecret.fromSecretKeys('shop/stripe', ['API_KEY'], options).API_KEY],
    ['as a parameter', (options) => EnvironmentSecret.fromSsmParameter('/shop/stripe', options)],
    ['as ECS knows it', (options) => EnvironmentSecret.of(ecs.Secret.fromSecretsManager(
      secretsmanager.Secret.fromSecretNameV2(newStack(), 'Own', 'shop/stripe')), options)],
  ])('may be decrypted by ECS: %s', (_, source) => {
    expect(statements(source({ encryptionKeyArn: KEY_ARN }))).toEqual([...statements(source()), decrypt]);
    expect(statements(source(fromPython({}, 'encryptionKeyArn')))).toEqual(statements(source()));
  });

  test('stays the field that it is', () => {
    const secret = EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey', { encryptionKeyArn: KEY_ARN });
    expect(arnOf(secret)).toContain(':secret:shop/stripe:apiKey::');
    expect(secret.bind(newStack(), 'Secret').hasField).toBe(true);
  });
});

describe('keys of one secret', () => {
  const arnsOf = (secrets: Record<string, EnvironmentSecret>) => Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, arnOf(secret)]));
  const base = 'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:shop/settings';

  test('become variables that are called like them', () => {
    expect(arnsOf(EnvironmentSecret.fromSecretKeys('shop/settings', ['STRIPE_API_KEY', 'SENTRY_DSN'])))
      .toEqual({ STRIPE_API_KEY: `${base}:STRIPE_API_KEY::`, SENTRY_DSN: `${base}:SENTRY_DSN::` });
  });

  test('become variables that are called otherwise', () => {
    expect(arnsOf(EnvironmentSecret.fromSecretKeys('shop/settings', ['api-key', 'SENTRY_DSN'], { names: { 'api-key': 'STRIPE_API_KEY' } })))
      .toEqual({ STRIPE_API_KEY: `${base}:api-key::`, SENTRY_DSN: `${base}:SENTRY_DSN::` });
  });

  test('are found by the complete ARN too, for a name that ends like one', () => {
    const stack = newStack();
    expect(stack.resolve(EnvironmentSecret.fromSecretKeys(SECRET_ARN, ['A']).A.bind(stack, 'Secret').arn)).toBe(`${SECRET_ARN}:A::`);
  });

  test('are given together with others, read by one statement and import the secret once for each process', () => {
    const stack = newStack();
    const vpc = givenVpc(stack);
    const secrets = { ...EnvironmentSecret.fromSecretKeys('shop/settings', ['A', 'B', 'C']), D: EnvironmentSecret.fromSsmParameter('/shop/d') };
    const processes = ['One', 'Two'].map((id) => new ProcessDefinition(stack, id, { vpc, image: IMAGE, secrets }));
    const template = Template.fromStack(stack);
    processes.forEach((process) => {
      const imports = process.node.children.filter((child) => 'secretArn' in child);
      expect(imports).toHaveLength(1);
      const [policy] = Object.values(template.findResources('AWS::IAM::Policy', {
        Properties: { Roles: [stack.resolve(process.taskDefinition.executionRole!.roleName)] },
      }));
      const actions = policy.Properties.PolicyDocument.Statement.map(({ Action }: any) => Action[0]);
      expect(actions).toEqual(['logs:CreateLogStream', 'secretsmanager:GetSecretValue', 'ssm:DescribeParameters']);
    });
  });

  test('of names that JavaScript knows are ordinary keys', () => {
    expect(Object.keys(EnvironmentSecret.fromSecretKeys('shop/settings', ['constructor', 'toString']))).toEqual(['constructor', 'toString']);
  });

  test('from Python are the same', () => {
    const options: SecretKeysOptions = fromPython({}, 'names', 'encryptionKeyArn');
    expect(arnsOf(EnvironmentSecret.fromSecretKeys('shop/settings', ['A'], options))).toEqual({ A: `${base}:A::` });
    expect(arnsOf(EnvironmentSecret.fromSecretKeys('shop/settings', ['A'], null as any))).toEqual({ A: `${base}:A::` });
  });

  test('may be of a secret whose name is known at deployment only', () => {
    expect(Object.keys(EnvironmentSecret.fromSecretKeys(TOKEN.string(), ['A']))).toEqual(['A']);
  });

  test.each<[string, any[], string[]]>([
    ['no list', ['shop/settings', 'A'], ['the keys must be a list of strings, got "A": write ["A"]']],
    ['nothing', ['shop/settings', undefined], ['the keys must be a list with one or more of them, got undefined: name each that shall become a variable']],
    ['an empty list', ['shop/settings', []], ['the keys must be a list with one or more of them, got []: name each that shall become a variable']],
    ['a number', ['shop/settings', ['A', 5]], ['the keys must be a list of strings, got ["A",5]']],
    ['a key twice', ['shop/settings', ['A', 'B', 'A', 'A']], ['the keys have "A" more than once: give each once']],
    ['a token', ['shop/settings', [TOKEN.string()]],
      ['the keys must be known at synthesis, because they become names of variables: give plain text, or `EnvironmentSecret.fromSecretName(...)` for a token']],
    ['parts of an ARN', ['shop/settings', ['A::', '']], [
      'the key "A::" must not be empty or contain \':\': ECS separates the parts of an ARN by it',
      'the key "" must not be empty or contain \':\': ECS separates the parts of an ARN by it',
    ]],
    ['keys that are no names of variables', ['shop/settings', ['stripe-apiKey', '2nd']], [
      'the variable "stripe-apiKey" must be letters, digits and underscores, and not begin with a digit: give it a name by \'names\', { "stripe-apiKey": "STRIPE_API_KEY" }',
      'the variable "2nd" must be letters, digits and underscores, and not begin with a digit: give it a name by \'names\', { "2nd": "_2ND" }',
    ]],
    ['names that are reserved', ['shop/settings', ['AWS_ACCESS_KEY_ID', 'region'], { names: { region: 'AWS_REGION' } }], [
      'the variable "AWS_ACCESS_KEY_ID" is reserved: give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off',
      'the variable "AWS_REGION" is reserved: ECS sets it to the region of the stack',
    ]],
    ['names that are none', ['shop/settings', ['A', 'B'], { names: { A: 'MY NAME', B: 5 } }], [
      'the variable "MY NAME" must be letters, digits and underscores, and not begin with a digit',
      'the name of the variable for the key "B" must be given as text, got 5',
    ]],
    ['a list of names', ['shop/settings', ['A'], { names: ['B'] }], ["'names' must be an object with the names of variables by key, got [\"B\"]"]],
    ['names of other keys', ['shop/settings', ['A'], { names: { B: 'C' } }], ['\'names\' has "B", which is none of the keys: add it to them, or leave it out']],
    ['one name for two keys', ['shop/settings', ['A', 'B'], { names: { B: 'A' } }], ['\'names\' gives "A" to more than one key: give each its own']],
    ['everything wrong at once', ['shop-secret', [], { encryptionKeyArn: 'alias/shop' }], [
      'the name of the secret must not end with a hyphen and six characters, got "shop-secret": Secrets Manager takes them for the end of a complete ARN ' +
        'and finds nothing, so no task would start; rename the secret, or use `EnvironmentSecret.fromSecretKeys(...)` with its complete ARN',
      `${NO_KEY}, got "alias/shop": a right to an alias lets nobody decrypt`,
      'the keys must be a list with one or more of them, got []: name each that shall become a variable',
    ]],
    ['the secret missing', [undefined, ['A']], [`the name of the secret ${MISSING}`]],
    ['an ARN that is not complete', ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop', ['A']], [
      'the ARN of the secret must be complete, with the hyphen and the six characters that Secrets Manager put behind the name, like ' +
        "'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf', got \"arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop\"",
    ]],
  ])('are refused with %s', (_, [secret, keys, options], reasons) => {
    expect(messageOf(() => EnvironmentSecret.fromSecretKeys(secret, keys, options)))
      .toBe(['EnvironmentSecret.fromSecretKeys cannot be defined:', ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });
});
