import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { define, findingsIn, identifier, processIn, propertiesOf, refusal } from './databases';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { DatabaseProxyOptions } from '../../../src/backing-services/database/database-proxy-props';
import { PrivateDatabaseProps } from '../../../src/backing-services/database/private-database-props';
import { DjangoVariable } from '../../../src/config/django-variable';
import { ProcessDuty } from '../../../src/config/process';
import { fromPython, messageOf, TOKEN, warningsOf } from '../../helpers';
import { RecordingProcess } from '../recording-process';

const IAM = DatabaseAuthentication.iam();
const PLAIN = Object.values(DjangoVariable).filter((variable) => variable !== DjangoVariable.DATABASE_URL);

/** The host and the rights that a process of a duty gets. */
function attached(props: Partial<PrivateDatabaseProps>, duty: ProcessDuty) {
  const { stack, database } = define({ proxy: {}, ...props });
  const recording = new RecordingProcess(stack, 'Recording', duty);
  recording.readable = PLAIN;
  database.attachTo(recording);
  return { stack, host: stack.resolve(recording.variables.DATABASE_HOST ?? recording.environment.PGHOST) };
}

describe('a proxy before a database by default', () => {
  const { stack, database } = define({ proxy: {} });
  const template = Template.fromStack(stack);
  const proxyId = Object.keys(template.findResources('AWS::RDS::DBProxy'))[0];

  test('demands TLS and logs in with the password of the application', () => {
    expect(propertiesOf(stack, 'AWS::RDS::DBProxy')).toEqual([{
      DBProxyName: identifier(expect.stringMatching(/^stack-database-[0-9a-f]{8}-$/)),
      EngineFamily: 'POSTGRESQL',
      RequireTLS: true,
      Auth: [{ AuthScheme: 'SECRETS', ClientPasswordAuthType: 'POSTGRES_SCRAM_SHA_256', IAMAuth: 'DISABLED', SecretArn: stack.resolve(database.applicationSecret!.secretArn) }],
      RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxy[0-9a-f]{8}IAMRole/), 'Arn'] },
      VpcSecurityGroupIds: [stack.resolve(database.securityGroup.securityGroupId)],
      VpcSubnetIds: ['isolated-1', 'isolated-2'],
    }]);
  });

  test('leaves connections for the release', () => {
    expect(propertiesOf(stack, 'AWS::RDS::DBProxyTargetGroup')).toEqual([{
      DBProxyName: { Ref: proxyId },
      TargetGroupName: 'default',
      DBInstanceIdentifiers: [{ Ref: 'DatabaseInstanceAA8A5FDE' }],
      ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 90, MaxIdleConnectionsPercent: 45 },
    }]);
  });

  test('reaches the database in their common security group, and nobody else does', () => {
    const group = stack.resolve(database.securityGroup.securityGroupId);
    expect(propertiesOf(stack, 'AWS::EC2::SecurityGroupIngress')).toEqual([expect.objectContaining({ GroupId: group, SourceSecurityGroupId: group })]);
    expect(propertiesOf(stack, 'AWS::EC2::SecurityGroupEgress')).toEqual([expect.objectContaining({ GroupId: group, DestinationSecurityGroupId: group })]);
  });

  test('may read this secret and no other', () => {
    const statements = propertiesOf(stack, 'AWS::IAM::Policy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    expect(statements).toEqual([{
      Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: stack.resolve(database.secret.secretArn),
    }].map((statement) => ({ ...statement, Resource: { Ref: expect.stringMatching(/^DatabaseSecretAttachment/) } })));
  });

  test('asks for connections only when it may read the secret', () => {
    const [{ DependsOn }] = Object.values<any>(template.findResources('AWS::RDS::DBProxyTargetGroup'));
    expect(DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::IAM::Policy'))));
  });

  test('has a log that expires', () => {
    const [{ DBProxyName: { 'Fn::Join': [, [beginning]] } }] = propertiesOf(stack, 'AWS::RDS::DBProxy');
    expect(propertiesOf(stack, 'AWS::Logs::LogGroup')).toContainEqual({ LogGroupName: identifier(`/aws/rds/proxy/${beginning}`), RetentionInDays: 90 });
  });

  // Its name would bar the way back to the same proxy.
  test('has a log that goes with it, also where the database is kept', () => {
    const logs = Object.entries<any>(template.findResources('AWS::Logs::LogGroup')).filter(([id]) => id.startsWith('DatabaseProxyLogs'));
    expect(logs.map(([, { DeletionPolicy, UpdateReplacePolicy }]) => [DeletionPolicy, UpdateReplacePolicy])).toEqual([['Delete', 'Delete']]);
  });

  test('has no unacknowledged finding and no warning', () => {
    expect(findingsIn(stack)).toEqual([]);
    expect(warningsOf(database)).toEqual({});
  });

  test('is the host of the database', () => {
    expect(stack.resolve([database.host, database.proxy!.endpoint])).toEqual(Array(2).fill({ 'Fn::GetAtt': [proxyId, 'Endpoint'] }));
  });

  test('is the default where Python leaves it out', () => {
    const proxy = fromPython<DatabaseProxyOptions>({}, 'maxConnectionsPercent', 'maxIdleConnectionsPercent', 'borrowTimeout', 'idleClientTimeout');
    expect(Template.fromStack(define({ proxy }).stack).toJSON()).toEqual(template.toJSON());
  });
});

describe('who goes through the proxy', () => {
  test('is the application', () => {
    expect(attached({}, ProcessDuty.APPLICATION).host).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxy/), 'Endpoint'] });
  });

  // A session of the proxy is pinned by advisory locks and SET, and its only user may not alter tables.
  test('is not the release', () => {
    expect(attached({}, ProcessDuty.RELEASE).host).toEqual({ 'Fn::GetAtt': ['DatabaseInstanceAA8A5FDE', 'Endpoint.Address'] });
  });

  test('is let in by a rule for both, because they share a security group', () => {
    const { stack, vpc, database } = define({ proxy: {} });
    const process = processIn(stack, vpc);
    database.attachTo(process);
    const sources = propertiesOf(stack, 'AWS::EC2::SecurityGroupIngress').map(({ SourceSecurityGroupId }) => SourceSecurityGroupId);
    expect(sources).toEqual([database, process].map(({ securityGroup }) => stack.resolve(securityGroup.securityGroupId)));
  });
});

describe('a proxy with IAM', () => {
  const { stack, database } = define({ proxy: {}, authentication: IAM });
  const instanceUser = { 'Fn::Join': ['', expect.arrayContaining([':dbuser:', { 'Fn::GetAtt': ['DatabaseInstanceAA8A5FDE', 'DbiResourceId'] }, '/django_iam_app'])] };

  test('takes tokens from tasks and makes one for the database, as the user of the application only', () => {
    const [proxy] = propertiesOf(stack, 'AWS::RDS::DBProxy');
    expect(proxy).toMatchObject({ DefaultAuthScheme: 'IAM_AUTH', RequireTLS: true });
    expect(proxy).not.toHaveProperty('Auth');
    expect(propertiesOf(stack, 'AWS::IAM::Policy').map(({ PolicyDocument }) => PolicyDocument.Statement))
      .toEqual([[{ Effect: 'Allow', Action: 'rds-db:connect', Resource: instanceUser }]]);
    expect(findingsIn(stack)).toEqual([]);
  });

  test('is in what tasks may connect to', () => {
    const other = define({ proxy: {}, authentication: IAM });
    const recording = new RecordingProcess(other.stack, 'Recording');
    recording.readable = PLAIN;
    other.database.attachTo(recording);
    const rights = propertiesOf(other.stack, 'AWS::IAM::Policy')
      .filter(({ Roles }) => JSON.stringify(Roles).includes('Recording')).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    expect(JSON.stringify(rights)).toContain('DBProxyArn');
    expect(JSON.stringify(rights)).toContain('DbiResourceId');
  });

  test('goes with a rotation of the administrator', () => {
    expect(() => define({ proxy: {}, rotation: {}, authentication: IAM })).not.toThrow();
    expect(database.credentialsRotateAfter).toBeUndefined();
  });
});

describe('each setting of a proxy', () => {
  test('can be chosen', () => {
    const { stack } = define({
      proxy: { maxConnectionsPercent: 50, maxIdleConnectionsPercent: 10, borrowTimeout: Duration.seconds(20), idleClientTimeout: Duration.hours(1) },
    });
    expect(propertiesOf(stack, 'AWS::RDS::DBProxyTargetGroup')[0].ConnectionPoolConfigurationInfo)
      .toEqual({ MaxConnectionsPercent: 50, MaxIdleConnectionsPercent: 10, ConnectionBorrowTimeout: 20 });
    expect(propertiesOf(stack, 'AWS::RDS::DBProxy')[0].IdleClientTimeout).toBe(3600);
  });

  test('can be known at deployment only', () => {
    const { stack } = define({ proxy: { maxConnectionsPercent: TOKEN.number(50), borrowTimeout: TOKEN.seconds(20) } });
    expect(propertiesOf(stack, 'AWS::RDS::DBProxyTargetGroup')[0].ConnectionPoolConfigurationInfo).toEqual({ MaxConnectionsPercent: 50, ConnectionBorrowTimeout: 20 });
  });

  // Subnets replace a proxy, and RDS lets no two have the same name.
  test('has another name in other subnets', () => {
    const nameIn = (props: Partial<PrivateDatabaseProps>) => JSON.stringify(propertiesOf(define({ proxy: {}, ...props }).stack, 'AWS::RDS::DBProxy')[0].DBProxyName);
    expect(nameIn({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } })).not.toBe(nameIn({}));
    expect(nameIn({ removalPolicy: RemovalPolicy.DESTROY })).toBe(nameIn({}));
  });

  const partsOf = (props: Partial<PrivateDatabaseProps>) => {
    const { stack } = define({ proxy: {}, ...props });
    const resources = Template.fromStack(stack).toJSON().Resources as Record<string, any>;
    const parts = Object.entries(resources).filter(([id]) => /^DatabaseProxy(?!Logs)/.test(id));
    return { ids: parts.map(([id]) => id), names: propertiesOf(stack, 'AWS::RDS::DBProxy').map(({ DBProxyName }) => JSON.stringify(DBProxyName)), types: parts.map(([, { Type }]) => Type) };
  };
  const PASSWORDS = DatabaseAuthentication.passwords();

  // Tasks of the former version still log in as before while the new one is rolled out.
  test.each<[string, Partial<PrivateDatabaseProps>, Partial<PrivateDatabaseProps>]>([
    ['from the administrator to users', {}, { authentication: PASSWORDS }],
    ['from passwords to IAM', { authentication: PASSWORDS }, { authentication: IAM }],
    ['to another user', { authentication: PASSWORDS }, { authentication: DatabaseAuthentication.passwords({ applicationUser: 'shop' }) }],
    ['to another user by IAM', { authentication: IAM }, { authentication: DatabaseAuthentication.iam({ applicationUser: 'shop' }) }],
    ['to another administrator', {}, { username: 'shop' }],
    ['to another database', { authentication: PASSWORDS }, { authentication: PASSWORDS, databaseName: 'shop' }],
    ['to Aurora', {}, { auroraServerless: { minCapacityAcu: 1 } }],
  ])('is another one after a switch %s, whose role and targets leave those of the former one alone', (_, before, after) => {
    const [former, next] = [partsOf(before), partsOf(after)];
    expect(former.types).toEqual(expect.arrayContaining(['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::RDS::DBProxy', 'AWS::RDS::DBProxyTargetGroup']));
    expect(next.ids.filter((id) => former.ids.includes(id))).toEqual([]);
    expect(next.names).not.toEqual(former.names);
  });

  test('stays the same where nobody logs in otherwise', () => {
    expect(partsOf({ proxy: { maxConnectionsPercent: 50 }, extensions: ['postgis'], instanceType: 'm7g.large', readReplicas: 1 })).toEqual(partsOf({}));
    expect(partsOf({ authentication: DatabaseAuthentication.passwords({ ownerUser: 'shop_owner' }) })).toEqual(partsOf({ authentication: PASSWORDS }));
  });

  test('before Aurora waits for its instances, and is warned about where it keeps it awake', () => {
    const { stack, database } = define({ proxy: {}, auroraServerless: {} });
    const [group] = Object.values<any>(Template.fromStack(stack).findResources('AWS::RDS::DBProxyTargetGroup'));
    expect(group.Properties.DBClusterIdentifiers).toEqual([{ Ref: 'DatabaseCluster5B53A178' }]);
    expect(group.DependsOn).toEqual(expect.arrayContaining(['DatabaseClusterWriterD43085C6']));
    expect(warningsOf(database)).toEqual({
      'proxy-keeps-awake': "'proxy' keeps Aurora awake, which so never pauses at 0 ACU and is paid for at all times: " +
        "leave out the proxy, or give 'auroraServerless.minCapacityAcu' 0.5 or more.",
    });
    expect(warningsOf(define({ proxy: {}, auroraServerless: { minCapacityAcu: 0.5 } }).database)).toEqual({});
  });
});

test('a proxy is warned about where its certificate is verified, which RDS did not sign', () => {
  expect(warningsOf(define({ proxy: {}, sslRootCertificate: '/etc/ssl/certs/rds.pem' }).database)).toEqual({
    'proxy-certificate': "'sslRootCertificate' must hold Amazon's root certificates beside those of RDS, because the certificate of the proxy is of the former: " +
      'append AmazonRootCA1.pem of https://www.amazontrust.com/repository/ to it.',
  });
  expect(warningsOf(define({ sslRootCertificate: '/etc/ssl/certs/rds.pem' }).database)).toEqual({});
});

describe('a proxy that logs in as a user that a preparation makes', () => {
  const late = "'proxy' is in another stack than the preparation, which makes the user that the proxy logs in as: the first deployment waits for it in vain. " +
    'Deploy both stacks without the proxy first, take DatabaseAuthentication.iam(), or put both into one stack.';
  const warnings = (props: Partial<PrivateDatabaseProps>, duty: ProcessDuty, sameStack = false) => {
    const { stack, database } = define({ proxy: {}, ...props });
    const web = sameStack ? stack : new Stack(stack.node.root as App, 'Web');
    const recording = new RecordingProcess(web, 'Recording', duty);
    recording.readable = PLAIN;
    recording.connections.addSecurityGroup(new ec2.SecurityGroup(web, 'Tasks', { vpc: database.vpc }));
    database.attachTo(recording);
    return warningsOf(database);
  };

  test('is warned about where that is in another stack, which CloudFormation deploys later', () => {
    expect(warnings({ authentication: DatabaseAuthentication.passwords() }, ProcessDuty.PREPARATION)).toEqual({ 'proxy-before-user': late });
  });

  test.each<[string, Partial<PrivateDatabaseProps>, ProcessDuty, boolean]>([
    ['in the same stack', { authentication: DatabaseAuthentication.passwords() }, ProcessDuty.PREPARATION, true],
    ['with another duty', { authentication: DatabaseAuthentication.passwords() }, ProcessDuty.APPLICATION, false],
    ['with IAM', { authentication: IAM }, ProcessDuty.PREPARATION, false],
    ['with the administrator', { extensions: ['postgis'] }, ProcessDuty.PREPARATION, false],
    ['without a proxy', { authentication: DatabaseAuthentication.passwords(), proxy: undefined }, ProcessDuty.PREPARATION, false],
  ])('is not warned about %s', (_, props, duty, sameStack) => {
    expect(warnings(props, duty, sameStack)).toEqual({});
  });
});

describe('a proxy is refused with', () => {
  test.each<[string, any, string[]]>([
    ['more connections than there are', { maxConnectionsPercent: 101 }, ["'proxy.maxConnectionsPercent' must be a whole number between 1 and 100 percent, got 101"]],
    ['more idle ones than it may have', { maxIdleConnectionsPercent: 95 }, ["'proxy.maxIdleConnectionsPercent' (95) must not exceed 'maxConnectionsPercent' (90): lower it"]],
    ['no time to wait', { borrowTimeout: Duration.seconds(0) }, ["'proxy.borrowTimeout' must be between 1 second and 1 hour, got 0 seconds"]],
    ['idle tasks for days', { idleClientTimeout: Duration.days(2) }, ["'proxy.idleClientTimeout' must be between 1 minute and 8 hours, got 2 days"]],
    ['plain text', { requireTLS: false },
      ["'proxy.requireTls' is no option: the proxy always requires TLS, as the database does and as IAM tokens need; leave it out"]],
    ['true', true, ["'proxy' must be an object with options, got true"]],
  ])('%s', (_, proxy, reasons) => {
    expect(messageOf(() => define({ proxy }))).toBe(refusal(...reasons));
    expect(messageOf(() => define({ proxy, authentication: IAM }))).toBe(refusal(...reasons));
  });

  test('passwords that alternate', () => {
    expect(messageOf(() => define({ proxy: {}, rotation: {}, authentication: DatabaseAuthentication.passwords() }))).toBe(refusal(
      "'rotation' and 'proxy' exclude each other with passwords: the proxy knows only the user that the secret names now, and tasks that run still use " +
      "the one before. Give 'authentication' DatabaseAuthentication.iam(), or leave out one of the two"));
  });
});
