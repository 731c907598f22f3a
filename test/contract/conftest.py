"""The deployment in the test: the template's backing services run, its release has been run, its web task serves.

    npx projen contract
    .venv/bin/python -m pytest test/contract --template cdk.out/Shop.template.json

Nothing here knows a logical id or a variable's name: all of it comes from the template, by resource type.
"""
from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Iterator

import pytest

pytest.register_assert_rewrite('browser', 'journey')

from browser import Visitor
from cloudfront import CloudFront
from deployment import REPOSITORY, Deployment
from ecs import Fargate, Image
from journey import Site
from servers import PostgresServer, S3Emulator
from stand_ins import StandIns
from task_definitions import DeployCommand, WebService
from template import Template

#: Where `variants.ts` puts its templates, which are smaller than the example.
VARIANTS = REPOSITORY / 'cdk.out' / 'contract'


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption('--template', help='the synthesized template; default: $CONTRACT_TEMPLATE, or the one in cdk.out with a service behind a load balancer')


def pytest_configure() -> None:
    # `kill` of the test run tears down the servers as Ctrl+C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope='session')
def template(pytestconfig: pytest.Config) -> Template:
    given = pytestconfig.getoption('template') or os.environ.get('CONTRACT_TEMPLATE')
    if given:
        return Template.load(Path(given))
    found = {path: Template.load(path) for path in sorted((REPOSITORY / 'cdk.out').glob('**/*.template.json')) if VARIANTS not in path.parents}
    websites = {path: body for path, body in found.items() if any(p.get('LoadBalancers') for p in body.of_type('AWS::ECS::Service').values())}
    if len(websites) != 1:
        pytest.fail(f'cdk.out has {len(websites)} templates with a service behind a load balancer, expected one: run `npx projen example` or use --template')
    return next(iter(websites.values()))


@pytest.fixture(scope='session')
def deployment(template: Template) -> Iterator[Deployment]:
    with Deployment(template) as running:
        yield running


@pytest.fixture(scope='session')
def account(deployment: Deployment) -> StandIns:
    return deployment.account


@pytest.fixture(scope='session')
def postgres(deployment: Deployment) -> PostgresServer:
    return deployment.postgres


@pytest.fixture(scope='session')
def s3(deployment: Deployment) -> S3Emulator:
    return deployment.s3


@pytest.fixture(autouse=True)
def denials(request: pytest.FixtureRequest) -> Iterator[None]:
    """Shows beside a failure what S3 refused meanwhile: boto3 names neither action nor object."""
    denied = request.getfixturevalue('s3').denied if 's3' in request.fixturenames else []
    before = len(denied)
    yield
    for what in denied[before:]:
        print(f'S3 denied {what}')


@pytest.fixture(scope='session')
def cloudfront(deployment: Deployment) -> CloudFront:
    return deployment.cloudfront


@pytest.fixture(scope='session')
def image(deployment: Deployment) -> Image:
    return deployment.image


@pytest.fixture(scope='session')
def fargate(deployment: Deployment) -> Fargate:
    return deployment.fargate


@pytest.fixture(scope='session')
def web(deployment: Deployment) -> WebService:
    return deployment.web


@pytest.fixture(scope='session')
def commands(deployment: Deployment) -> list[DeployCommand]:
    return deployment.commands


@pytest.fixture(scope='session')
def released(deployment: Deployment) -> list[str]:
    return deployment.release()


@pytest.fixture(scope='session')
def site(deployment: Deployment, released: list[str]) -> Iterator[Site]:
    with deployment.serves() as running:
        yield running


@pytest.fixture(scope='session')
def administrator(fargate: Fargate, web: WebService, released: list[str]) -> dict[str, str]:
    """A superuser, made by a management command in the web container, as a person would on AWS."""
    user = {'username': 'contract', 'password': 'correct horse battery staple'}
    made = fargate.run(web.container, command=['python', 'manage.py', 'createsuperuser', '--noinput'], extra={
        'DJANGO_SUPERUSER_USERNAME': user['username'], 'DJANGO_SUPERUSER_PASSWORD': user['password'],
        'DJANGO_SUPERUSER_EMAIL': 'contract@example.com'})
    assert made.exit_code == 0, made.output
    return user


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return site.visitor()
