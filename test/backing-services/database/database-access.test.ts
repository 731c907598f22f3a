import { Match, Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAccess, DatabaseAccessContext } from '../../../src/backing-services/database/database-access';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { DatabaseServer } from '../../../src/backing-services/database/database-server';
import { createDatabaseUsers } from '../../../src/backing-services/database/database-users';
import { DjangoVariable } from '../../../src/config/django-variable';
import { ProcessDuty } from '../../../src/config/process';
import { messageOf, newStack } from '../../helpers';
import { RecordingProcess } from '../recording-process';

const URL_ONLY = [DjangoVariable.DATABASE_URL];
const WITHOUT_URL: DjangoVariable[] = Object.values(DjangoVariable).filter((variable) => variable !== DjangoVariable.DATABASE_URL);

function define(options: Partial<DatabaseAccessContext> = {}, server: Partial<DatabaseServer> = {}, stack = newStack()) {
  const scope = new Construct(stack, 'Database');
  const masterSecret = new secretsmanager.Secret(scope, 'Secret');
  const context = { masterSecret, removalPolicy: RemovalPolicy.RETAIN, ...options };
  const users = createDatabaseUsers(scope, options.authentication, { ...context, databaseName: 'shop' });
  const access = new DatabaseAccess(scope, { host: 'proxy', directHost: 'direct', port: '5432', databaseName: 'shop', resourceIds: ['db-1', 'prx-2'], ...server }, users, context);
  return { stack, masterSecret, users, access };
}

function attach(access: DatabaseAccess, scope: Construct, duty = ProcessDuty.APPLICATION, readable = WITHOUT_URL) {
  const process = new RecordingProcess(scope, `Process${duty}`, duty);
  process.readable = readable;
  access.attachTo(process);
  return process;
}

function secretsOf(process: RecordingProcess, stack: Stack) {
  const all = { ...process.secretVariables, ...process.secrets };
  return Object.fromEntries(Object.entries(all).map(([name, secret]) => [name, stack.resolve(secret.arn)]));
}

/** The place inside a secret, as ECS takes it. */
function at(stack: Stack, secret: secretsmanager.ISecret, key: string) {
  return { 'Fn::Join': ['', [stack.resolve(secret.secretArn), `:${key}::`]] };
}

describe('an application', () => {
  test('gets the application user, with the address of the proxy', () => {
    const { stack, users, access } = define({ authentication: DatabaseAuthentication.passwords() }, { replicaHost: 'replica-1,replica-2' });
    const process = attach(access, stack);
    expect(process.variables).toEqual({
      DATABASE_HOST: 'proxy',
      DATABASE_PORT: '5432',
      DATABASE_NAME: 'shop',
      DATABASE_SSLMODE: 'require',
      DATABASE_REPLICA_HOST: 'replica-1,replica-2',
    });
    expect(secretsOf(process, stack)).toEqual({
      DATABASE_USER: at(stack, users.application.secret!, 'username'),
      DATABASE_PASSWORD: at(stack, users.application.secret!, 'password'),
      DATABASE_SECRET_JSON: { Ref: expect.stringMatching(/^DatabaseJson/) },
    });
  });

  test('gets the administrator where there are no other users', () => {
    const { stack, masterSecret, access } = define();
    expect(secretsOf(attach(access, stack), stack).DATABASE_PASSWORD).toEqual(at(stack, masterSecret, 'password'));
    expect(access.preparation).toBeUndefined();
  });

  test('verifies the certificate where its image has the ones to verify with', () => {
    const { stack, access } = define({ sslRootCertificate: '/rds.pem' });
    expect(attach(access, stack).variables).toMatchObject({ DATABASE_SSLMODE: 'verify-full', DATABASE_SSLROOTCERT: '/rds.pem' });
  });

  test('of a second database gets everything with a prefix', () => {
    const { stack, access } = define({ variablePrefix: 'REPORTS_' });
    const process = attach(access, stack, ProcessDuty.APPLICATION, Object.values(DjangoVariable));
    expect([...Object.keys(process.variables), ...Object.keys(process.secretVariables)].every((name) => name.startsWith('REPORTS_DATABASE_'))).toBe(true);
  });
});

describe('a release', () => {
  test('gets the owner, past the proxy', () => {
    const { stack, users, access } = define({ authentication: DatabaseAuthentication.passwords() });
    const process = attach(access, stack, ProcessDuty.RELEASE);
    expect(process.variables.DATABASE_HOST).toBe('direct');
    expect(secretsOf(process, stack).DATABASE_USER).toEqual(at(stack, users.owner.secret!, 'username'));
  });
});

describe('a preparation', () => {
  test("gets the administrator under libpq's own names and the passwords of the users, past the proxy", () => {
    const { stack, masterSecret, users, access } = define({ authentication: DatabaseAuthentication.passwords(), variablePrefix: 'REPORTS_' });
    const process = attach(access, stack, ProcessDuty.PREPARATION);
    expect([process.variables, process.secretVariables]).toEqual([{}, {}]);
    expect(process.environment).toEqual({ PGHOST: 'direct', PGPORT: '5432', PGDATABASE: 'shop', PGSSLMODE: 'require' });
    expect(secretsOf(process, stack)).toEqual({
      PGUSER: at(stack, masterSecret, 'username'),
      PGPASSWORD: at(stack, masterSecret, 'password'),
      PREPARE_OWNER_LOGIN: at(stack, users.owner.secret!, 'username'),
      PREPARE_OWNER_PASSWORD: at(stack, users.owner.secret!, 'password'),
      PREPARE_APPLICATION_LOGIN: at(stack, users.application.secret!, 'username'),
      PREPARE_APPLICATION_PASSWORD: at(stack, users.application.secret!, 'password'),
    });
  });

  test('gets no passwords of users without any, and no certificate of the project', () => {
    for (const options of [{ authentication: DatabaseAuthentication.iam() }, { extensions: ['postgis'] }]) {
      const { stack, access } = define({ ...options, sslRootCertificate: '/rds.pem' });
      const process = attach(access, stack, ProcessDuty.PREPARATION);
      expect(Object.keys(process.secrets)).toEqual(['PGUSER', 'PGPASSWORD']);
      expect(process.environment.PGSSLMODE).toBe('require');
    }
  });

  test('verifies the certificate where its image has the ones to verify with', () => {
    const { stack, access } = define({ extensions: ['postgis'], preparation: { sslRootCertificate: '/rds.pem' } });
    expect(attach(access, stack, ProcessDuty.PREPARATION).environment).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/rds.pem' });
  });
});

describe('the JSON of a database', () => {
  const JSON_ONLY = [DjangoVariable.DATABASE_SECRET_JSON];
  const texts = (stack: Stack) => Object.values<any>(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: Match.anyValue() } }))
    .map(({ Properties }) => Properties.SecretString);
  const json = (name: unknown, password: unknown, host: string) => ({
    'Fn::Join': ['', [name, password, `:SecretString:password::}}","engine":"postgres","host":"${host}","port":"5432","dbname":"shop"}`].flat()],
  });

  test("is the administrator's secret itself, which follows a new password", () => {
    const { stack, masterSecret, access } = define({}, { host: 'direct' });
    expect(secretsOf(attach(access, stack, ProcessDuty.APPLICATION, JSON_ONLY), stack).DATABASE_SECRET_JSON).toEqual(stack.resolve(masterSecret.secretArn));
    expect(texts(stack)).toEqual([]);
  });

  test('is made of password and address where the secret does not have the address, and only where it is read', () => {
    const { stack, users, access } = define({ authentication: DatabaseAuthentication.passwords() }, { host: 'direct' });
    const processes = [attach(access, new Construct(stack, 'Web'), ProcessDuty.APPLICATION, JSON_ONLY), attach(access, new Construct(stack, 'Worker'), ProcessDuty.APPLICATION, JSON_ONLY)];
    attach(access, stack, ProcessDuty.RELEASE, JSON_ONLY);
    expect(texts(stack)).toEqual([users.application, users.owner].map(({ name, secret }) =>
      json(`{"username":"${name}","password":"{{resolve:secretsmanager:`, stack.resolve(secret!.secretArn), 'direct')));
    const [first, second] = processes.map((process) => secretsOf(process, stack).DATABASE_SECRET_JSON);
    expect(first).toEqual(second);

    const unread = define({ authentication: DatabaseAuthentication.passwords() }, { host: 'direct' });
    attach(unread.access, unread.stack, ProcessDuty.APPLICATION, []);
    expect(texts(unread.stack)).toEqual([]);
  });

  test('has the address of the proxy for those that go through it', () => {
    const { stack, access } = define();
    attach(access, stack, ProcessDuty.APPLICATION, JSON_ONLY);
    attach(access, stack, ProcessDuty.RELEASE, JSON_ONLY);
    expect(texts(stack)).toHaveLength(1);
    expect(JSON.stringify(texts(stack))).toContain('\\"host\\":\\"proxy\\"');
  });

  test('of another host is another secret, and the password stays as it is', () => {
    const [before, after] = ['old', 'new'].map((host) => {
      const { stack, access } = define({ authentication: DatabaseAuthentication.passwords() }, { host, directHost: host });
      attach(access, stack, ProcessDuty.APPLICATION, [...JSON_ONLY, DjangoVariable.DATABASE_URL]);
      return Template.fromStack(stack).findResources('AWS::SecretsManager::Secret');
    });
    const kept = Object.keys(before).filter((id) => id in after);
    expect(kept).toEqual(Object.keys(before).filter((id) => !/Json|Url/.test(id)));
    expect(kept.map((id) => before[id])).toEqual(kept.map((id) => after[id]));
    expect(Object.keys(after)).toHaveLength(kept.length + 2);
  });
});

describe('the URL of a database', () => {
  test('is a secret of its own, made once and only where it is read, with the password filled in by CloudFormation', () => {
    const { stack, users, access } = define({ authentication: DatabaseAuthentication.passwords() });
    attach(access, stack, ProcessDuty.APPLICATION, []);
    Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::Secret', 3);

    const other = define({ authentication: DatabaseAuthentication.passwords() });
    const processes = ['Web', 'Worker'].map((id) => attach(other.access, new Construct(other.stack, id), ProcessDuty.APPLICATION, URL_ONLY));
    const template = Template.fromStack(other.stack);
    template.resourceCountIs('AWS::SecretsManager::Secret', 4);
    template.hasResource('AWS::SecretsManager::Secret', {
      Properties: {
        SecretString: {
          'Fn::Join': ['', ['postgres://django_app:{{resolve:secretsmanager:', other.stack.resolve(other.users.application.secret!.secretArn),
            ':SecretString:password::}}@proxy:5432/shop?sslmode=require']],
        },
      },
      DeletionPolicy: 'Retain',
    });
    expect(secretsOf(processes[0], other.stack).DATABASE_URL).toEqual(secretsOf(processes[1], other.stack).DATABASE_URL);
    expect(users.iam).toBe(false);
  });

  test('of a release has the owner and its own way to the server', () => {
    const { stack, access } = define({ authentication: DatabaseAuthentication.passwords(), sslRootCertificate: '/rds.pem' });
    attach(access, stack, ProcessDuty.RELEASE, Object.values(DjangoVariable));
    Template.fromStack(stack).hasResourceProperties('AWS::SecretsManager::Secret', {
      SecretString: {
        'Fn::Join': ['', [Match.stringLikeRegexp('^postgres://django_owner:'), Match.anyValue(),
          ':SecretString:password::}}@direct:5432/shop?sslmode=verify-full&sslrootcert=/rds.pem']],
      },
    });
  });

  test('is one for all processes of the administrator, unless a proxy stands before some', () => {
    for (const [host, count] of [['direct', 2], ['proxy', 3]] as const) {
      const { stack, access } = define({}, { host });
      for (const duty of [ProcessDuty.APPLICATION, ProcessDuty.RELEASE]) {
        attach(access, stack, duty, URL_ONLY);
      }
      Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::Secret', count);
    }
  });

  test('is refused where the password in it would not stay right', () => {
    const { stack, access } = define({ passwordsRotate: true });
    expect(messageOf(() => attach(access, stack, ProcessDuty.APPLICATION, Object.values(DjangoVariable)))).toBe(
      "PrivateDatabase at 'Stack/Database' cannot be defined:\n- the convention has a name for DATABASE_URL, which holds the password of the deployment, " +
      'but the passwords rotate: read the single variables or DATABASE_SECRET_JSON, or leave rotation off');
    expect(() => attach(access, new Construct(stack, 'Other'))).not.toThrow();
  });
});

describe('with IAM', () => {
  test.each([[ProcessDuty.APPLICATION, 'django_iam_app'], [ProcessDuty.RELEASE, 'django_iam_owner']])('%s may connect as its user and as no other', (duty, user) => {
    const { stack, access } = define({ authentication: DatabaseAuthentication.iam() });
    const process = attach(access, stack, duty);
    expect(process.variables).toMatchObject({ DATABASE_USER: user, DATABASE_AUTHENTICATION: 'iam' });
    expect([process.secretVariables, process.secrets]).toEqual([{}, {}]);
    const arn = (id: string) => stack.resolve(`arn:${stack.partition}:rds-db:${stack.region}:${stack.account}:dbuser:${id}/${user}`);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'rds-db:connect', Resource: [arn('db-1'), arn('prx-2')] }] },
    });
    expect(process.startsAfter).toHaveLength(1);
  });

  test.each<[string, Partial<DatabaseServer>, DjangoVariable[], string]>([
    ['the URL', {}, Object.values(DjangoVariable),
      'the convention has a name for DATABASE_URL, which holds a password, but IAM has none: read the single variables, and make a token for each connection'],
    ['a server without a resource id', { resourceIds: [] }, WITHOUT_URL, "IAM knows the database by its resource id, which is not known: give 'resourceId'"],
  ])('%s is refused', (_, server, readable, message) => {
    const { stack, access } = define({ authentication: DatabaseAuthentication.iam() }, server);
    expect(messageOf(() => attach(access, stack, ProcessDuty.APPLICATION, readable))).toBe(`PrivateDatabase at 'Stack/Database' cannot be defined:\n- ${message}`);
  });
});

test('a server without any known user is refused', () => {
  const { stack, access } = define({ masterSecret: undefined });
  expect(messageOf(() => attach(access, stack))).toBe("PrivateDatabase at 'Stack/Database' cannot be defined:\n- " +
    "the administrator's secret is not known, and with it no user: give 'secret', or make users with 'authentication'");
});

test('a process in another stack gets its rights there, so that no reference leads back', () => {
  const app = new App();
  const { stack, access } = define({ authentication: DatabaseAuthentication.iam() }, {}, new Stack(app, 'Stack'));
  const other = new Stack(app, 'Other');
  attach(access, other);
  app.synth();
  expect(stack.dependencies).toEqual([]);
  Template.fromStack(other).resourceCountIs('AWS::IAM::Policy', 1);
});

describe('the command of a preparation', () => {
  test.each<[string, Partial<DatabaseAccessContext>, string[]]>([
    ['users', { authentication: DatabaseAuthentication.passwords() }, ['PREPARE_APPLICATION', 'PREPARE_IAM', 'PREPARE_OWNER', 'PREPARE_SQL']],
    ['extensions', { extensions: ['postgis', 'citext'] }, ['PREPARE_EXTENSIONS', 'PREPARE_SQL']],
    ['initial SQL', { initialSql: 'SELECT 1' }, ['PREPARE_INITIAL_SQL', 'PREPARE_SQL']],
  ])('is there for %s', (_, options, names) => {
    const { preparation } = define(options).access;
    expect(preparation!.command.slice(0, 2)).toEqual(['sh', '-c']);
    expect(preparation!.command[3]).toBe('prepare_database');
    expect(preparation!.image).toBe('public.ecr.aws/docker/library/postgres:17-alpine');
    expect(Object.keys(preparation!.environment!).sort()).toEqual(names);
  });

  test('says who and what', () => {
    expect(define({ authentication: DatabaseAuthentication.iam(), extensions: ['postgis', 'citext'], initialSql: 'SELECT 1' }).access.preparation!.environment).toMatchObject({
      PREPARE_OWNER: 'django_iam_owner', PREPARE_APPLICATION: 'django_iam_app', PREPARE_IAM: 'true', PREPARE_EXTENSIONS: 'postgis,citext', PREPARE_INITIAL_SQL: 'SELECT 1',
    });
  });

  test('runs in another image and for another time where asked', () => {
    const preparation = { image: 'registry.example.com/postgres:17.5', timeout: Duration.minutes(40) };
    expect(define({ extensions: ['postgis'], preparation }).access.preparation).toMatchObject(preparation);
  });

  test.each<[string, Partial<DatabaseAccessContext>]>([
    ['nothing is asked for', { extensions: [], initialSql: undefined }],
    ['nobody may do it: users of IAM that are there already', { authentication: DatabaseAuthentication.iam(), masterSecret: undefined }],
  ])('is not there where %s', (_, options) => {
    expect(define(options).access.preparation).toBeUndefined();
  });
});
