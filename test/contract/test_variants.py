"""Further ways of handing backing services over work as well: `variants.ts` has a stack for each."""
from __future__ import annotations

import contextlib
import json
import re
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any, Callable, Iterator

import certifi
import pytest

import journey
from conftest import VARIANTS
from deployment import EXAMPLE, Deployment
from servers.process import free_port
from template import Template
from test_mutations import unnoticed

_SECRETS = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret'
_OWN_NAMES = {
    'DJANGO_SECRET_KEY': 'SECRET_KEY', 'DJANGO_ALLOWED_HOSTS': 'HOSTS', 'DJANGO_HTTPS': 'SITE_IS_HTTPS', 'DB_HOST': 'POSTGRES_HOST', 'DB_PORT': 'POSTGRES_PORT',
    'DB_NAME': 'POSTGRES_NAME', 'DB_USER': 'POSTGRES_USER', 'DB_PASSWORD': 'POSTGRES_PASSWORD', 'DB_SSLMODE': 'POSTGRES_SSLMODE',
    'DB_REPLICA_HOST': 'POSTGRES_REPLICA_HOST', 'AWS_STORAGE_BUCKET_NAME': 'MEDIA_BUCKET', 'AWS_STATIC_BUCKET_NAME': 'STATIC_BUCKET',
}
#: What is in the account and in the project before the stack of a variant.
_BEFORE: dict[str, dict[str, Any]] = {
    'Urls': {
        'mail_server': ('smtp.example.net', 'shop', 'sesame'),
        'secrets': {f'{_SECRETS}:shop/smtp': json.dumps({'username': 'shop', 'password': 'sesame'})},
    },
    'OwnNames': {
        'secrets': {'arn:aws:ssm:eu-central-1:123456789012:parameter/shop/payment-token': 'token'},
        'files': {'shop/own_settings.py': (EXAMPLE / 'shop/settings.py').read_text().replace('.read()', f'.read(names={_OWN_NAMES})')},
    },
}

def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(value: str) -> str:
        assert re.search(old, value), f'{value} has no {old}'
        return re.sub(old, new, value)
    return change


#: Variables with a value that must not work: what it becomes, which backing service then fails, and how.
_WRONG: dict[str, list[tuple[str, Callable[[str], str], str, str]]] = {
    'Iam': [
        ('EMAIL_USE_TLS', replaced('True', 'False'), 'mail', 'STARTTLS|not supported'),
        ('EMAIL_HOST_PASSWORD', replaced('$', 'x'), 'mail', '535'),
    ],
    'Json': [
        ('DATABASE_SECRET_JSON', replaced('"password": ?"', '"password": "wrong'), 'database', 'password authentication failed'),
        ('PGSSLROOTCERT', lambda _: certifi.where(), 'database', 'certificate verify failed'),
        ('REDIS_SECRET_JSON', replaced(r'rediss(:[^"]*)\?[^"]*', r'redis\1'), 'cache', 'ConnectionError'),
    ],
    'OwnNames': [
        ('POSTGRES_SSLMODE', replaced('require', 'disable'), 'database', 'no encryption'),
    ],
    'Urls': [
        ('DATABASE_URL', replaced('(://[^:]*:)', r'\1wrong'), 'database', 'password authentication failed'),
        ('DATABASE_URL', replaced('sslmode=[a-z-]+', 'sslmode=disable'), 'database', 'no encryption'),
        ('REDIS_URL', replaced(r'rediss(:.*)\?.*', r'redis\1'), 'cache', 'ConnectionError'),
        ('REDIS_URL', replaced('(://[^:]*:)', r'\1wrong'), 'cache', 'invalid username-password'),
        ('EMAIL_HOST_PASSWORD', replaced('$', 'x'), 'mail', '535'),
    ],
}


def only(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize('deployment', names, indirect=True)


@pytest.fixture(scope='session')
def deployments(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Deployment]]]:
    """The variants that the tests ask for. The next ones come up while the first is tested."""
    def deploy(name: str) -> Deployment:
        path = VARIANTS / f'{name}.template.json'
        assert path.exists(), f'{path} is missing: run `npx projen contract`, or test/contract/variants.ts alone'
        running = stack.enter_context(Deployment(Template.load(path), name=name, **_BEFORE.get(name, {})))
        running.release()
        journey.stocks(running)
        return running

    wanted = {item.callspec.params.get('deployment') for item in request.session.items if hasattr(item, 'callspec')}
    # The servers live as long as the threads that started them.
    with ThreadPoolExecutor(2) as pool, contextlib.ExitStack() as stack:
        futures = {name: pool.submit(deploy, name) for name in _WRONG if name in wanted}
        yield futures
        wait(futures.values())


@pytest.fixture(scope='module', params=sorted(_WRONG))
def deployment(request: pytest.FixtureRequest, deployments: dict[str, Future[Deployment]]) -> Deployment:
    return deployments[request.param].result()


def test_works(deployment: Deployment) -> None:
    journey.walks(deployment, deployment.web.on_port(free_port()))
    assert deployment.s3.denied == []


def test_needs_every_variable_that_the_example_has_not(deployment: Deployment, template: Template) -> None:
    names = {pair['Name'] for task in template.of_type('AWS::ECS::TaskDefinition').values() for container in task['ContainerDefinitions']
             for pair in (*container.get('Environment', []), *container.get('Secrets', []))}
    # A secret that the example does not use, and a second name.
    of_no_use = {'PAYMENT_TOKEN', 'POSTGRES_DB'}
    assert unnoticed(deployment, [name for name in deployment.web.container.variables if name not in names | of_no_use]) == []


def test_notices_every_value_that_is_wrong(deployment: Deployment) -> None:
    environment = deployment.fargate.environment(deployment.web.container)

    def found(mutation: tuple[str, Callable[[str], str], str, str]) -> str | None:
        variable, change, service, error = mutation
        errors = journey.failures(deployment, {variable: change(environment[variable])})
        return None if re.search(error, errors.get(service, '')) else f'{variable}: {errors}'

    with ThreadPoolExecutor(2) as pool:
        assert [what for what in pool.map(found, _WRONG[deployment.account.name]) if what] == []


@only('Iam', 'Urls')
def test_can_be_prepared_and_released_again(deployment: Deployment) -> None:
    deployment.release()


def test_hands_a_secret_over_only_when_something_has_written_it(deployment: Deployment) -> None:
    account, web = deployment.account, deployment.web
    before = account.template.dependencies(web.logical_id)
    for value in web.container.secrets.values():
        writer = account.writer(re.sub(r':[^:]*::$', '', value))
        assert writer is None or writer in before, f'the service does not wait for {writer}'


@only('Iam', 'Urls')
def test_application_may_use_the_tables_of_a_migration_but_not_alter_them(deployment: Deployment) -> None:
    program = '''
import django
django.setup()
from django.db import connection
def refused(sql):
    try:
        connection.cursor().execute(sql)
    except django.db.ProgrammingError as error:
        return any(words in str(error) for words in ('must be owner', 'permission denied'))
assert not refused("UPDATE catalog_product SET stock = 7 WHERE slug = 'kettle'")
assert refused('ALTER TABLE catalog_product ADD COLUMN colour text')
assert refused('CREATE TABLE mine (id int)')
assert refused('DROP TABLE catalog_product')
'''
    finished = deployment.fargate.run(deployment.web.container, command=['python', '-c', program])
    assert finished.exit_code == 0, finished.output


@only('Iam')
class TestIam:
    def test_logs_in_by_tokens_only(self, deployment: Deployment) -> None:
        assert deployment.gate
        users = set(deployment.gate.admitted)
        assert len(users) == 2 and deployment.account.database()[1] not in users, 'expected an owner and an application'
        assert not [name for name, value in deployment.web.container.secrets.items() if 'password' in value and 'DB' in name]

    def test_no_process_may_log_in_as_another(self, deployment: Deployment) -> None:
        assert deployment.gate
        admitted = set(deployment.gate.admitted)
        for role in deployment.roles.values():
            users = {user for user in admitted if role.allows('rds-db:connect', f'{deployment.account.database_users()}/{user}')}
            assert len(users) <= 1, f"'{role.logical_id}' may log in as {users}"

    def test_says_what_to_look_at_when_the_token_is_refused(self, deployment: Deployment) -> None:
        assert deployment.gate
        another = next(user for user in set(deployment.gate.admitted) if user != deployment.web.container.environment['DB_USER'])
        errors = journey.failures(deployment, {'DB_USER': another})
        assert 'PAM authentication failed' in errors['database'] and f"rds-db:connect as '{another}'" in errors['database']
        assert 'may not rds-db:connect' in deployment.gate.refused[-1]

    def test_a_clock_that_is_wrong_is_named_too(self, deployment: Deployment) -> None:
        assert deployment.gate
        now, deployment.gate.now = deployment.gate.now, lambda: now() + timedelta(minutes=16)
        try:
            errors = journey.failures(deployment, {})
        finally:
            deployment.gate.now = now
        assert 'a token counts for 15 minutes, and here it is' in errors['database']
