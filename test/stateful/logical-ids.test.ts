import { MinimalStack } from '../../tools/bench/minimal';
import { DJANGO_APP, synthesise } from '../budgets/synthesised';

/** What loses data, or an address that people know, when CloudFormation replaces it. */
const STATEFUL = [
  /^AWS::RDS::/, /^AWS::S3::Bucket$/, /^AWS::SecretsManager::Secret$/, /^AWS::Logs::LogGroup$/, /^AWS::(KMS::Key|EFS::FileSystem|ElastiCache::|DynamoDB::|SQS::Queue)/,
  /^AWS::EC2::(VPC|Subnet|EIP)$/, /^AWS::ElasticLoadBalancingV2::LoadBalancer$/, /^AWS::CloudFront::Distribution$/,
];

/**
 * Logical ids of the minimal app, which are public API: a new one is a new resource, and the old one goes away with its data.
 * **Never change a line here**; whoever moves a construct keeps its id with `overrideLogicalId`.
 */
const LOGICAL_IDS: Record<string, string> = {
  ShopAccessLogs5FC26275: 'AWS::S3::Bucket',
  ShopNetworkVpc1FD41392: 'AWS::EC2::VPC',
  ShopNetworkVpcPublicSubnet1Subnet0E9AFB34: 'AWS::EC2::Subnet',
  ShopNetworkVpcPublicSubnet1EIPF4DCEB6F: 'AWS::EC2::EIP',
  ShopNetworkVpcPublicSubnet2SubnetFD948871: 'AWS::EC2::Subnet',
  ShopNetworkVpcPublicSubnet2EIPE5B4374C: 'AWS::EC2::EIP',
  ShopNetworkVpcPrivateSubnet1SubnetD3F2A7DC: 'AWS::EC2::Subnet',
  ShopNetworkVpcPrivateSubnet2Subnet68C3B3F2: 'AWS::EC2::Subnet',
  ShopNetworkVpcIsolatedSubnet1Subnet118C5375: 'AWS::EC2::Subnet',
  ShopNetworkVpcIsolatedSubnet2SubnetE44FAAA6: 'AWS::EC2::Subnet',
  ShopDatabaseSecret2BA9060A: 'AWS::SecretsManager::Secret',
  ShopDatabaseSubnets45D4A1C6: 'AWS::RDS::DBSubnetGroup',
  ShopDatabaseParametersBD7F1204: 'AWS::RDS::DBParameterGroup',
  ShopDatabaseInstanceBB00928E: 'AWS::RDS::DBInstance',
  ShopDatabaseLogs4EC9EA6C: 'AWS::Logs::LogGroup',
  ShopDatabaseUpgradeLogs105D86A7: 'AWS::Logs::LogGroup',
  ShopStorageMedia4EE0E42E: 'AWS::S3::Bucket',
  ShopStorageStaticC75BB41D: 'AWS::S3::Bucket',
  ShopStorageDistribution5A0ADDEF: 'AWS::CloudFront::Distribution',
  ShopSecretKeySecret87DB4924: 'AWS::SecretsManager::Secret',
  ShopApplicationLogs2A38DC73: 'AWS::Logs::LogGroup',
  ShopCommandsHandlerLogs225A0AFC: 'AWS::Logs::LogGroup',
  ShopLoadBalancer9919F82A: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  ShopLoadBalancerWebAclLogs0A346ED1: 'AWS::Logs::LogGroup',
};

/** Replaced or deleted without a loss: they hold nothing. */
const RETAINED = /^AWS::(RDS::|S3::Bucket$|SecretsManager::Secret$|Logs::LogGroup$)/;

const { resources } = synthesise((app) => new MinimalStack(app, 'App', DJANGO_APP));
const stateful = Object.entries(resources).filter(([, { Type }]) => STATEFUL.some((type) => type.test(Type)));

test('the stateful resources of the minimal app keep their logical ids', () => {
  expect(Object.fromEntries(stateful.map(([id, { Type }]) => [id, Type]))).toEqual(LOGICAL_IDS);
});

test.each(stateful.filter(([, { Type }]) => RETAINED.test(Type)))('%s survives a replacement and the deletion of the stack', (_, resource) => {
  expect(resource).toMatchObject({ DeletionPolicy: expect.stringMatching(/^Retain/), UpdateReplacePolicy: 'Retain' });
});

/** Properties of the minimal app whose change replaces the resource (or makes a new secret), whatever its logical id. */
const REPLACING: [string, Record<string, unknown>][] = [
  ['ShopDatabaseInstanceBB00928E', {
    DBName: 'django',
    DBSubnetGroupName: { Ref: 'ShopDatabaseSubnets45D4A1C6' },
    Engine: 'postgres',
    MasterUsername: 'django',
    StorageEncrypted: true,
  }],
  ['ShopDatabaseSecret2BA9060A', {
    GenerateSecretString: {
      ExcludeCharacters: ' %+`#$&*()|[]{}:;<>?!\'/@"\\=^,',
      GenerateStringKey: 'password',
      PasswordLength: 30,
      SecretStringTemplate: '{"username":"django","dbname":"django"}',
    },
  }],
  ['ShopSecretKeySecret87DB4924', {
    GenerateSecretString: {
      ExcludePunctuation: true, GenerateStringKey: 'SECRET_KEY', PasswordLength: 64, SecretStringTemplate: '{"SECRET_KEY_FALLBACKS":""}',
    },
  }],
  ['ShopNetworkVpc1FD41392', { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'default' }],
  ['ShopLoadBalancer9919F82A', { Scheme: 'internet-facing', Type: 'application' }],
];

test.each(REPLACING)('%s keeps what would replace it', (id, properties) => {
  expect(resources[id].Properties).toMatchObject(properties);
  expect(resources[id].Properties).not.toHaveProperty('KmsKeyId');
});

test('subnets keep their addresses', () => {
  const addresses = Object.values(resources).filter(({ Type }) => Type === 'AWS::EC2::Subnet').map(({ Properties }) => Properties!.CidrBlock);
  expect(addresses).toEqual(['10.0.0.0/19', '10.0.32.0/19', '10.0.64.0/19', '10.0.96.0/19', '10.0.128.0/19', '10.0.160.0/19']);
});
