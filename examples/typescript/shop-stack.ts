import { join } from 'path';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Stack, StackProps } from 'aws-cdk-lib/core';
import {
  DatabaseAuthentication, DeploymentProfile, DjangoImage, DjangoOnFargate, DomainOptions, SesSmtpOptions, SpaSource, TaskSchedule,
} from 'cdk-django-on-fargate';
import { Construct } from 'constructs';

const DJANGO_APP = join(__dirname, '..', 'django-app');
const SPA = join(__dirname, '..', 'spa');

/** Properties of a `ShopStack`. */
export interface ShopStackProps extends StackProps {
  /** Purpose of the deployment; production when left out. */
  readonly profile?: DeploymentProfile;

  /** Protection against deletion; off for the first deployment, as the profile says when left out. */
  readonly deletionProtection?: boolean;

  /** Image that is in a registry already; built from `django-app` when left out. */
  readonly image?: string;

  /** Address that learns of failed tasks; nobody does when left out. */
  readonly alarmEmail?: string;

  /** Name of the site; that of the CloudFront distribution when left out. With it the stack needs a region. */
  readonly domainName?: string;

  /** Id of the Route 53 zone that the name lies in; goes with `domainName`. */
  readonly hostedZoneId?: string;

  /** Name of that zone. */
  readonly zoneName?: string;
}

/** Stack of the shop in `examples/django-app`: everything it needs in production. */
export class ShopStack extends Stack {
  /** The Django project; everything that it made hangs here, e.g. `shop.database`. */
  public readonly shop: DjangoOnFargate;

  public constructor(scope: Construct, id: string, props: ShopStackProps = {}) {
    super(scope, id, props);

    this.shop = new DjangoOnFargate(this, 'Shop', {
      image: props.image ? DjangoImage.fromRegistry(props.image) : DjangoImage.fromDirectory(DJANGO_APP),
      project: 'shop',
      profile: props.profile,
      deletionProtection: props.deletionProtection,
      domain: this.domain(props),
      // No password for the application: each connection takes a token. The release migrates as the owner of the tables.
      database: { authentication: DatabaseAuthentication.iam(), extensions: ['pg_trgm'] },
      cache: {},
      email: this.email(props),
      web: { healthCheckPath: '/health/' },
      // What the load balancer's health check leaves out on purpose: database, cache, storage and mail, asked from inside the network.
      release: { checkCommand: ['python', 'manage.py', 'check_status', '--json'] },
      alarms: props.alarmEmail ? { emails: [props.alarmEmail] } : undefined,
      // The pages are those of the single-page app; CloudFront sends /api/ and /admin/ to Django, which has no public address.
      spa: { source: SpaSource.project(SPA), config: { siteName: 'Shop' } },
      // Files about a product are added under /api/products/<name>/attachments/.
      loadBalancer: { webAcl: { uploadPaths: ['/admin/', '/api/products/'], loginPaths: ['/admin/login/', '/api/session/'] } },
    });

    // Celery: the worker publishes the price list, beat says when.
    this.shop.addWorker('Worker');
    this.shop.addBeat('Beat');
    this.shop.addScheduledTask('ClearSessions', {
      command: ['python', 'manage.py', 'clearsessions'],
      schedule: TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin'),
    });
  }

  /** Mail needs a domain that is ours. An identity of the site's own name leaves that of the zone to others. */
  private email({ domainName }: ShopStackProps): SesSmtpOptions | undefined {
    return domainName ? { fromAddress: `Shop <shop@${domainName}>`, domainName, rotation: {} } : undefined;
  }

  private domain({ domainName, hostedZoneId, zoneName }: ShopStackProps): DomainOptions | undefined {
    if (!domainName || !hostedZoneId || !zoneName) {
      return undefined;
    }
    // By its attributes: a look-up by name would need the account at synth.
    return { domainName, hostedZone: route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName }) };
  }
}
