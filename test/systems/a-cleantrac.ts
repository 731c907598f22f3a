import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { CfnOutput, Duration, Stack, StackProps, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import {
  BucketLayout, DatabaseAuthentication, DjangoImage, DjangoOnFargate, Egress, EnvironmentSecret, ImageTag, Network, PrivateDatabase, WebDeployment, WebServer,
  WebService,
} from 'cdk-django-on-fargate';

const PIPELINE = 'token.actions.githubusercontent.com';
/** The smallest task that Fargate has, one of it. */
const ONE_SMALL_TASK = { cpu: 256, memoryLimitMiB: 512, minCapacity: 1, maxCapacity: 1 };

/** Properties of a `CleanTracStack`. */
export interface CleanTracStackProps extends StackProps {
  /** Environment, e.g. `prod`. */
  readonly stage: string;

  /** Organisation at GitHub that images and pipeline belong to. */
  readonly organisation: string;

  /** Name of the site in Route 53. */
  readonly site: { readonly domainName: string; readonly hostedZoneId: string; readonly zoneName: string };

  /** Who is told when something is wrong. */
  readonly alarmEmail: string;
}

/** Django's API and a front end in nginx behind one load balancer, with a second database. */
export class CleanTracStack extends Stack {
  public readonly cleantrac: DjangoOnFargate;
  public readonly frontend: WebService;
  public readonly traceability: PrivateDatabase;
  public readonly pipeline: iam.Role;

  private readonly imageTag: string;

  public constructor(scope: Construct, id: string, private readonly props: CleanTracStackProps) {
    super(scope, id, props);
    const { stage, site, alarmEmail } = props;
    this.imageTag = `/cleantrac/${stage}/image-tag`;

    const { vpc } = new Network(this, 'Network', { egress: Egress.natGateways(1) });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc, clusterName: `cleantrac-${stage}`, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    // What rotates has users of its own: the administrator's password is in no task.
    const database = {
      multiAz: false,
      enhancedMonitoringInterval: Duration.minutes(1),
      authentication: DatabaseAuthentication.passwords(),
      rotation: {},
    };
    this.traceability = new PrivateDatabase(this, 'Traceability', { ...database, vpc, databaseName: 'traceability_source', variablePrefix: 'TRACEABILITY_' });

    this.cleantrac = new DjangoOnFargate(this, 'CleanTrac', {
      image: this.image('backend'),
      project: 'cleantrac_project',
      domain: { domainName: site.domainName, hostedZone: route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', site) },
      network: { vpc },
      web: { ...ONE_SMALL_TASK, cluster, paths: ['/api/*', '/admin/*'], deployment: WebDeployment.blueGreen() },
      database: { ...database, databaseName: 'cleantrac' },
      backingServices: [this.traceability],
      storage: { bucketLayout: BucketLayout.SHARED, additionalBuckets: ['cleantrac-*'] },
      secretKey: EnvironmentSecret.fromSsmParameter(`/cleantrac/${stage}/django-secret-key`),
      // Whether both databases answer, asked from inside of the network.
      release: { checkCommand: ['python', 'manage.py', 'check', '--database', 'default', '--database', 'traceability'] },
      alarms: { emails: [alarmEmail] },
    });
    this.frontend = this.cleantrac.addService('Frontend', { ...ONE_SMALL_TASK, image: this.image('frontend') });
    const sockets = this.cleantrac.addService('Sockets', { ...ONE_SMALL_TASK, paths: ['/ws/*'], server: WebServer.uvicorn() });

    this.tellOfFailures();
    this.pipeline = this.createPipelineRole({ Web: this.cleantrac.web.service, Frontend: this.frontend.service, Sockets: sockets.service });
  }

  /** Images have the commit as their tag, which the pipeline writes into a parameter when it has deployed it. */
  private image(name: string): DjangoImage {
    const tag = ImageTag.fromSsmParameter(this.imageTag);
    return DjangoImage.fromRegistry(`ghcr.io/${this.props.organisation}/cleantrac-${name}:${tag}`, { credentialsSecretName: 'cleantrac/ghcr' });
  }

  private tellOfFailures(): void {
    const { database, loadBalancer: { loadBalancer }, cluster, alarmTopic } = this.cleantrac;
    const alarms: [string, cloudwatch.IMetric, number][] = [
      ['Errors', loadBalancer.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT), 20],
      ['DatabaseCpu', database!.metricCPUUtilization(), 80],
      ['DatabaseConnections', database!.metricDatabaseConnections(), database!.maxConnections! * 0.8],
      ['TraceabilityCpu', this.traceability.metricCPUUtilization(), 80],
      ['TraceabilityConnections', this.traceability.metricDatabaseConnections(), this.traceability.maxConnections! * 0.8],
    ];
    alarms.forEach(([id, metric, threshold]) =>
      new cloudwatch.Alarm(this, id, { metric, threshold, evaluationPeriods: 2, treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING })
        .addAlarmAction(new SnsAction(alarmTopic!)));
    new events.Rule(this, 'FailedTasks', {
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [cluster.clusterArn],
          group: events.Match.prefix('service:'),
          lastStatus: ['STOPPED'],
          stopCode: ['EssentialContainerExited', 'TaskFailedToStart'],
        },
      },
      targets: [new SnsTopic(alarmTopic!)],
    });
  }

  /** What GitHub's ECS actions need, and nothing else: see "From a pipeline" in the library's documentation. */
  private createPipelineRole(services: Record<string, ecs.FargateService>): iam.Role {
    const { organisation, stage } = this.props;
    const { releaseProcess, cluster, managementCommands } = this.cleantrac;
    const provider = this.formatArn({ service: 'iam', region: '', resource: 'oidc-provider', resourceName: PIPELINE });

    const role = new iam.Role(this, 'Pipeline', {
      assumedBy: new iam.WebIdentityPrincipal(provider, {
        StringEquals: { [`${PIPELINE}:aud`]: 'sts.amazonaws.com', [`${PIPELINE}:sub`]: `repo:${organisation}/cleantrac:environment:${stage}` },
      }),
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'], resources: ['*'] }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: Object.values(services).map(({ serviceArn }) => serviceArn),
    }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [this.stackId] }));
    ssm.StringParameter.fromStringParameterName(this, 'ImageTag', this.imageTag).grantWrite(role);
    managementCommands.grantRun(role);
    Validations.of(role).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason: 'ECS names no resource when a task definition is described or registered' });

    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
    Object.entries(services).forEach(([id, { serviceName }]) => new CfnOutput(this, `${id}Service`, { value: serviceName }));
    const definitions = Object.entries(services).map(([id, { taskDefinition }]): [string, ecs.TaskDefinition] => [id, taskDefinition]);
    [...definitions, ['Release', releaseProcess.taskDefinition] as const].forEach(([id, definition]) => {
      [definition.taskRole, definition.obtainExecutionRole()].forEach((passed) => passed.grantPassRole(role));
      new CfnOutput(this, `${id}Family`, { value: definition.family });
    });
    return role;
  }
}
