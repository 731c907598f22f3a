"""The stack of the shop in `examples/django-app`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import Stack
from aws_cdk.aws_route53 import HostedZone
from cdk_django_on_fargate import (
    DatabaseAuthentication,
    DeploymentProfile,
    DjangoAlarmOptions,
    DjangoDatabaseOptions,
    DjangoImage,
    DjangoLoadBalancerOptions,
    DjangoOnFargate,
    DjangoReleaseOptions,
    DjangoSpaOptions,
    DjangoWebOptions,
    DomainOptions,
    RedisCacheOptions,
    SesSmtpOptions,
    SmtpRotationOptions,
    SpaSource,
    TaskSchedule,
    WebAclOptions,
)
from constructs import Construct

EXAMPLES = Path(__file__).resolve().parent.parent
DJANGO_APP = EXAMPLES / "django-app"
SPA = EXAMPLES / "spa"


class ShopStack(Stack):
    """Everything that the shop needs in production.

    Without `image` the image is built from `django-app`; without `alarm_email` nobody learns of failed tasks; without `domain_name`, `hosted_zone_id` and `zone_name` the site has
    the name of the CloudFront distribution.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        profile: DeploymentProfile | None = None,
        deletion_protection: bool | None = None,
        image: str | None = None,
        alarm_email: str | None = None,
        domain_name: str | None = None,
        hosted_zone_id: str | None = None,
        zone_name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(scope, construct_id, **options)

        # Everything that it made hangs here, e.g. `shop.database`.
        self.shop = DjangoOnFargate(
            self,
            "Shop",
            image=DjangoImage.from_registry(image) if image else DjangoImage.from_directory(str(DJANGO_APP)),
            project="shop",
            profile=profile,
            deletion_protection=deletion_protection,
            domain=self._domain(domain_name, hosted_zone_id, zone_name),
            # No password for the application: each connection takes a token. The release migrates as the owner of the tables.
            database=DjangoDatabaseOptions(authentication=DatabaseAuthentication.iam(), extensions=["pg_trgm"]),
            cache=RedisCacheOptions(),
            email=self._email(domain_name),
            web=DjangoWebOptions(health_check_path="/health/"),
            # What the load balancer's health check leaves out on purpose: database, cache, storage and mail, asked from inside the network.
            release=DjangoReleaseOptions(check_command=["python", "manage.py", "check_status", "--json"]),
            alarms=DjangoAlarmOptions(emails=[alarm_email]) if alarm_email else None,
            # The pages are those of the single-page app; CloudFront sends /api/ and /admin/ to Django, which has no public address.
            spa=DjangoSpaOptions(source=SpaSource.project(str(SPA)), config={"siteName": "Shop"}),
            # Files about a product are added under /api/products/<name>/attachments/.
            load_balancer=DjangoLoadBalancerOptions(web_acl=WebAclOptions(upload_paths=["/admin/", "/api/products/"], login_paths=["/admin/login/", "/api/session/"])),
        )

        # Celery: the worker publishes the price list, beat says when.
        self.shop.add_worker("Worker")
        self.shop.add_beat("Beat")
        self.shop.add_scheduled_task(
            "ClearSessions",
            command=["python", "manage.py", "clearsessions"],
            schedule=TaskSchedule.cron("0 3 * * ? *", "Europe/Berlin"),
        )

    def _email(self, domain_name: str | None) -> SesSmtpOptions | None:
        # Mail needs a domain that is ours. An identity of the site's own name leaves that of the zone to others.
        if not domain_name:
            return None
        return SesSmtpOptions(from_address=f"Shop <shop@{domain_name}>", domain_name=domain_name, rotation=SmtpRotationOptions())

    def _domain(self, domain_name: str | None, hosted_zone_id: str | None, zone_name: str | None) -> DomainOptions | None:
        if not (domain_name and hosted_zone_id and zone_name):
            return None
        # By its attributes: a look-up by name would need the account at synth.
        zone = HostedZone.from_hosted_zone_attributes(self, "Zone", hosted_zone_id=hosted_zone_id, zone_name=zone_name)
        return DomainOptions(domain_name=domain_name, hosted_zone=zone)
