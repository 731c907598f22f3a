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
from ecs import Fargate, Image
from journey import Site, starts_serving
from servers import EcsMetadataServer, PostgresServer, S3Emulator
from servers.process import free_port, is_free
from stand_ins import StandIns
from task_definitions import DeployCommand, WebService, deploy_commands, web_service
from task_role import TaskRole
from template import Template

REPOSITORY = Path(__file__).resolve().parents[2]
# On loopback, and no name or address that Django or gunicorn trusts by default.
TASK_IP = '127.0.0.77'


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
    found = {path: Template.load(path) for path in sorted((REPOSITORY / 'cdk.out').glob('**/*.template.json'))}
    websites = {path: body for path, body in found.items() if any(p.get('LoadBalancers') for p in body.of_type('AWS::ECS::Service').values())}
    if len(websites) != 1:
        pytest.fail(f'cdk.out has {len(websites)} templates with a service behind a load balancer, expected one: run `npx projen example` or use --template')
    return next(iter(websites.values()))


@pytest.fixture(scope='session')
def account(template: Template) -> StandIns:
    return StandIns(template)


@pytest.fixture(scope='session')
def postgres(account: StandIns) -> Iterator[PostgresServer]:
    database, user, password = account.database()
    with PostgresServer(database=database, user=user, password=password) as server:
        account.serve('database', server.host, server.port)
        yield server


@pytest.fixture(scope='session')
def roles(account: StandIns) -> dict[str, TaskRole]:
    """The roles of the template's tasks by the access keys that the tasks get for them."""
    tasks = account.template.of_type('AWS::ECS::TaskDefinition').values()
    names = {name for task in tasks for name in account.template.references(task.get('TaskRoleArn'))}
    roles = (TaskRole(account, name) for name in sorted(names))
    return {role.access_key: role for role in roles}


@pytest.fixture(scope='session')
def s3(account: StandIns, roles: dict[str, TaskRole]) -> Iterator[S3Emulator]:
    with S3Emulator(region=account.region, authorise=lambda key, action, arn: key in roles and roles[key].allows(action, arn)) as emulator:
        for bucket in account.buckets():
            emulator.create_bucket(bucket)
        yield emulator


@pytest.fixture(autouse=True)
def denials(request: pytest.FixtureRequest) -> Iterator[None]:
    """Shows beside a failure what S3 refused meanwhile: boto3 names neither action nor object."""
    denied = request.getfixturevalue('s3').denied if 's3' in request.fixturenames else []
    before = len(denied)
    yield
    for what in denied[before:]:
        print(f'S3 denied {what}')


@pytest.fixture(scope='session')
def cloudfront(account: StandIns, s3: S3Emulator) -> CloudFront:
    return CloudFront(account, s3)


@pytest.fixture(scope='session')
def image(postgres: PostgresServer) -> Iterator[Image]:
    # Of the Dockerfile only what is no business of the library, lest the image hides a variable that the library fails to give.
    # The certificate authority stands in for the one of RDS: libpq then checks the server's certificate.
    environment = {'PGSSLROOTCERT': str(postgres.ca_file), 'PYTHONDONTWRITEBYTECODE': '1'}
    with Image(REPOSITORY / 'examples/django-app', environment) as image:
        yield image


@pytest.fixture(scope='session')
def agent(account: StandIns, roles: dict[str, TaskRole]) -> Iterator[EcsMetadataServer]:
    credentials = {role.logical_id: role.credentials for role in roles.values()}
    with EcsMetadataServer(task_ip=TASK_IP, region=account.region, account=account.account, credentials=credentials) as server:
        yield server


@pytest.fixture(scope='session')
def fargate(account: StandIns, image: Image, agent: EcsMetadataServer, s3: S3Emulator) -> Fargate:
    return Fargate(account, image, agent, aws_endpoint=s3.url)


@pytest.fixture(scope='session')
def web(account: StandIns, postgres: PostgresServer) -> WebService:
    service = web_service(account)
    port = service.container.port
    assert port is not None
    return service if is_free(port) else service.on_port(free_port())


@pytest.fixture(scope='session')
def commands(account: StandIns, web: WebService) -> list[DeployCommand]:
    return deploy_commands(account, web)


@pytest.fixture(scope='session')
def released(fargate: Fargate, commands: list[DeployCommand]) -> list[str]:
    """Runs what CloudFormation runs before it starts the service, in its order, and gives what each wrote."""
    outputs = []
    for step in (command for command in commands if command.before_service):
        finished = fargate.run(step.container, command=step.command, seconds=step.timeout)
        assert finished.exit_code == 0, f"'{step.logical_id}' failed with exit code {finished.exit_code}:\n{finished.output}"
        outputs.append(finished.output)
    return outputs


@pytest.fixture(scope='session')
def site(web: WebService, fargate: Fargate, cloudfront: CloudFront, released: list[str]) -> Iterator[Site]:
    with starts_serving(fargate, web, TASK_IP, cloudfront) as running:
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
