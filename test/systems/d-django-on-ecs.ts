import { join } from 'path';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, RemovalPolicy, Stack, StackProps, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import {
  AuroraServerlessOptions, DatabaseAuthentication, DeploymentProfile, DjangoImage, DjangoOnFargate, Egress, ImageRepository, ImageTag, Network,
  PrivateDatabase, RouteAuthentication, WebDeployment,
} from 'cdk-django-on-fargate';

const BACKEND = join(__dirname, '..', '..', 'examples', 'django-app');
const REPOSITORY = 'django-on-ecs';
const GITHUB = 'token.actions.githubusercontent.com';

/** Environment of the system. */
export interface Environment {
  /** What it is for. */
  readonly profile: DeploymentProfile;

  /** Whether the image is built from the working copy during `cdk deploy`; a published tag otherwise. */
  readonly buildOnDeploy?: boolean;

  /** Whether it owns the repository of images that all share: exactly one does. */
  readonly ownsImages?: boolean;

  /** Way out of the network. */
  readonly egress: () => Egress;

  /** Replicas of the database to read from; none by default. */
  readonly readReplicas?: number;

  /** Aurora instead of an instance. */
  readonly aurora?: AuroraServerlessOptions;

  /** Name of the site in Route 53; plain HTTP without. */
  readonly site?: { readonly domainName: string; readonly hostedZoneId: string; readonly zoneName: string };

  /** Whether a few requests try a new version first. Requests per target do not scale it then. */
  readonly canary?: boolean;

  /** User pool of the company whose users alone reach the admin; not with a canary. */
  readonly adminUsers?: { readonly userPoolId: string; readonly clientId: string; readonly domainPrefix: string };
}

/** Environments, chosen by `-c env=`. */
export const ENVIRONMENTS: Record<string, Environment> = {
  dev: { profile: DeploymentProfile.DEVELOPMENT, buildOnDeploy: true, ownsImages: true, egress: () => Egress.natInstance() },
  test: { profile: DeploymentProfile.STAGING, egress: () => Egress.natGateways(1) },
  prod: { profile: DeploymentProfile.PRODUCTION, egress: () => Egress.natGateways(2), readReplicas: 1 },
};

/** What all stacks of an environment know. */
export interface EnvironmentStackProps extends StackProps {
  /** Name of the environment. */
  readonly envName: string;

  /** The environment. */
  readonly settings: Environment;
}

/** Network, and what the pipeline needs; deployed by hand. */
export class NetworkStack extends Stack {
  public readonly network: Network;
  public readonly deployRole: iam.Role;

  public constructor(scope: Construct, id: string, props: EnvironmentStackProps) {
    super(scope, id, props);
    const { envName, settings: { egress, ownsImages } } = props;
    this.network = new Network(this, 'Network', {
      availabilityZones: [`${this.region}a`, `${this.region}b`],
      publicSubnetMask: 26,
      privateSubnetMask: 22,
      isolatedSubnetMask: 26,
      egress: egress(),
    });
    const images = ownsImages
      ? new ImageRepository(this, 'Images', { repositoryName: REPOSITORY, movingTags: ['latest'] }).repository
      : ecr.Repository.fromRepositoryName(this, 'Images', REPOSITORY);
    this.deployRole = this.createDeployRole(envName);
    images.grantPullPush(this.deployRole);
  }

  /** `AWS_ROLE_TO_ASSUME` of the pipeline: it may deploy as `cdk deploy` does, from one environment of one repository at GitHub. */
  private createDeployRole(envName: string): iam.Role {
    const arnOf = (resource: string, resourceName: string) => this.formatArn({ service: 'iam', region: '', resource, resourceName });
    const role = new iam.Role(this, 'DeployRole', {
      assumedBy: new iam.WebIdentityPrincipal(arnOf('oidc-provider', GITHUB), {
        StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: `repo:acme/django-on-ecs:environment:${envName}` },
      }),
    });
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['sts:AssumeRole'],
      resources: ['deploy', 'file-publishing', 'image-publishing', 'lookup'].map((duty) => arnOf('role', `cdk-hnb659fds-${duty}-role-${this.account}-${this.region}`)),
    }));
    Validations.of(role).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason: 'AWS has no resource for ecr:GetAuthorizationToken' });
    return role;
  }
}

/** Properties of a `DataStack`. */
export interface DataStackProps extends EnvironmentStackProps {
  /** Network of the database. */
  readonly network: Network;
}

/** Database; deployed by hand. */
export class DataStack extends Stack {
  public readonly database: PrivateDatabase;

  public constructor(scope: Construct, id: string, { network: { vpc }, settings: { profile, readReplicas, aurora }, ...props }: DataStackProps) {
    super(scope, id, props);
    const isDevelopment = profile === DeploymentProfile.DEVELOPMENT;
    this.database = new PrivateDatabase(this, 'Database', {
      vpc,
      databaseName: 'app',
      authentication: DatabaseAuthentication.iam({ applicationUser: 'app_user' }),
      ...aurora ? { auroraServerless: aurora } : { instanceType: 't4g.micro', multiAz: profile === DeploymentProfile.PRODUCTION },
      readReplicas,
      deletionProtection: !isDevelopment,
      removalPolicy: isDevelopment ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}

/** Properties of an `AppStack`. */
export interface AppStackProps extends DataStackProps {
  /** Database of the project. */
  readonly database: PrivateDatabase;

  /** Tag of the image; the one that the pipeline has written into the parameter by default. */
  readonly imageTag?: string;

  /** Who is told when something is wrong; nobody by default. */
  readonly alertEmail?: string;
}

/** The project; deployed by the pipeline. */
export class AppStack extends Stack {
  public readonly app: DjangoOnFargate;

  public constructor(scope: Construct, id: string, private readonly props: AppStackProps) {
    super(scope, id, props);
    const { network: { vpc }, database, settings: { profile, canary, site, adminUsers }, alertEmail } = props;

    this.app = new DjangoOnFargate(this, 'App', {
      image: this.image(),
      project: 'app',
      profile,
      domain: site && { domainName: site.domainName, hostedZone: route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', site) },
      network: { vpc },
      database: { existing: database },
      web: {
        targetCpuPercent: 60,
        targetMemoryPercent: 70,
        maxCapacity: 4,
        ...canary ? { deployment: WebDeployment.canary({ stepPercent: 10 }) } : { targetRequestsPerMinute: 1000 },
      },
      alarms: alertEmail ? { emails: [alertEmail] } : undefined,
    });
    if (adminUsers) {
      const authentication = RouteAuthentication.cognito({
        userPool: cognito.UserPool.fromUserPoolId(this, 'Users', adminUsers.userPoolId),
        userPoolClient: cognito.UserPoolClient.fromUserPoolClientId(this, 'Client', adminUsers.clientId),
        userPoolDomain: cognito.UserPoolDomain.fromDomainName(this, 'SignIn', adminUsers.domainPrefix),
      });
      this.app.loadBalancer.addService(this.app.web, { paths: ['/admin/*'], authentication });
    }
    if (this.app.alarmTopic) {
      this.addAlarms();
    }
  }

  private image(): DjangoImage {
    const { settings: { buildOnDeploy }, envName, imageTag = ImageTag.fromSsmParameter(`/django-on-ecs/${envName}/image-tag`) } = this.props;
    return buildOnDeploy ? DjangoImage.fromDirectory(BACKEND) : DjangoImage.fromEcr(REPOSITORY, imageTag);
  }

  private addAlarms(): void {
    const { application, web: { service }, loadBalancer: { loadBalancer: { metrics } } } = this.app;
    const errorLines = application.logGroup.addMetricFilter('ErrorLines', {
      filterPattern: logs.FilterPattern.anyTerm('ERROR', 'CRITICAL'), metricNamespace: 'DjangoOnEcs', metricName: `${this.stackName}Errors`,
    });
    const alarms: [string, cloudwatch.IMetric, number][] = [
      ['Logs', errorLines.metric({ statistic: cloudwatch.Stats.SUM }), 5],
      ['Cpu', service.metricCpuUtilization(), 80],
      ['Memory', service.metricMemoryUtilization(), 80],
      ['Errors', metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT), 20],
    ];
    alarms.forEach(([id, metric, threshold]) =>
      new cloudwatch.Alarm(this, id, { metric, threshold, evaluationPeriods: 2, treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING })
        .addAlarmAction(new SnsAction(this.app.alarmTopic!)));
  }
}

/** The three stacks of the environment that the context names: `cdk deploy AppStack-prod -c env=prod -c region=eu-west-1 -c imageTag=4f2a9c1d0b7e`. */
export function djangoOnEcs(app: App, environments = ENVIRONMENTS): { network: NetworkStack; data: DataStack; application: AppStack } {
  const context = (name: string): string | undefined => app.node.tryGetContext(name);
  const envName = context('env') ?? 'dev';
  const settings = environments[envName];
  if (!settings) {
    throw new Error(`Context 'env' must be one of ${Object.keys(environments).join(', ')}, got '${envName}'`);
  }
  const props = { envName, settings, env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: context('region') ?? 'eu-west-1' } };
  const network = new NetworkStack(app, `NetworkStack-${envName}`, props);
  const data = new DataStack(app, `DataStack-${envName}`, { ...props, network: network.network });
  const application = new AppStack(app, `AppStack-${envName}`, {
    ...props, network: network.network, database: data.database, imageTag: context('imageTag'), alertEmail: context('alertEmail'),
  });
  return { network, data, application };
}
