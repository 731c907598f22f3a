"""The example Django project works on exactly the command, environment and secrets that the synthesized template gives it."""
from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

import journey
from browser import Visitor
from cloudfront import CloudFront
from deployment import Deployment
from ecs import Fargate, Image
from journey import Site
from servers import PostgresServer, S3Emulator
from servers.process import free_port
from stand_ins import StandIns
from task_definitions import DeployCommand, WebService


class TestRelease:
    def test_migrates_the_database_before_the_first_web_task(self, released: list[str], postgres: PostgresServer) -> None:
        assert released, 'no release command comes before the service'
        with psycopg.connect(postgres.dsn()) as connection:
            assert connection.execute('SELECT count(*) > 10 FROM django_migrations').fetchone() == (True,)

    def test_can_run_again_on_every_deploy(self, released: list[str], deployment: Deployment, s3: S3Emulator, cloudfront: CloudFront) -> None:
        bucket, key = next((bucket, key) for bucket in cloudfront.buckets() for key in s3.keys(bucket) if key.endswith('staticfiles.json'))

        def manifest() -> dict[str, Any]:
            return json.load(s3.client.get_object(Bucket=bucket, Key=key)['Body'])

        former = manifest()
        former['paths']['gone.css'] = 'gone.0123456789ab.css'
        s3.client.put_object(Bucket=bucket, Key=key, Body=json.dumps(former))
        deployment.release()
        assert manifest()['paths'] == former['paths'], 'after a rollback, tasks of the former version would miss a file'

    def test_collects_static_files_into_the_bucket_behind_cloudfront_only(self, released: list[str], s3: S3Emulator, cloudfront: CloudFront,
                                                                         account: StandIns) -> None:
        served = cloudfront.buckets()
        assert any(key.endswith('admin/css/base.css') for bucket in served for key in s3.keys(bucket))
        others = account.buckets() - served
        assert {bucket: s3.keys(bucket) for bucket in others if s3.keys(bucket)} == {}

    def test_fails_the_deployment_when_the_database_refuses(
            self, account: StandIns, fargate: Fargate, commands: list[DeployCommand], web: WebService) -> None:
        broken = next(step for step in commands if step.before_service and step.container.image == web.container.image)
        variable = next(name for name, value in broken.container.environment.items() if value == account.database()[0])
        assert fargate.run(broken.container.without(variable), command=broken.command).exit_code != 0


class TestWeb:
    def test_its_settings_hold_what_the_template_has(self, deployment: Deployment) -> None:
        journey.sees_the_deployment(deployment, deployment.web)

    def test_passes_djangos_deployment_check(self, site: Site, fargate: Fargate, web: WebService) -> None:
        assert web.scheme == 'https', 'the check is about HTTPS: synthesise the example with a domain'
        finished = fargate.run(web.container, command=['python', 'manage.py', 'check', '--deploy', '--fail-level', 'WARNING'])
        assert finished.exit_code == 0, finished.output

    def test_starts_as_many_workers_as_the_task_has_room_for(self, site: Site, web: WebService) -> None:
        journey.runs_workers(site, web)

    def test_answers_the_health_check_of_the_load_balancer(self, site: Site) -> None:
        journey.is_healthy(site)

    def test_serves_the_domain(self, site: Site) -> None:
        journey.loads_assets(site, journey.serves_its_domain(site))

    def test_refuses_every_other_host(self, site: Site) -> None:
        journey.refuses_other_hosts(site)

    def test_admin_login_works_with_its_static_files(self, site: Site, administrator: dict[str, str]) -> None:
        admin = journey.logs_in(site, administrator)
        assert len(journey.loads_assets(site, admin.get('/admin/'))) > 3

    def test_uploads_land_in_the_media_bucket(self, site: Site, administrator: dict[str, str], s3: S3Emulator, account: StandIns,
                                              cloudfront: CloudFront, visitor: Visitor) -> None:
        private = account.buckets() - cloudfront.buckets()
        before = {bucket: s3.keys(bucket) for bucket in private}
        admin = journey.logs_in(site, administrator)
        journey.adds_product(admin, 'teapot')
        url = journey.uploads(admin, 'teapot', b'I am a teapot.')
        new = [(bucket, key) for bucket in private for key in s3.keys(bucket) - before[bucket]]
        assert len(new) == 1, f'expected one new object in one private bucket, got {new}'
        assert new[0][1].split('?')[0] in url and 'X-Amz-Signature=' in url
        assert visitor.get(url).body == b'I am a teapot.'

    def test_counts_views_in_the_cache(self, site: Site, deployment: Deployment) -> None:
        assert deployment.cache, 'the example has no cache'
        journey.stocks(deployment)
        journey.counts_views(site.visitor(), 'kettle', deployment)

    def test_sends_mail(self, site: Site, deployment: Deployment) -> None:
        assert deployment.mail, 'the example has no mail'
        journey.sends_mail(site, deployment)

    def test_serves_as_many_requests_at_once_as_it_has_threads(self, site: Site) -> None:
        journey.serves_at_once(site, site.web.threads)

    def test_talks_to_the_database_by_tls_only(self, site: Site, deployment: Deployment, postgres: PostgresServer) -> None:
        journey.serves_its_domain(site)
        # What asks for tokens lets nobody in without TLS, and connects by TLS itself.
        users = deployment.gate.admitted if deployment.gate else [postgres.user]
        with psycopg.connect(postgres.dsn(user=postgres.superuser, password=postgres.superuser_password)) as connection:
            encrypted = connection.execute(
                'SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = ANY(%s)', [users]).fetchall()
        assert encrypted and set(encrypted) == {(True,)}

    def test_may_use_the_buckets_that_it_uses(self, site: Site, administrator: dict[str, str], s3: S3Emulator) -> None:
        before = list(s3.denied)
        admin = journey.logs_in(site, administrator)
        journey.adds_product(admin, 'mug')
        journey.uploads(admin, 'mug', b'hot')
        assert s3.denied == before

    def test_passes_the_check_after_the_rollout(self, site: Site, deployment: Deployment, commands: list[DeployCommand]) -> None:
        for step in commands:
            if not step.before_service:
                finished = deployment.run(step)
                assert finished.exit_code == 0, finished.output

    def test_writes_nothing_into_its_own_folder(self, site: Site, fargate: Fargate, image: Image, web: WebService) -> None:
        before = image.files()
        journey.serves_its_domain(site)
        assert fargate.run(web.container, command=['python', 'manage.py', 'check']).exit_code == 0
        assert image.files() == before


class TestSecretKey:
    def test_sessions_live_on_when_the_key_is_rotated(self, site: Site, deployment: Deployment, administrator: dict[str, str]) -> None:
        account, secrets = deployment.account, deployment.web.container.secrets.values()
        field = next((value for value in secrets if value.endswith(':SECRET_KEY_FALLBACKS::')), None)
        assert field, 'the secret key of the template has no slot for its former value'
        arn = field.removesuffix(':SECRET_KEY_FALLBACKS::')
        content = json.loads(account.secret(arn))
        visitor = journey.logs_in(site, administrator)

        def is_logged_in() -> bool:
            with deployment.serves(deployment.web.on_port(free_port())) as new:
                return new.visitor(visitor.cookies).get('/admin/').status == 200

        try:
            account.set_secret(arn, json.dumps({**content, 'SECRET_KEY': 'new' * 20, 'SECRET_KEY_FALLBACKS': content['SECRET_KEY']}))
            assert is_logged_in()
            account.set_secret(arn, json.dumps({**content, 'SECRET_KEY': 'new' * 20}))
            assert not is_logged_in()
        finally:
            account.set_secret(arn, json.dumps(content))


class TestStop:
    def test_sigterm_lets_requests_finish_and_exits_with_0(self, deployment: Deployment, web: WebService, released: list[str]) -> None:
        with deployment.serves(web.on_port(free_port())) as site, ThreadPoolExecutor(4) as pool:
            journey.serves_its_domain(site)
            slow = [pool.submit(site.visitor().get, '/slow/?seconds=3') for _ in range(4)]
            time.sleep(0.5)
            begin = time.monotonic()
            site.task.terminate()
            assert [answer.result().status for answer in slow] == [200] * 4, site.task.output
            assert site.task.wait(web.container.stop_timeout) == 0, site.task.output
            assert time.monotonic() - begin < 15, 'idle after the last request, but did not end'
            assert site.task.processes() == []

    def test_sigterm_without_requests_ends_it_at_once(self, deployment: Deployment, web: WebService, released: list[str]) -> None:
        with deployment.serves(web.on_port(free_port())) as site:
            journey.is_healthy(site)
            begin = time.monotonic()
            assert site.task.stop() == 0, site.task.output
            assert time.monotonic() - begin < 10
