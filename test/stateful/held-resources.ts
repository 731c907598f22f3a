/*
 * What stateful resources are: logical id, type, what happens on deletion and on replacement, and the properties whose change replaces them.
 *
 * All of it is public API: a new logical id is a new resource, and the old one goes away with its data. **Never change a line here**; whoever
 * moves a construct keeps its id with `overrideLogicalId`.
 */

/** What stands beside an instance and a cluster alike. */
const SERVER_COMPANIONS = {
  DatabaseSecurityGroup5C91FDCB: 'AWS::EC2::SecurityGroup RetainExceptOnCreate/Retain GroupDescription=Database of Database VpcId=vpc-1',
  DatabaseSecret3B817195: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"django","dbname":"django"}}',
  DatabaseSecretAttachmentE5D1B020: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${DatabaseSecret3B817195}',
  DatabaseSubnets56F17B9A: 'AWS::RDS::DBSubnetGroup RetainExceptOnCreate/Retain',
};

const DATABASE = {
  ...SERVER_COMPANIONS,
  DatabaseParametersB8AC9B07: 'AWS::RDS::DBParameterGroup RetainExceptOnCreate/Retain Description=Database of Database Family=postgres17',
  DatabaseInstanceAA8A5FDE: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBInstanceIdentifier=stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0] DBName=django DBSubnetGroupName=${DatabaseSubnets56F17B9A} Engine=postgres MasterUsername=django StorageEncrypted=true StorageType=gp3',
  DatabaseLogs7DD5B21F: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]/postgresql',
  DatabaseUpgradeLogsA548C373: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]/upgrade',
};

/** What stands beside nodes and a serverless cache alike. */
const CACHE_COMPANIONS = {
  CacheSecurityGroup79A9F160: 'AWS::EC2::SecurityGroup Delete/Delete GroupDescription=Cache of Cache VpcId=vpc-1',
  CachePassword81962705: 'AWS::SecretsManager::Secret Delete/Delete GenerateSecretString={ExcludePunctuation:true,GenerateStringKey:password,PasswordLength:32,SecretStringTemplate:{"username":"default"}}',
};

const CACHE = {
  ...CACHE_COMPANIONS,
  CacheSubnets75A36213: 'AWS::ElastiCache::SubnetGroup Delete/Delete',
  CacheNodes5B43AEF0: 'AWS::ElastiCache::ReplicationGroup Snapshot/Snapshot AtRestEncryptionEnabled=true CacheSubnetGroupName=${CacheSubnets75A36213} Engine=valkey Port=6379',
  CacheConnection8F83CF9B: 'AWS::SecretsManager::Secret Delete/Delete Name=redis/${CacheNodes5B43AEF0.PrimaryEndPoint.Address} SecretString={"redis_url":"rediss://:{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}@${CacheNodes5B43AEF0.PrimaryEndPoint.Address}:${CacheNodes5B43AEF0.PrimaryEndPoint.Port}/0?ssl_cert_reqs=required","redis_base_url":"rediss://:{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}@${CacheNodes5B43AEF0.PrimaryEndPoint.Address}:${CacheNodes5B43AEF0.PrimaryEndPoint.Port}","redis_host":"${CacheNodes5B43AEF0.PrimaryEndPoint.Address}","redis_port":"${CacheNodes5B43AEF0.PrimaryEndPoint.Port}","redis_password":"{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}"}',
};

/** Those of each backing service alone. */
export const HELD_ALONE: Record<string, Record<string, string>> = {
  'a database': DATABASE,
  'a database with a name and a user of its own': {
    DatabaseSecurityGroup5C91FDCB: 'AWS::EC2::SecurityGroup RetainExceptOnCreate/Retain GroupDescription=Database of Database VpcId=vpc-1',
    DatabaseSecret49a70d2d24CC7805: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"master","dbname":"shop"}}',
    DatabaseSecret49a70d2dAttachmentC7D8E1A7: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${DatabaseSecret49a70d2d24CC7805}',
    DatabaseSubnets56F17B9A: 'AWS::RDS::DBSubnetGroup RetainExceptOnCreate/Retain',
    DatabaseParametersB8AC9B07: 'AWS::RDS::DBParameterGroup RetainExceptOnCreate/Retain Description=Database of Database Family=postgres17',
    DatabaseInstanceAA8A5FDE: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBInstanceIdentifier=stack-database-2e5a0f94-${AWS::StackId}.split(/)[2].split(-)[0] DBName=shop DBSubnetGroupName=${DatabaseSubnets56F17B9A} Engine=postgres MasterUsername=master StorageEncrypted=true StorageType=gp3',
    DatabaseLogs7DD5B21F: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-2e5a0f94-${AWS::StackId}.split(/)[2].split(-)[0]/postgresql',
    DatabaseUpgradeLogsA548C373: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-2e5a0f94-${AWS::StackId}.split(/)[2].split(-)[0]/upgrade',
  },
  'a database with replicas, parameters and monitoring': {
    ...DATABASE,
    DatabaseReplica1ED560A1F: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBInstanceIdentifier=stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]-r1 DBSubnetGroupName=${DatabaseSubnets56F17B9A} SourceDBInstanceIdentifier=arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:${DatabaseInstanceAA8A5FDE} StorageType=gp3',
    DatabaseReplica1Logs9F394935: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]-r1/postgresql',
    DatabaseReplica1UpgradeLogsB6609B07: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]-r1/upgrade',
    DatabaseReplica2035311FF: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBInstanceIdentifier=stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]-r2 DBSubnetGroupName=${DatabaseSubnets56F17B9A} SourceDBInstanceIdentifier=arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:${DatabaseInstanceAA8A5FDE} StorageType=gp3',
    DatabaseReplica2Logs55509325: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]-r2/postgresql',
    DatabaseReplica2UpgradeLogs741CEC8A: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-df8643e1-${AWS::StackId}.split(/)[2].split(-)[0]-r2/upgrade',
  },
  'a database with a key': {
    ...DATABASE,
    DatabaseInstanceAA8A5FDE: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBInstanceIdentifier=stack-database-03a50669-${AWS::StackId}.split(/)[2].split(-)[0] DBName=django DBSubnetGroupName=${DatabaseSubnets56F17B9A} Engine=postgres KmsKeyId=arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab MasterUsername=django StorageEncrypted=true StorageType=gp3',
    DatabaseLogs7DD5B21F: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-03a50669-${AWS::StackId}.split(/)[2].split(-)[0]/postgresql',
    DatabaseUpgradeLogsA548C373: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-03a50669-${AWS::StackId}.split(/)[2].split(-)[0]/upgrade',
  },
  'a database from a snapshot': {
    ...DATABASE,
    DatabaseInstanceAA8A5FDE: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBInstanceIdentifier=stack-database-8ab44d59-${AWS::StackId}.split(/)[2].split(-)[0] DBSnapshotIdentifier=shop-2026 DBSubnetGroupName=${DatabaseSubnets56F17B9A} Engine=postgres StorageType=gp3',
    DatabaseLogs7DD5B21F: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-8ab44d59-${AWS::StackId}.split(/)[2].split(-)[0]/postgresql',
    DatabaseUpgradeLogsA548C373: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/stack-database-8ab44d59-${AWS::StackId}.split(/)[2].split(-)[0]/upgrade',
  },
  'a database with users': {
    ...DATABASE,
    DatabaseOwnerSecret7C6B5709: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"django_owner","dbname":"django","masterarn":"${DatabaseSecretAttachmentE5D1B020}"}}',
    DatabaseOwnerSecretAttachment9651D9D1: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${DatabaseOwnerSecret7C6B5709}',
    DatabaseApplicationSecret5132C2D3: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"django_app","dbname":"django","masterarn":"${DatabaseSecretAttachmentE5D1B020}"}}',
    DatabaseApplicationSecretAttachment96781840: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${DatabaseApplicationSecret5132C2D3}',
    DatabaseRotationSecurityGroup8E1B7C66: 'AWS::EC2::SecurityGroup RetainExceptOnCreate/Retain GroupDescription=Rotation of the passwords of Database VpcId=vpc-1',
  },
  'a database with users of other names': {
    ...DATABASE,
    DatabaseOwnerSecretownerACD31434: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"owner","dbname":"django","masterarn":"${DatabaseSecretAttachmentE5D1B020}"}}',
    DatabaseOwnerSecretownerAttachmentCE843DE7: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${DatabaseOwnerSecretownerACD31434}',
    DatabaseApplicationSecretappBC66BA33: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"app","dbname":"django","masterarn":"${DatabaseSecretAttachmentE5D1B020}"}}',
    DatabaseApplicationSecretappAttachmentDFFBCF4A: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${DatabaseApplicationSecretappBC66BA33}',
  },
  'a database with a proxy and IAM': {
    ...DATABASE,
    DatabaseProxycd07018435FD56B2: 'AWS::RDS::DBProxy Delete/Delete DBProxyName=stack-database-fb2938e0-${AWS::StackId}.split(/)[2].split(-)[0] EngineFamily=POSTGRESQL VpcSubnetIds=[isolated-1,isolated-2]',
    DatabaseProxycd070184ProxyTargetGroupF91B6914: 'AWS::RDS::DBProxyTargetGroup Delete/Delete DBProxyName=${DatabaseProxycd07018435FD56B2} TargetGroupName=default',
    DatabaseProxyLogs8B6833AB: 'AWS::Logs::LogGroup Delete/Delete LogGroupName=/aws/rds/proxy/stack-database-fb2938e0-${AWS::StackId}.split(/)[2].split(-)[0]',
  },
  'a database on Aurora': {
    ...SERVER_COMPANIONS,
    DatabaseClusterParametersCFB511C5: 'AWS::RDS::DBClusterParameterGroup RetainExceptOnCreate/Retain Description=Database of Database Family=aurora-postgresql17',
    DatabaseCluster5B53A178: 'AWS::RDS::DBCluster RetainExceptOnCreate/Retain DBClusterIdentifier=stack-database-13432e58-${AWS::StackId}.split(/)[2].split(-)[0] DBSubnetGroupName=${DatabaseSubnets56F17B9A} DatabaseName=django Engine=aurora-postgresql MasterUsername=django StorageEncrypted=true',
    DatabaseClusterWriterD43085C6: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBClusterIdentifier=${DatabaseCluster5B53A178} Engine=aurora-postgresql',
    DatabaseClusterReader1D8B76102: 'AWS::RDS::DBInstance Delete/Delete DBClusterIdentifier=${DatabaseCluster5B53A178} Engine=aurora-postgresql',
    DatabaseClusterLogs59F29C4F: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/cluster/stack-database-13432e58-${AWS::StackId}.split(/)[2].split(-)[0]/postgresql',
  },
  'a database on Aurora from a snapshot': {
    ...SERVER_COMPANIONS,
    DatabaseClusterParametersCFB511C5: 'AWS::RDS::DBClusterParameterGroup RetainExceptOnCreate/Retain Description=Database of Database Family=aurora-postgresql17',
    DatabaseCluster5B53A178: 'AWS::RDS::DBCluster RetainExceptOnCreate/Retain DBClusterIdentifier=stack-database-d428d4f3-${AWS::StackId}.split(/)[2].split(-)[0] DBSubnetGroupName=${DatabaseSubnets56F17B9A} Engine=aurora-postgresql SnapshotIdentifier=shop-2026',
    DatabaseClusterWriterD43085C6: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBClusterIdentifier=${DatabaseCluster5B53A178} Engine=aurora-postgresql',
    DatabaseClusterLogs59F29C4F: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/cluster/stack-database-d428d4f3-${AWS::StackId}.split(/)[2].split(-)[0]/postgresql',
  },
  'a cache': CACHE,
  'a cache with replicas, parameters and logs': {
    ...CACHE,
    CacheParameters9A38CCC4: 'AWS::ElastiCache::ParameterGroup Delete/Delete CacheParameterGroupFamily=valkey8',
    CacheLogs37D26F92: 'AWS::Logs::LogGroup Delete/Delete',
  },
  'a serverless cache': {
    ...CACHE_COMPANIONS,
    CacheUser72FA2B22: 'AWS::ElastiCache::User Delete/Delete Engine=redis UserId=stack-cache-de0b8ccf-${AWS::StackId}.split(/)[2].split(-)[0] UserName=default',
    CacheUserGroup978A79CF: 'AWS::ElastiCache::UserGroup Delete/Delete Engine=redis UserGroupId=stack-cache-de0b8ccf-${AWS::StackId}.split(/)[2].split(-)[0]',
    CacheServerlessB4693E6C: 'AWS::ElastiCache::ServerlessCache Delete/Delete ServerlessCacheName=stack-cache-de0b8ccf-${AWS::StackId}.split(/)[2].split(-)[0] SubnetIds=[isolated-1,isolated-2]',
    CacheConnection8F83CF9B: 'AWS::SecretsManager::Secret Delete/Delete Name=redis/${CacheServerlessB4693E6C.Endpoint.Address} SecretString={"redis_url":"rediss://:{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}@${CacheServerlessB4693E6C.Endpoint.Address}:${CacheServerlessB4693E6C.Endpoint.Port}/0?ssl_cert_reqs=required","redis_base_url":"rediss://:{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}@${CacheServerlessB4693E6C.Endpoint.Address}:${CacheServerlessB4693E6C.Endpoint.Port}","redis_host":"${CacheServerlessB4693E6C.Endpoint.Address}","redis_port":"${CacheServerlessB4693E6C.Endpoint.Port}","redis_password":"{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}"}',
  },
  'a cache that is kept': {
    ...CACHE,
    CacheSecurityGroup79A9F160: 'AWS::EC2::SecurityGroup Retain/Retain GroupDescription=Cache of Cache VpcId=vpc-1',
    CachePassword81962705: 'AWS::SecretsManager::Secret Retain/Retain GenerateSecretString={ExcludePunctuation:true,GenerateStringKey:password,PasswordLength:32,SecretStringTemplate:{"username":"default"}}',
    CacheSubnets75A36213: 'AWS::ElastiCache::SubnetGroup Retain/Retain',
    CacheNodes5B43AEF0: 'AWS::ElastiCache::ReplicationGroup Retain/Retain AtRestEncryptionEnabled=true CacheSubnetGroupName=${CacheSubnets75A36213} Engine=valkey Port=6379',
    CacheConnection8F83CF9B: 'AWS::SecretsManager::Secret Retain/Retain Name=redis/${CacheNodes5B43AEF0.PrimaryEndPoint.Address} SecretString={"redis_url":"rediss://:{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}@${CacheNodes5B43AEF0.PrimaryEndPoint.Address}:${CacheNodes5B43AEF0.PrimaryEndPoint.Port}/0?ssl_cert_reqs=required","redis_base_url":"rediss://:{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}@${CacheNodes5B43AEF0.PrimaryEndPoint.Address}:${CacheNodes5B43AEF0.PrimaryEndPoint.Port}","redis_host":"${CacheNodes5B43AEF0.PrimaryEndPoint.Address}","redis_port":"${CacheNodes5B43AEF0.PrimaryEndPoint.Port}","redis_password":"{{resolve:secretsmanager:${CachePassword81962705}:SecretString:password::}}"}',
  },
  'a file storage': {
    StorageMedia9333CB25: 'AWS::S3::Bucket Retain/Retain',
    StorageStatic176D1A00: 'AWS::S3::Bucket Retain/Retain',
    StorageDistributionA4A168F6: 'AWS::CloudFront::Distribution Delete/Delete',
  },
  'a file storage with one bucket': {
    StorageMedia9333CB25: 'AWS::S3::Bucket Retain/Retain',
    StorageDistributionA4A168F6: 'AWS::CloudFront::Distribution Delete/Delete',
  },
  'a file storage with static files in the image': {
    StorageMedia9333CB25: 'AWS::S3::Bucket Retain/Retain',
  },
  'mail': {
    EmailConfigurationSet6A762543: 'AWS::SES::ConfigurationSet RetainExceptOnCreate/Retain',
    EmailFeedbackTopic71398593: 'AWS::SNS::Topic RetainExceptOnCreate/Retain',
    EmailIdentityCD6BD173: 'AWS::SES::EmailIdentity RetainExceptOnCreate/Retain EmailIdentity=example.com',
    EmailSmtpUserD14BC76B: 'AWS::IAM::User Delete/Delete',
    EmailSmtpSecretF70B76A1: 'AWS::SecretsManager::Secret Delete/Delete GenerateSecretString={}',
    EmailSmtpHandlerLogs90B994DD: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain',
  },
  'mail in Route 53 with rotation': {
    EmailConfigurationSet6A762543: 'AWS::SES::ConfigurationSet RetainExceptOnCreate/Retain',
    EmailFeedbackTopic71398593: 'AWS::SNS::Topic RetainExceptOnCreate/Retain',
    EmailIdentityCD6BD173: 'AWS::SES::EmailIdentity RetainExceptOnCreate/Retain EmailIdentity=example.com',
    EmailDnsRecordsDkim194998C12: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=${EmailIdentityCD6BD173.DkimDNSTokenName1}.',
    EmailDnsRecordsDkim245B101E0: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=${EmailIdentityCD6BD173.DkimDNSTokenName2}.',
    EmailDnsRecordsDkim3B8D75D2D: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=${EmailIdentityCD6BD173.DkimDNSTokenName3}.',
    EmailDnsRecordsMailFromMxD52231B9: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=mail.example.com.',
    EmailDnsRecordsMailFromSpfFFC171F3: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=mail.example.com.',
    EmailDnsRecordsDmarc8BD3BC90: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=_dmarc.example.com.',
    EmailSmtpUserD14BC76B: 'AWS::IAM::User Delete/Delete',
    EmailSmtpSecretF70B76A1: 'AWS::SecretsManager::Secret Delete/Delete GenerateSecretString={}',
    EmailSmtpHandlerLogs90B994DD: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain',
  },
  'mail from an existing identity': {
    EmailConfigurationSet6A762543: 'AWS::SES::ConfigurationSet RetainExceptOnCreate/Retain',
    EmailFeedbackTopic71398593: 'AWS::SNS::Topic RetainExceptOnCreate/Retain',
    EmailSmtpUserD14BC76B: 'AWS::IAM::User Delete/Delete',
    EmailSmtpSecretF70B76A1: 'AWS::SecretsManager::Secret Delete/Delete GenerateSecretString={}',
    EmailSmtpHandlerLogs90B994DD: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain',
  },
  'a secret key': {
    SecretKeySecret20DC26C9: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludePunctuation:true,GenerateStringKey:SECRET_KEY,PasswordLength:64,SecretStringTemplate:{"SECRET_KEY_FALLBACKS":""}}',
  },
  'a file storage on the site\'s own name': {
    StorageMedia9333CB25: 'AWS::S3::Bucket Retain/Retain',
    StorageStatic176D1A00: 'AWS::S3::Bucket Retain/Retain',
  },
  'a log bucket': {
    LogsBucket5C52C3D2: 'AWS::S3::Bucket Retain/Retain BucketName=aws-waf-logs-${LogsNameD5063C12.Id}',
  },
  'a load balancer': {
    AlbSecurityGroup580F65A6: 'AWS::EC2::SecurityGroup Delete/Delete GroupDescription=Load balancer: open on the ports of its listeners VpcId=vpc-1',
    AlbLoadBalancer44085B14: 'AWS::ElasticLoadBalancingV2::LoadBalancer Delete/Delete Scheme=internet-facing Type=application',
    AlbAccessLogs4EBA3815: 'AWS::S3::Bucket Retain/Retain',
    AlbWebAclLogs2F5707E4: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=aws-waf-logs-${AlbWebAclB9765951.Id}',
  },
  'a load balancer of a distribution': {
    AlbSecurityGroup580F65A6: 'AWS::EC2::SecurityGroup Delete/Delete GroupDescription=Load balancer: open on the ports of its listeners VpcId=vpc-1',
    AlbLoadBalancer44085B14: 'AWS::ElasticLoadBalancingV2::LoadBalancer Delete/Delete Scheme=internal Type=application',
    AlbAccessLogs4EBA3815: 'AWS::S3::Bucket Retain/Retain',
    AlbWebAclLogs2F5707E4: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=aws-waf-logs-${AlbWebAclB9765951.Id}',
  },
  'a single-page app': {
    SiteFilesBucket4BA90CBC: 'AWS::S3::Bucket Retain/Retain',
    SiteAccessLogs536C0B75: 'AWS::S3::Bucket Retain/Retain',
    SiteDistribution390DED28: 'AWS::CloudFront::Distribution Delete/Delete',
  },
  'a broker': {
    BrokerDeadLettersE6C0AF8B: 'AWS::SQS::Queue RetainExceptOnCreate/Retain',
    BrokerDeadLettersPolicy0F7B796A: 'AWS::SQS::QueuePolicy RetainExceptOnCreate/Retain PolicyDocument={Statement:[{Action:sqs:*,Condition:{Bool:{aws:SecureTransport:false}},Effect:Deny,Principal:{AWS:*},Resource:${BrokerDeadLettersE6C0AF8B.Arn}}],Version:2012-10-17} Queues=[${BrokerDeadLettersE6C0AF8B}]',
    BrokerQueueC9A6FC96: 'AWS::SQS::Queue RetainExceptOnCreate/Retain',
    BrokerQueuePolicyF5169450: 'AWS::SQS::QueuePolicy RetainExceptOnCreate/Retain PolicyDocument={Statement:[{Action:sqs:*,Condition:{Bool:{aws:SecureTransport:false}},Effect:Deny,Principal:{AWS:*},Resource:${BrokerQueueC9A6FC96.Arn}}],Version:2012-10-17} Queues=[${BrokerQueueC9A6FC96}]',
  },
  'an image repository': {
    ImagesRepository2D0F5B9C: 'AWS::ECR::Repository RetainExceptOnCreate/Retain',
  },
  'a superuser': {
    SuperuserSecret10CB46B8: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludePunctuation:true,GenerateStringKey:password,PasswordLength:32,SecretStringTemplate:{"username":"admin","email":"admin@example.com"}}',
  },
};

/** Those of apps, where they are other than those of the minimal app. */
export const HELD_IN_APPS: Record<string, Record<string, string>> = {
  'an app with IAM, a cache and mail': {
    ShopCacheSecurityGroup7E34B0C9: 'AWS::EC2::SecurityGroup Delete/Delete GroupDescription=Cache of Shop/Cache VpcId=${ShopNetworkVpc1FD41392}',
    ShopCachePasswordAE17F79C: 'AWS::SecretsManager::Secret Delete/Delete GenerateSecretString={ExcludePunctuation:true,GenerateStringKey:password,PasswordLength:32,SecretStringTemplate:{"username":"default"}}',
    ShopCacheSubnets0E3CFA33: 'AWS::ElastiCache::SubnetGroup Delete/Delete',
    ShopCacheNodes09F96B1F: 'AWS::ElastiCache::ReplicationGroup Snapshot/Snapshot AtRestEncryptionEnabled=true CacheSubnetGroupName=${ShopCacheSubnets0E3CFA33} Engine=valkey Port=6379',
    ShopCacheConnection119A6816: 'AWS::SecretsManager::Secret Delete/Delete Name=redis/${ShopCacheNodes09F96B1F.PrimaryEndPoint.Address} SecretString={"redis_url":"rediss://:{{resolve:secretsmanager:${ShopCachePasswordAE17F79C}:SecretString:password::}}@${ShopCacheNodes09F96B1F.PrimaryEndPoint.Address}:${ShopCacheNodes09F96B1F.PrimaryEndPoint.Port}/0?ssl_cert_reqs=required","redis_base_url":"rediss://:{{resolve:secretsmanager:${ShopCachePasswordAE17F79C}:SecretString:password::}}@${ShopCacheNodes09F96B1F.PrimaryEndPoint.Address}:${ShopCacheNodes09F96B1F.PrimaryEndPoint.Port}","redis_host":"${ShopCacheNodes09F96B1F.PrimaryEndPoint.Address}","redis_port":"${ShopCacheNodes09F96B1F.PrimaryEndPoint.Port}","redis_password":"{{resolve:secretsmanager:${ShopCachePasswordAE17F79C}:SecretString:password::}}"}',
    ShopEmailConfigurationSetDAA2BE61: 'AWS::SES::ConfigurationSet RetainExceptOnCreate/Retain',
    ShopEmailFeedbackTopic0F78C94D: 'AWS::SNS::Topic RetainExceptOnCreate/Retain',
    ShopEmailIdentity84C29318: 'AWS::SES::EmailIdentity RetainExceptOnCreate/Retain EmailIdentity=example.com',
    ShopEmailDnsRecordsDkim1D03B25AF: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=${ShopEmailIdentity84C29318.DkimDNSTokenName1}.',
    ShopEmailDnsRecordsDkim2D388B2FC: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=${ShopEmailIdentity84C29318.DkimDNSTokenName2}.',
    ShopEmailDnsRecordsDkim37152B3CA: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=${ShopEmailIdentity84C29318.DkimDNSTokenName3}.',
    ShopEmailDnsRecordsMailFromMxCAC0862C: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=mail.example.com.',
    ShopEmailDnsRecordsMailFromSpf52955C83: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=mail.example.com.',
    ShopEmailDnsRecordsDmarc21544B38: 'AWS::Route53::RecordSet RetainExceptOnCreate/Retain HostedZoneId=Z1 Name=_dmarc.example.com.',
    ShopEmailSmtpUserBE521CC7: 'AWS::IAM::User Delete/Delete',
    ShopEmailSmtpSecretA13FCE62: 'AWS::SecretsManager::Secret Delete/Delete GenerateSecretString={}',
    ShopEmailSmtpHandlerLogs65F002B9: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain',
    ShopLoadBalancerAliasRecordsshopexamplecom46B7E2A9: 'AWS::Route53::RecordSet Delete/Delete HostedZoneId=Z1 Name=shop.example.com.',
    ShopLoadBalancerAliasRecordsIpv6shopexamplecom54DDB564: 'AWS::Route53::RecordSet Delete/Delete HostedZoneId=Z1 Name=shop.example.com.',
  },
  'an app with a single-page app': {
    ShopStorageDistribution5A0ADDEF: 'gone',
    ShopLoadBalancer9919F82A: 'AWS::ElasticLoadBalancingV2::LoadBalancer Delete/Delete Scheme=internal Type=application',
    ShopSpaFilesBucket2B9438A5: 'AWS::S3::Bucket Retain/Retain',
    ShopSpaAccessLogs4DA2E030: 'AWS::S3::Bucket Retain/Retain',
    ShopSpaDistributionB7E09A7E: 'AWS::CloudFront::Distribution Delete/Delete',
  },
  'an app with processes': {
    ShopAlarmsFEBF4611: 'AWS::SNS::Topic Delete/Delete',
    ShopCommandsSchedulesDeadLetters83975B9E: 'AWS::SQS::Queue Delete/Delete',
    ShopCommandsSchedulesDeadLettersPolicy2E63E3A8: 'AWS::SQS::QueuePolicy Delete/Delete PolicyDocument={Statement:[{Action:sqs:*,Condition:{Bool:{aws:SecureTransport:false}},Effect:Deny,Principal:{AWS:*},Resource:${ShopCommandsSchedulesDeadLetters83975B9E.Arn}}],Version:2012-10-17} Queues=[${ShopCommandsSchedulesDeadLetters83975B9E}]',
    ShopReleaseSuperuserSecret989C8CE7: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludePunctuation:true,GenerateStringKey:password,PasswordLength:32,SecretStringTemplate:{"username":"admin","email":"admin@example.com"}}',
  },
  'an app on Aurora with users, a serverless cache and one bucket': {
    ShopDatabaseParametersBD7F1204: 'gone',
    ShopDatabaseInstanceBB00928E: 'gone',
    ShopDatabaseLogs4EC9EA6C: 'gone',
    ShopDatabaseUpgradeLogs105D86A7: 'gone',
    ShopStorageStaticC75BB41D: 'gone',
    ShopDatabaseClusterParameters33B6126F: 'AWS::RDS::DBClusterParameterGroup RetainExceptOnCreate/Retain Description=Database of Shop/Database Family=aurora-postgresql17',
    ShopDatabaseCluster68FD1417: 'AWS::RDS::DBCluster RetainExceptOnCreate/Retain DBClusterIdentifier=app-shop-database-ead66ec1-${AWS::StackId}.split(/)[2].split(-)[0] DBSubnetGroupName=${ShopDatabaseSubnets45D4A1C6} DatabaseName=django Engine=aurora-postgresql MasterUsername=django StorageEncrypted=true',
    ShopDatabaseClusterWriterDC8DE06D: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBClusterIdentifier=${ShopDatabaseCluster68FD1417} Engine=aurora-postgresql',
    ShopDatabaseClusterReader1122697DD: 'AWS::RDS::DBInstance Delete/Delete DBClusterIdentifier=${ShopDatabaseCluster68FD1417} Engine=aurora-postgresql',
    ShopDatabaseClusterLogs83F2DADC: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/cluster/app-shop-database-ead66ec1-${AWS::StackId}.split(/)[2].split(-)[0]/postgresql',
    ShopDatabaseOwnerSecret757C6F21: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"django_owner","dbname":"django","masterarn":"${ShopDatabaseSecretAttachment40ACAC79}"}}',
    ShopDatabaseOwnerSecretAttachment3924D91C: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${ShopDatabaseOwnerSecret757C6F21}',
    ShopDatabaseApplicationSecret40483F99: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain GenerateSecretString={ExcludeCharacters: %+`#$&*()|[]{}:;<>?!\'/@"\\=^,,GenerateStringKey:password,PasswordLength:30,SecretStringTemplate:{"username":"django_app","dbname":"django","masterarn":"${ShopDatabaseSecretAttachment40ACAC79}"}}',
    ShopDatabaseApplicationSecretAttachment2A9003F0: 'AWS::SecretsManager::SecretTargetAttachment RetainExceptOnCreate/Retain SecretId=${ShopDatabaseApplicationSecret40483F99}',
    ShopDatabaseUrl86ec403aB4DF6DFA: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain SecretString=postgres://django_app:{{resolve:secretsmanager:${ShopDatabaseApplicationSecretAttachment2A9003F0}:SecretString:password::}}@${ShopDatabaseCluster68FD1417.Endpoint.Address}:${ShopDatabaseCluster68FD1417.Endpoint.Port}/django?sslmode=require',
    ShopDatabaseReleaseUrl3da3aa3f74861A57: 'AWS::SecretsManager::Secret RetainExceptOnCreate/Retain SecretString=postgres://django_owner:{{resolve:secretsmanager:${ShopDatabaseOwnerSecretAttachment3924D91C}:SecretString:password::}}@${ShopDatabaseCluster68FD1417.Endpoint.Address}:${ShopDatabaseCluster68FD1417.Endpoint.Port}/django?sslmode=require',
    ShopCacheSecurityGroup7E34B0C9: 'AWS::EC2::SecurityGroup Delete/Delete GroupDescription=Cache of Shop/Cache VpcId=${ShopNetworkVpc1FD41392}',
    ShopCachePasswordAE17F79C: 'AWS::SecretsManager::Secret Delete/Delete GenerateSecretString={ExcludePunctuation:true,GenerateStringKey:password,PasswordLength:32,SecretStringTemplate:{"username":"default"}}',
    ShopCacheUserF39CC0D0: 'AWS::ElastiCache::User Delete/Delete Engine=redis UserId=app-shop-cache-1119dbce-${AWS::StackId}.split(/)[2].split(-)[0] UserName=default',
    ShopCacheUserGroup89BB814B: 'AWS::ElastiCache::UserGroup Delete/Delete Engine=redis UserGroupId=app-shop-cache-1119dbce-${AWS::StackId}.split(/)[2].split(-)[0]',
    ShopCacheServerlessB09269A0: 'AWS::ElastiCache::ServerlessCache Delete/Delete ServerlessCacheName=app-shop-cache-1119dbce-${AWS::StackId}.split(/)[2].split(-)[0] SubnetIds=[${ShopNetworkVpcIsolatedSubnet1Subnet118C5375},${ShopNetworkVpcIsolatedSubnet2SubnetE44FAAA6}]',
    ShopCacheConnection119A6816: 'AWS::SecretsManager::Secret Delete/Delete Name=redis/${ShopCacheServerlessB09269A0.Endpoint.Address} SecretString={"redis_url":"rediss://:{{resolve:secretsmanager:${ShopCachePasswordAE17F79C}:SecretString:password::}}@${ShopCacheServerlessB09269A0.Endpoint.Address}:${ShopCacheServerlessB09269A0.Endpoint.Port}/0?ssl_cert_reqs=required","redis_base_url":"rediss://:{{resolve:secretsmanager:${ShopCachePasswordAE17F79C}:SecretString:password::}}@${ShopCacheServerlessB09269A0.Endpoint.Address}:${ShopCacheServerlessB09269A0.Endpoint.Port}","redis_host":"${ShopCacheServerlessB09269A0.Endpoint.Address}","redis_port":"${ShopCacheServerlessB09269A0.Endpoint.Port}","redis_password":"{{resolve:secretsmanager:${ShopCachePasswordAE17F79C}:SecretString:password::}}"}',
  },
  'an app with replicas and static files in the image': {
    ShopStorageStaticC75BB41D: 'gone',
    ShopStorageDistribution5A0ADDEF: 'gone',
    ShopDatabaseReplica1FE742E6F: 'AWS::RDS::DBInstance RetainExceptOnCreate/Retain DBInstanceIdentifier=app-shop-database-4c946452-${AWS::StackId}.split(/)[2].split(-)[0]-r1 DBSubnetGroupName=${ShopDatabaseSubnets45D4A1C6} SourceDBInstanceIdentifier=arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:${ShopDatabaseInstanceBB00928E} StorageType=gp3',
    ShopDatabaseReplica1LogsFFA3E75B: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/app-shop-database-4c946452-${AWS::StackId}.split(/)[2].split(-)[0]-r1/postgresql',
    ShopDatabaseReplica1UpgradeLogs15786458: 'AWS::Logs::LogGroup RetainExceptOnCreate/Retain LogGroupName=/aws/rds/instance/app-shop-database-4c946452-${AWS::StackId}.split(/)[2].split(-)[0]-r1/upgrade',
  },
};
