import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, CfnResource, Stack } from 'aws-cdk-lib/core';
import { define, processIn, propertiesOf } from './databases';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { PrivateDatabase } from '../../../src/backing-services/database/private-database';
import { PrivateDatabaseProps } from '../../../src/backing-services/database/private-database-props';
import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { ProcessDuty } from '../../../src/config/process';
import { messageOf } from '../../helpers';
import { RecordingProcess } from '../recording-process';

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
    expect(Object.keys(recording.secretVariables)).toEqual(['DATABASE_USER', 'DATABASE_PASSWORD', 'DATABASE_SECRET_JSON', 'DATABASE_URL']);
    expect(recording.startsAfter).toEqual([other.database.securityGroup]);
  });

  // The address of a cluster and of a proxy is there before anything answers at it.
  test.each<[string, Partial<PrivateDatabaseProps>, string]>([
    ['the instances of Aurora', { auroraServerless: {}, readReplicas: 1 }, 'AWS::RDS::DBInstance'],
    ['the targets of the proxy', { proxy: {}, authentication: DatabaseAuthentication.passwords() }, 'AWS::RDS::DBProxyTargetGroup'],
  ])('starts after %s', (_, props, type) => {
    const other = define(props);
    const starting = processIn(other.stack, other.vpc);
    const starter = new CfnResource(other.stack, 'Starter', { type: 'Test::Starter' });
    starter.node.addDependency(starting.startDependencies);
    other.database.attachTo(starting);
    const result = Template.fromStack(other.stack);
    expect(Object.values(result.findResources('Test::Starter'))[0].DependsOn).toEqual(expect.arrayContaining(Object.keys(result.findResources(type))));
  });

  // CloudFormation waits until the proxy has logged in, as the user that the preparation makes.
  test.each([ProcessDuty.RELEASE, ProcessDuty.PREPARATION])('with the duty %s does not wait for the proxy, past which it connects', (duty) => {
    const other = define({ proxy: {}, authentication: DatabaseAuthentication.passwords() });
    const recording = new RecordingProcess(other.stack, 'Recording', duty);
    other.database.attachTo(recording);
    const starter = new CfnResource(other.stack, 'Starter', { type: 'Test::Starter' });
    starter.node.addDependency(...recording.startsAfter);
    const resources: Record<string, any> = Template.fromStack(other.stack).toJSON().Resources;
    const waited = new Set<string>();
    const walk = (id: string) => {
      waited.add(id);
      [...JSON.stringify(resources[id]).matchAll(/"([A-Za-z0-9]+)"/g)].map(([, name]) => name).filter((name) => name in resources && !waited.has(name)).forEach(walk);
    };
    walk('Starter');
    expect([...waited].map((id) => resources[id].Type)).toContain('AWS::EC2::SecurityGroup');
    expect([...waited].filter((id) => /^AWS::RDS::DBProxy/.test(resources[id].Type))).toEqual([]);
  });

  test('cannot use two databases under the same names', () => {
    const other = define();
    const second = new PrivateDatabase(other.stack, 'Second', { vpc: other.vpc });
    const confused = processIn(other.stack, other.vpc);
    other.database.attachTo(confused);
    expect(messageOf(() => second.attachTo(confused))).toBe("ProcessDefinition at 'Stack/Process' cannot be defined:\n" +
      '- the variable "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and again by the library (DjangoVariable.DATABASE_HOST): ' +
      'attach one backing service of the kind only, or give the second one a \'variablePrefix\', e.g. \'REPORTS_\'');
  });
});

describe('a second database', () => {
  test('has variables of its own', () => {
    const { stack, vpc, database } = define();
    const second = new PrivateDatabase(stack, 'Reports', { vpc, variablePrefix: 'REPORTS_', readReplicas: 1 });
    const process = processIn(stack, vpc);
    [database, second].forEach((each) => each.attachTo(process));
    const [{ ContainerDefinitions: [container] }] = propertiesOf(stack, 'AWS::ECS::TaskDefinition');
    const names = [...container.Environment, ...container.Secrets].map(({ Name }: any) => Name);
    expect(names).toEqual(expect.arrayContaining(['DB_HOST', 'DB_PASSWORD', 'REPORTS_DB_HOST', 'REPORTS_DB_NAME', 'REPORTS_DB_USER', 'REPORTS_DB_PASSWORD']));
  });
});

describe('a database in a stack of its own', () => {
  const STACKS: [string, Partial<PrivateDatabaseProps>][] = [
    ['with a password', {}],
    ['with users', { authentication: DatabaseAuthentication.passwords() }],
    ['with IAM', { authentication: DatabaseAuthentication.iam() }],
    ['with replicas', { readReplicas: 2 }],
    ['behind a proxy', { proxy: {} }],
    ['behind a proxy with IAM', { proxy: {}, authentication: DatabaseAuthentication.iam() }],
    ['on Aurora', { auroraServerless: {}, readReplicas: 1 }],
    ['on Aurora with everything', { auroraServerless: { minCapacityAcu: 1 }, readReplicas: 2, proxy: {}, rotation: {}, authentication: DatabaseAuthentication.iam() }],
    ['with passwords that change', { rotation: {}, authentication: DatabaseAuthentication.passwords() }],
  ];

  test.each(STACKS)('%s is referred to by the stacks of the processes and refers to none of them', (_, props) => {
    const app = new App();
    const network = new Stack(app, 'Network');
    const vpc = new ec2.Vpc(network, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    const data = new Stack(app, 'Data');
    const database = new PrivateDatabase(data, 'Database', { vpc, ...props });
    const ingressRules = () => data.node.findAll().filter((construct) => construct instanceof ec2.CfnSecurityGroupIngress);
    const own = ingressRules().length;
    const web = new Stack(app, 'Web');
    const worker = new Stack(app, 'Worker');
    for (const stack of [web, worker]) {
      database.attachTo(processIn(stack, vpc));
      for (const duty of [ProcessDuty.RELEASE, ProcessDuty.PREPARATION]) {
        const recording = new RecordingProcess(stack, duty, duty);
        recording.readable = [];
        database.attachTo(recording);
      }
    }

    const assembly = app.synth();
    const dependenciesOf = (name: string) => assembly.getStackByName(name).dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets')).sort();
    expect(dependenciesOf('Web')).toEqual(['Data', 'Network']);
    expect(dependenciesOf('Worker')).toEqual(['Data', 'Network']);
    expect(dependenciesOf('Data')).toEqual(['Network']);
    expect(ingressRules()).toHaveLength(own);
    for (const stack of [web, worker]) {
      expect(propertiesOf(stack, 'AWS::EC2::SecurityGroupIngress'))
        .toEqual([expect.objectContaining({ GroupId: { 'Fn::ImportValue': expect.any(String) }, FromPort: 5432 })]);
    }
  });
});
