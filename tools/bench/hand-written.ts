import { readFileSync } from 'fs';
import { join } from 'path';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { App, CfnOutput, CustomResource, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FIREWALL_RULES } from './firewall';

const ROOT = join(__dirname, '..', '..');

/**
 * The resources of the minimal app, written with CDK's own constructs for this one project: nothing is checked, nothing
 * can be chosen. What the library costs beside that is the difference.
 */
export class HandWrittenStack extends Stack {
  public constructor(scope: Construct, id: string, imageDirectory: string) {
    super(scope, id);

    const accessLogs = this.createLogBucket();
    const vpc = this.createVpc(accessLogs);
    const { database, databaseSecurityGroup } = this.createDatabase(vpc);
    const { media, statics, distribution } = this.createStorage(accessLogs);
    const secretKey = new secretsmanager.Secret(this, 'SecretKey', {
      description: 'SECRET_KEY of Django',
      generateSecretString: { passwordLength: 64, excludePunctuation: true, generateStringKey: 'SECRET_KEY', secretStringTemplate: '{"SECRET_KEY_FALLBACKS":""}' },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const { loadBalancer, loadBalancerSecurityGroup } = this.createLoadBalancer(vpc, accessLogs);

    const cluster = new ecs.Cluster(this, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    const taskSecurityGroup = new ec2.SecurityGroup(this, 'TaskSecurityGroup', { vpc });
    databaseSecurityGroup.addIngressRule(taskSecurityGroup, ec2.Port.tcp(5432));
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const common = {
      image: ecs.ContainerImage.fromAsset(imageDirectory, { platform: Platform.LINUX_AMD64, exclude: ['.git', '**/.venv', '**/node_modules'] }),
      environment: {
        DJANGO_SETTINGS_MODULE: 'shop.settings',
        DB_HOST: database.dbInstanceEndpointAddress,
        DB_PORT: database.dbInstanceEndpointPort,
        DB_NAME: 'django',
        DB_SSLMODE: 'require',
        PGSSLMODE: 'require',
        AWS_STORAGE_BUCKET_NAME: media.bucketName,
        AWS_STATIC_BUCKET_NAME: statics.bucketName,
        STATIC_URL: `https://${distribution.distributionDomainName}/static/`,
        AWS_S3_REGION_NAME: this.region,
        DJANGO_ALLOWED_HOSTS: loadBalancer.loadBalancerDnsName,
        CSRF_TRUSTED_ORIGINS: `http://${loadBalancer.loadBalancerDnsName}`,
        DJANGO_HTTPS: 'False',
      },
      secrets: {
        DB_USER: ecs.Secret.fromSecretsManager(database.secret!, 'username'),
        DB_PASSWORD: ecs.Secret.fromSecretsManager(database.secret!, 'password'),
        DJANGO_SECRET_KEY: ecs.Secret.fromSecretsManager(secretKey, 'SECRET_KEY'),
      },
      logging: ecs.LogDriver.awsLogs({ logGroup, streamPrefix: 'django' }),
      stopTimeout: Duration.seconds(35),
    };
    const size = {
      cpu: 512,
      memoryLimitMiB: 1024,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.X86_64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
    };

    const application = new ecs.FargateTaskDefinition(this, 'Application', size);
    application.addContainer('Container', {
      ...common,
      containerName: 'django',
      entryPoint: ['python', '-c', readFileSync(join(ROOT, 'container', 'start_web.py'), 'utf8'), 'DJANGO_ALLOWED_HOSTS'],
      command: ['gunicorn', 'shop.wsgi:application'],
      environment: {
        ...common.environment,
        PORT: '8000',
        PYTHONUNBUFFERED: '1',
        WEB_CONCURRENCY: '1',
        FORWARDED_ALLOW_IPS: '*',
        GUNICORN_CMD_ARGS: '--bind=0.0.0.0:8000 --worker-class=gthread --threads=16 --timeout=30 --graceful-timeout=30 --keep-alive=65 ' +
          '--worker-tmp-dir=/dev/shm --access-logfile=-',
      },
      portMappings: [{ containerPort: 8000 }],
    });
    const releaseTask = new ecs.FargateTaskDefinition(this, 'ReleaseTask', size);
    releaseTask.addContainer('Container', {
      ...common,
      containerName: 'django',
      entryPoint: ['python', '-c', readFileSync(join(ROOT, 'container', 'run_release.py'), 'utf8')],
    });
    for (const { taskRole } of [application, releaseTask]) {
      media.grantReadWrite(taskRole);
      statics.grantReadWrite(taskRole, 'static/*');
    }

    const release = this.createRelease(cluster, releaseTask, taskSecurityGroup, logGroup);
    const service = this.createService(cluster, application, taskSecurityGroup, loadBalancer, loadBalancerSecurityGroup);
    service.node.defaultChild!.node.addDependency(release, application.taskRole, application.executionRole!);

    new CfnOutput(this, 'Url', { value: `http://${loadBalancer.loadBalancerDnsName}` });
    new CfnOutput(this, 'FollowLogs', { value: `aws logs tail ${logGroup.logGroupName} --follow` });
  }

  private createLogBucket(): s3.Bucket {
    const bucket = new s3.Bucket(this, 'AccessLogs', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    bucket.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`alb/AWSLogs/${this.account}/*`)],
    }));
    return bucket;
  }

  private createVpc(accessLogs: s3.Bucket): ec2.Vpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 2,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toS3(accessLogs, 'vpc-flow-logs/') });
    return vpc;
  }

  private createDatabase(vpc: ec2.Vpc): { database: rds.DatabaseInstance; databaseSecurityGroup: ec2.SecurityGroup } {
    const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
    const databaseSecurityGroup = new ec2.SecurityGroup(this, 'DatabaseSecurityGroup', { vpc, allowAllOutbound: false });
    const secret = new rds.DatabaseSecret(this, 'DatabaseSecret', { username: 'django', dbname: 'django' });
    secret.applyRemovalPolicy(removalPolicy);
    const instanceIdentifier = `shop-${Fn.select(2, Fn.split('/', this.stackId))}`;
    const databaseLogs = ['postgresql', 'upgrade'].map((log) => new logs.LogGroup(this, `DatabaseLogs${log}`, {
      logGroupName: `/aws/rds/instance/${instanceIdentifier}/${log}`, retention: logs.RetentionDays.THREE_MONTHS, removalPolicy,
    }));
    const database = new rds.DatabaseInstance(this, 'Database', {
      vpc,
      instanceIdentifier,
      engine,
      instanceType: new ec2.InstanceType('t4g.small'),
      databaseName: 'django',
      credentials: rds.Credentials.fromSecret(secret, 'django'),
      subnetGroup: new rds.SubnetGroup(this, 'DatabaseSubnets', {
        vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, description: 'Isolated subnets', removalPolicy,
      }),
      parameterGroup: new rds.ParameterGroup(this, 'DatabaseParameters', { engine, parameters: { 'rds.force_ssl': '1' }, removalPolicy }),
      securityGroups: [databaseSecurityGroup],
      publiclyAccessible: false,
      multiAz: true,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      backupRetention: Duration.days(14),
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      autoMinorVersionUpgrade: true,
      cloudwatchLogsExports: ['postgresql', 'upgrade'],
      enablePerformanceInsights: true,
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      deletionProtection: true,
      removalPolicy,
    });
    database.node.addDependency(...databaseLogs);
    return { database, databaseSecurityGroup };
  }

  private createStorage(accessLogs: s3.Bucket): { media: s3.Bucket; statics: s3.Bucket; distribution: cloudfront.Distribution } {
    const bucketProps = {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 's3-access-logs/',
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    };
    const media = new s3.Bucket(this, 'Media', {
      ...bucketProps,
      versioned: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: Duration.days(90) }],
    });
    const statics = new s3.Bucket(this, 'Static', { ...bucketProps, lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }] });
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(statics),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS,
      },
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
    });
    return { media, statics, distribution };
  }

  private createLoadBalancer(
    vpc: ec2.Vpc, accessLogs: s3.Bucket,
  ): { loadBalancer: elbv2.ApplicationLoadBalancer; loadBalancerSecurityGroup: ec2.SecurityGroup } {
    const loadBalancerSecurityGroup = new ec2.SecurityGroup(this, 'LoadBalancerSecurityGroup', { vpc, allowAllOutbound: false });
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: true,
      securityGroup: loadBalancerSecurityGroup,
      deletionProtection: true,
      dropInvalidHeaderFields: true,
    });
    // `logAccessLogs` throws where the region is not known.
    loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('access_logs.s3.bucket', accessLogs.bucketName);
    loadBalancer.setAttribute('access_logs.s3.prefix', 'alb');
    loadBalancer.node.defaultChild!.node.addDependency(accessLogs.policy!);

    const webAcl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'WebAcl' },
      rules: FIREWALL_RULES,
    });
    const webAclLogs = new logs.LogGroup(this, 'WebAclLogs', {
      logGroupName: `aws-waf-logs-${webAcl.attrId}`,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    new wafv2.CfnLoggingConfiguration(this, 'WebAclLogging', {
      resourceArn: webAcl.attrArn,
      logDestinationConfigs: [webAclLogs.logGroupArn],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'cookie' } }],
    });
    new wafv2.CfnWebACLAssociation(this, 'WebAclAssociation', { resourceArn: loadBalancer.loadBalancerArn, webAclArn: webAcl.attrArn });
    return { loadBalancer, loadBalancerSecurityGroup };
  }

  private createRelease(
    cluster: ecs.Cluster, task: ecs.FargateTaskDefinition, securityGroup: ec2.SecurityGroup, taskLogs: logs.LogGroup,
  ): CustomResource {
    const logGroup = new logs.LogGroup(this, 'HandlerLogs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const handlerRole = new iam.Role(this, 'HandlerRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Logs: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] })],
        }),
      },
    });
    const handler = new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.PYTHON_3_14,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(join(ROOT, 'lambda'), { exclude: ['*', '!common', '!common/*.py', '!command-runner', '!command-runner/*.py'] }),
      handler: 'command-runner/index.handler',
      role: handlerRole,
      logGroup,
      memorySize: 256,
      timeout: Duration.minutes(2),
    });
    const machineRole = new iam.Role(this, 'StateMachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        Run: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [cluster.arnForTasks('*')] }),
            new iam.PolicyStatement({
              actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
              resources: [this.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForECSTaskRule' })],
            }),
            new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.functionArn] }),
            new iam.PolicyStatement({
              actions: ['cloudwatch:PutMetricData'],
              resources: ['*'],
              conditions: { StringEquals: { 'cloudwatch:namespace': 'Shop' } },
            }),
            new iam.PolicyStatement({
              actions: ['ecs:RunTask'],
              resources: [this.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${task.family}:*` })],
              conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
            }),
            new iam.PolicyStatement({
              actions: ['iam:PassRole'],
              resources: [task.taskRole.roleArn, task.executionRole!.roleArn],
              conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
            }),
          ],
        }),
      },
    });
    const stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(this.toJsonString(this.runCommand(cluster, handler))),
      role: machineRole,
    });
    const listRights = new iam.Policy(this, 'ListRights', {
      roles: [machineRole],
      statements: [new iam.PolicyStatement({ actions: ['states:ListExecutions'], resources: [stateMachine.stateMachineArn] })],
    });
    const handlerRights = new iam.Policy(this, 'HandlerRights', {
      roles: [handlerRole],
      statements: [
        new iam.PolicyStatement({ actions: ['states:ListExecutions', 'states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
        new iam.PolicyStatement({
          actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
          resources: [`arn:${this.partition}:states:${this.region}:${this.account}:execution:${stateMachine.stateMachineName}:*`],
        }),
        new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [this.stackId] }),
        new iam.PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [taskLogs.logGroupArn] }),
      ],
    });
    const rule = new events.Rule(this, 'Watch', {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['ABORTED', 'FAILED', 'TIMED_OUT'], stateMachineArn: [stateMachine.stateMachineArn] },
      },
      targets: [{ bind: () => ({ arn: handler.functionArn }) }],
    });
    handler.addPermission('Watch', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: rule.ruleArn });

    const release = new CustomResource(this, 'Release', {
      resourceType: 'Custom::DjangoRelease',
      serviceToken: handler.functionArn,
      serviceTimeout: Duration.minutes(20),
      properties: {
        StateMachine: stateMachine.stateMachineArn,
        ConstructPath: 'App/Release',
        TaskDefinition: task.taskDefinitionArn,
        Container: 'django',
        Command: ['--wait-for-database', 'python', 'manage.py', 'migrate', '--noinput', '&&', 'python', 'manage.py', 'collectstatic', '--noinput'],
        TimeoutSeconds: 900,
        SecurityGroups: [securityGroup.securityGroupId],
        LogGroup: taskLogs.logGroupName,
        LogStreamPrefix: 'django',
      },
    });
    release.node.addDependency(
      stateMachine, listRights, handlerRights, task.taskRole, task.executionRole!, securityGroup, cluster.vpc.selectSubnets().internetConnectivityEstablished,
    );
    return release;
  }

  private runCommand(cluster: ecs.Cluster, handler: lambda.Function): object {
    const notStarted = ['*AccessDenied*', '*not authorized*', '*Capacity is unavailable*', '*network interface*'];
    return {
      Comment: 'Runs a command in a task of ECS to its end',
      StartAt: 'Run',
      States: {
        'Run': {
          Type: 'Task',
          Resource: `arn:${this.partition}:states:::ecs:runTask.sync`,
          TimeoutSecondsPath: '$.timeoutSeconds',
          Parameters: {
            'LaunchType': 'FARGATE',
            'PlatformVersion': 'LATEST',
            'Cluster': cluster.clusterArn,
            'TaskDefinition.$': '$.taskDefinition',
            'NetworkConfiguration': {
              AwsvpcConfiguration: {
                'Subnets': cluster.vpc.selectSubnets().subnetIds,
                'SecurityGroups.$': '$.securityGroups',
                'AssignPublicIp': 'DISABLED',
              },
            },
            'Overrides': { ContainerOverrides: [{ 'Name.$': '$.container', 'Command.$': '$.command' }] },
          },
          Retry: [
            { ErrorEquals: ['ECS.AccessDeniedException'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 3 },
            { ErrorEquals: ['ECS.ThrottlingException', 'ECS.AmazonECSException', 'ECS.ServerException'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5 },
            { ErrorEquals: ['AmazonECS.Unknown', 'ECS.ClientException', 'ECS.InvalidParameterException'], IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 3 },
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Would it start now?' }],
          ResultPath: '$.task',
          Next: 'Does CloudFormation wait?',
        },
        'Would it start now?': {
          Type: 'Choice',
          Choices: [{
            And: [
              { Not: { Variable: '$.secondTry', IsPresent: true } },
              { Variable: '$.failure.Cause', IsPresent: true },
              { Or: notStarted.map((pattern) => ({ Variable: '$.failure.Cause', StringMatches: pattern })) },
            ],
            Next: 'Wait a moment',
          }],
          Default: 'Does CloudFormation wait?',
        },
        'Wait a moment': { Type: 'Wait', Seconds: 20, Next: 'Try once more' },
        'Try once more': { Type: 'Pass', Result: true, ResultPath: '$.secondTry', Next: 'Run' },
        'Does CloudFormation wait?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.cloudFormation', IsPresent: true, Next: 'Answer CloudFormation' }],
          Default: 'Did it succeed?',
        },
        'Answer CloudFormation': {
          Type: 'Task',
          Resource: `arn:${this.partition}:states:::lambda:invoke`,
          TimeoutSeconds: 150,
          Parameters: { FunctionName: handler.functionArn, Payload: { 'execution.$': '$$.Execution.Id', 'run.$': '$' } },
          ResultSelector: { 'reason.$': '$.Payload.reason' },
          ResultPath: '$.answer',
          Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5 }],
          Next: 'Did it succeed?',
        },
        'Did it succeed?': {
          Type: 'Choice',
          Choices: [
            { Variable: '$.task', IsPresent: true, Next: 'Succeeded' },
            { Variable: '$.answer', IsPresent: true, Next: 'Failed and answered' },
          ],
          Default: 'Failed',
        },
        'Succeeded': { Type: 'Succeed' },
        'Failed and answered': { Type: 'Fail', Error: 'CommandFailed', CausePath: '$.answer.reason' },
        'Failed': { Type: 'Fail', ErrorPath: '$.failure.Error' },
      },
    };
  }

  private createService(
    cluster: ecs.Cluster, taskDefinition: ecs.FargateTaskDefinition, taskSecurityGroup: ec2.SecurityGroup,
    loadBalancer: elbv2.ApplicationLoadBalancer, loadBalancerSecurityGroup: ec2.SecurityGroup,
  ): ecs.FargateService {
    const service = new ecs.FargateService(this, 'Service', {
      cluster,
      taskDefinition,
      securityGroups: [taskSecurityGroup],
      circuitBreaker: { enable: true, rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: Duration.minutes(2),
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    const targetGroup = new elbv2.ApplicationTargetGroup(this, 'Targets', {
      vpc: cluster.vpc,
      port: 8000,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targets: [service],
      deregistrationDelay: Duration.seconds(30),
      healthCheck: { path: '/health/', healthyHttpCodes: '200', interval: Duration.seconds(5), timeout: Duration.seconds(4), healthyThresholdCount: 2 },
    });
    loadBalancer.addListener('Http', { port: 80, defaultTargetGroups: [targetGroup] });
    loadBalancerSecurityGroup.connections.allowTo(taskSecurityGroup, ec2.Port.tcp(8000));

    const scaling = service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80 });
    return service;
  }
}

/** Makes the stack in an app. */
export function define(app: App, imageDirectory: string): Stack {
  return new HandWrittenStack(app, 'App', imageDirectory);
}
