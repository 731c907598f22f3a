import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration } from 'aws-cdk-lib/core';
import { define, findingsIn, propertiesOf, refusal } from './databases';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { DatabaseRotationOptions } from '../../../src/backing-services/database/database-rotation-props';
import { PrivateDatabaseProps } from '../../../src/backing-services/database/private-database-props';
import { NOT_URL_SAFE } from '../../../src/private/postgres';
import { fromPython, givenVpc, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

const PASSWORDS = DatabaseAuthentication.passwords();

function rotating(rotation: any = {}, props: Partial<PrivateDatabaseProps> = {}, stack = newStack()) {
  return define({ rotation, authentication: PASSWORDS, ...props }, stack);
}

describe('the rotation of passwords', () => {
  const { stack, database } = rotating();
  const template = Template.fromStack(stack);
  const rotationOf = (secret: string) => propertiesOf(stack, 'AWS::SecretsManager::RotationSchedule').find(({ SecretId: { Ref } }) => Ref.startsWith(`Database${secret}Attachment`));
  const master = { Ref: expect.stringMatching(/^DatabaseSecretAttachment/) };

  test('gives the application two users in turn, so that running tasks keep one that works', () => {
    expect(rotationOf('ApplicationSecret')).toMatchObject({ HostedRotationLambda: { RotationType: 'PostgreSQLMultiUser', MasterSecretArn: master } });
    // What AWS's function reads in the secret.
    const secret = propertiesOf(stack, 'AWS::SecretsManager::Secret').find(({ Description }) => /django_app$/.test(JSON.stringify(Description).replace(/"$/, '')));
    expect(JSON.stringify(secret.GenerateSecretString.SecretStringTemplate)).toMatch(/masterarn.*DatabaseSecretAttachment/);
  });

  // It acts as the group that owns the tables, and PostgreSQL lets nobody who acts as another change its own password.
  test('gives the owner two users in turn too, since it may not change its own password', () => {
    expect(rotationOf('OwnerSecret')).toMatchObject({ HostedRotationLambda: { RotationType: 'PostgreSQLMultiUser', MasterSecretArn: master } });
  });

  test('gives the administrator a new password, because no running task has it', () => {
    expect(rotationOf('Secret')).toMatchObject({ HostedRotationLambda: { RotationType: 'PostgreSQLSingleUser' } });
  });

  // The users may not be there yet, and the release must not lose its password while it runs.
  test('happens every 30 days and never at deployment', () => {
    for (const rotation of propertiesOf(stack, 'AWS::SecretsManager::RotationSchedule')) {
      expect(rotation).toMatchObject({ RotateImmediatelyOnUpdate: false, RotationRules: { ScheduleExpression: 'rate(30 days)' } });
    }
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 3);
    expect(database.credentialsRotateAfter!.toDays()).toBe(30);
  });

  test('makes passwords that need no escaping in a URL, as the first one', () => {
    expect(propertiesOf(stack, 'AWS::SecretsManager::RotationSchedule').map(({ HostedRotationLambda }) => HostedRotationLambda.ExcludeCharacters))
      .toEqual(Array(3).fill(NOT_URL_SAFE));
  });

  test('reaches the database and Secrets Manager, and nothing else', () => {
    const [[id, { Properties: group }]] = Object.entries<any>(template.findResources('AWS::EC2::SecurityGroup'))
      .filter(([, { Properties }]) => /^Rotation/.test(Properties.GroupDescription));
    expect(group.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })]);
    const rotation = { 'Fn::GetAtt': [id, 'GroupId'] };
    const server = stack.resolve(database.securityGroup.securityGroupId);
    expect(propertiesOf(stack, 'AWS::EC2::SecurityGroupIngress')).toEqual([expect.objectContaining({ GroupId: server, SourceSecurityGroupId: rotation, FromPort: 5432 })]);
    expect(propertiesOf(stack, 'AWS::EC2::SecurityGroupEgress')).toEqual([expect.objectContaining({ GroupId: rotation, DestinationSecurityGroupId: server, FromPort: 5432 })]);
    expect(rotationOf('Secret').HostedRotationLambda).toMatchObject({ VpcSecurityGroupIds: rotation, VpcSubnetIds: 'private-1,private-2' });
  });

  test('makes no function of ours', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
    expect(JSON.stringify(template.toJSON().Transform)).toContain('AWS::SecretsManager-2024-09-16');
  });

  test('has no unacknowledged finding and no warning', () => {
    expect(findingsIn(stack)).toEqual([]);
    expect(warningsOf(database)).toEqual({});
  });

  test('is the default where Python leaves it out', () => {
    const rotation = fromPython<DatabaseRotationOptions>({}, 'automaticallyAfter', 'vpcSubnets');
    expect(Template.fromStack(rotating(rotation).stack).toJSON()).toEqual(template.toJSON());
  });

  test('can be chosen: how often', () => {
    const other = rotating({ automaticallyAfter: Duration.hours(12) });
    expect(propertiesOf(other.stack, 'AWS::SecretsManager::RotationSchedule')[0].RotationRules).toEqual({ ScheduleExpression: 'rate(12 hours)' });
    expect(other.database.credentialsRotateAfter!.toHours()).toBe(12);
  });

  test('can be chosen: its subnets', () => {
    const other = rotating({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } });
    expect(propertiesOf(other.stack, 'AWS::SecretsManager::RotationSchedule')[0].HostedRotationLambda.VpcSubnetIds).toBe('isolated-1,isolated-2');
    expect(warningsOf(other.database)).toEqual({});
  });

  test('is warned about where nothing but the isolated subnets is left', () => {
    const isolated = newStack();
    const other = rotating({}, { vpc: givenVpc(isolated, { privateSubnetIds: undefined }) }, isolated);
    expect(propertiesOf(isolated, 'AWS::SecretsManager::RotationSchedule')[0].HostedRotationLambda.VpcSubnetIds).toBe('isolated-1,isolated-2');
    expect(warningsOf(other.database)).toEqual({
      'rotation-subnets': "'rotation' runs in the subnets of the database, since the VPC has no private ones: without an interface endpoint for Secrets Manager in them " +
        "it never succeeds. Add one, or give 'rotation.vpcSubnets' subnets with a route to the internet.",
    });
  });

  test('is of the administrator only where the users have tokens', () => {
    const other = rotating({}, { authentication: DatabaseAuthentication.iam() });
    expect(propertiesOf(other.stack, 'AWS::SecretsManager::RotationSchedule').map(({ HostedRotationLambda }) => HostedRotationLambda.RotationType)).toEqual(['PostgreSQLSingleUser']);
    expect(other.database.credentialsRotateAfter).toBeUndefined();
  });

  test('works on Aurora too', () => {
    Template.fromStack(rotating({}, { auroraServerless: {} }).stack).resourceCountIs('AWS::SecretsManager::RotationSchedule', 3);
  });
});

describe('a rotation is refused', () => {
  const everybody = "'rotation' must not be given where the administrator does everything: tasks that run would keep its former password. " +
    "Give 'authentication' DatabaseAuthentication.passwords(), whose application user alternates with a second one, or DatabaseAuthentication.iam()";

  test.each<[string, any, string[]]>([
    ['for the administrator, by default', { rotation: {} }, [everybody]],
    ['for the administrator', { rotation: {}, authentication: DatabaseAuthentication.masterUser() }, [everybody]],
    ['every hour', { rotation: { automaticallyAfter: Duration.hours(1) }, authentication: PASSWORDS },
      ["'rotation.automaticallyAfter' must be between 4 hours and 1000 days, got 1 hour"]],
    ['at half hours', { rotation: { automaticallyAfter: Duration.minutes(270) }, authentication: PASSWORDS },
      ["'rotation.automaticallyAfter' must be in whole hours, got 4 hours 30 minutes"]],
    ['at times that are known at deployment only', { rotation: { automaticallyAfter: Duration.hours(TOKEN.number(5)) }, authentication: PASSWORDS },
      ["'rotation.automaticallyAfter' must be known at synthesis, because the schedule is computed from it: give it as a plain value, not as a token"]],
    ['in public subnets', { rotation: { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }, authentication: PASSWORDS },
      ["'rotation.vpcSubnets' must not be public, got Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2: choose PRIVATE_WITH_EGRESS ones"]],
    ['in subnets that are not there', { rotation: { vpcSubnets: { subnetGroupName: 'Nowhere' } }, authentication: PASSWORDS },
      [expect.stringMatching(/^'rotation.vpcSubnets' matches no subnet of the VPC: /)]],
  ])('%s', (_, props, reasons) => {
    const [first, ...lines] = messageOf(() => define(props)).split('\n- ');
    expect(first).toBe(refusal());
    expect(lines).toEqual(reasons);
  });
});
