import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Duration, Size, Stack, StackProps, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import {
  CacheEngine, DjangoImage, DjangoOnFargate, Egress, EnvironmentConvention, ImageRepository, ImageTag, StaticFiles, WebServer,
} from 'cdk-django-on-fargate';

/** Images of the backend. A stack of its own, because a repository is empty at first. */
export class TruckingImagesStack extends Stack {
  public readonly images = new ImageRepository(this, 'Images', { repositoryName: 'trucking-backend', keepImages: 10, movingTags: ['latest'] });
}

/** Properties of a `TruckingStack`. */
export interface TruckingStackProps extends StackProps {
  /** Images of the backend. */
  readonly images: ImageRepository;

  /** Page of the front end (Next.js), which uploads documents by presigned URLs. */
  readonly frontendOrigin: string;

  /** Who is told when something is wrong. */
  readonly alarmEmail: string;

  /** Name of the site in Route 53; plain HTTP without. */
  readonly site?: { readonly domainName: string; readonly hostedZoneId: string; readonly zoneName: string };

  /** Replicas of database and cache; none by default. */
  readonly replicas?: number;
}

/** Transport management: FastAPI, so no Django, with PostGIS and Redis. */
export class TruckingStack extends Stack {
  public readonly tms: DjangoOnFargate;

  public constructor(scope: Construct, id: string, props: TruckingStackProps) {
    super(scope, id, props);
    const { images, frontendOrigin, alarmEmail, site, replicas = 0 } = props;

    this.tms = new DjangoOnFargate(this, 'Tms', {
      image: DjangoImage.fromRepository(images.repository, ImageTag.fromSsmParameter('/trucking/image-tag')),
      domain: site && { domainName: site.domainName, hostedZone: route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', site) },
      network: { cidr: '10.0.0.0/16', egress: Egress.natGateways(1) },
      web: {
        command: ['uvicorn', 'app.main:app'],
        server: WebServer.uvicorn(),
        healthCheckPath: '/health',
        cpu: 256,
        minCapacity: 1,
        maxCapacity: 100,
      },
      release: { commands: [['alembic', 'upgrade', 'head']] },
      database: {
        engineVersion: '15',
        instanceType: 't4g.micro',
        databaseName: 'trucking',
        maxAllocatedStorageGiB: 40,
        multiAz: false,
        backupRetention: Duration.days(7),
        extensions: ['postgis'],
        readReplicas: replicas,
      },
      cache: { engine: CacheEngine.REDIS, nodeType: 'cache.t4g.micro', replicas, snapshotRetention: Duration.days(5) },
      storage: { staticFiles: StaticFiles.IN_IMAGE, corsAllowedOrigins: [frontendOrigin], noncurrentVersionExpiration: Duration.days(90) },
      // Each connection as one JSON object, and none of Django's variables.
      convention: EnvironmentConvention.only({
        databaseSecretJson: ['DATABASE_SECRET_JSON'], redisSecretJson: ['REDIS_SECRET_JSON'], mediaBucket: ['S3_BUCKET'],
      }),
      environment: { ENV: 'production' },
      alarms: { emails: [alarmEmail] },
      monitoring: { logRetention: logs.RetentionDays.TWO_WEEKS },
    });
    this.addAlarms(this.tms);
    Tags.of(this).add('cost-center', 'trucking');
  }

  private addAlarms({ web, database, loadBalancer: { loadBalancer: { metrics } } }: DjangoOnFargate): void {
    const errors = new cloudwatch.MathExpression({
      expression: 'own + application',
      usingMetrics: {
        own: metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT),
        application: metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT),
      },
    });
    this.addAlarm('Errors', { metric: errors, threshold: 20, evaluationPeriods: 1 });
    this.addAlarm('TaskCpu', { metric: web.service.metricCpuUtilization(), threshold: 80, evaluationPeriods: 2 });
    this.addAlarm('TaskMemory', { metric: web.service.metricMemoryUtilization(), threshold: 80, evaluationPeriods: 2 });
    this.addAlarm('DatabaseCpu', { metric: database!.metricCPUUtilization(), threshold: 80, evaluationPeriods: 2 });
    this.addAlarm('DatabaseStorage', {
      metric: database!.metricFreeStorageSpace(),
      threshold: Size.gibibytes(2).toBytes(),
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    });
  }

  private addAlarm(id: string, props: cloudwatch.AlarmProps): void {
    new cloudwatch.Alarm(this, id, {
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...props,
    }).addAlarmAction(new SnsAction(this.tms.alarmTopic!));
  }
}

/** The system: first the images, then what runs them. */
export function trucking(app: App, props: Omit<TruckingStackProps, 'images'>): TruckingStack {
  const { images } = new TruckingImagesStack(app, 'TruckingImages');
  return new TruckingStack(app, 'Trucking', { ...props, images });
}
