import * as route53 from 'aws-cdk-lib/aws-route53';
import { Duration, Stack, StackProps } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BucketLayout, DjangoImage, DjangoOnFargate, EnvironmentSecret, SesSmtp, SpaSource, WebServer } from 'cdk-django-on-fargate';

/** Properties of an `InnovateToGrowStack`. */
export interface InnovateToGrowStackProps extends StackProps {
  /** Image of the back end: `python:slim`, a user that is not root, and an entry point that migrates, which does not run. */
  readonly image: DjangoImage;

  /** Front end (React), e.g. `SpaSource.project('frontend', { environment: { VITE_API_BASE_URL: '/api' } })`. */
  readonly frontend: SpaSource;

  /** Name of the site in Route 53. */
  readonly site: { readonly domainName: string; readonly hostedZoneId: string; readonly zoneName: string };

  /** Whether there is a cache; the project falls back to local memory without. */
  readonly cache?: boolean;
}

/** Django's API and its front end on one name, behind CloudFront. */
export class InnovateToGrowStack extends Stack {
  public readonly innovate: DjangoOnFargate;

  public constructor(scope: Construct, id: string, props: InnovateToGrowStackProps) {
    super(scope, id, props);
    const { image, frontend, site, cache } = props;

    this.innovate = new DjangoOnFargate(this, 'Innovate', {
      image,
      project: 'core',
      domain: { domainName: site.domainName, hostedZone: route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', site) },
      spa: { source: frontend, backendPaths: ['/api/*', '/admin', '/admin/*', '/health/'] },
      // The longest that Fargate lets requests end in: it waits two minutes at most between SIGTERM and SIGKILL.
      web: { server: WebServer.gunicorn({ workers: 3, threads: 4 }), requestTimeout: Duration.seconds(115) },
      loadBalancer: { idleTimeout: Duration.seconds(120) },
      database: { engineVersion: '16', databaseName: 'innovate_to_grow', username: 'itg_user' },
      storage: { bucketLayout: BucketLayout.SHARED },
      cache: cache ? {} : undefined,
      backingServices: [SesSmtp.fromSmtpServer(this, 'Gmail', { host: 'smtp.gmail.com', fromAddress: 'hello@innovate.example.com', secretName: 'innovate/gmail' })],
      secrets: { GOOGLE_SHEETS_CREDENTIALS_JSON: EnvironmentSecret.fromSecretName('innovate/google') },
      release: {
        superuser: { email: 'admin@innovate.example.com' },
        // No migration is missing in the code, none is pending when the new version serves.
        before: [['python', 'manage.py', 'makemigrations', '--check', '--dry-run']],
        checkCommand: ['python', 'manage.py', 'migrate', '--check'],
      },
    });
  }
}
