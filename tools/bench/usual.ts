import { join } from 'path';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import * as cr from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { FIREWALL_RULES } from './firewall';

/**
 * What the minimal app can do, in the usual way: the load-balanced service of `aws-ecs-patterns`, an RDS instance, buckets
 * and a distribution, a web ACL, their logs, a `BucketDeployment` of the static files, and an `AwsCustomResource` that starts the migrations.
 *
 * It can do less where the usual way does less (nothing waits for the migrations or tells why they failed, the database is
 * among the tasks), which makes the comparison harder for the minimal app.
 */
export class UsualStack extends Stack {
  public constructor(scope: Construct, id: string, imageDirectory: string) {
    super(scope, id);

    const accessLogs = new s3.Bucket(this, 'AccessLogs', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    const vpc = new ec2.Vpc(this, 'Vpc', { gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } } });
    vpc.addFlowLog('FlowLog');
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });

    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
    const database = new rds.DatabaseInstance(this, 'Database', {
      vpc,
      engine,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL),
      databaseName: 'django',
      parameterGroup: new rds.ParameterGroup(this, 'DatabaseParameters', { engine, parameters: { 'rds.force_ssl': '1' } }),
      multiAz: true,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      maxAllocatedStorage: 100,
      backupRetention: Duration.days(14),
      cloudwatchLogsExports: ['postgresql', 'upgrade'],
      enablePerformanceInsights: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const secretKey = new secretsmanager.Secret(this, 'SecretKey', { removalPolicy: RemovalPolicy.RETAIN });

    const media = new s3.Bucket(this, 'Media', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
    });
    // What is in it is made again with each deployment.
    const statics = new s3.Bucket(this, 'Static', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      serverAccessLogsBucket: accessLogs,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(statics),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS,
      },
    });

    // Nothing waits for the release task, so the static files cannot be left to it.
    new s3deploy.BucketDeployment(this, 'StaticFiles', {
      sources: [s3deploy.Source.asset(join(imageDirectory, 'catalog', 'static'))],
      destinationBucket: statics,
      destinationKeyPrefix: 'static',
      prune: false,
      distribution,
    });

    const image = ecs.ContainerImage.fromAsset(imageDirectory);
    const environment = {
      DJANGO_SETTINGS_MODULE: 'shop.settings',
      DB_HOST: database.dbInstanceEndpointAddress,
      DB_PORT: database.dbInstanceEndpointPort,
      DB_NAME: 'django',
      MEDIA_BUCKET: media.bucketName,
      STATIC_BUCKET: statics.bucketName,
      STATIC_URL: `https://${distribution.distributionDomainName}/`,
      ALLOWED_HOSTS: '*',
    };
    const secrets = {
      DB_USER: ecs.Secret.fromSecretsManager(database.secret!, 'username'),
      DB_PASSWORD: ecs.Secret.fromSecretsManager(database.secret!, 'password'),
      SECRET_KEY: ecs.Secret.fromSecretsManager(secretKey),
    };

    const web = new patterns.ApplicationLoadBalancedFargateService(this, 'Web', {
      cluster,
      cpu: 512,
      memoryLimitMiB: 1024,
      desiredCount: 2,
      circuitBreaker: { rollback: true },
      taskImageOptions: { image, containerPort: 8000, environment, secrets },
    });
    web.targetGroup.configureHealthCheck({ path: '/health/' });
    const scaling = web.service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80 });
    database.connections.allowDefaultPortFrom(web.service);
    media.grantReadWrite(web.taskDefinition.taskRole);

    this.createRelease(cluster, web.service, image, environment, secrets, database);
    this.logAccess(web, accessLogs);
    this.createFirewall(web);
  }

  private createRelease(
    cluster: ecs.Cluster, service: ecs.FargateService, image: ecs.ContainerImage, environment: Record<string, string>, secrets: Record<string, ecs.Secret>,
    database: rds.DatabaseInstance,
  ): void {
    const task = new ecs.FargateTaskDefinition(this, 'ReleaseTask', { cpu: 512, memoryLimitMiB: 1024 });
    task.addContainer('Container', {
      image,
      environment,
      secrets,
      command: ['python', 'manage.py', 'migrate', '--noinput'],
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'release' }),
    });
    const securityGroup = new ec2.SecurityGroup(this, 'ReleaseSecurityGroup', { vpc: cluster.vpc });
    database.connections.allowDefaultPortFrom(securityGroup);

    const call: cr.AwsSdkCall = {
      service: 'ECS',
      action: 'runTask',
      physicalResourceId: cr.PhysicalResourceId.of(task.taskDefinitionArn),
      parameters: {
        cluster: cluster.clusterName,
        taskDefinition: task.taskDefinitionArn,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: cluster.vpc.privateSubnets.map((subnet) => subnet.subnetId),
            securityGroups: [securityGroup.securityGroupId],
          },
        },
      },
    };
    const release = new cr.AwsCustomResource(this, 'Release', {
      onCreate: call,
      onUpdate: call,
      policy: cr.AwsCustomResourcePolicy.fromStatements([
        new iam.PolicyStatement({ actions: ['ecs:RunTask'], resources: [task.taskDefinitionArn] }),
        new iam.PolicyStatement({ actions: ['iam:PassRole'], resources: [task.taskRole.roleArn, task.obtainExecutionRole().roleArn] }),
      ]),
    });
    service.node.addDependency(release);
  }

  private logAccess({ loadBalancer }: patterns.ApplicationLoadBalancedFargateService, accessLogs: s3.Bucket): void {
    // `logAccessLogs` throws where the region is not known.
    loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('access_logs.s3.bucket', accessLogs.bucketName);
    loadBalancer.setAttribute('access_logs.s3.prefix', 'alb');
    accessLogs.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [accessLogs.arnForObjects(`alb/AWSLogs/${this.account}/*`)],
    }));
    loadBalancer.node.addDependency(accessLogs.policy!);
  }

  private createFirewall(web: patterns.ApplicationLoadBalancedFargateService): void {
    const webAcl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'WebAcl', sampledRequestsEnabled: true },
      rules: FIREWALL_RULES,
    });
    const webAclLogs = new logs.LogGroup(this, 'WebAclLogs', { logGroupName: 'aws-waf-logs-shop', retention: logs.RetentionDays.THREE_MONTHS });
    new wafv2.CfnLoggingConfiguration(this, 'WebAclLogging', { resourceArn: webAcl.attrArn, logDestinationConfigs: [webAclLogs.logGroupArn] });
    new wafv2.CfnWebACLAssociation(this, 'WebAclAssociation', { webAclArn: webAcl.attrArn, resourceArn: web.loadBalancer.loadBalancerArn });
  }
}

/** Makes the stack in an app. */
export function define(app: App, imageDirectory: string): Stack {
  return new UsualStack(app, 'App', imageDirectory);
}
