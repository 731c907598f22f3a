/**
 * System B of the five that the library must be able to replace: each test is a numbered line of it.
 *
 * Line 14 (times to recover, monthly cost) is answered by docs/backing-services.md and docs/profiles.md, whose tables the test reads: nothing of it stands in
 * a template.
 */
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { trucking } from './b-trucking';
import { passesTheGates, readDocs, System } from './system';

const SITE = { domainName: 'tms.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' };
const COMMON = { frontendOrigin: 'https://trucking.example.com', alarmEmail: 'ops@example.com' };

const system = new System((app) => trucking(app, { ...COMMON, site: SITE }));
const { tms } = system.made;
const { application, web, database, cache, storage, loadBalancer, release } = tms;
const template = system.templateOf(tms);
const { environment, secrets } = system.containerOf(application);
const resolve = (value: unknown) => system.made.resolve(value);

describe('system B, a trucking TMS with FastAPI', () => {
  passesTheGates(system);

  test('1: a VPC 10.0.0.0/16 over two zones with two public and two private subnets and one NAT gateway; the data stands in isolated subnets beside them', () => {
    expect(system.propertiesOf(tms.network.vpc)).toMatchObject({ CidrBlock: '10.0.0.0/16' });
    expect([tms.network.vpc.publicSubnets, tms.network.vpc.privateSubnets, tms.network.vpc.isolatedSubnets].map(({ length }) => length)).toEqual([2, 2, 2]);
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
  });

  test('2: tasks of 256 CPU and 512 MiB on port 8000, healthy when /health answers 200, one of them and up to 100', () => {
    expect(system.propertiesOf(application.taskDefinition)).toMatchObject({ Cpu: '256', Memory: '512', RequiresCompatibilities: ['FARGATE'] });
    expect(system.propertiesOf(web.targetGroup)).toMatchObject({ Port: 8000, HealthCheckPath: '/health', Matcher: { HttpCode: '200' } });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 100 });
    expect(system.propertiesOf(web.service)).not.toHaveProperty('DesiredCount');
  });

  test('3: an ECR repository that scans on push and keeps 10 images, tagged by commit; latest alone may move', () => {
    const [repository] = system.all('AWS::ECR::Repository');
    expect(repository).toMatchObject({
      ImageScanningConfiguration: { ScanOnPush: true },
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [{ ImageTagMutabilityExclusionFilterValue: 'latest' }],
    });
    expect(JSON.parse((repository.LifecyclePolicy as { LifecyclePolicyText: string }).LifecyclePolicyText).rules).toContainEqual(
      expect.objectContaining({ selection: expect.objectContaining({ tagStatus: 'tagged', countType: 'imageCountMoreThan', countNumber: 10 }) }));
    // The commit that the pipeline wrote is what runs, whoever deploys.
    template.hasParameter('*', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/trucking/image-tag' });
  });

  test('4: HTTPS with a certificate where there is a domain, to which HTTP redirects; HTTP alone, with a warning, where there is none', () => {
    expect(system.propertiesOf(loadBalancer.listener)).toMatchObject({ Port: 443, Protocol: 'HTTPS', Certificates: [{ CertificateArn: expect.anything() }] });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, DefaultActions: [Match.objectLike({ Type: 'redirect' })] });

    const plain = new System((app) => trucking(app, COMMON));
    expect(plain.propertiesOf(plain.made.tms.loadBalancer.listener)).toMatchObject({ Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] });
    expect(plain.warnings).toEqual([expect.stringContaining('the site is served by plain HTTP')]);
  });

  test('5: PostgreSQL 15 on a db.t4g.micro with 20 GiB of gp3 that grow to 40, single-AZ, 7 days of backups, encrypted, private, with PostGIS', () => {
    expect(system.propertiesOf(database!.instance!)).toMatchObject({
      Engine: 'postgres',
      EngineVersion: '15',
      DBInstanceClass: 'db.t4g.micro',
      AllocatedStorage: '20',
      MaxAllocatedStorage: 40,
      StorageType: 'gp3',
      MultiAZ: false,
      BackupRetentionPeriod: 7,
      StorageEncrypted: true,
      PubliclyAccessible: false,
    });
    expect(system.containerOf(tms.preparations[0].process).environment).toMatchObject({ PREPARE_EXTENSIONS: 'postgis' });
  });

  test('6: Redis 7 on one cache.t4g.micro with TLS, encryption at rest and 5 days of snapshots', () => {
    expect(system.propertiesOf(cache!.replicationGroup!)).toMatchObject({
      Engine: 'redis',
      EngineVersion: expect.stringMatching(/^7\./),
      CacheNodeType: 'cache.t4g.micro',
      NumCacheClusters: 1,
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      SnapshotRetentionLimit: 5,
    });
  });

  test('7: a bucket for documents: versioned, encrypted, private, old versions deleted after 90 days, CORS for presigned URLs', () => {
    expect(system.propertiesOf(storage!.mediaBucket)).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      CorsConfiguration: { CorsRules: [{ AllowedOrigins: ['https://trucking.example.com'], AllowedMethods: expect.arrayContaining(['GET', 'PUT']) }] },
    });
    expect(JSON.stringify(system.propertiesOf(storage!.mediaBucket).LifecycleConfiguration)).toContain('"NoncurrentVersionExpiration":{"NoncurrentDays":90}');
  });

  test('8: DATABASE_SECRET_JSON and REDIS_SECRET_JSON as secrets; ENV, PORT and S3_BUCKET plain; AWS_REGION is set by ECS itself and refused by name', () => {
    expect(Object.keys(secrets).sort()).toEqual(['DATABASE_SECRET_JSON', 'REDIS_SECRET_JSON']);
    expect(environment).toMatchObject({ ENV: 'production', PORT: '8000', S3_BUCKET: { Ref: expect.stringContaining('StorageMedia') } });
    expect(() => tms.addEnvironment('AWS_REGION', 'us-east-1')).toThrow(/"AWS_REGION" is reserved: ECS sets it to the region of the stack/);

    // username and password are generated; RDS adds host, port and dbname, CDK's attachment says where.
    const { GenerateSecretString } = system.propertiesOf(database!.secret) as { GenerateSecretString: Record<string, string> };
    expect(JSON.parse(GenerateSecretString.SecretStringTemplate)).toMatchObject({ username: 'django', dbname: 'trucking' });
    expect(GenerateSecretString.GenerateStringKey).toBe('password');
    template.hasResourceProperties('AWS::SecretsManager::SecretTargetAttachment', { TargetType: 'AWS::RDS::DBInstance' });
    const connection = JSON.stringify(system.propertiesOf(cache!.secret).SecretString);
    ['redis_url', 'redis_host', 'redis_port'].forEach((key) => expect(connection).toContain(key));
  });

  test('9: logs for 14 days, Container Insights, the database logs postgresql and upgrade', () => {
    expect(system.propertiesOf(application.logGroup)).toMatchObject({ RetentionInDays: 14 });
    expect(system.propertiesOf(tms.cluster)).toMatchObject({ ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] });
    expect(system.propertiesOf(database!.instance!)).toMatchObject({ EnableCloudwatchLogsExports: ['postgresql', 'upgrade'] });
  });

  test.each([
    ['5xx of the load balancer: more than 20 in 5 minutes', {
      Threshold: 20,
      EvaluationPeriods: 1,
      Metrics: Match.arrayWith([
        Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'HTTPCode_ELB_5XX_Count' }), Period: 300, Stat: 'Sum' }) }),
        Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'HTTPCode_Target_5XX_Count' }), Period: 300, Stat: 'Sum' }) }),
      ]),
    }],
    ['CPU of the tasks: more than 80 % for 10 minutes', { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization', Threshold: 80, EvaluationPeriods: 2, Period: 300 }],
    ['memory of the tasks: more than 80 % for 10 minutes', { Namespace: 'AWS/ECS', MetricName: 'MemoryUtilization', Threshold: 80, EvaluationPeriods: 2, Period: 300 }],
    ['storage of the database: less than 2 GiB', {
      MetricName: 'FreeStorageSpace', Threshold: 2 * 1024 ** 3, EvaluationPeriods: 1, ComparisonOperator: 'LessThanThreshold',
    }],
    ['CPU of the database: more than 80 % for 10 minutes', { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Threshold: 80, EvaluationPeriods: 2, Period: 300 }],
  ])('10: an alarm on the %s, which sends a mail', (_, properties) => {
    const topic = resolve(tms.alarmTopic!.topicArn);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching', ...properties, AlarmActions: [topic] });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com', TopicArn: topic });
  });

  test('11: 80 and 443 from anywhere to the load balancer; 8000 from there only; 5432 and 6379 from the tasks only', () => {
    const [balancerGroup] = loadBalancer.connections.securityGroups;
    expect(system.propertiesOf(balancerGroup).SecurityGroupIngress).toMatchObject([{ CidrIp: '0.0.0.0/0', FromPort: 80 }, { CidrIp: '0.0.0.0/0', FromPort: 443 }]);
    const rules = system.all('AWS::EC2::SecurityGroupIngress').map(({ GroupId, FromPort, SourceSecurityGroupId }) => [GroupId, FromPort, SourceSecurityGroupId]);
    expect(rules).toHaveLength(3);
    expect(rules).toEqual(expect.arrayContaining([
      [application.securityGroup, 8000, balancerGroup],
      [database!.securityGroup, 5432, application.securityGroup],
      [cache!.securityGroup, 6379, application.securityGroup],
    ].map(([to, port, from]) => [resolve((to as ec2.ISecurityGroup).securityGroupId), port, resolve((from as ec2.ISecurityGroup).securityGroupId)])));
  });

  test('12: the execution role reads exactly these two secrets; the task role reads, writes and deletes in the bucket of documents', () => {
    const reading = system.statementsOf(application.executionRole).filter(({ Action }) => JSON.stringify(Action).includes('secretsmanager:GetSecretValue'));
    expect(reading).toMatchObject([{ Resource: [{ Ref: expect.stringContaining('CacheConnection') }, { Ref: expect.stringContaining('DatabaseSecret') }] }]);

    const [objects, list] = system.statementsOf(application.taskRole);
    expect(objects.Action).toEqual(expect.arrayContaining(['s3:GetObject', 's3:PutObject', 's3:DeleteObject']));
    expect([objects, list].map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringContaining('StorageMedia'), expect.stringContaining('StorageMedia')]);
    expect(system.statementsOf(application.taskRole)).toHaveLength(2);
  });

  test('12, better: no managed policy, so pulling and logging are rights on the one repository and the one log group', () => {
    expect(system.propertiesOf(application.executionRole)).not.toHaveProperty('ManagedPolicyArns');
  });

  test('13: migrations are alembic upgrade head, once per deployment and before the server, which is uvicorn', () => {
    expect(release.command.join(' ')).toContain('alembic upgrade head');
    expect(system.containerOf(application).command).toEqual(['uvicorn', 'app.main:app']);
    expect(environment).toMatchObject({ UVICORN_HOST: '0.0.0.0', UVICORN_PORT: '8000' });
    expect(environment).not.toHaveProperty('DJANGO_SETTINGS_MODULE');
    expect(tms.secretKey).toBeUndefined();
    expect(system.resourceOf(web.service).DependsOn).toContain(system.idOf(release.customResource));
  });

  test('14: the docs say what is back after which time and what is lost', () => {
    const recovery = readDocs('docs', 'backing-services.md');
    expect(recovery).toContain('| what fails | back after about | what is lost |');
    ['a task', 'an instance without', 'data, by mistake', 'a cache node without replica'].forEach((part) => expect(recovery).toMatch(new RegExp(`^\\| ${part} `, 'm')));
  });

  test('14: by the docs it costs 92 to 101 USD a month as it did, and 12 more for the firewall', () => {
    // The system is as large as a STAGING: one gateway, one small task, one small database.
    const costs = readDocs('docs', 'profiles.md').split('## What they cost')[1];
    const staging = (part: string) => Number(new RegExp(`^\\| \\**${part}[^|]*\\| [^|]+\\| \\**([\\d.]+)`, 'm').exec(costs)![1]);
    const [, ofCache] = /About (\d+) USD a month for each\s+cache\.t4g\.micro/.exec(readDocs('README.md'))!;
    const together = staging('together') + Number(ofCache);
    expect(staging('firewall')).toBe(12);
    expect(together - staging('firewall')).toBeGreaterThan(92);
    expect(together - staging('firewall')).toBeLessThan(101);
  });

  test('15, by itself now: PostGIS and migrations before each version, name and certificate, mails of alarms', () => {
    expect(system.resourceOf(release.customResource).DependsOn).toContain(system.idOf(tms.preparations[0].customResource));
    template.hasResourceProperties('AWS::CertificateManager::Certificate', { DomainName: 'tms.example.com', ValidationMethod: 'DNS' });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'tms.example.com.', Type: 'A' });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email' });
  });

  test('15, wanted: autoscaling, a firewall and tags for the costs are there; replicas of database and cache by one number', () => {
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    [tms.cluster, database!.instance!, storage!.mediaBucket, loadBalancer.loadBalancer].forEach((construct) =>
      expect(system.propertiesOf(construct).Tags).toContainEqual({ Key: 'cost-center', Value: 'trucking' }));
    // The tags of a service are those of its tasks, where the costs arise.
    expect(system.propertiesOf(web.service)).toMatchObject({ PropagateTags: 'SERVICE' });

    const replicated = new System((app) => trucking(app, { ...COMMON, site: SITE, replicas: 1 }));
    replicated.templateOf(replicated.made).hasResourceProperties('AWS::RDS::DBInstance', { SourceDBInstanceIdentifier: Match.anyValue() });
    expect(replicated.propertiesOf(replicated.made.tms.cache!.replicationGroup!)).toMatchObject({ NumCacheClusters: 2, AutomaticFailoverEnabled: true });
  });
});
