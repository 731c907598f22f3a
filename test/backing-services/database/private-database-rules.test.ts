import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { define, refusal } from './databases';
import { DatabaseAuthentication } from '../../../src/backing-services/database/database-authentication';
import { givenVpc, messageOf, newStack, TOKEN } from '../../helpers';

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
    ['an instance of CDK', { instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL) },
      ["'instanceType' must be a class and a size from micro to 48xlarge, like 't4g.small', got an object of InstanceType"]],
    ['an instance that is a number', { instanceType: 4 }, ["'instanceType' must be a class and a size from micro to 48xlarge, like 't4g.small', got 4"]],
    ['subnets by their name', { vpcSubnets: 'private' }, ["'vpcSubnets' must be an ec2.SubnetSelection, got \"private\": e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }"]],
    ['a list of subnets', { vpcSubnets: [] }, ["'vpcSubnets' must be an ec2.SubnetSelection, got []: e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }"]],
    ['subnets of the rotation by their name', { rotation: { vpcSubnets: 'private' }, authentication: DatabaseAuthentication.passwords() },
      ["'rotation.vpcSubnets' must be an ec2.SubnetSelection, got \"private\": e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }"]],
    ['words for yes and no', { multiAz: 'true', deletionProtection: 'no', allowMajorVersionUpgrade: 1 }, [
      "'multiAz' must be true or false, got \"true\": write true without quotes",
      "'allowMajorVersionUpgrade' must be true or false, got 1",
      "'deletionProtection' must be true or false, got \"no\"",
    ]],
    ['a policy that is none', { removalPolicy: 'keep' }, [expect.stringMatching(/^'removalPolicy' must be one of RemovalPolicy\.DESTROY, .*, got "keep"$/)]],
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
    ['unencrypted storage', { storageEncrypted: false },
      ["'storageEncrypted' is no option: the storage is always encrypted; leave it out, or choose the key with 'storageEncryptionKey'"]],
    ['the ARN of a key', { storageEncryptionKey: 'arn:aws:kms:eu-central-1:123456789012:key/1' },
      ["'storageEncryptionKey' must be a kms.IKey, got \"arn:aws:kms:eu-central-1:123456789012:key/1\": use kms.Key.fromKeyArn(this, 'Key', 'arn:…')"]],
    ['a key and a snapshot', { storageEncryptionKey: { keyArn: 'arn' }, snapshotIdentifier: 'before' },
      ["'storageEncryptionKey' must not be given with 'snapshotIdentifier': the storage is encrypted as the snapshot is; copy the snapshot with the key and restore the copy"]],
    ['an empty snapshot', { snapshotIdentifier: '' }, ["'snapshotIdentifier' must be the identifier or the ARN of a snapshot, got \"\""]],
    ['too many replicas', { readReplicas: 16 }, ["'readReplicas' must be a whole number between 0 and 15, got 16: RDS has 15 at most"]],
    ['half a replica', { readReplicas: 0.5 }, ["'readReplicas' must be a whole number between 0 and 15, got 0.5: RDS has 15 at most"]],
    ['replicas that are known at deployment only', { readReplicas: TOKEN.number() },
      ["'readReplicas' must be known at synthesis, because the replicas are computed from it: give it as a plain value, not as a token"]],
    ['plain text on the wire', { parameters: { 'rds.force_ssl': '0' } },
      ["'parameters' must not switch off \"rds.force_ssl\", got \"0\": passwords and data would travel in plain text; leave it out"]],
    ['parameters that are numbers', { parameters: { max_connections: 50 } },
      ["'parameters' must be an object with texts as values, got 50 for \"max_connections\": write numbers in quotes"]],
    ['parameters as a list', { parameters: ['max_connections'] },
      ["'parameters' must be an object with texts as values, got [\"max_connections\"]: write numbers in quotes"]],
    ['parameters that are text', { parameters: 'max_connections=50' },
      ["'parameters' must be an object with texts as values, got \"max_connections=50\": write numbers in quotes"]],
    ['insights of no kind', { databaseInsights: 'advance' },
      ["'databaseInsights' must be one of DatabaseInsights.NONE, DatabaseInsights.STANDARD, DatabaseInsights.ADVANCED, got \"advance\": use DatabaseInsights.ADVANCED"]],
    ['monitoring every 20 seconds', { enhancedMonitoringInterval: Duration.seconds(20) },
      ["'enhancedMonitoringInterval' must be a Duration of 1, 5, 10, 15, 30, 60 seconds, got 20 seconds"]],
    ['monitoring whose interval is known later, in minutes', { enhancedMonitoringInterval: Duration.minutes(TOKEN.number()) },
      ["'enhancedMonitoringInterval' must be a Duration.seconds(...) where its amount is a token, got Duration.minutes(...)"]],
    ['monitoring by a number', { enhancedMonitoringInterval: 60 }, ["'enhancedMonitoringInterval' must be a Duration of 1, 5, 10, 15, 30, 60 seconds, got 60"]],
    ['logs for a time that CloudWatch does not have', { logRetention: 11 }, [expect.stringMatching(/^'logRetention' must be one of (\d+, )+\d+ days, which logs.RetentionDays has names for, got 11$/)]],
    ['backups during maintenance', { preferredBackupWindow: '01:00-02:00', preferredMaintenanceWindow: 'sun:01:00-sun:02:00' },
      ["'preferredMaintenanceWindow' (sun:01:00-sun:02:00) must not overlap 'preferredBackupWindow' (01:00-02:00): RDS refuses that; move one of them"]],
    ['the administrator as the user of the application', { username: 'shop', authentication: DatabaseAuthentication.passwords({ applicationUser: 'shop' }) },
      ["'authentication.applicationUser' must not be the administrator \"shop\": use two roles, e.g. \"shop_app\""]],
    ['the default administrator as the owner', { authentication: DatabaseAuthentication.passwords({ ownerUser: 'django' }) },
      ["'authentication.ownerUser' must not be the administrator \"django\": use two roles, e.g. \"django_owner\""]],
    ['everything wrong at once', { engineVersion: '1', databaseName: '-', allocatedStorageGiB: NaN }, [
      "'engineVersion' must be one of 14, 15, 16, 17, 18, got \"1\"",
      name('databaseName', '-', ''),
      "'allocatedStorageGiB' must be a whole number between 20 and 65536 GiB, got NaN",
    ]],
  ])('%s', (_, props, reasons) => {
    const [first, ...lines] = messageOf(() => define(props)).split('\n- ');
    expect(first).toBe(refusal());
    expect(lines).toEqual(reasons);
  });

  test('a minor version that RDS does not have, with those that it has', () => {
    expect(messageOf(() => define({ engineVersion: '16.99' }))).toMatch(new RegExp("^PrivateDatabase at 'Stack/Database' cannot be defined:\\n" +
      "- 'engineVersion' must be '16', which follows RDS's minor versions, or one of (16\\.\\d+, )+16\\.\\d+, got \"16.99\": a newer one needs a newer aws-cdk-lib$"));
  });
});
