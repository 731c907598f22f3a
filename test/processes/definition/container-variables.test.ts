import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { containerOf, define } from './process-stack';
import { DjangoVariable } from '../../../src/config/django-variable';
import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { EnvironmentSecret } from '../../../src/config/environment-secret';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

describe('secrets of a process', () => {
  test('are read by the execution role alone, each by its key, and stand nowhere in the template', () => {
    const stack = newStack();
    const own = new secretsmanager.Secret(stack, 'Own');
    const { process } = define({
      secrets: {
        STRIPE: EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey'),
        OWN: EnvironmentSecret.of(ecs.Secret.fromSecretsManager(own)),
        PARAMETER: EnvironmentSecret.fromSsmParameter('/shop/key'),
      },
    }, stack);
    const here = (service: string) => ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
    const join = (service: string, rest: string) => ({ 'Fn::Join': ['', [...here(service), rest]] });

    expect(containerOf(stack).secrets).toEqual({
      STRIPE: join('secretsmanager', ':secret:shop/stripe:apiKey::'),
      OWN: stack.resolve(own.secretArn),
      PARAMETER: join('ssm', ':parameter/shop/key'),
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 1);
    const read = ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'];
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(process.taskDefinition.executionRole!.roleName)],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
          { Effect: 'Allow', Action: read, Resource: join('secretsmanager', ':secret:shop/stripe-??????') },
          { Effect: 'Allow', Action: read, Resource: stack.resolve(own.secretArn) },
          {
            Effect: 'Allow',
            Action: ['ssm:DescribeParameters', 'ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParameterHistory'],
            Resource: join('ssm', ':parameter/shop/key'),
          },
        ],
      },
    });
  });

  test('are warned about when there are so many that tasks start slowly', () => {
    const { stack, process } = define();
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'), 'key');
    Array.from({ length: 60 }, (_, index) => process.addSecret(`SECRET_${index}`, secret));
    expect(warningsOf(process)).toEqual({});
    process.addSecret('ONE_MORE', secret);
    expect(warningsOf(process)).toEqual({
      'many-secrets': 'A task reads more than 60 secrets before it starts, which makes starts slow and runs into limits of the secret store. ' +
        'Keep several values as keys of one secret and read it as JSON.',
    });
  });
});

describe('variables of the library', () => {
  const convention = EnvironmentConvention.custom({ databaseHost: ['DB_HOST', 'PGHOST'], databaseUser: [], databasePassword: ['A', 'B'] });

  test('get every name that the convention has for them', () => {
    const { stack, process } = define({ convention });
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    process.addVariable(DjangoVariable.DATABASE_HOST, 'db');
    process.addVariable(DjangoVariable.DATABASE_USER, 'left out');
    process.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, secret);
    process.addSecretVariable(DjangoVariable.DATABASE_SECRET_JSON, secret);
    const container = containerOf(stack);
    expect(container.environment).toEqual({ DB_HOST: 'db', PGHOST: 'db' });
    expect(Object.keys(container.secrets)).toEqual(['A', 'B']);
  });

  test('of a further service get a prefix, also before each of several names, and never a name that libpq reads', () => {
    const { stack, process } = define({ convention });
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    process.addVariable(DjangoVariable.DATABASE_HOST, 'first');
    process.addVariable(DjangoVariable.DATABASE_HOST, 'second', 'ARCHIVE_');
    process.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, secret, 'ARCHIVE_');
    const container = containerOf(stack);
    expect(container.environment).toEqual({ DB_HOST: 'first', PGHOST: 'first', ARCHIVE_DB_HOST: 'second' });
    expect(Object.keys(container.secrets)).toEqual(['ARCHIVE_A', 'ARCHIVE_B']);
    expect(messageOf(() => process.addVariable(DjangoVariable.DATABASE_HOST, 'third', 'ARCHIVE_'))).toContain('"ARCHIVE_DB_HOST" is set by the library');
  });

  test.each([[DjangoVariable.DATABASE_HOST, true], [DjangoVariable.DATABASE_USER, false], [DjangoVariable.DATABASE_URL, false]])(
    'that are costly are made only where a name is read: %s %s', (variable, reads) => {
      expect(define({ convention }).process.reads(variable)).toBe(reads);
    });

  const overrides: Record<string, (process: ProcessDefinition, secret: ecs.Secret) => void> = {
    'a variable of the library': (process) => process.addVariable(DjangoVariable.REDIS_URL, 'chosen'),
    'a secret of the library': (process, secret) => process.addSecretVariable(DjangoVariable.REDIS_URL, secret),
    'a value of yours': (process) => process.addEnvironment('REDIS_URL', 'chosen'),
    'a secret of yours': (process, secret) => process.addSecret('REDIS_URL', secret),
  };
  const defaults: Record<string, (process: ProcessDefinition) => void> = {
    'by its variable': (process) => process.addDefaultVariable(DjangoVariable.REDIS_URL, 'default'),
    'by its name': (process) => process.addDefaultEnvironment('REDIS_URL', 'default'),
  };
  const orders = Object.keys(overrides).flatMap((override) => Object.keys(defaults).flatMap((byDefault) =>
    ['before', 'after'].map((order) => [override, order, byDefault])));

  test.each(orders)('give way, where they are defaults, to %s that comes %s the default %s', (override, order, byDefault) => {
    const { stack, process } = define();
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    const steps = [() => overrides[override](process, secret), () => defaults[byDefault](process)];
    (order === 'before' ? steps : steps.reverse()).forEach((step) => step());
    const { environment, secrets } = containerOf(stack);
    expect({ ...environment, ...secrets }).toEqual({ REDIS_URL: override.includes('secret') ? stack.resolve(secret.arn) : 'chosen' });
    expect([...Object.keys(environment), ...Object.keys(secrets)]).toEqual(['REDIS_URL']);
  });

  test('that are defaults stand where nothing else does, under every name that nobody set, the last of them', () => {
    const { stack, process } = define({ convention, environment: { PORT: '9000', PGHOST: 'mine' } });
    process.addDefaultEnvironment('PORT', '8000');
    process.addDefaultEnvironment('WORKERS', '2');
    process.addDefaultEnvironment('WORKERS', '3');
    process.addDefaultVariable(DjangoVariable.DATABASE_HOST, 'db');
    process.addDefaultVariable(DjangoVariable.DATABASE_USER, 'left out');
    process.addDefaultEnvironment('EMPTY', '');
    expect(containerOf(stack).environment).toEqual({ PORT: '9000', PGHOST: 'mine', WORKERS: '3', DB_HOST: 'db', EMPTY: '' });
  });

  test.each<[string, Partial<ProcessDefinitionProps>, string]>([
    ['gunicorn and most others', { containerPort: 8000, environment: { PORT: '9000' } }, '"PORT" must be left out, got "9000": the load balancer asks port 8000'],
    ['uvicorn', { containerPort: 8000, environment: { UVICORN_PORT: '9000' } }, '"UVICORN_PORT" must be left out, got "9000": the load balancer asks port 8000'],
    ['a front end', { containerPort: 80, environment: { PORT: '3000' } }, '"PORT" must be left out, got "3000": the load balancer asks port 80'],
  ])('of yours do not lead %s to another port than the load balancer asks', (_, props, reason) => {
    expect(messageOf(() => define(props))).toBe(
      `ProcessDefinition at 'Stack/Process' cannot be defined:\n- the variable ${reason}; give the port as 'containerPort', in a DjangoOnFargate 'web.containerPort'`);
  });

  test.each<[string, Partial<ProcessDefinitionProps>]>([
    ['the same port', { containerPort: 8000, environment: { PORT: '8000' } }],
    ['a port known at deployment only', { containerPort: 8000, environment: { PORT: TOKEN.string() } }],
    ['any port where no load balancer asks', { environment: { PORT: '9000' } }],
    ['any port where what it asks is known at deployment only', { containerPort: TOKEN.number(8000), environment: { PORT: '9000' } }],
  ])('of yours may name %s', (_, props) => {
    expect(() => define(props)).not.toThrow();
  });

  test('of yours do not lead a server to another port later either', () => {
    const { process } = define({ containerPort: 8000 });
    expect(messageOf(() => process.addEnvironment('PORT', '9000'))).toContain('the load balancer asks port 8000');
  });

  test('that are defaults are not there yet for who asks, so that a secret may take their place', () => {
    const { process } = define({ environment: { MINE: '1' } });
    process.addDefaultEnvironment('PORT', '8000');
    expect(process._sets('PORT')).toBe(false);
    expect(process._sets('MINE')).toBe(true);
  });

  test('that are defaults are refused as all others are', () => {
    const { process } = define();
    const prefix = "ProcessDefinition at 'Stack/Process' cannot be defined:\n- the variable";
    expect(messageOf(() => process.addDefaultEnvironment('AWS_REGION', 'x'))).toBe(`${prefix} "AWS_REGION" is reserved: ECS sets it to the region of the stack`);
    expect(messageOf(() => process.addDefaultEnvironment('COUNT', 5 as unknown as string)))
      .toBe(`${prefix} "COUNT" must have a string as its value, got 5: quote it, or leave it out`);
  });

  test('and yours never drop one another silently', () => {
    const { stack, process } = define({ environment: { MINE: '1' } });
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    process.addVariable(DjangoVariable.DATABASE_HOST, 'db');
    process.addDefaultEnvironment('PORT', '8000');
    const prefix = "ProcessDefinition at 'Stack/Process' cannot be defined:\n- the variable";
    const mine = "remove yours, or give the library's another name, or none by [], with `EnvironmentConvention.custom`";

    expect(messageOf(() => process.addEnvironment('DB_HOST', 'x'))).toBe(`${prefix} "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and by you: ${mine}`);
    expect(messageOf(() => process.addSecret('DB_HOST', secret))).toBe(`${prefix} "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and by you: ${mine}`);
    expect(messageOf(() => process.addEnvironment('MINE', '2'))).toBe(`${prefix} "MINE" is set twice by you: keep one of them`);
    expect(messageOf(() => process.addVariable(DjangoVariable.DATABASE_HOST, 'other')))
      .toBe(`${prefix} "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and again by the library (DjangoVariable.DATABASE_HOST): ` +
        'attach one backing service of the kind only, or give the second one a \'variablePrefix\', e.g. \'REPORTS_\'');
    expect(messageOf(() => process.addEnvironment('AWS_REGION', 'x'))).toBe(`${prefix} "AWS_REGION" is reserved: ECS sets it to the region of the stack`);
    expect(messageOf(() => process.addEnvironment('COUNT', 5 as unknown as string)))
      .toBe(`${prefix} "COUNT" must have a string as its value, got 5: quote it, or leave it out`);
    expect(containerOf(stack).environment).toEqual({ MINE: '1', DB_HOST: 'db', PORT: '8000' });
  });
});
