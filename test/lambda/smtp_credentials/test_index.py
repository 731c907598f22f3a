"""The entry point: whatever happens, CloudFormation gets an answer, and the credentials get nowhere but into the secret."""
from __future__ import annotations

import logging
import subprocess
import sys
import types
from typing import Any

import pytest
from deadline import Deadline
from doubles import Clock, CloudFormation, Context, entry_point
from services import Services

from .conftest import HANDLER, STEPS, USER, Aws, Handler

MODULES = ['client_config', 'deadline', *(path.stem for path in HANDLER.glob('*.py') if path.stem != 'index')]


@pytest.fixture
def index() -> types.ModuleType:
    return entry_point(HANDLER)


@pytest.fixture
def deployed(index: types.ModuleType, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """With the clients that the function makes for itself on AWS."""
    monkeypatch.setattr(Services, 'create', lambda: aws.services)
    return index


def test_serves_cloudformation(deployed: types.ModuleType, aws: Aws, cloudformation: CloudFormation) -> None:
    assert deployed.handler(cloudformation.request(), Context()) == {'answered': True}
    assert cloudformation.answer['Status'] == 'SUCCESS'
    assert aws.lets_in(aws.content())


def test_serves_secrets_manager(deployed: types.ModuleType, created: Handler, aws: Aws) -> None:
    before, token = aws.content(), aws.begin_rotation()
    for step in STEPS:
        assert deployed.handler({'SecretId': aws.secret_arn, 'ClientRequestToken': token, 'Step': step}, Context()) == {}
    assert aws.content() != before and aws.lets_in(aws.content())


def test_makes_its_own_clients(aws: Aws) -> None:
    services = Services.create()
    assert (services.iam.meta.service_model.service_name, services.secrets.meta.service_model.service_name) == ('iam', 'secretsmanager')
    assert services.iam.meta.config.retries['total_max_attempts'] == 1


def test_an_error_that_nobody_foresaw_is_answered(deployed: types.ModuleType, cloudformation: CloudFormation) -> None:
    cloudformation.properties['Port'] = 'many'
    assert deployed.handler(cloudformation.request(), Context()) == {'answered': True}
    assert (cloudformation.answer['Status'], cloudformation.answer['PhysicalResourceId']) == ('FAILED', USER)
    assert cloudformation.answer['Reason'] == ("Shop/Mail/Smtp: ValueError: invalid literal for int() with base 10: 'many'. "
                                               'The log group of the handler has the details.')


@pytest.mark.parametrize('kind', ['Create', 'Update', 'Delete'])
@pytest.mark.parametrize('module', MODULES)
def test_a_module_that_cannot_be_imported_is_answered(
    index: types.ModuleType, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, module: str, kind: str,
) -> None:
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    assert index.handler(cloudformation.request(kind, PhysicalResourceId='as-before'), Context()) == {'answered': True}
    assert cloudformation.answer['Status'] == 'FAILED'
    assert cloudformation.answer['PhysicalResourceId'] == ('as-before' if kind == 'Delete' else USER)
    assert f'import of {module} halted' in cloudformation.answer['Reason']


def test_the_function_that_has_no_time_left_answers(deployed: types.ModuleType, cloudformation: CloudFormation) -> None:
    deployed.handler(cloudformation.request(), Context(9_000))
    assert 'timed out while reading about the secret' in cloudformation.answer['Reason']


@pytest.mark.parametrize('event', [
    {'surprise': True}, {'Step': 'createSecret', 'SecretId': 'arn'}, {'Step': 'other', 'SecretId': 'arn', 'ClientRequestToken': 'x'},
])
def test_an_error_of_any_other_event_is_raised_so_that_its_sender_tries_again(deployed: types.ModuleType, event: dict[str, Any]) -> None:
    with pytest.raises(Exception):  # noqa: B017 (whatever it is)
        deployed.handler(event, Context(60_000))


def test_is_found_as_lambda_looks_for_it(template: Any) -> None:
    """Lambda puts the root of the asset on Python's path and imports what the handler's name says, with dots for slashes."""
    module, _, function = template.one('AWS::Lambda::Function')['Handler'].rpartition('.')
    program = f'import importlib; assert importlib.import_module({module.replace("/", ".")!r}).{function}'
    done = subprocess.run([sys.executable, '-B', '-I', '-c', f'import sys; sys.path.insert(0, {str(HANDLER.parent)!r}); {program}'],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_credentials_get_nowhere_but_into_the_secret(
    deployed: types.ModuleType, created: Handler, aws: Aws, cloudformation: CloudFormation, clock: Clock, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Deadline, 'of', lambda _: clock.deadline)
    caplog.set_level('DEBUG')  # should a person ask Lambda for more
    secrets = {*aws.keys().values(), aws.content()['password']}
    errors = []

    def run(event: dict[str, Any]) -> None:
        clock.seconds = 300
        try:
            deployed.handler(event, Context())
        except Exception as error:  # noqa: BLE001
            errors.append(repr(error))
        secrets.update(aws.keys().values())
        secrets.update(version['password'] for version in (aws.content(), aws.content('AWSPREVIOUS')) if 'password' in version)

    run(created.update_request(Region='eu-central-1'))
    aws.will_answer('PutSecretValue', 'EncryptionFailure: no key')
    run(created.update_request(Region='eu-central-2'))
    aws.will_answer('PutSecretValue', *['AccessDeniedException'] * 99)
    run(created.update_request(Region='eu-central-2'))
    aws._answers.clear()
    token = aws.begin_rotation()
    for step in STEPS:
        run({'SecretId': aws.secret_arn, 'ClientRequestToken': token, 'Step': step})
    token = aws.begin_rotation()
    aws.will_answer('PutSecretValue', 'ResourceExistsException: already exists')
    run({'SecretId': aws.secret_arn, 'ClientRequestToken': token, 'Step': 'createSecret'})
    # Not what the emulator and the server of the test write.
    lines = [logging.Formatter().format(record) for record in caplog.records if record.name.partition('.')[0] not in ('moto', 'mail')]
    written = '\n'.join(lines + errors) + b''.join(cloudformation.bodies).decode() + ''.join(capfd.readouterr())
    assert len(secrets) > 6 and len(cloudformation.bodies) == 4 and errors
    assert 'Made the access key' in written
    assert [secret for secret in secrets if secret in written] == []
