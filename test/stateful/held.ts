import { Resource } from '../budgets/synthesised';

/**
 * What loses data, or a name that people and other services know, when CloudFormation makes it anew; each with the properties whose change does so.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const REPLACING: Record<string, string[]> = {
  'AWS::CloudFront::Distribution': [],
  'AWS::ECR::Repository': ['EncryptionConfiguration', 'RepositoryName'],
  'AWS::EC2::EIP': ['Domain'],
  'AWS::EC2::Subnet': ['CidrBlock'],
  'AWS::EC2::VPC': ['CidrBlock', 'InstanceTenancy'],
  'AWS::ElastiCache::ParameterGroup': ['CacheParameterGroupFamily'],
  'AWS::ElastiCache::ReplicationGroup': [
    'AtRestEncryptionEnabled', 'CacheSubnetGroupName', 'DataTieringEnabled', 'Engine', 'KmsKeyId', 'NumNodeGroups', 'Port', 'ReplicasPerNodeGroup', 'ReplicationGroupId',
    'SnapshotArns', 'SnapshotName',
  ],
  'AWS::ElastiCache::ServerlessCache': ['KmsKeyId', 'ServerlessCacheName', 'SnapshotArnsToRestore', 'SubnetIds'],
  'AWS::ElastiCache::SubnetGroup': ['CacheSubnetGroupName'],
  'AWS::ElastiCache::User': ['Engine', 'UserId', 'UserName'],
  'AWS::ElastiCache::UserGroup': ['Engine', 'UserGroupId'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'Type'],
  'AWS::IAM::User': ['UserName'],
  'AWS::KMS::Key': [],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::RDS::DBCluster': [
    'AvailabilityZones', 'DBClusterIdentifier', 'DBSubnetGroupName', 'DatabaseName', 'Engine', 'EngineMode', 'KmsKeyId', 'MasterUsername', 'SnapshotIdentifier',
    'SourceDBClusterIdentifier', 'StorageEncrypted',
  ],
  'AWS::RDS::DBClusterParameterGroup': ['DBClusterParameterGroupName', 'Description', 'Family'],
  'AWS::RDS::DBInstance': [
    'AvailabilityZone', 'CharacterSetName', 'DBClusterIdentifier', 'DBInstanceIdentifier', 'DBName', 'DBSnapshotIdentifier', 'DBSubnetGroupName', 'Engine', 'KmsKeyId',
    'MasterUsername', 'Port', 'SourceDBInstanceIdentifier', 'StorageEncrypted', 'StorageType',
  ],
  'AWS::RDS::DBParameterGroup': ['DBParameterGroupName', 'Description', 'Family'],
  'AWS::RDS::DBProxy': ['DBProxyName', 'EngineFamily', 'VpcSubnetIds'],
  'AWS::RDS::DBProxyTargetGroup': ['DBProxyName', 'TargetGroupName'],
  'AWS::RDS::DBSubnetGroup': ['DBSubnetGroupName'],
  'AWS::Route53::RecordSet': ['HostedZoneId', 'HostedZoneName', 'Name'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SES::ConfigurationSet': ['Name'],
  'AWS::SES::EmailIdentity': ['EmailIdentity'],
  'AWS::SQS::Queue': ['FifoQueue', 'QueueName'],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
  // Another way to generate it is another value.
  'AWS::SecretsManager::Secret': ['GenerateSecretString', 'Name', 'SecretString'],
  'AWS::SecretsManager::SecretTargetAttachment': ['SecretId'],
  // Not replaced, but the databases that are kept are reached through it.
  'AWS::EC2::SecurityGroup': ['GroupDescription', 'GroupName', 'VpcId'],
};

const DATA = /^AWS::(EFS|DynamoDB|SQS|ElastiCache|RDS|KMS)::/;

/** The stateful resources of a template by logical id: type, what happens to them on deletion and on replacement, and what would replace them. */
export function held(resources: Record<string, Resource>): Record<string, string> {
  return Object.fromEntries(Object.entries(resources)
    .filter(([, { Type }]) => Type in REPLACING || DATA.test(Type))
    .map(([id, { Type, Properties = {}, DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' }]) => [id, [
      Type,
      `${DeletionPolicy}/${UpdateReplacePolicy}`,
      ...(REPLACING[Type] ?? Object.keys(Properties)).filter((name) => name in Properties).map((name) => `${name}=${text(Properties[name])}`),
    ].join(' ')]));
}

/** What is other than before: the new text of what is new or changed, and `gone` for what is not there any more. */
export function changes(before: Record<string, string>, after: Record<string, string>): Record<string, string> {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(ids.filter((id) => before[id] !== after[id]).map((id) => [id, after[id] ?? 'gone']));
}

/** A value with its references as `${Id}`, `${Id.Attribute}`. */
function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(text).join(',')}]`;
  }
  const entries = Object.entries(value);
  const [name, inner] = entries[0] ?? [];
  switch (name) {
    case 'Ref': return `\${${inner}}`;
    case 'Fn::GetAtt': return `\${${inner.join('.')}}`;
    case 'Fn::Join': return inner[1].map(text).join(inner[0]);
    case 'Fn::Select': return `${text(inner[1])}[${inner[0]}]`;
    case 'Fn::Split': return `${text(inner[1])}.split(${inner[0]})`;
    default: return `{${entries.map(([key, its]) => `${key}:${text(its)}`).join(',')}}`;
  }
}
