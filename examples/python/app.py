"""The shop in production. Context on the command line chooses:

    npx aws-cdk@2 deploy -c first=true                       the first time: not yet protected against deletion, so that a failure rolls back
    npx aws-cdk@2 deploy                                     under the name of the CloudFront distribution, to try it out
    npx aws-cdk@2 deploy --all -c region=eu-central-1 -c domainName=shop.example.com -c hostedZoneId=Z0123456789ABC -c zoneName=example.com
    npx aws-cdk@2 deploy -c profile=staging                  a smaller one beside it
    npx aws-cdk@2 deploy -c image=ghcr.io/acme/shop:4f2a9c1  the image that CI has built
    npx aws-cdk@2 deploy -c alarmEmail=ops@example.com       who learns of failed tasks
"""

from __future__ import annotations

import os

from aws_cdk import App, Environment
from cdk_django_on_fargate import DeploymentProfile

from shop_stack import ShopStack

PROFILES = {
    "production": DeploymentProfile.PRODUCTION,
    "staging": DeploymentProfile.STAGING,
    "development": DeploymentProfile.DEVELOPMENT,
}

app = App()
context = app.node.try_get_context

profile = context("profile") or "production"
if profile not in PROFILES:
    raise SystemExit(f"Context 'profile' must be one of {', '.join(PROFILES)}, got '{profile}'")

site = {name: context(name) for name in ("domainName", "hostedZoneId", "zoneName")}
missing = [name for name, value in site.items() if not value]
if len(missing) in (1, 2):
    names = "' and '".join(missing)
    raise SystemExit(
        f"Context '{names}' must be given too: domainName, hostedZoneId and zoneName go together; "
        "without all three the site has the name of the CloudFront distribution"
    )

# CloudFront's certificate is made in us-east-1, so with a domain it must be known where the project is: as the CDK command line says.
region = context("region") or (os.environ.get("CDK_DEFAULT_REGION", "us-east-1") if site["domainName"] else None)

# A stack for each profile: staging must never be deployed over production.
ShopStack(
    app,
    f"Shop-{profile}",
    env=Environment(region=region) if region else None,
    profile=PROFILES[profile],
    deletion_protection=False if context("first") == "true" else None,
    image=context("image"),
    alarm_email=context("alarmEmail"),
    domain_name=site["domainName"],
    hosted_zone_id=site["hostedZoneId"],
    zone_name=site["zoneName"],
)
app.synth()
