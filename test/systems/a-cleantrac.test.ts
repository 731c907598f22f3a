/** System A of the five that the library must be able to replace: each test is a numbered line of it. */
import { Match } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { CleanTracStack } from './a-cleantrac';
import { passesTheGates, readDocs, System } from './system';
import { messageOf } from '../helpers';
import { DjangoImage } from 'cdk-django-on-fargate';

const define = (app: App) => new CleanTracStack(app, 'CleanTrac-prod', {
  stage: 'prod', organisation: 'acme', alarmEmail: 'ops@example.com', site: { domainName: 'cleantrac.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' },
});

const system = new System(define);
const { cleantrac, frontend, traceability, pipeline } = system.made;
const { application, releaseProcess, web, database, storage, cluster } = cleantrac;
const template = system.templateOf(cleantrac);
const { image, command, environment, secrets } = system.containerOf(application);

/** What a construct of the stack is in the template. */
const resolve = (value: unknown) => system.made.resolve(value);

describe('system A, CleanTrac: an API of Django and a front end in nginx behind one load balancer', () => {
  passesTheGates(system);

  test('1: the API gets /api/*, the front end in nginx every other path, on one cluster', () => {
    const toWeb = { TargetGroups: Match.arrayWith([{ TargetGroupArn: resolve(web.targetGroup.targetGroupArn), Weight: 100 }]) };
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/admin/*', '/api/*'] } }], Actions: [Match.objectLike({ ForwardConfig: toWeb })],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443, DefaultActions: [{ Type: 'forward', TargetGroupArn: resolve(frontend.targetGroup.targetGroupArn) }],
    });
    const services = system.all('AWS::ECS::Service');
    expect(services).toHaveLength(3);
    services.forEach(({ Cluster, LaunchType }) => expect([Cluster, LaunchType]).toEqual([{ Ref: expect.stringMatching(/^Cluster/) }, 'FARGATE']));
  });

  test('2: the cluster is cleantrac-prod, tasks have 256 CPU and 512 MiB, one of each', () => {
    expect(system.propertiesOf(cluster)).toMatchObject({ ClusterName: 'cleantrac-prod' });
    system.all('AWS::ECS::Service').forEach(({ DesiredCount }) => expect(DesiredCount).toBe(1));
    expect(system.propertiesOf(application.taskDefinition)).toMatchObject({ Cpu: '256', Memory: '512' });
    expect(system.propertiesOf(frontend.service.taskDefinition)).toMatchObject({ Cpu: '256', Memory: '512' });
  });

  test('2, better: 256 MiB with 256 CPU are refused at synth, with the sizes that Fargate has', () => {
    const { made } = new System(define);
    expect(messageOf(() => made.cleantrac.addService('Small', { image: DjangoImage.fromRegistry('nginx:1.29.1'), cpu: 256, memoryLimitMiB: 256 })))
      .toContain("'memoryLimitMiB' must be one of 512, 1024, 2048 with 'cpu' 256, got 256");
  });

  test('3: images of ghcr.io by the commit, with the credentials of a private registry', () => {
    const tag = Object.keys(template.findParameters('*', { Default: '/cleantrac/prod/image-tag' }))[0];
    expect(image).toEqual({ 'Fn::Join': ['', ['ghcr.io/acme/cleantrac-backend:', { Ref: tag }]] });
    const images = system.all('AWS::ECS::TaskDefinition').flatMap(({ ContainerDefinitions }) => ContainerDefinitions as Record<string, unknown>[])
      .filter(({ RepositoryCredentials }) => RepositoryCredentials);
    images.forEach(({ RepositoryCredentials }) => expect(JSON.stringify(RepositoryCredentials)).toContain(':secret:cleantrac/ghcr'));
    expect(images.map(({ Image }) => JSON.stringify(Image))).toContainEqual(expect.stringContaining('ghcr.io/acme/cleantrac-frontend:'));
    expect(images).toHaveLength(4);
  });

  test('4: gunicorn serves cleantrac_project.wsgi:application on 0.0.0.0:8000 with cleantrac_project.settings', () => {
    expect(command).toEqual(['gunicorn', 'cleantrac_project.wsgi:application']);
    expect(environment).toMatchObject({ DJANGO_SETTINGS_MODULE: 'cleantrac_project.settings', GUNICORN_CMD_ARGS: expect.stringMatching(/(^| )--bind[= ]0\.0\.0\.0:8000( |$)/) });
  });

  test('5: collectstatic pushes into a versioned bucket, static files come from CloudFront, uploads are private', () => {
    expect(system.propertiesOf(storage!.staticBucket!)).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
    expect(cleantrac.release.command).toContain('collectstatic');
    expect(environment).toMatchObject({ STATIC_URL: { 'Fn::Join': ['', ['https://', resolve(storage!.distribution!.distributionDomainName), '/static/']] } });
    expect(environment).toMatchObject({ AWS_STORAGE_BUCKET_NAME: resolve(storage!.mediaBucket.bucketName) });
    // Nobody reads an upload without a presigned URL: CloudFront may read static/ only.
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Resource: { 'Fn::Join': ['', [resolve(storage!.mediaBucket.bucketArn), '/static/*']] },
        })]),
      },
    });
  });

  test('6: traceability_source, single-AZ with daily backups, is a second database with TRACEABILITY_DB_*', () => {
    expect(system.propertiesOf(traceability.instance!)).toMatchObject({ DBName: 'traceability_source', MultiAZ: false, BackupRetentionPeriod: 7 });
    expect(environment).toMatchObject({ TRACEABILITY_DB_HOST: resolve(traceability.host), TRACEABILITY_DB_NAME: 'traceability_source', DB_HOST: resolve(database!.host) });
    expect(Object.keys({ ...environment, ...secrets })).toEqual(expect.arrayContaining(['TRACEABILITY_DB_PORT', 'TRACEABILITY_DB_USER', 'TRACEABILITY_DB_PASSWORD']));
  });

  test('7: the tasks may use objects of buckets named cleantrac-*, of their own account only', () => {
    const [objects] = system.statementsOf(application.taskRole).filter(({ Resource }) => JSON.stringify(Resource).includes(':s3:::cleantrac-*/*'));
    expect(objects).toMatchObject({
      Action: expect.arrayContaining(['s3:GetObject', 's3:PutObject', 's3:DeleteObject']), Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  test('8, better: a command inside the network says whether both databases answer, after each deployment and whenever the pipeline asks; 5432 stays closed', () => {
    template.hasResourceProperties('Custom::DjangoRolloutCheck', { Command: ['python', 'manage.py', 'check', '--database', 'default', '--database', 'traceability'] });
    expect(system.outputOf(cleantrac, 'ManageRun')).toBeDefined();
    expect(system.statementsOf(pipeline)).toContainEqual(expect.objectContaining({ Action: 'states:StartExecution', Resource: resolve(cleantrac.commandRunner.stateMachine.stateMachineArn) }));

    const intoDatabases = system.all('AWS::EC2::SecurityGroupIngress').filter(({ FromPort, ToPort }) => Number(FromPort) <= 5432 && Number(ToPort) >= 5432);
    expect(intoDatabases.length).toBeGreaterThan(0);
    intoDatabases.forEach((rule) => expect(rule).not.toHaveProperty('CidrIp'));
    [database!, traceability].forEach(({ securityGroup }) => expect(system.propertiesOf(securityGroup)).not.toHaveProperty('SecurityGroupIngress'));
  });

  test('9: both databases refuse connections without TLS; DJANGO_SECRET_KEY comes from the Parameter Store, one for each environment', () => {
    const groups = system.all('AWS::RDS::DBParameterGroup');
    expect(groups).toHaveLength(2);
    groups.forEach(({ Parameters }) => expect(Parameters).toMatchObject({ 'rds.force_ssl': '1' }));
    expect(environment).toMatchObject({ DB_SSLMODE: 'require', TRACEABILITY_DB_SSLMODE: 'require' });
    expect(JSON.stringify(secrets.DJANGO_SECRET_KEY)).toContain(':parameter/cleantrac/prod/django-secret-key');
  });

  test('10: the pipeline may do with GitHub\'s ECS actions what it must, for its repository and environment, and finds the names as outputs', () => {
    expect(system.propertiesOf(pipeline)).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { 'token.actions.githubusercontent.com:sub': 'repo:acme/cleantrac:environment:prod' } },
        }],
      },
    });
    const actions = system.statementsOf(pipeline).flatMap(({ Action }) => Action as string | string[]);
    // What docs/pipelines.md lists for these actions.
    ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition', 'ecs:UpdateService', 'ecs:DescribeServices', 'iam:PassRole', 'cloudformation:DescribeStacks', 'ssm:PutParameter']
      .forEach((action) => expect(actions).toContain(action));
    expect(JSON.stringify(actions)).not.toContain('*');
    template.hasOutput('ReleaseFamily', { Value: releaseProcess.taskDefinition.family });
    ['ClusterName', 'WebService', 'WebFamily', 'FrontendService', 'FrontendFamily', 'SocketsService', 'SocketsFamily'].forEach((name) => template.hasOutput(name, {}));
    expect(system.outputOf(cleantrac, 'ManageRelease')).toBeDefined();
    ['amazon-ecs-render-task-definition', 'amazon-ecs-deploy-task-definition', 'wait-for-service-stability: true'].forEach((part) =>
      expect(readDocs('docs', 'pipelines.md')).toContain(part));
  });

  test('10: a deployment costs no request: no old task goes before a new one serves, and what fails goes back', () => {
    system.all('AWS::ECS::Service').forEach(({ DeploymentConfiguration }) => expect(DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 100, MaximumPercent: 200, DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    }));
  });

  test('10: a later cdk deploy takes the tag that the pipeline wrote, and so undoes nothing', () => {
    template.hasParameter('*', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cleantrac/prod/image-tag' });
    const writing = system.statementsOf(pipeline).filter(({ Action }) => Action === 'ssm:PutParameter');
    expect(JSON.stringify(writing)).toContain(':parameter/cleantrac/prod/image-tag');
  });

  test('11: enhanced monitoring, alarms on CPU and connections of both databases and on 5xx, a message for each task that fails', () => {
    const topic = resolve(cleantrac.alarmTopic!.topicArn);
    [database!, traceability].forEach(({ instance, maxConnections }) => {
      expect(system.propertiesOf(instance!)).toMatchObject({ MonitoringInterval: 60, MonitoringRoleArn: expect.anything() });
      const alarm = { Dimensions: [{ Name: 'DBInstanceIdentifier', Value: resolve(instance!.instanceIdentifier) }], AlarmActions: [topic] };
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { ...alarm, MetricName: 'CPUUtilization', Threshold: 80 });
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { ...alarm, MetricName: 'DatabaseConnections', Threshold: maxConnections! * 0.8 });
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'HTTPCode_Target_5XX_Count', AlarmActions: [topic] });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        // Neither tasks of commands, whose failures are told otherwise, nor those that a deployment replaces.
        'detail': {
          clusterArn: [resolve(cluster.clusterArn)],
          group: [{ prefix: 'service:' }],
          lastStatus: ['STOPPED'],
          stopCode: ['EssentialContainerExited', 'TaskFailedToStart'],
        },
      },
      Targets: [Match.objectLike({ Arn: topic })],
    });
  });

  test('12, wanted: blue/green, rotation of the passwords with rollouts in between, WebSockets', () => {
    expect(system.propertiesOf(web.service)).toMatchObject({ DeploymentConfiguration: { Strategy: 'BLUE_GREEN' } });
    // Administrator, owner and application of two databases.
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 6);
    template.resourcePropertiesCountIs('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(360 hours)' }, 2);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', { Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/ws/*'] } }] });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({
        Command: ['uvicorn', 'cleantrac_project.asgi:application'], Environment: Match.arrayWith([{ Name: 'UVICORN_WS_PING_INTERVAL', Value: '20' }]),
      })],
    });
  });
});
