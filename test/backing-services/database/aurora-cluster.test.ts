import { Template } from 'aws-cdk-lib/assertions';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';
import { define, findingsIn, identifier, propertiesOf, refusal } from './databases';
import { AuroraServerlessOptions } from '../../../src/backing-services/database/aurora-serverless-props';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { DatabaseInsights } from '../../../src/backing-services/database/database-insights';
import { PrivateDatabaseProps } from '../../../src/backing-services/database/private-database-props';
import { fromPython, messageOf, TOKEN, warningsOf } from '../../helpers';
import { RecordingProcess } from '../recording-process';

/** CDK's own warnings too. */
function warningsIn(scope: IConstruct) {
  return scope.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => type === 'aws:cdk:warning');
}

function clusterOf(props: Partial<PrivateDatabaseProps> = {}) {
  const [properties] = propertiesOf(define({ auroraServerless: {}, ...props }).stack, 'AWS::RDS::DBCluster');
  return properties;
}

describe('a database on Aurora by default', () => {
  const { stack, database } = define({ auroraServerless: {} });
  const template = Template.fromStack(stack);

  test('pauses when idle, grows with its load, is encrypted, backed up, watched and protected', () => {
    expect(Object.values(template.findResources('AWS::RDS::DBCluster'))).toEqual([{
      Type: 'AWS::RDS::DBCluster',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      DependsOn: [expect.stringMatching(/^DatabaseClusterLogs/)],
      Properties: {
        DBClusterIdentifier: identifier(expect.stringMatching(/^stack-database-[0-9a-f]{8}-$/)),
        Engine: 'aurora-postgresql',
        EngineVersion: '17',
        ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 2, SecondsUntilAutoPause: 300 },
        DatabaseName: 'django',
        MasterUsername: 'django',
        MasterUserPassword: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'DatabaseSecret3B817195' }, ':SecretString:password::}}']] },
        Port: 5432,
        StorageEncrypted: true,
        BackupRetentionPeriod: 7,
        CopyTagsToSnapshot: true,
        DeleteAutomatedBackups: false,
        DeletionProtection: true,
        EnableCloudwatchLogsExports: ['postgresql'],
        PerformanceInsightsEnabled: true,
        PerformanceInsightsRetentionPeriod: 7,
        DatabaseInsightsMode: 'standard',
        DBSubnetGroupName: { Ref: 'DatabaseSubnets56F17B9A' },
        DBClusterParameterGroupName: { Ref: expect.stringMatching(/^DatabaseClusterParameters/) },
        VpcSecurityGroupIds: [stack.resolve(database.securityGroup.securityGroupId)],
      },
    }]);
  });

  test('has one instance, which is kept with it', () => {
    expect(Object.values(template.findResources('AWS::RDS::DBInstance'))).toEqual([{
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        DBInstanceClass: 'db.serverless',
        Engine: 'aurora-postgresql',
        DBClusterIdentifier: { Ref: 'DatabaseCluster5B53A178' },
        AutoMinorVersionUpgrade: true,
        EnablePerformanceInsights: true,
        PerformanceInsightsRetentionPeriod: 7,
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
        PromotionTier: 0,
        PubliclyAccessible: false,
      },
    }]);
  });

  test('accepts TLS connections only', () => {
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', { Family: 'aurora-postgresql17', Parameters: { 'rds.force_ssl': '1' } });
  });

  test('has a log that expires, by the name that RDS writes to', () => {
    const [{ DBClusterIdentifier: { 'Fn::Join': [, [beginning]] } }] = propertiesOf(stack, 'AWS::RDS::DBCluster');
    expect(propertiesOf(stack, 'AWS::Logs::LogGroup')).toEqual([{ LogGroupName: identifier(`/aws/rds/cluster/${beginning}`, '/postgresql'), RetentionInDays: 90 }]);
  });

  // Whatever changes here makes CloudFormation replace the database, or the password, of every user of the library.
  test('keeps the ids of what holds data', () => {
    expect(['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance', 'AWS::SecretsManager::Secret', 'AWS::RDS::DBSubnetGroup']
      .flatMap((type) => Object.keys(template.findResources(type))))
      .toEqual(['DatabaseCluster5B53A178', 'DatabaseClusterWriterD43085C6', 'DatabaseSecret3B817195', 'DatabaseSubnets56F17B9A']);
  });

  test('makes eight resources, has no unacknowledged finding and no warning', () => {
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(8);
    expect(findingsIn(stack)).toEqual([]);
    expect(warningsIn(database)).toEqual([]);
  });

  test('is a cluster and no instance to whoever reads it', () => {
    expect([database.instance, database.replicas]).toEqual([undefined, []]);
    expect(stack.resolve(database.cluster!.clusterIdentifier)).toEqual({ Ref: 'DatabaseCluster5B53A178' });
    expect(database.maxConnections).toBe(400);
  });

  test('has metrics of the cluster', () => {
    const metrics = [database.metricCPUUtilization(), database.metricDatabaseConnections(), database.metricFreeableMemory(), database.metricFreeStorageSpace()];
    expect(metrics.map(({ metricName, dimensions }) => stack.resolve([metricName, dimensions])))
      .toEqual(['CPUUtilization', 'DatabaseConnections', 'FreeableMemory', 'FreeLocalStorage']
        .map((name) => [name, { DBClusterIdentifier: { Ref: 'DatabaseCluster5B53A178' } }]));
  });
});

describe('each setting of a database on Aurora', () => {
  test.each<[string, Partial<PrivateDatabaseProps>, object]>([
    ['a minimum above 0, with which it never pauses', { auroraServerless: { minCapacityAcu: 0.5, maxCapacityAcu: 16 } },
      { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 } }],
    ['when it pauses', { auroraServerless: { autoPauseAfter: Duration.hours(1) } },
      { ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 2, SecondsUntilAutoPause: 3600 } }],
    // RDS's default minor version of each can pause; CDK takes a major version for its oldest one.
    ['each major version at 0 ACU', { engineVersion: '14' }, { EngineVersion: '14', ServerlessV2ScalingConfiguration: { MinCapacity: 0 } }],
    ['a full version that can pause', { engineVersion: '16.3' }, { EngineVersion: '16.3', ServerlessV2ScalingConfiguration: { MinCapacity: 0 } }],
    ['a full version that cannot, with a minimum', { engineVersion: '16.2', auroraServerless: { minCapacityAcu: 0.5 } }, { EngineVersion: '16.2' }],
    ['its name and its user', { databaseName: 'shop', username: 'admin_1' }, { DatabaseName: 'shop', MasterUsername: 'admin_1' }],
    ['its windows and backups', { preferredBackupWindow: '01:00-01:30', preferredMaintenanceWindow: 'sun:02:00-sun:03:00', backupRetention: Duration.days(9) },
      { PreferredBackupWindow: '01:00-01:30', PreferredMaintenanceWindow: 'sun:02:00-sun:03:00', BackupRetentionPeriod: 9 }],
    ['more insights', { databaseInsights: DatabaseInsights.ADVANCED },
      { DatabaseInsightsMode: 'advanced', PerformanceInsightsEnabled: true, PerformanceInsightsRetentionPeriod: 465 }],
    ['no insights', { databaseInsights: DatabaseInsights.NONE }, { PerformanceInsightsEnabled: false }],
    ['logins by IAM', { authentication: DatabaseAuthentication.iam() }, { EnableIAMDatabaseAuthentication: true }],
    ['no protection', { deletionProtection: false }, { DeletionProtection: false }],
  ])('can be chosen: %s', (_, props, expected) => {
    expect(clusterOf(props)).toMatchObject(expected);
  });

  test('can be chosen: metrics of the operating system, of each of its instances', () => {
    const { stack } = define({ auroraServerless: {}, readReplicas: 1, enhancedMonitoringInterval: Duration.seconds(60) });
    const [role] = Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role'));
    expect(propertiesOf(stack, 'AWS::RDS::DBInstance')).toEqual(Array(2).fill(expect.objectContaining({
      MonitoringInterval: 60, MonitoringRoleArn: { 'Fn::GetAtt': [role, 'Arn'] },
    })));
    expect(findingsIn(stack)).toEqual([]);
  });

  test.each(Object.values(DatabaseInsights))('has no warning of CDK with insights %s', (databaseInsights) => {
    expect(warningsIn(define({ auroraServerless: {}, databaseInsights, readReplicas: 1 }).database)).toEqual([]);
  });

  test('never pauses with a minimum above 0', () => {
    expect(clusterOf({ auroraServerless: { minCapacityAcu: 0.5 } }).ServerlessV2ScalingConfiguration).toEqual({ MinCapacity: 0.5, MaxCapacity: 2 });
  });

  test('is the default where Python leaves it out', () => {
    const auroraServerless = fromPython<AuroraServerlessOptions>({}, 'minCapacityAcu', 'maxCapacityAcu', 'autoPauseAfter');
    expect(Template.fromStack(define({ auroraServerless }).stack).toJSON()).toEqual(Template.fromStack(define({ auroraServerless: {} }).stack).toJSON());
  });

  test.each<[RemovalPolicy | undefined, string, string]>([
    [undefined, 'RetainExceptOnCreate', 'RetainExceptOnCreate'],
    [RemovalPolicy.RETAIN, 'Retain', 'Retain'],
    // An instance of a cluster has no snapshot of its own: CloudFormation would fail.
    [RemovalPolicy.SNAPSHOT, 'Snapshot', 'Delete'],
    [RemovalPolicy.DESTROY, 'Delete', 'Delete'],
  ])('with the policy %s is kept or deleted whole: %s, its companions %s', (removalPolicy, onDelete, companionOnDelete) => {
    const { stack } = define({ auroraServerless: {}, readReplicas: 2, removalPolicy, deletionProtection: false });
    for (const [id, resource] of Object.entries<any>(Template.fromStack(stack).toJSON().Resources)) {
      // A reader holds nothing that the cluster does not, and would go on costing.
      const expected = resource.Type === 'AWS::RDS::DBCluster' ? onDelete : id.includes('Reader') ? 'Delete' : companionOnDelete;
      expect([id, resource.DeletionPolicy ?? 'Delete']).toEqual([id, expected]);
    }
    expect(findingsIn(stack)).toEqual([]);
  });

  test.each([true, false])('upgrades to whatever its version says, which %s does not change', (allowMajorVersionUpgrade) => {
    const { stack, database } = define({ auroraServerless: {}, allowMajorVersionUpgrade });
    expect(propertiesOf(stack, 'AWS::RDS::DBInstance')[0]).not.toHaveProperty('AllowMajorVersionUpgrade');
    expect(warningsOf(database)).toEqual({
      'major-upgrade': "'allowMajorVersionUpgrade' has no effect with 'auroraServerless': CloudFormation upgrades Aurora to whatever 'engineVersion' says. Leave it out.",
    });
  });
});

describe('the readers of a database on Aurora', () => {
  test('can take the place of the writer, the first one, or pause by themselves', () => {
    const { stack, database } = define({ auroraServerless: {}, readReplicas: 3 });
    expect(propertiesOf(stack, 'AWS::RDS::DBInstance').map(({ PromotionTier }) => PromotionTier)).toEqual([0, 1, 2, 2]);
    expect(warningsIn(database)).toEqual([]);
  });

  test('are told to processes by their common endpoint', () => {
    const { stack, database } = define({ auroraServerless: {}, readReplicas: 1 });
    const recording = new RecordingProcess(stack, 'Recording');
    database.attachTo(recording);
    expect(stack.resolve(recording.variables)).toMatchObject({
      DATABASE_HOST: { 'Fn::GetAtt': ['DatabaseCluster5B53A178', 'Endpoint.Address'] },
      DATABASE_PORT: { 'Fn::GetAtt': ['DatabaseCluster5B53A178', 'Endpoint.Port'] },
      DATABASE_REPLICA_HOST: { 'Fn::GetAtt': ['DatabaseCluster5B53A178', 'ReadEndpoint.Address'] },
    });
  });

  test('are deleted when they are taken away, also where the cluster is kept and protected', () => {
    const readers = Object.entries<any>(Template.fromStack(define({ auroraServerless: {}, readReplicas: 2 }).stack).findResources('AWS::RDS::DBInstance'))
      .filter(([id]) => id.includes('Reader'));
    expect(readers.map(([, { DeletionPolicy, UpdateReplacePolicy }]) => [DeletionPolicy, UpdateReplacePolicy])).toEqual([['Delete', 'Delete'], ['Delete', 'Delete']]);
  });

  test('are not told of where there are none', () => {
    const { stack, database } = define({ auroraServerless: {} });
    const recording = new RecordingProcess(stack, 'Recording');
    database.attachTo(recording);
    expect(recording.variables).not.toHaveProperty('DATABASE_REPLICA_HOST');
  });
});

// The flag decides whether CDK makes a secret of its own beside ours.
describe.each([false, true])('a database on Aurora from a snapshot, with the flag of CDK %s', (flag) => {
  const stack = new Stack(new App({ context: { '@aws-cdk/aws-rds:preventRenderingDeprecatedCredentials': flag } }), 'Stack');
  const { database } = define({ auroraServerless: {}, snapshotIdentifier: 'before' }, stack);

  test('has what is in the snapshot, and a new password in one secret', () => {
    const [properties] = propertiesOf(stack, 'AWS::RDS::DBCluster');
    expect(properties).toMatchObject({
      SnapshotIdentifier: 'before',
      MasterUserPassword: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', stack.resolve(database.secret.secretArn), ':SecretString:password::}}']] },
    });
    for (const name of ['DatabaseName', 'MasterUsername', 'StorageEncrypted', 'KmsKeyId']) {
      expect(properties).not.toHaveProperty(name);
    }
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'))).toEqual(['DatabaseSecret3B817195']);
    expect(findingsIn(stack)).toEqual([]);
  });
});

test('a database on Aurora that replicates never pauses, of which it is warned', () => {
  const parameters = { 'rds.logical_replication': '1' };
  expect(warningsOf(define({ auroraServerless: {}, parameters }).database)).toEqual({
    'replication-keeps-awake': "'parameters' switch on \"rds.logical_replication\", with which Aurora never pauses at 0 ACU: " +
      "leave it out, or give 'auroraServerless.minCapacityAcu' 0.5 or more.",
  });
  expect(warningsOf(define({ auroraServerless: { minCapacityAcu: 1 }, parameters }).database)).toEqual({});
  expect(warningsOf(define({ parameters }).database)).toEqual({});
});

describe('the connections that Aurora accepts', () => {
  test.each<[AuroraServerlessOptions, number]>([
    [{ minCapacityAcu: 1, maxCapacityAcu: 16 }, 3360], [{ maxCapacityAcu: 16 }, 2000], [{ minCapacityAcu: 1, maxCapacityAcu: 64 }, 5000],
  ])('follow its capacity %j: %d', (auroraServerless, expected) => {
    expect(define({ auroraServerless }).database.maxConnections).toBe(expected);
  });
});

describe('a database on Aurora is refused with', () => {
  const instanceOnly = (prop: string, instead: string) => `'${prop}' is for an instance and must not be given with 'auroraServerless', where ${instead}: leave out one of the two`;
  const steps = (prop: string, least: number, got: string) => `'auroraServerless.${prop}' must be between ${least} and 256 ACU in steps of 0.5, got ${got}`;
  const known = (prop: string) =>
    `'auroraServerless.${prop}' must be known at synthesis, because the number of connections is computed from it: give it as a plain value, not as a token`;

  test.each<[string, any, string[]]>([
    ['the class of an instance', { instanceType: 't4g.small' }, [instanceOnly('instanceType', "its size is 'auroraServerless.maxCapacityAcu'")]],
    ['a standby', { multiAz: true }, [instanceOnly('multiAz', "its standby is a reader: give 'readReplicas: 1'")]],
    ['no standby, which says nothing of Aurora', { multiAz: false }, [instanceOnly('multiAz', "its standby is a reader: give 'readReplicas: 1'")]],
    ['storage', { allocatedStorageGiB: 20, maxAllocatedStorageGiB: 100 }, [
      instanceOnly('allocatedStorageGiB', 'its storage grows by itself'), instanceOnly('maxAllocatedStorageGiB', 'its storage grows by itself'),
    ]],
    ['a version that pauses not yet', { engineVersion: '15.6' },
      ["'auroraServerless.minCapacityAcu' must be at least 0.5 with 'engineVersion' \"15.6\": Aurora pauses at 0 from 15.7 on; give that, '15', or a minimum of 0.5"]],
    ['a version that Aurora does not have', { engineVersion: '13' }, [expect.stringMatching(/^'engineVersion' must be one of 14, 15, 16, 17(, 18)? with 'auroraServerless', got "13"$/)]],
    ['capacity in quarters', { auroraServerless: { minCapacityAcu: 0.25 } }, [steps('minCapacityAcu', 0, '0.25')]],
    ['negative capacity', { auroraServerless: { minCapacityAcu: -1 } }, [steps('minCapacityAcu', 0, '-1')]],
    ['capacity as text', { auroraServerless: { maxCapacityAcu: '4' } }, [steps('maxCapacityAcu', 1, '"4"')]],
    ['too much capacity', { auroraServerless: { maxCapacityAcu: 300 } }, [steps('maxCapacityAcu', 1, '300')]],
    ['a most of half an ACU', { auroraServerless: { maxCapacityAcu: 0.5 } }, [steps('maxCapacityAcu', 1, '0.5')]],
    ['capacity that is known at deployment only', { auroraServerless: { minCapacityAcu: TOKEN.number(), maxCapacityAcu: TOKEN.number() } },
      [known('minCapacityAcu'), known('maxCapacityAcu')]],
    ['less at most than at least', { auroraServerless: { minCapacityAcu: 8, maxCapacityAcu: 4 } },
      ["'auroraServerless.maxCapacityAcu' (4) must be at least 'minCapacityAcu' (8): raise it to 8 or more"]],
    ['more at least than the default at most', { auroraServerless: { minCapacityAcu: 8 } },
      ["'auroraServerless.maxCapacityAcu' (2, its default) must be at least 'minCapacityAcu' (8): raise it to 8 or more"]],
    ['a quick pause', { auroraServerless: { autoPauseAfter: Duration.minutes(1) } },
      ["'auroraServerless.autoPauseAfter' must be between 5 minutes and 1 day, got 1 minute"]],
    ['a pause that never comes', { auroraServerless: { minCapacityAcu: 1, autoPauseAfter: Duration.minutes(10) } },
      ["'auroraServerless.autoPauseAfter' has an effect only where 'minCapacityAcu' is 0, got 1: Aurora never pauses otherwise; leave one of them out"]],
    ['true', { auroraServerless: true }, ["'auroraServerless' must be an object with options, got true"]],
  ])('%s', (_, props, reasons) => {
    const message = messageOf(() => define({ auroraServerless: {}, ...props }));
    const [first, ...lines] = message.split('\n');
    expect(first).toBe(refusal());
    expect(lines.map((line) => line.replace(/^- /, ''))).toEqual(reasons);
  });
});
