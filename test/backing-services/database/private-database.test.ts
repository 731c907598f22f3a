import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { CfnParameter, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { define, findingsIn, identifier, instanceOf, propertiesOf, refusal } from './databases';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { DatabaseInsights } from '../../../src/backing-services/database/database-insights';
import { PrivateDatabase } from '../../../src/backing-services/database/private-database';
import { PrivateDatabaseProps } from '../../../src/backing-services/database/private-database-props';
import { instanceTypeProblem } from '../../../src/private/postgres';
import { fromPython, givenVpc, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';
import { RecordingProcess } from '../recording-process';

describe('a database by default', () => {
  const { stack, database } = define();
  const template = Template.fromStack(stack);

  test('is a small PostgreSQL with a standby, encrypted, growing, backed up, watched and protected', () => {
    expect(instanceOf(stack)).toEqual({
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      DependsOn: [expect.stringMatching(/^DatabaseLogs/), expect.stringMatching(/^DatabaseUpgradeLogs/)],
      Properties: {
        DBInstanceIdentifier: identifier(expect.stringMatching(/^stack-database-[0-9a-f]{8}-$/)),
        Engine: 'postgres',
        // The major version alone: an automatic minor upgrade does not break the next deployment.
        EngineVersion: '17',
        DBInstanceClass: 'db.t4g.small',
        DBName: 'django',
        MasterUsername: 'django',
        MasterUserPassword: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'DatabaseSecret3B817195' }, ':SecretString:password::}}']] },
        AllocatedStorage: '20',
        MaxAllocatedStorage: 100,
        StorageType: 'gp3',
        StorageEncrypted: true,
        MultiAZ: true,
        BackupRetentionPeriod: 7,
        CopyTagsToSnapshot: true,
        DeleteAutomatedBackups: false,
        AutoMinorVersionUpgrade: true,
        EnableCloudwatchLogsExports: ['postgresql', 'upgrade'],
        EnablePerformanceInsights: true,
        PerformanceInsightsRetentionPeriod: 7,
        DatabaseInsightsMode: 'standard',
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
        DeletionProtection: true,
        PubliclyAccessible: false,
        DBSubnetGroupName: { Ref: expect.stringMatching(/^DatabaseSubnets/) },
        DBParameterGroupName: { Ref: expect.stringMatching(/^DatabaseParameters/) },
        VPCSecurityGroups: [stack.resolve(database.securityGroup.securityGroupId)],
      },
    });
  });

  // Whatever changes here makes CloudFormation replace the database, or the password, of every user of the library.
  test('keeps the ids of what holds data', () => {
    const idsOf = (type: string) => Object.keys(template.findResources(type));
    expect(idsOf('AWS::RDS::DBInstance')).toEqual(['DatabaseInstanceAA8A5FDE']);
    expect(idsOf('AWS::SecretsManager::Secret')).toEqual(['DatabaseSecret3B817195']);
    expect(idsOf('AWS::RDS::DBSubnetGroup')).toEqual(['DatabaseSubnets56F17B9A']);
    expect(idsOf('AWS::EC2::SecurityGroup')).toEqual(['DatabaseSecurityGroup5C91FDCB']);
  });

  test('has a password that needs no escaping in a URL', () => {
    const [{ Properties: properties }] = Object.values(template.findResources('AWS::SecretsManager::Secret'));
    expect(properties.GenerateSecretString).toEqual({
      SecretStringTemplate: '{"username":"django","dbname":"django"}',
      GenerateStringKey: 'password',
      PasswordLength: 30,
      ExcludeCharacters: expect.any(String),
    });
    // Of what Secrets Manager generates, these remain: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
    const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
    const remains = [...punctuation].filter((character) => !properties.GenerateSecretString.ExcludeCharacters.includes(character)).join('');
    expect(remains).toBe('-._~');
    expect(encodeURIComponent(remains)).toBe(remains);
  });

  test('hands out the address of the instance with its secret', () => {
    template.hasResourceProperties('AWS::SecretsManager::SecretTargetAttachment', {
      SecretId: { Ref: 'DatabaseSecret3B817195' }, TargetId: { Ref: 'DatabaseInstanceAA8A5FDE' }, TargetType: 'AWS::RDS::DBInstance',
    });
  });

  test('accepts TLS connections only', () => {
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Family: 'postgres17', Parameters: { 'rds.force_ssl': '1' } });
  });

  test('stands in the isolated subnets', () => {
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['isolated-1', 'isolated-2'] });
  });

  test('is reached by nobody and reaches nobody', () => {
    const [{ Properties: properties }] = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    expect(properties.SecurityGroupIngress).toBeUndefined();
    // CDK's way to say "nothing": an egress rule that matches no packet.
    expect(properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('has logs that expire, by the names that RDS writes to', () => {
    const { DBInstanceIdentifier: { 'Fn::Join': [, [beginning]] } } = instanceOf(stack).Properties;
    expect(propertiesOf(stack, 'AWS::Logs::LogGroup')).toEqual(['postgresql', 'upgrade'].map((log) => ({
      LogGroupName: identifier(`/aws/rds/instance/${beginning}`, `/${log}`), RetentionInDays: 90,
    })));
  });

  test('makes eight resources', () => {
    expect(Object.values(template.toJSON().Resources).map(({ Type }: any) => Type).sort()).toEqual([
      'AWS::EC2::SecurityGroup', 'AWS::Logs::LogGroup', 'AWS::Logs::LogGroup', 'AWS::RDS::DBInstance', 'AWS::RDS::DBParameterGroup', 'AWS::RDS::DBSubnetGroup',
      'AWS::SecretsManager::Secret', 'AWS::SecretsManager::SecretTargetAttachment',
    ]);
  });

  test('has no finding of cdk-nag that is not acknowledged', () => {
    expect(findingsIn(stack)).toEqual([]);
  });

  test('tells its name and how many connections it accepts', () => {
    expect([database.databaseName, database.maxConnections]).toEqual(['django', 193]);
    expect(database.connections.defaultPort).toEqual(ec2.Port.tcp(5432));
    expect(warningsOf(database)).toEqual({});
  });
});

describe('each setting of a database', () => {
  test.each<[string, Partial<PrivateDatabaseProps>, object]>([
    ['another major version', { engineVersion: '16' }, { EngineVersion: '16' }],
    ['a full version', { engineVersion: '17.6' }, { EngineVersion: '17.6' }],
    ['its instance', { instanceType: 'm7g.large' }, { DBInstanceClass: 'db.m7g.large' }],
    ['its instance as RDS calls it', { instanceType: 'db.r7g.2xlarge' }, { DBInstanceClass: 'db.r7g.2xlarge' }],
    ['its name', { databaseName: 'Shop_1' }, { DBName: 'Shop_1' }],
    ['its storage, which grows fivefold', { allocatedStorageGiB: 200 }, { AllocatedStorage: '200', MaxAllocatedStorage: 1000 }],
    ['as much growth as RDS has', { allocatedStorageGiB: 20_000 }, { AllocatedStorage: '20000', MaxAllocatedStorage: 65_536 }],
    ['storage that cannot grow', { allocatedStorageGiB: 60_000 }, { AllocatedStorage: '60000', MaxAllocatedStorage: undefined }],
    ['growth of just a tenth', { allocatedStorageGiB: 100, maxAllocatedStorageGiB: 110 }, { AllocatedStorage: '100', MaxAllocatedStorage: 110 }],
    ['no standby', { multiAz: false }, { MultiAZ: false }],
    ['more backups', { backupRetention: Duration.days(35) }, { BackupRetentionPeriod: 35 }],
    ['backups in another unit', { backupRetention: Duration.hours(48) }, { BackupRetentionPeriod: 2 }],
    ['no protection', { deletionProtection: false }, { DeletionProtection: false }],
    ['upgrades to the next major version', { allowMajorVersionUpgrade: true }, { AllowMajorVersionUpgrade: true }],
    ['the time of its backups', { preferredBackupWindow: '01:00-01:30' }, { PreferredBackupWindow: '01:00-01:30' }],
    ['the time of its maintenance', { preferredMaintenanceWindow: 'Sun:02:00-Sun:03:00' }, { PreferredMaintenanceWindow: 'Sun:02:00-Sun:03:00' }],
    ['no insights', { databaseInsights: DatabaseInsights.NONE },
      { EnablePerformanceInsights: false, PerformanceInsightsRetentionPeriod: undefined, DatabaseInsightsMode: 'standard' }],
    ['insights of more than a year', { databaseInsights: DatabaseInsights.ADVANCED },
      { EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 465, DatabaseInsightsMode: 'advanced' }],
    ['logins by IAM', { authentication: DatabaseAuthentication.iam() }, { EnableIAMDatabaseAuthentication: true }],
  ])('can be chosen: %s', (_, props, expected) => {
    const { Properties: properties } = instanceOf(define(props).stack);
    expect({ ...Object.fromEntries(Object.keys(expected).map((name) => [name, undefined])), ...properties }).toMatchObject(expected);
  });

  test('can be chosen: its version, and the parameters follow', () => {
    Template.fromStack(define({ engineVersion: '16.4' }).stack).hasResourceProperties('AWS::RDS::DBParameterGroup', { Family: 'postgres16' });
  });

  test('can be chosen: its user and its name, in the secret too', () => {
    const { stack, database } = define({ username: 'shop', databaseName: 'orders' });
    Template.fromStack(stack).hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ SecretStringTemplate: '{"username":"shop","dbname":"orders"}' }),
    });
    expect(database.databaseName).toBe('orders');
  });

  test('can be chosen: its parameters, with TLS as before', () => {
    const [{ Parameters: parameters }] = propertiesOf(define({ parameters: { 'max_connections': '50', 'rds.force_ssl': '1' } }).stack, 'AWS::RDS::DBParameterGroup');
    expect(parameters).toEqual({ 'rds.force_ssl': '1', 'max_connections': '50' });
  });

  test('can be chosen: its key', () => {
    const stack = newStack();
    const storageEncryptionKey = new kms.Key(stack, 'Key');
    define({ storageEncryptionKey }, stack);
    expect(instanceOf(stack).Properties).toMatchObject({ StorageEncrypted: true, KmsKeyId: stack.resolve(storageEncryptionKey.keyArn) });
  });

  test('can be chosen: how long its logs are kept', () => {
    expect(propertiesOf(define({ logRetention: logs.RetentionDays.ONE_WEEK }).stack, 'AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays)).toEqual([7, 7]);
  });

  test('can be chosen: metrics of the operating system, by a role that is kept with it and has no unacknowledged finding', () => {
    const { stack } = define({ enhancedMonitoringInterval: Duration.seconds(30), readReplicas: 1 });
    const [[id, role]] = Object.entries<any>(Template.fromStack(stack).findResources('AWS::IAM::Role'));
    expect(role).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(propertiesOf(stack, 'AWS::RDS::DBInstance').map(({ MonitoringInterval, MonitoringRoleArn }) => [MonitoringInterval, MonitoringRoleArn]))
      .toEqual(Array(2).fill([30, { 'Fn::GetAtt': [id, 'Arn'] }]));
    expect(findingsIn(stack)).toEqual([]);
  });

  test('can be chosen: its subnets', () => {
    const { stack } = define({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } });
    Template.fromStack(stack).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['private-1', 'private-2'] });
  });

  test('is the default where Python leaves it out', () => {
    const names = ['allowMajorVersionUpgrade', 'auroraServerless', 'storageEncryptionKey', 'snapshotIdentifier', 'readReplicas', 'proxy', 'rotation', 'parameters',
      'databaseInsights', 'enhancedMonitoringInterval', 'logRetention', 'preferredBackupWindow', 'preferredMaintenanceWindow', 'authentication', 'extensions',
      'initialSql', 'preparation', 'sslRootCertificate', 'variablePrefix', 'engineVersion', 'instanceType', 'databaseName', 'username', 'allocatedStorageGiB', 'maxAllocatedStorageGiB', 'multiAz', 'backupRetention', 'deletionProtection',
      'removalPolicy', 'vpcSubnets'];
    const stack = newStack();
    const props = fromPython<PrivateDatabaseProps>({ vpc: givenVpc(stack) }, ...names);
    expect(Template.fromStack(define(props, stack).stack).toJSON()).toEqual(Template.fromStack(define().stack).toJSON());
  });

  test.each<[string, any]>([
    ['an instance', {}], ['Aurora', { auroraServerless: {} }], ['users', { authentication: DatabaseAuthentication.passwords() }],
  ])('is the default where JavaScript says null: %s', (_, props) => {
    const names = ['allowMajorVersionUpgrade', 'auroraServerless', 'storageEncryptionKey', 'snapshotIdentifier', 'readReplicas', 'proxy', 'rotation', 'parameters',
      'databaseInsights', 'enhancedMonitoringInterval', 'logRetention', 'preferredBackupWindow', 'preferredMaintenanceWindow', 'authentication', 'extensions',
      'initialSql', 'preparation', 'sslRootCertificate', 'variablePrefix', 'engineVersion', 'instanceType', 'databaseName', 'username', 'allocatedStorageGiB',
      'maxAllocatedStorageGiB', 'multiAz', 'backupRetention', 'deletionProtection', 'removalPolicy', 'vpcSubnets'];
    const stacks = [{ ...Object.fromEntries(names.map((name) => [name, null])), ...props }, props].map((each) => {
      const { stack, database } = define(each);
      database.attachTo(new RecordingProcess(stack, 'Recording'));
      return stack;
    });
    const [withNulls, without] = stacks.map((stack) => Template.fromStack(stack).toJSON());
    expect(withNulls).toEqual(without);
  });

  test('can be known at deployment only', () => {
    const stack = newStack();
    const size = new CfnParameter(stack, 'Size', { type: 'Number' });
    const { database } = define({
      instanceType: TOKEN.string(),
      databaseName: TOKEN.string(),
      username: TOKEN.string(),
      allocatedStorageGiB: size.valueAsNumber,
      backupRetention: TOKEN.days(9),
    }, stack);
    expect(instanceOf(stack).Properties).toMatchObject({
      DBInstanceClass: 'db.later', DBName: 'later', MasterUsername: 'later', AllocatedStorage: { Ref: 'Size' }, BackupRetentionPeriod: 9,
    });
    expect(instanceOf(stack).Properties).not.toHaveProperty('MaxAllocatedStorage');
    expect(database.maxConnections).toBeUndefined();
  });

  test('can be known at deployment only: windows, parameters, snapshot and monitoring', () => {
    const { stack } = define({
      preferredBackupWindow: TOKEN.string(),
      preferredMaintenanceWindow: TOKEN.string(),
      parameters: { work_mem: TOKEN.string() },
      snapshotIdentifier: TOKEN.string(),
      enhancedMonitoringInterval: TOKEN.seconds(60),
    });
    expect(instanceOf(stack).Properties).toMatchObject({
      PreferredBackupWindow: 'later', PreferredMaintenanceWindow: 'later', DBSnapshotIdentifier: 'later', MonitoringInterval: 60,
    });
    expect(propertiesOf(stack, 'AWS::RDS::DBParameterGroup')[0].Parameters).toMatchObject({ work_mem: 'later' });
  });

  test('can be known at deployment only: how far it grows', () => {
    expect(instanceOf(define({ maxAllocatedStorageGiB: TOKEN.number(500) }).stack).Properties).toMatchObject({ MaxAllocatedStorage: 500 });
  });
});

describe('the secret of a database', () => {
  const idsOf = (props: Partial<PrivateDatabaseProps>) => Object.keys(Template.fromStack(define(props).stack).findResources('AWS::SecretsManager::Secret'));

  // The same secret would get a new password, and the database that is kept would have lost its own.
  test('is another one for another name or another user', () => {
    const [[byDefault], [named], [used], [both]] = [{}, { databaseName: 'shop' }, { username: 'shop' }, { databaseName: 'shop', username: 'shop' }].map(idsOf);
    expect(byDefault).toBe('DatabaseSecret3B817195');
    expect(new Set([byDefault, named, used, both]).size).toBe(4);
  });

  test('is the same one for the default, given or not', () => {
    expect(idsOf({ databaseName: 'django', username: 'django' })).toEqual(['DatabaseSecret3B817195']);
  });

  test('may depend on a name that is known at deployment only', () => {
    expect(idsOf({ databaseName: TOKEN.string() })).toHaveLength(1);
  });
});

describe('the identifier of a database', () => {
  const identifierOf = (props: Partial<PrivateDatabaseProps>, stack = newStack()) =>
    JSON.stringify(instanceOf(define(props, stack).stack).Properties.DBInstanceIdentifier);

  // RDS lets no two have the same name, and the former one is still there, or is kept.
  test.each<[string, Partial<PrivateDatabaseProps>]>([
    ['name', { databaseName: 'shop' }],
    ['user', { username: 'shop' }],
    ['snapshot', { snapshotIdentifier: 'before' }],
  ])('is another one where another %s replaces it', (_, props) => {
    expect(identifierOf(props)).not.toBe(identifierOf({}));
  });

  test('is another one where another key replaces it', () => {
    const identifiers = ['One', 'Two'].map((id) => {
      const stack = newStack();
      return identifierOf({ storageEncryptionKey: new kms.Key(stack, id) }, stack);
    });
    expect(new Set([...identifiers, identifierOf({})]).size).toBe(3);
  });

  test('stays the same where nothing is replaced', () => {
    expect(identifierOf({ instanceType: 'm7g.large', multiAz: false, engineVersion: '16', allocatedStorageGiB: 50, deletionProtection: false }))
      .toBe(identifierOf({}));
  });
});

describe('a database from a snapshot', () => {
  const { stack, database } = define({ snapshotIdentifier: 'arn:aws:rds:eu-central-1:123456789012:snapshot:before', databaseName: 'shop' });

  test('has what is in the snapshot, and a new password', () => {
    const { Properties: properties } = instanceOf(stack);
    expect(properties).toMatchObject({
      DBSnapshotIdentifier: 'arn:aws:rds:eu-central-1:123456789012:snapshot:before',
      MasterUserPassword: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', stack.resolve(database.secret.secretArn), ':SecretString:password::}}']] },
      MultiAZ: true,
      DeletionProtection: true,
    });
    // CloudFormation refuses or ignores these with a snapshot.
    for (const name of ['DBName', 'MasterUsername', 'StorageEncrypted', 'KmsKeyId']) {
      expect(properties).not.toHaveProperty(name);
    }
  });

  test('keeps the logical id of one without', () => {
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'))).toEqual(['DatabaseInstanceAA8A5FDE']);
  });

  test('tells the project the name that the user says is in it', () => {
    expect(database.databaseName).toBe('shop');
  });

  test('warns that the snapshot must stay, and has no other finding', () => {
    expect(warningsOf(database)).toEqual({
      snapshot: "'snapshotIdentifier' must stay as it is: a change, or leaving it out, makes CloudFormation replace the database by another one.",
    });
    expect(findingsIn(stack)).toEqual([]);
  });
});

describe('the read replicas of an instance', () => {
  const { stack, database } = define({ readReplicas: 2, instanceType: 'm7g.large', multiAz: true });
  const [source, ...replicas] = Object.values<any>(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'));

  test('are like it, by names of their own', () => {
    const [, [beginning]] = source.Properties.DBInstanceIdentifier['Fn::Join'];
    expect(replicas.map(({ Properties }) => Properties)).toEqual([1, 2].map((number) => expect.objectContaining({
      DBInstanceIdentifier: identifier(beginning, `-r${number}`),
      DBInstanceClass: 'db.m7g.large',
      StorageType: 'gp3',
      SourceDBInstanceIdentifier: { 'Fn::Join': ['', expect.arrayContaining([':db:', { Ref: 'DatabaseInstanceAA8A5FDE' }])] },
      DBParameterGroupName: source.Properties.DBParameterGroupName,
      DBSubnetGroupName: source.Properties.DBSubnetGroupName,
      VPCSecurityGroups: source.Properties.VPCSecurityGroups,
      CACertificateIdentifier: 'rds-ca-rsa2048-g1',
      DeletionProtection: true,
      PubliclyAccessible: false,
    })));
    expect(database.replicas).toHaveLength(2);
  });

  test('are encrypted as it is, of which CloudFormation wants nothing said', () => {
    expect(replicas.map(({ Properties }) => [Properties.StorageEncrypted, Properties.KmsKeyId])).toEqual([[undefined, undefined], [undefined, undefined]]);
  });

  test('are told to processes as libpq takes them', () => {
    const other = define({ readReplicas: 2 });
    const recording = new RecordingProcess(other.stack, 'Recording');
    other.database.attachTo(recording);
    expect(other.stack.resolve(recording.variables.DATABASE_REPLICA_HOST)).toEqual({
      'Fn::Join': [',', ['Replica1', 'Replica2'].map((id) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^Database${id}`)), 'Endpoint.Address'] }))],
    });
  });

  test('have logs that expire', () => {
    expect(propertiesOf(stack, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName['Fn::Join'][1].at(-1)))
      .toEqual(['/postgresql', '/upgrade', '-r1/postgresql', '-r1/upgrade', '-r2/postgresql', '-r2/upgrade']);
  });

  test.each<[RemovalPolicy | undefined, boolean | undefined, string]>([
    // RDS deletes none that is protected.
    [undefined, undefined, 'RetainExceptOnCreate'], [RemovalPolicy.RETAIN, true, 'Retain'],
    // It holds nothing of its own, and would go on costing.
    [undefined, false, 'Delete'], [RemovalPolicy.RETAIN, false, 'Delete'],
    // RDS makes no snapshot of a replica: CloudFormation would fail.
    [RemovalPolicy.SNAPSHOT, true, 'Delete'], [RemovalPolicy.DESTROY, false, 'Delete'],
  ])('and their logs are removed as the policy %s and the protection %s say: %s', (removalPolicy, deletionProtection, onDelete) => {
    const template = Template.fromStack(define({ readReplicas: 1, removalPolicy, deletionProtection }).stack);
    const own = Object.entries<any>(template.toJSON().Resources).filter(([id]) => id.startsWith('DatabaseReplica1'));
    expect(own.map(([, { Type }]) => Type).sort()).toEqual(['AWS::Logs::LogGroup', 'AWS::Logs::LogGroup', 'AWS::RDS::DBInstance']);
    expect(own.map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual(Array(3).fill(onDelete));
  });

  test('have no finding of cdk-nag', () => {
    expect(findingsIn(stack)).toEqual([]);
    expect(findingsIn(define({ readReplicas: 1, deletionProtection: false, multiAz: false }).stack)).toEqual([]);
  });
});

describe('the connections that a database accepts', () => {
  test.each<[string, Partial<PrivateDatabaseProps>, number | undefined]>([
    ['follow its memory', { instanceType: 'db.m7g.large' }, 824],
    ['are what its parameters say', { parameters: { max_connections: '50' } }, 50],
    ['are not known where its parameters compute them', { parameters: { max_connections: 'LEAST({DBInstanceClassMemory/9531392},100)' } }, undefined],
    ['do not count behind a proxy', { proxy: {} }, undefined],
  ])('%s', (_, props, expected) => {
    expect(define(props).database.maxConnections).toBe(expected);
  });
});

describe('whoever works with a database', () => {
  test('reads its metrics', () => {
    const { stack, database } = define();
    const metrics = [database.metricCPUUtilization(), database.metricDatabaseConnections(), database.metricFreeableMemory(), database.metricFreeStorageSpace()];
    expect(metrics.map(({ namespace, metricName, dimensions }) => stack.resolve([namespace, metricName, dimensions])))
      .toEqual(['CPUUtilization', 'DatabaseConnections', 'FreeableMemory', 'FreeStorageSpace']
        .map((name) => ['AWS/RDS', name, { DBInstanceIdentifier: { Ref: 'DatabaseInstanceAA8A5FDE' } }]));
    expect(database.metricCPUUtilization({ statistic: 'Maximum' }).statistic).toBe('Maximum');
  });

  test('may be let in by IAM, as one user and to one database', () => {
    const { stack, database } = define({ authentication: DatabaseAuthentication.iam() });
    database.grantConnect(new iam.User(stack, 'Analyst'), 'analyst');
    expect(propertiesOf(stack, 'AWS::IAM::Policy').map(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([[{
      Effect: 'Allow',
      Action: 'rds-db:connect',
      Resource: { 'Fn::Join': ['', expect.arrayContaining([':dbuser:', { 'Fn::GetAtt': ['DatabaseInstanceAA8A5FDE', 'DbiResourceId'] }, '/analyst'])] },
    }]]);
  });
});

test('nobody is let in by IAM where it is off', () => {
  const { stack, database } = define();
  expect(messageOf(() => database.grantConnect(new iam.User(stack, 'Analyst'), 'analyst')))
    .toBe(refusal("'grantConnect' needs 'authentication' DatabaseAuthentication.iam(): no token opens it otherwise"));
});

describe('a removed database', () => {
  const COMPANIONS = [
    'AWS::SecretsManager::Secret', 'AWS::SecretsManager::SecretTargetAttachment', 'AWS::RDS::DBSubnetGroup', 'AWS::RDS::DBParameterGroup', 'AWS::EC2::SecurityGroup',
    'AWS::Logs::LogGroup',
  ];

  // An instance that is kept is worth nothing without its password, and its subnet and security groups cannot be deleted under it.
  test.each<[RemovalPolicy | undefined, string, string, string, string]>([
    [undefined, 'RetainExceptOnCreate', 'Retain', 'RetainExceptOnCreate', 'Retain'],
    [RemovalPolicy.RETAIN, 'Retain', 'Retain', 'Retain', 'Retain'],
    [RemovalPolicy.SNAPSHOT, 'Snapshot', 'Snapshot', 'Delete', 'Delete'],
    [RemovalPolicy.DESTROY, 'Delete', 'Delete', 'Delete', 'Delete'],
  ])('with the policy %s is kept or deleted whole: %s', (removalPolicy, onDelete, onReplace, companionOnDelete, companionOnReplace) => {
    const { stack } = define({ removalPolicy, deletionProtection: false });
    expect(instanceOf(stack)).toMatchObject({ DeletionPolicy: onDelete, UpdateReplacePolicy: onReplace, Properties: { DeleteAutomatedBackups: onDelete === 'Delete' } });
    for (const type of COMPANIONS) {
      const [resource] = Object.values<any>(Template.fromStack(stack).findResources(type));
      expect([type, resource.DeletionPolicy ?? 'Delete', resource.UpdateReplacePolicy ?? 'Delete']).toEqual([type, companionOnDelete, companionOnReplace]);
    }
  });

  test.each([['DESTROY', RemovalPolicy.DESTROY], ['SNAPSHOT', RemovalPolicy.SNAPSHOT]])('is warned about when its protection lets the removal fail: %s', (name, removalPolicy) => {
    expect(warningsOf(define({ removalPolicy }).database)).toEqual({
      'protected-database': `'removalPolicy' ${name} has no effect while 'deletionProtection' is on: deleting the stack fails. Set 'deletionProtection' to false.`,
    });
    expect(warningsOf(define({ removalPolicy, deletionProtection: false }).database)).toEqual({});
  });

  test('has no finding of cdk-nag for what was chosen', () => {
    const { stack } = define({ multiAz: false, deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY });
    expect(findingsIn(stack)).toEqual([]);
  });
});

test('a class that RDS does not offer is warned about', () => {
  expect(warningsOf(define({ instanceType: 'db.t2.micro' }).database)).toEqual({
    'instance-type': `'instanceType' ${instanceTypeProblem('db.t2.micro')}.`,
  });
});

test('a database says which network it is in', () => {
  const stack = newStack();
  const vpc = givenVpc(stack);
  expect(new PrivateDatabase(stack, 'Database', { vpc }).vpc).toBe(vpc);
});

