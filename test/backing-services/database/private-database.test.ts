import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, CfnParameter, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { RecordingProcess } from '../recording-process';
import { PrivateDatabase } from '../../../src/backing-services/database/private-database';
import { PrivateDatabaseProps } from '../../../src/backing-services/database/private-database-props';
import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { instanceTypeProblem } from '../../../src/private/postgres';
import { ProcessDefinition } from '../../../src/processes/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/process-definition-props';
import { fromPython, givenVpc, IMAGE, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

function define(props: Partial<PrivateDatabaseProps> = {}, stack = newStack()) {
  const vpc = props.vpc ?? givenVpc(stack);
  const database = new PrivateDatabase(stack, 'Database', { vpc, ...props });
  return { stack, vpc, database };
}

function instanceOf(stack: Stack): any {
  return Object.values(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'))[0];
}

function processIn(stack: Stack, vpc: ec2.IVpc, props: Partial<ProcessDefinitionProps> = {}, id = 'Process') {
  return new ProcessDefinition(stack, id, { vpc, image: IMAGE, command: ['gunicorn', 'shop.wsgi'], ...props });
}

describe('a database by default', () => {
  const { stack, database } = define();
  const template = Template.fromStack(stack);

  test('is a small PostgreSQL with a standby, encrypted, growing, backed up, watched and protected', () => {
    expect(instanceOf(stack)).toEqual({
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
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

  test('makes six resources', () => {
    expect(Object.values(template.toJSON().Resources).map(({ Type }: any) => Type).sort()).toEqual([
      'AWS::EC2::SecurityGroup', 'AWS::RDS::DBInstance', 'AWS::RDS::DBParameterGroup', 'AWS::RDS::DBSubnetGroup',
      'AWS::SecretsManager::Secret', 'AWS::SecretsManager::SecretTargetAttachment',
    ]);
  });

  test('has no finding of cdk-nag that is not acknowledged', () => {
    expect(new AwsSolutionsChecks(stack.node.root as App).validateScope(stack).violations.map(({ ruleName }) => ruleName)).toEqual([]);
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

  test('can be chosen: its subnets', () => {
    const { stack } = define({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } });
    Template.fromStack(stack).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['private-1', 'private-2'] });
  });

  test('is the default where Python leaves it out', () => {
    const names = ['engineVersion', 'instanceType', 'databaseName', 'username', 'allocatedStorageGiB', 'maxAllocatedStorageGiB', 'multiAz', 'backupRetention', 'deletionProtection',
      'removalPolicy', 'vpcSubnets'];
    const stack = newStack();
    const props = fromPython<PrivateDatabaseProps>({ vpc: givenVpc(stack) }, ...names);
    expect(Template.fromStack(define(props, stack).stack).toJSON()).toEqual(Template.fromStack(define().stack).toJSON());
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

  test('can be known at deployment only: how far it grows', () => {
    expect(instanceOf(define({ maxAllocatedStorageGiB: TOKEN.number(500) }).stack).Properties).toMatchObject({ MaxAllocatedStorage: 500 });
  });
});

describe('a removed database', () => {
  const COMPANIONS = ['AWS::SecretsManager::Secret', 'AWS::RDS::DBSubnetGroup', 'AWS::RDS::DBParameterGroup', 'AWS::EC2::SecurityGroup'];

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

  test('is warned about when its protection lets the removal fail', () => {
    expect(warningsOf(define({ removalPolicy: RemovalPolicy.DESTROY }).database)).toEqual({
      'protected-database': "'removalPolicy' DESTROY has no effect while 'deletionProtection' is on: deleting the stack fails. Set 'deletionProtection' to false.",
    });
    expect(warningsOf(define({ removalPolicy: RemovalPolicy.DESTROY, deletionProtection: false }).database)).toEqual({});
  });

  test('has no finding of cdk-nag for what was chosen', () => {
    const { stack } = define({ multiAz: false, deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY });
    expect(new AwsSolutionsChecks(stack.node.root as App).validateScope(stack).violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });
});

describe('a process that uses the database', () => {
  const { stack, vpc, database } = define();
  const process = processIn(stack, vpc);
  database.attachTo(process);
  const template = Template.fromStack(stack);
  const [definition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const [container] = definition.Properties.ContainerDefinitions;
  const attachment = { Ref: Object.keys(template.findResources('AWS::SecretsManager::SecretTargetAttachment'))[0] };

  test('gets its address, its name and that the connection is encrypted', () => {
    expect(Object.fromEntries(container.Environment.map(({ Name, Value }: any) => [Name, Value]))).toEqual({
      DB_HOST: { 'Fn::GetAtt': ['DatabaseInstanceAA8A5FDE', 'Endpoint.Address'] },
      DB_PORT: { 'Fn::GetAtt': ['DatabaseInstanceAA8A5FDE', 'Endpoint.Port'] },
      DB_NAME: 'django',
      DB_SSLMODE: 'require',
      PGSSLMODE: 'require',
    });
  });

  test('gets user and password as keys of the secret', () => {
    expect(Object.fromEntries(container.Secrets.map(({ Name, ValueFrom }: any) => [Name, ValueFrom]))).toEqual({
      DB_USER: { 'Fn::Join': ['', [attachment, ':username::']] },
      DB_PASSWORD: { 'Fn::Join': ['', [attachment, ':password::']] },
    });
  });

  test('has ECS read this secret and no other', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const reading = statements.filter((statement) => JSON.stringify(statement.Action).includes('secretsmanager'));
    expect(reading).toEqual([{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: attachment }]);
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [stack.resolve(process.taskDefinition.executionRole!.roleName)] });
  });

  test('reaches the port of the database, as nobody else does', () => {
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties)).toEqual([expect.objectContaining({
      GroupId: stack.resolve(database.securityGroup.securityGroupId),
      SourceSecurityGroupId: stack.resolve(process.securityGroup.securityGroupId),
      IpProtocol: 'tcp',
      FromPort: 5432,
      ToPort: 5432,
    })]);
  });

  test('that may reach nobody may reach the database, and that alone', () => {
    const other = define();
    const securityGroup = new ec2.SecurityGroup(other.stack, 'Closed', { vpc: other.vpc, allowAllOutbound: false });
    other.database.attachTo(processIn(other.stack, other.vpc, { securityGroup }));
    expect(Object.values(Template.fromStack(other.stack).findResources('AWS::EC2::SecurityGroupEgress')).map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        GroupId: other.stack.resolve(securityGroup.securityGroupId),
        DestinationSecurityGroupId: other.stack.resolve(other.database.securityGroup.securityGroupId),
        FromPort: 5432,
        ToPort: 5432,
      }),
    ]);
  });

  test('that may reach everybody needs no rule for it', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('lets in each of several security groups', () => {
    const other = define();
    const recording = new RecordingProcess(other.stack, 'Recording');
    const groups = ['One', 'Two'].map((id) => new ec2.SecurityGroup(other.stack, id, { vpc: other.vpc }));
    recording.connections.addSecurityGroup(...groups);
    other.database.attachTo(recording);
    const ingress = Object.values(Template.fromStack(other.stack).findResources('AWS::EC2::SecurityGroupIngress'));
    expect(ingress.map(({ Properties }) => Properties.SourceSecurityGroupId))
      .toEqual(groups.map(({ securityGroupId }) => other.stack.resolve(securityGroupId)));
  });

  test('shares its security group with another, and the rule too', () => {
    const other = define();
    const first = processIn(other.stack, other.vpc);
    const second = processIn(other.stack, other.vpc, { securityGroup: first.securityGroup }, 'Second');
    [first, second].forEach((sharing) => other.database.attachTo(sharing));
    Template.fromStack(other.stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  });

  test('starts after the database lets it in', () => {
    const other = define();
    const starting = processIn(other.stack, other.vpc);
    const starter = new CfnResource(other.stack, 'Starter', { type: 'Test::Starter' });
    starter.node.addDependency(starting.startDependencies);
    other.database.attachTo(starting);
    const result = Template.fromStack(other.stack);
    expect(Object.values(result.findResources('Test::Starter'))[0].DependsOn)
      .toEqual(expect.arrayContaining(Object.keys(result.findResources('AWS::EC2::SecurityGroupIngress'))));
  });

  test('gets the names of its own convention, also the whole secret as JSON', () => {
    const other = define();
    const json = processIn(other.stack, other.vpc, {
      convention: EnvironmentConvention.postgresPrefixed().customized({ databaseSecretJson: ['DATABASE_SECRET_JSON'], databaseUser: [], databasePassword: [] }),
    });
    other.database.attachTo(json);
    const [{ Properties: properties }] = Object.values(Template.fromStack(other.stack).findResources('AWS::ECS::TaskDefinition'));
    expect(properties.ContainerDefinitions[0].Environment.map(({ Name }: any) => Name))
      .toEqual(['POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_DB', 'POSTGRES_SSLMODE', 'PGSSLMODE']);
    expect(properties.ContainerDefinitions[0].Secrets).toEqual([{ Name: 'DATABASE_SECRET_JSON', ValueFrom: { Ref: expect.stringMatching(/^DatabaseSecretAttachment/) } }]);
  });

  test('can be any process, also one without a task definition', () => {
    const other = define();
    const recording = new RecordingProcess(other.stack, 'Recording');
    other.database.attachTo(recording);
    expect(Object.keys(recording.variables)).toEqual(['DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME', 'DATABASE_SSLMODE']);
    expect(Object.keys(recording.secretVariables)).toEqual(['DATABASE_USER', 'DATABASE_PASSWORD', 'DATABASE_SECRET_JSON']);
    expect(recording.startsAfter).toEqual([other.database.securityGroup]);
  });

  test('cannot use two databases under the same names', () => {
    const other = define();
    const second = new PrivateDatabase(other.stack, 'Second', { vpc: other.vpc });
    const confused = processIn(other.stack, other.vpc);
    other.database.attachTo(confused);
    expect(messageOf(() => second.attachTo(confused))).toBe("ProcessDefinition at 'Stack/Process' cannot be defined:\n" +
      '- the variable "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and again by the library (DjangoVariable.DATABASE_HOST): ' +
      'attach one backing service of the kind only');
  });
});

describe('a database in a stack of its own', () => {
  test('is referred to by the stacks of the processes and refers to none of them', () => {
    const app = new App();
    const network = new Stack(app, 'Network');
    const vpc = new ec2.Vpc(network, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const data = new Stack(app, 'Data');
    const database = new PrivateDatabase(data, 'Database', { vpc });
    const web = new Stack(app, 'Web');
    const worker = new Stack(app, 'Worker');
    for (const stack of [web, worker]) {
      database.attachTo(processIn(stack, vpc));
    }

    const assembly = app.synth();
    const dependenciesOf = (name: string) => assembly.getStackByName(name).dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets')).sort();
    expect(dependenciesOf('Web')).toEqual(['Data', 'Network']);
    expect(dependenciesOf('Worker')).toEqual(['Data', 'Network']);
    expect(dependenciesOf('Data')).toEqual(['Network']);
    Template.fromStack(data).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    for (const stack of [web, worker]) {
      const ingress = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'));
      expect(ingress.map(({ Properties }) => Properties)).toEqual([expect.objectContaining({ GroupId: { 'Fn::ImportValue': expect.any(String) }, FromPort: 5432 })]);
    }
  });
});

describe('a database in the VPC', () => {
  test('without isolated subnets stands in the private ones', () => {
    const stack = newStack();
    const vpc = givenVpc(stack, { isolatedSubnetIds: undefined });
    Template.fromStack(define({ vpc }, stack).stack).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['private-1', 'private-2'] });
  });

  test('that the CLI has yet to look up is not judged', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Looked', { vpcName: 'shop' });
    expect(() => define({ vpc, vpcSubnets: { subnetGroupName: 'Database' } }, stack)).not.toThrow();
  });

  test('takes subnets that were imported without their zones', () => {
    const stack = newStack();
    const subnets = ['s-1', 's-2'].map((id) => ec2.Subnet.fromSubnetId(stack, id, id));
    Template.fromStack(define({ vpcSubnets: { subnets } }, stack).stack).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['s-1', 's-2'] });
  });

  test.each<[string, Partial<ec2.VpcAttributes>, ec2.SubnetSelection | undefined, string]>([
    ['that has public subnets only', { privateSubnetIds: undefined, isolatedSubnetIds: undefined }, undefined,
      "'vpc' must have isolated or private subnets for the database, it has 2 public ones only: " +
      "add a subnet group of the type PRIVATE_ISOLATED to it, or give others with 'vpcSubnets'"],
    ['whose public subnets are chosen', {}, { subnetType: ec2.SubnetType.PUBLIC },
      "'vpcSubnets' must not be public, got Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2: choose PRIVATE_ISOLATED ones"],
    ['that has no such subnets', {}, { subnetGroupName: 'Data' },
      "'vpcSubnets' matches no subnet of the VPC: There are no subnet groups with name 'Data' in this VPC. Available names: Public,Private,Isolated"],
    ['of which no subnet is chosen', {}, { subnets: [] }, "'vpcSubnets' matches no subnet of the VPC: choose others"],
    ['that has one zone', { availabilityZones: ['a'], publicSubnetIds: ['p'], privateSubnetIds: ['q'], isolatedSubnetIds: ['i'] }, undefined,
      "'vpc' must have subnets for the database in at least 2 availability zones, got 1 in 1: RDS demands a second zone even without a standby"],
    ['of which one zone is chosen', {}, { subnetType: ec2.SubnetType.PRIVATE_ISOLATED, availabilityZones: ['eu-central-1a'] },
      "'vpcSubnets' must have subnets for the database in at least 2 availability zones, got 1 in 1: RDS demands a second zone even without a standby"],
  ])('%s is refused', (_, attributes, vpcSubnets, reason) => {
    const stack = newStack();
    const vpc = givenVpc(stack, attributes);
    expect(messageOf(() => define({ vpc, vpcSubnets }, stack))).toBe(`PrivateDatabase at 'Stack/Database' cannot be defined:\n- ${reason}`);
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

describe('a database is refused with', () => {
  const name = (prop: string, got: string, use: string) =>
    `'${prop}' must be letters, digits and '_', begin with a letter and have 63 characters at most, got ${JSON.stringify(got)}${use && `: use "${use}"`}`;
  const reserved = (prop: string, got: string) => `'${prop}' must not be "${got}": RDS and PostgreSQL reserve it; choose another, e.g. 'shop'`;
  const instance = (got: string) => `'instanceType' must be a class and a size from micro to 48xlarge, like 't4g.small', got "${got}"`;
  const backups = 'RDS keeps automated backups for 35 days at most, and 0 would switch them off';

  test.each<[string, any, string[]]>([
    ['no network', { vpc: undefined }, ["'vpc' must be given: use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })"]],
    ['a name for a network, and more', { vpc: 'vpc-1', databaseName: 'my-app' },
      ["'vpc' must be an ec2.IVpc, got \"vpc-1\": use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })", name('databaseName', 'my-app', 'my_app')]],
    ['a name with a hyphen', { databaseName: 'my-app' }, [name('databaseName', 'my-app', 'my_app')]],
    ['a name with a digit first', { databaseName: '1shop' }, [name('databaseName', '1shop', 'shop')]],
    ['a name that is too long', { databaseName: 'x'.repeat(64) }, [name('databaseName', 'x'.repeat(64), 'x'.repeat(63))]],
    ['an empty name', { databaseName: '' }, [name('databaseName', '', '')]],
    ['a name of digits', { databaseName: '42' }, [name('databaseName', '42', '')]],
    ['the name of RDS\'s own database', { databaseName: 'rdsadmin' }, [reserved('databaseName', 'rdsadmin')]],
    ['the name of a template', { databaseName: 'Template1' }, [reserved('databaseName', 'Template1')]],
    ['a word of SQL as a name', { databaseName: 'order' }, [reserved('databaseName', 'order')]],
    ['a name that PostgreSQL keeps', { databaseName: 'pg_shop' }, [reserved('databaseName', 'pg_shop')]],
    ['a user with a space', { username: 'my user' }, [name('username', 'my user', 'my_user')]],
    ['the user that RDS has', { username: 'rdsadmin' }, [reserved('username', 'rdsadmin')]],
    ['the user admin', { username: 'admin' }, [reserved('username', 'admin')]],
    ['a user that PostgreSQL keeps', { username: 'pg_dba' }, [reserved('username', 'pg_dba')]],
    ['a version that is no more', { engineVersion: '9.6' }, ["'engineVersion' must be one of 14, 15, 16, 17, 18, got \"9.6\""]],
    ['a version that is not yet', { engineVersion: '99' }, ["'engineVersion' must be one of 14, 15, 16, 17, 18, got \"99\""]],
    ['a version that is a token', { engineVersion: TOKEN.string() },
      ["'engineVersion' must be known at synthesis, because the parameter group's family is computed from it: give it as a plain value, not as a token"]],
    ['an instance without a size', { instanceType: 'm5' }, [instance('m5')]],
    ['an instance of a size that is none', { instanceType: 't4g.smal' }, [instance('t4g.smal')]],
    ['an instance too small for RDS', { instanceType: 't4g.nano' }, [instance('t4g.nano')]],
    ['an empty instance', { instanceType: '' }, [instance('')]],
    ['little storage', { allocatedStorageGiB: 5 }, ["'allocatedStorageGiB' must be a whole number between 20 and 65536 GiB, got 5"]],
    ['less storage at most than at the start', { allocatedStorageGiB: 200, maxAllocatedStorageGiB: 100 },
      ["'maxAllocatedStorageGiB' (100) must be at least a tenth more than 'allocatedStorageGiB' (200): give 220 or more"]],
    ['less storage at most than the default at the start needs', { maxAllocatedStorageGiB: 21 },
      ["'maxAllocatedStorageGiB' must be a whole number between 22 and 65536 GiB, got 21",
        "'maxAllocatedStorageGiB' (21) must be at least a tenth more than 'allocatedStorageGiB' (20): give 22 or more"]],
    ['long backups', { backupRetention: Duration.days(40) }, [`'backupRetention' must be between 1 day and 35 days, got 40 days: ${backups}`]],
    ['no backups', { backupRetention: Duration.days(0) }, [`'backupRetention' must be between 1 day and 35 days, got 0 days: ${backups}`]],
    ['backups of half days', { backupRetention: Duration.hours(36) }, ["'backupRetention' must be in whole days, got 1 day 12 hours"]],
    ['backups of a number', { backupRetention: 7 }, ["'backupRetention' must be a Duration between 1 day and 35 days, got 7: use Duration.days(7)"]],
    ['everything wrong at once', { engineVersion: '1', databaseName: '-', allocatedStorageGiB: NaN }, [
      "'engineVersion' must be one of 14, 15, 16, 17, 18, got \"1\"",
      name('databaseName', '-', ''),
      "'allocatedStorageGiB' must be a whole number between 20 and 65536 GiB, got NaN",
    ]],
  ])('%s', (_, props, reasons) => {
    expect(messageOf(() => define(props))).toBe(["PrivateDatabase at 'Stack/Database' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });

  test('a minor version that RDS does not have, with those that it has', () => {
    expect(messageOf(() => define({ engineVersion: '16.99' }))).toMatch(new RegExp("^PrivateDatabase at 'Stack/Database' cannot be defined:\\n" +
      "- 'engineVersion' must be '16', which follows RDS's minor versions, or one of (16\\.\\d+, )+16\\.\\d+, got \"16.99\": a newer one needs a newer aws-cdk-lib$"));
  });
});
