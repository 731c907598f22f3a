import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import * as cr from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

/**
 * Django on Fargate as tutorials and most projects write it: the load-balanced service of `aws-ecs-patterns`, an RDS
 * instance, two buckets and a distribution, a web ACL, and an `AwsCustomResource` that starts the migrations.
 *
 * It can do less than the minimal app (nobody waits for the migrations, no access or flow logs), which only makes
 * the comparison harder for us.
 */
export class UsualStack extends Stack {
  public constructor(scope: Construct, id: string, imageDirectory: string) {
    super(scope, id);

    const vpc = new ec2.Vpc(this, 'Vpc');
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });

    const database = new rds.DatabaseInstance(this, 'Database', {
      vpc,
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL),
      databaseName: 'django',
      multiAz: true,
      storageEncrypted: true,
      deletionProtection: true,
    });
    const secretKey = new secretsmanager.Secret(this, 'SecretKey');

    const media = new s3.Bucket(this, 'Media', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
    });
    const statics = new s3.Bucket(this, 'Static', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(statics),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      },
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

    this.createRelease(cluster, web.service, image, environment, secrets, database, statics);
    this.createFirewall(web);
  }

  private createRelease(
    cluster: ecs.Cluster, service: ecs.FargateService, image: ecs.ContainerImage, environment: Record<string, string>, secrets: Record<string, ecs.Secret>,
    database: rds.DatabaseInstance, statics: s3.Bucket,
  ): void {
    const task = new ecs.FargateTaskDefinition(this, 'ReleaseTask', { cpu: 512, memoryLimitMiB: 1024 });
    task.addContainer('Container', {
      image,
      environment,
      secrets,
      command: ['sh', '-c', 'python manage.py migrate --noinput && python manage.py collectstatic --noinput'],
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'release' }),
    });
    const securityGroup = new ec2.SecurityGroup(this, 'ReleaseSecurityGroup', { vpc: cluster.vpc });
    database.connections.allowDefaultPortFrom(securityGroup);
    statics.grantReadWrite(task.taskRole);

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

  private createFirewall(web: patterns.ApplicationLoadBalancedFargateService): void {
    const groups = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesAmazonIpReputationList'];
    const acl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'WebAcl', sampledRequestsEnabled: true },
      rules: [
        ...groups.map((name, priority) => ({
          name,
          priority,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
          visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: true },
        })),
        {
          name: 'RateLimit',
          priority: groups.length,
          action: { block: {} },
          statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: 'IP' } },
          visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'RateLimit', sampledRequestsEnabled: true },
        },
      ],
    });
    new wafv2.CfnWebACLAssociation(this, 'WebAclAssociation', { webAclArn: acl.attrArn, resourceArn: web.loadBalancer.loadBalancerArn });
  }
}

/** Makes the stack in an app. */
export function define(app: App, imageDirectory: string): Stack {
  return new UsualStack(app, 'App', imageDirectory);
}
