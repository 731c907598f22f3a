import { rmSync } from 'fs';
import { join } from 'path';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { UPLOADS } from './flows';
import { ShopStack } from '../../examples/typescript/shop-stack';
import { AlbAccess, DeploymentProfile, DjangoImage, DjangoOnFargate, DjangoOnFargateProps, SpaMedia, SpaSource } from 'cdk-django-on-fargate';

const ROOT = join(__dirname, '..', '..');
const OUT = join(ROOT, 'build', 'browser');
const SPA = join(ROOT, 'examples', 'spa');

/** The name of the sites that have one, and the zone in which it lies. */
const DOMAIN = { domainName: 'shop.example.com', hostedZoneId: 'Z0123456789EXAMPLE', zoneName: 'example.com' };

interface SiteStack {
  readonly title: string;
  /** What becomes of uploads. */
  readonly uploads: keyof typeof UPLOADS;
  /** What the pages are called. */
  readonly siteName: string;
  readonly define: (app: App) => void;
}

/** The sites that a browser visits. */
export const SITES = {
  /** As the example's README deploys it. */
  example: { title: 'the example, whose load balancer has no public address', uploads: 'uploads are private', siteName: 'Shop', define: (app) => new ShopStack(app, 'Shop', { ...DOMAIN, env: { region: 'eu-central-1' } }) },

  /** CloudFront's own name, and plain HTTP from there on. */
  nameless: { title: 'the example without a domain', uploads: 'uploads are private', siteName: 'Shop', define: (app) => new ShopStack(app, 'Shop') },

  /** Its pages have a name that stands in `config.json` only. */
  public: {
    title: 'a site whose load balancer has public addresses for CloudFront',
    uploads: 'uploads are served, and run nothing',
    siteName: 'Ada & Sons',
    define: (app) => new Website(app, 'Ada & Sons', { access: AlbAccess.CLOUDFRONT }),
  },
} satisfies Record<string, SiteStack>;

class Website extends Stack {
  constructor(scope: Construct, siteName: string, loadBalancer: DjangoOnFargateProps['loadBalancer']) {
    super(scope, 'Shop', { env: { region: 'eu-central-1' } });
    new DjangoOnFargate(this, 'Shop', {
      image: DjangoImage.fromDirectory(join(ROOT, 'examples', 'django-app')),
      project: 'shop',
      profile: DeploymentProfile.DEVELOPMENT,
      domain: { domainName: DOMAIN.domainName, hostedZone: route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', DOMAIN) },
      web: { healthCheckPath: '/health/' },
      spa: { source: SpaSource.project(SPA), config: { siteName }, media: SpaMedia.publiclyReadable() },
      loadBalancer: { ...loadBalancer, webAcl: { uploadPaths: ['/admin/', '/api/products/'] } },
    });
  }
}

export type SiteName = keyof typeof SITES;

/** Synthesises the stack of a site and gives the folder of its cloud assembly. */
export function synthesize(name: SiteName): string {
  const outdir = join(OUT, name);
  rmSync(outdir, { recursive: true, force: true });
  const app = new App({ outdir, analyticsReporting: false });
  SITES[name].define(app);
  app.synth();
  return outdir;
}
