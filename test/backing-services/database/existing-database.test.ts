import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { findingsIn, processIn, propertiesOf } from './databases';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { PrivateDatabase } from '../../../src/backing-services/database/private-database';
import { PrivateDatabaseAttributes } from '../../../src/backing-services/database/private-database-attributes';
import { DjangoVariable } from '../../../src/config/django-variable';
import { fromPython, givenVpc, messageOf, newStack } from '../../helpers';
import { RecordingProcess } from '../recording-process';

const HOST = 'shop.abc123.eu-central-1.rds.amazonaws.com';

function define(attributes: Partial<PrivateDatabaseAttributes> = {}, stack = newStack()) {
  const vpc = givenVpc(stack);
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'DatabaseGroup', 'sg-0123456789abcdef0');
  const database = PrivateDatabase.fromAttributes(stack, 'Database', {
    host: HOST, port: 5433, databaseName: 'shop', secretName: 'shop/database', securityGroups: [securityGroup], ...attributes,
  });
  return { stack, vpc, securityGroup, database };
}

describe('a database that was there before', () => {
  test('makes nothing', () => {
    const { stack, database } = define();
    Template.fromStack(stack).templateMatches({});
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources ?? {})).toEqual([]);
    expect([database.host, database.port, database.databaseName, database.maxConnections, database.preparation]).toEqual([HOST, '5433', 'shop', undefined, undefined]);
    expect(database.connections.defaultPort).toEqual(ec2.Port.tcp(5433));
  });

  test('hands its address to a process, with the user and the password of its secret', () => {
    const { stack, vpc, database } = define({ replicaHost: 'replica.example.com' });
    database.attachTo(processIn(stack, vpc));
    const [{ ContainerDefinitions: [container] }] = propertiesOf(stack, 'AWS::ECS::TaskDefinition');
    expect(Object.fromEntries(container.Environment.map(({ Name, Value }: any) => [Name, Value])))
      .toMatchObject({ DB_HOST: HOST, DB_PORT: '5433', DB_NAME: 'shop', DB_SSLMODE: 'require', DB_REPLICA_HOST: 'replica.example.com' });
    expect(container.Secrets.map(({ Name, ValueFrom }: any) => [Name, JSON.stringify(ValueFrom)])).toEqual([
      ['DB_USER', expect.stringContaining(':secret:shop/database:username::')], ['DB_PASSWORD', expect.stringContaining(':secret:shop/database:password::')],
    ]);
  });

  test('lets a process in by the rules of its own security groups', () => {
    const { stack, vpc, database } = define();
    const process = processIn(stack, vpc);
    database.attachTo(process);
    expect(propertiesOf(stack, 'AWS::EC2::SecurityGroupIngress')).toEqual([expect.objectContaining({
      GroupId: 'sg-0123456789abcdef0', SourceSecurityGroupId: stack.resolve(process.securityGroup.securityGroupId), FromPort: 5433, ToPort: 5433,
    })]);
  });

  test('opens the way out of a process that may reach nobody', () => {
    const { stack, vpc, database } = define();
    database.attachTo(processIn(stack, vpc, { securityGroup: new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false }) }));
    expect(propertiesOf(stack, 'AWS::EC2::SecurityGroupEgress')).toEqual([expect.objectContaining({ DestinationSecurityGroupId: 'sg-0123456789abcdef0', FromPort: 5433 })]);
  });

  test('may have its secret as a construct, and says how many connections it accepts', () => {
    const stack = newStack();
    const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Secret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf');
    const { vpc, database } = define({ secretName: undefined, secret, maxConnections: 100 }, stack);
    database.attachTo(processIn(stack, vpc));
    const [{ ContainerDefinitions: [container] }] = propertiesOf(stack, 'AWS::ECS::TaskDefinition');
    expect(container.Secrets[0].ValueFrom).toBe('arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf:username::');
    expect(database.maxConnections).toBe(100);
  });

  test('may be prepared with users of its own, whose secrets are kept unless told otherwise', () => {
    const { stack, database } = define({ authentication: DatabaseAuthentication.passwords() });
    expect(database.preparation).toBeDefined();
    const secrets = Object.values<any>(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));
    expect(secrets.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
    // A new host must not change the password.
    expect(JSON.stringify(secrets)).not.toContain(HOST);
    expect(findingsIn(stack)).toEqual([]);
    const destroyed = define({ authentication: DatabaseAuthentication.passwords(), removalPolicy: RemovalPolicy.DESTROY }).stack;
    expect(Object.values<any>(Template.fromStack(destroyed).findResources('AWS::SecretsManager::Secret')).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete', 'Delete']);
  });

  test('has secrets that no snapshot can be taken of, which CloudFormation would refuse', () => {
    const { stack } = define({ authentication: DatabaseAuthentication.passwords(), removalPolicy: RemovalPolicy.SNAPSHOT });
    expect(Object.values<any>(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret')).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete', 'Delete']);
  });

  test('is the same where JavaScript says null', () => {
    const names = ['secret', 'resourceId', 'replicaHost', 'maxConnections', 'removalPolicy', 'authentication', 'extensions', 'initialSql', 'preparation',
      'sslRootCertificate', 'variablePrefix'];
    const { stack, vpc, database } = define(Object.fromEntries(names.map((name) => [name, null])));
    database.attachTo(processIn(stack, vpc));
    const [{ ContainerDefinitions: [container] }] = propertiesOf(stack, 'AWS::ECS::TaskDefinition');
    expect(container.Environment.map(({ Name }: any) => Name)).toContain('DB_HOST');
  });

  test('may be logged in to by IAM, without a secret', () => {
    const { stack, database } = define({ authentication: DatabaseAuthentication.iam(), resourceId: 'db-ABCDEFGHIJKL', secretName: undefined });
    const recording = new RecordingProcess(stack, 'Recording');
    recording.readable = Object.values(DjangoVariable).filter((variable) => variable !== DjangoVariable.DATABASE_URL);
    database.attachTo(recording);
    expect(JSON.stringify(propertiesOf(stack, 'AWS::IAM::Policy'))).toContain(':dbuser:db-ABCDEFGHIJKL/django_iam_app');
  });

  test('may stand beside another one, for a router', () => {
    const { stack, vpc, securityGroup, database } = define();
    const process = processIn(stack, vpc);
    database.attachTo(process);
    PrivateDatabase.fromAttributes(stack, 'Reports', {
      host: 'reports.example.com', port: 5432, databaseName: 'reports', secretName: 'reports', securityGroups: [securityGroup], variablePrefix: 'REPORTS_',
    }).attachTo(process);
    const [{ ContainerDefinitions: [container] }] = propertiesOf(stack, 'AWS::ECS::TaskDefinition');
    expect(Object.fromEntries(container.Environment.map(({ Name, Value }: any) => [Name, Value]))).toMatchObject({ DB_HOST: HOST, REPORTS_DB_HOST: 'reports.example.com' });
  });

  test('is the same from Python, which gives what is left out too', () => {
    const names = ['secret', 'resourceId', 'replicaHost', 'maxConnections', 'removalPolicy', 'authentication', 'extensions', 'initialSql', 'preparation',
      'sslRootCertificate', 'variablePrefix'];
    expect(() => define(fromPython({}, ...names))).not.toThrow();
  });

  test('of another stack makes no cycle', () => {
    const app = new App();
    const data = new Stack(app, 'Data');
    const web = new Stack(app, 'Web');
    const { database } = define({ authentication: DatabaseAuthentication.passwords() }, data);
    database.attachTo(processIn(web, givenVpc(web)));
    app.synth();
    expect(web.dependencies).toEqual([data]);
    expect(data.dependencies).toEqual([]);
  });
});

describe('a database that was there before is refused', () => {
  const group = "use ec2.SecurityGroup.fromSecurityGroupId(this, 'SecurityGroup', 'sg-…')";
  const host = "'host' must be given: take the endpoint of the instance, or the writer endpoint of the cluster";
  const master = "'secret' or 'secretName' must be given: the secret of the administrator, with username and password, as whom the project connects";

  test.each<[string, any, string[]]>([
    ['with nothing known of it, in one message', { host: undefined, port: undefined, databaseName: undefined, securityGroups: undefined, secretName: undefined }, [
      host,
      "'port' must be given: take the port of its endpoint, usually 5432",
      "'databaseName' must be given: give the name of the project's database in the server",
      `'securityGroups' must be given: ${group}`,
      master,
    ]],
    ['without a secret', { secretName: undefined }, [master]],
    ['with a port that is none', { port: 70000 }, ["'port' must be a whole number between 1 and 65535, got 70000"]],
    ['with no security group in the list', { securityGroups: [] }, [`'securityGroups' must not be empty: ${group}`]],
    ['with the name of a security group', { securityGroups: ['sg-1'] },
      [`'securityGroups' must be a list with an ec2.ISecurityGroup as each element, got "sg-1" as element 1: ${group}`]],
    ['with a URL as its host', { host: 'postgres://shop:5432' }, ["'host' must be a host name without a scheme and a port, got \"postgres://shop:5432\""]],
    ['with two secrets', { secret: { secretArn: 'arn' } }, ["'secret' and 'secretName' exclude each other: keep one"]],
    ['with the name of a secret as the secret', { secret: 'shop/database', secretName: undefined }, [
      "'secret' must be a secretsmanager.ISecret, got \"shop/database\": use secretsmanager.Secret.fromSecretNameV2(this, 'Secret', 'my-secret'), or 'secretName'",
      master,
    ]],
    ['with an empty name', { databaseName: '' }, ["'databaseName' must be the name of a database, letters, digits, '_' and '-', 63 characters at most, got \"\""]],
    ['with a name that breaks a URL', { databaseName: 'shop?x' },
      ["'databaseName' must be the name of a database, letters, digits, '_' and '-', 63 characters at most, got \"shop?x\""]],
    ['with the identifier of the instance for IAM', { authentication: DatabaseAuthentication.iam(), resourceId: 'shop-database' },
      ["'resourceId' must be the id by which IAM knows the database, like 'db-ABCDEFGHIJKL01234' (of a cluster 'cluster-…', of a proxy 'prx-…'), got \"shop-database\""]],
    ['with replicas as a list', { replicaHost: ['a', 'b'] }, ["'replicaHost' must be host names, separated by commas, got [\"a\",\"b\"]"]],
    ['with a port in a replica', { replicaHost: 'a:5432,b' }, ["'replicaHost' must be host names, separated by commas, got \"a:5432,b\""]],
    ['with a policy that is none', { removalPolicy: 'keep' }, [expect.stringMatching(/^'removalPolicy' must be one of RemovalPolicy\.DESTROY, .*, got "keep"$/)]],
    ['with an ARN for a name', { secretName: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop' },
      ["'secretName' must not be an ARN, got \"arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop\": take the name of the secret, or use 'secret' " +
      'for a secret that you have as a construct']],
    ['with IAM, which does not know it', { authentication: DatabaseAuthentication.iam() }, [
      "'resourceId' must be given for DatabaseAuthentication.iam(), because IAM knows the database by it: " +
      'take DbiResourceId of `aws rds describe-db-instances`, or DbClusterResourceId of `aws rds describe-db-clusters`',
    ]],
    ['with passwords that nobody can set', { authentication: DatabaseAuthentication.passwords(), secretName: undefined },
      ["'secret' must be given, because the passwords of 'authentication' are set as the administrator: give its secret with username and password"]],
    ['with a wrong prefix', { variablePrefix: 'reports' }, [expect.stringMatching(/^'variablePrefix' must /)]],
  ])('%s', (_, attributes, reasons) => {
    const [first, ...lines] = messageOf(() => define(attributes)).split('\n- ');
    expect(first).toBe("PrivateDatabase.fromAttributes at 'Stack/Database' cannot be defined:");
    expect(lines).toEqual(reasons);
  });
});
