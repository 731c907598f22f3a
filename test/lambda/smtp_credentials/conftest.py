"""SMTP credentials as synthesized, AWS that allows exactly what the role of the handler does, and a server that takes what SES would."""
from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import pathlib
import sys
import uuid
from typing import Any, Iterator

import pytest
from moto import mock_aws
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse
from moto.secretsmanager.models import secretsmanager_backends
from moto.secretsmanager.responses import SecretsManagerResponse

ROOT = pathlib.Path(__file__).parents[3]
HANDLER = ROOT / 'lambda' / 'smtp-credentials'
sys.path[:0] = [str(HANDLER), str(HANDLER.parent / 'common'), str(pathlib.Path(__file__).parents[1]), str(ROOT / 'test/contract')]

from client_config import CONFIG  # noqa: E402
from doubles import ACCOUNT, REGION, Clock, CloudFormation, synthesize  # noqa: E402
from doubles import Template as AnyTemplate  # noqa: E402
from emulator import Emulator, Killed, handler_session, refusal, unlimited_clients  # noqa: E402
from rotation import rotate  # noqa: E402
from servers.smtp import SmtpServer  # noqa: E402
from services import Services  # noqa: E402
from smtp_password import smtp_password  # noqa: E402
from smtp_request import handle_request  # noqa: E402

USER = 'Shop-CredentialsUser-1A2B3C'
STEPS = ('createSecret', 'setSecret', 'testSecret', 'finishSecret')


class Template(AnyTemplate):
    secret_arn = ''

    def ref(self, name: str) -> str:
        return {'AWS::IAM::User': USER, 'AWS::SecretsManager::Secret': self.secret_arn}.get(self.resources[name]['Type'], name)

    def attribute(self, name: str, attribute: str) -> str:
        is_user = (self.resources[name]['Type'], attribute) == ('AWS::IAM::User', 'Arn')
        return user_arn(USER) if is_user else super().attribute(name, attribute)


def user_arn(user: str) -> str:
    return f'arn:aws:iam::{ACCOUNT}:user/{user}'


@pytest.fixture(scope='session')
def template() -> Template:
    return Template(synthesize(pathlib.Path(__file__).with_name('synthesize.ts')))


@functools.cache
def clients() -> tuple[dict[str, Any], Services]:
    """Of the tests, and of the handler."""
    handlers = handler_session()
    return unlimited_clients('iam', 'secretsmanager', 'sts'), Services(*(handlers.client(name, config=CONFIG) for name in ('iam', 'secretsmanager')))


class Aws(Emulator):
    """The emulator. It asks for every call of the handler whether the handler's role allows it on this resource."""

    def __init__(self, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
        tests, self.services = clients()
        super().__init__(tests, [self.services.iam, self.services.secrets])
        iam, secrets = self.tests['iam'], self.tests['secretsmanager']
        iam.create_user(UserName=USER)
        self.secret_arn = secrets.create_secret(Name='ShopCredentialsSecret-Xy12', SecretString='a random text of CloudFormation')['ARN']
        template.secret_arn = self.secret_arn
        self.give_rights(template.statements())
        self.assume_role(monkeypatch)
        # moto itself does not know which resource a call is about.
        monkeypatch.setattr(IamResponse, '_determine_resource', lambda self: user_arn(self._get_param('UserName')), raising=False)
        monkeypatch.setattr(SecretsManagerResponse, '_determine_resource', lambda self: self._get_param('SecretId'), raising=False)
        self.hook('before-call.*', self._before)
        self.hook('after-call.*', self._after)

    # What the handler meets.

    def _before(self, model: Any, **_: Any) -> Any:
        self.calls.append(model.name)
        if self.kill_at == (len(self.calls), 'before'):
            raise Killed
        answer = self.next_answer(model.name)
        return refusal(answer) if answer is not None else None

    def _after(self, model: Any, **_: Any) -> None:
        if model.name == 'UpdateSecretVersionStage':
            # moto forgets this, and the next version would share the label with the one that has it now.
            self._secret.default_version_id = next((version for version, names in self.labels().items() if 'AWSCURRENT' in names), None)
        if self.kill_at == (len(self.calls), 'after'):
            raise Killed

    # What there is.

    @property
    def _users(self) -> dict[str, Any]:
        return iam_backends[ACCOUNT]['aws'].users

    @property
    def _secret(self) -> Any:
        return secretsmanager_backends[ACCOUNT][REGION].secrets[self.secret_arn]

    def add_user(self, user: str) -> None:
        iam_backends[ACCOUNT]['aws'].create_user(REGION, user)

    def remove_user(self) -> None:
        iam_backends[ACCOUNT]['aws'].delete_user(USER)

    def add_key(self, user: str = USER) -> str:
        return iam_backends[ACCOUNT]['aws'].create_access_key(user).access_key_id

    def remove_key(self, key_id: str, user: str = USER) -> None:
        iam_backends[ACCOUNT]['aws'].delete_access_key(key_id, user)

    def disable_key(self, key_id: str) -> None:
        iam_backends[ACCOUNT]['aws'].update_access_key(USER, key_id, 'Inactive')

    def keys(self, user: str = USER) -> dict[str, str]:
        """The access keys of a user and their secrets."""
        return {key.access_key_id: key.secret_access_key for key in self._users[user].access_keys if key.status == 'Active'}

    def text(self, label: str = 'AWSCURRENT') -> str:
        return next(version['secret_string'] for version in self._secret.versions.values() if label in version['version_stages'])

    def content(self, label: str = 'AWSCURRENT') -> dict[str, Any]:
        return json.loads(self.text(label))

    def write(self, text: str) -> None:
        """A person writes the secret."""
        secretsmanager_backends[ACCOUNT][REGION].put_secret_value(self.secret_arn, text, '', str(uuid.uuid4()), ['AWSCURRENT'])

    def labels(self) -> dict[str, list[str]]:
        return {version: content['version_stages'] for version, content in self._secret.versions.items() if content['version_stages']}

    def schedule_deletion(self) -> None:
        secretsmanager_backends[ACCOUNT][REGION].delete_secret(self.secret_arn, 7, False)

    def remove_secret(self) -> None:
        secretsmanager_backends[ACCOUNT][REGION].delete_secret(self.secret_arn, None, True)

    def begin_rotation(self, copy: bool = False) -> str:
        """As Secrets Manager does: a version without a value, or a copy of the current one when it tries the function only."""
        token = str(uuid.uuid4())
        value = {'secret_string': self.text()} if copy else {}
        self._secret.versions[token] = {'createdate': 0, 'version_id': token, 'version_stages': ['AWSPENDING'], **value}
        return token

    def takes(self, user: str, password: str, region: str = REGION) -> bool:
        """Whether SES lets this user in."""
        secret = self.keys().get(user)
        return secret is not None and password == smtp_password(secret, region)

    def lets_in(self, content: dict[str, Any], region: str = REGION) -> bool:
        return self.takes(content['username'], content['password'], region)


@contextlib.contextmanager
def emulated(template: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock_aws():
        emulator = Aws(template, monkeypatch)
        yield emulator
        emulator.close()


@pytest.fixture
def aws(template: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name, value in (('AWS_DEFAULT_REGION', REGION), ('AWS_ACCESS_KEY_ID', 'testing'), ('AWS_SECRET_ACCESS_KEY', 'testing')):
        monkeypatch.setenv(name, value)
    with emulated(template, monkeypatch) as emulator:
        yield emulator


@pytest.fixture
def cloudformation(template: Template, aws: Aws) -> Iterator[CloudFormation]:
    # CloudFormation hands over every number as text.
    properties = json.loads(json.dumps(template.one('Custom::SesSmtpCredentials')), parse_int=str)
    service = CloudFormation('Custom::SesSmtpCredentials', 'Credentials0A1B2C3D', properties)
    yield service
    service.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(300)


@dataclasses.dataclass
class Handler:
    """The deployed handler."""

    aws: Aws
    clock: Clock
    cloudformation: CloudFormation

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Handles a request and gives the answer that CloudFormation got."""
        self.clock.seconds = 300
        handle_request(request, self.aws.services, self.clock.deadline)
        return self.cloudformation.answers[-1]

    def create(self, **changes: Any) -> dict[str, Any]:
        return self.handle(self.cloudformation.request('Create', **changes))

    def update(self, **properties: str) -> dict[str, Any]:
        return self.handle(self.update_request(**properties))

    def update_request(self, **properties: str) -> dict[str, Any]:
        known = self.cloudformation.properties
        return self.cloudformation.request('Update', PhysicalResourceId=USER, ResourceProperties={**known, **properties}, OldResourceProperties=known)

    def delete(self, physical_id: str = USER, **changes: Any) -> dict[str, Any]:
        return self.handle(self.cloudformation.request('Delete', PhysicalResourceId=physical_id, **changes))

    def rotate(self, token: str, *steps: str) -> None:
        for step in steps or STEPS:
            self.clock.seconds = 300
            rotate({'SecretId': self.aws.secret_arn, 'ClientRequestToken': token, 'Step': step}, self.aws.services, self.clock.deadline)


@pytest.fixture
def handler(aws: Aws, clock: Clock, cloudformation: CloudFormation) -> Handler:
    return Handler(aws, clock, cloudformation)


@pytest.fixture
def smtp(aws: Aws, template: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A server that takes what SES would; the handler knows it by its environment, as synthesized but for the address."""
    with SmtpServer(aws.takes) as server:
        variables = template.one('AWS::Lambda::Function')['Environment']['Variables']
        for name, value in {**variables, 'SMTP_HOST': server.host, 'SMTP_PORT': str(server.port), 'SSL_CERT_FILE': str(server.ca_file)}.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def created(handler: Handler, smtp: SmtpServer) -> Handler:
    """The handler after it has made credentials for the server."""
    handler.cloudformation.properties.update(Host=smtp.host, Port=str(smtp.port))
    handler.create()
    handler.aws.calls.clear()
    handler.cloudformation.answers.clear()
    return handler
