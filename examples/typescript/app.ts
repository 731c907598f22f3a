/**
 * The shop in production. Context on the command line chooses:
 *
 *   npx aws-cdk@2 deploy -c first=true                       the first time: not yet protected against deletion, so that a failure rolls back
 *   npx aws-cdk@2 deploy                                     under the name of the CloudFront distribution, to try it out
 *   npx aws-cdk@2 deploy --all -c region=eu-central-1 -c domainName=shop.example.com -c hostedZoneId=Z0123456789ABC -c zoneName=example.com
 *   npx aws-cdk@2 deploy -c profile=staging                  a smaller one beside it
 *   npx aws-cdk@2 deploy -c image=ghcr.io/acme/shop:4f2a9c1  the image that CI has built
 *   npx aws-cdk@2 deploy -c alarmEmail=ops@example.com       who learns of failed tasks
 */
import { App } from 'aws-cdk-lib/core';
import { DeploymentProfile } from 'cdk-django-on-fargate';
import { ShopStack } from './shop-stack';

const PROFILES: Record<string, DeploymentProfile | undefined> = {
  production: DeploymentProfile.PRODUCTION,
  staging: DeploymentProfile.STAGING,
  development: DeploymentProfile.DEVELOPMENT,
};

const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name);

const profile = context('profile') ?? 'production';
if (!PROFILES[profile]) {
  throw new Error(`Context 'profile' must be one of ${Object.keys(PROFILES).join(', ')}, got '${profile}'`);
}

const site = { domainName: context('domainName'), hostedZoneId: context('hostedZoneId'), zoneName: context('zoneName') };
const missing = Object.entries(site).filter(([, value]) => !value).map(([name]) => name);
if (missing.length === 1 || missing.length === 2) {
  throw new Error(`Context '${missing.join("' and '")}' must be given too: domainName, hostedZoneId and zoneName go together; without all three the site has the name of the CloudFront distribution`);
}

// CloudFront's certificate is made in us-east-1, so with a domain it must be known where the project is: as the CDK command line says.
const region = context('region') ?? (site.domainName ? process.env.CDK_DEFAULT_REGION ?? 'us-east-1' : undefined);

// A stack for each profile: staging must never be deployed over production.
new ShopStack(app, `Shop-${profile}`, { ...site, env: region ? { region } : undefined, profile: PROFILES[profile], deletionProtection: context('first') === 'true' ? false : undefined, image: context('image'), alarmEmail: context('alarmEmail') });
app.synth();
