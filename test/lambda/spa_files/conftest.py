"""The deployed handler, its requests, and what is built."""
from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import sys
from typing import Any, Iterator

import pytest
from moto import mock_aws

ROOT = pathlib.Path(__file__).parents[3]
HANDLER = ROOT / 'lambda' / 'spa-files'
sys.path[:0] = [str(HANDLER), str(HANDLER.parent / 'common'), str(pathlib.Path(__file__).parents[1])]

from doubles import REGION, Clock, CloudFormation, synthesize  # noqa: E402
from files_request import handle_request  # noqa: E402

from .aws import BUCKET, Aws, Template  # noqa: E402

SECONDS = 300


@pytest.fixture(scope='session')
def template() -> Template:
    return Template(synthesize(pathlib.Path(__file__).with_name('synthesize.ts')))


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
    service = CloudFormation('Custom::SpaFiles', 'FilesPublished5EDB4747', template.one('Custom::SpaFiles'))
    yield service
    service.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(SECONDS)


@dataclasses.dataclass
class Handler:
    """The deployed handler."""

    aws: Aws
    clock: Clock
    cloudformation: CloudFormation
    runs: int = 0

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Handles a request and gives the answer that CloudFormation got."""
        self.clock.seconds = SECONDS
        handle_request(request, self.aws.services, self.clock.deadline)
        return self.cloudformation.answers[-1]

    def request(self, kind: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Of a run of its own; a property that is None is left out."""
        self.runs += 1
        properties = {name: value for name, value in {**self.cloudformation.properties, **changes}.items() if value is not None}
        return self.cloudformation.request(kind, RequestId=f'run-{self.runs}', PhysicalResourceId=BUCKET, ResourceProperties=properties)

    def create(self, **properties: Any) -> dict[str, Any]:
        return self.handle(self.request('Create', properties))

    def update(self, files: dict[str, str | bytes] | None = None, **properties: Any) -> dict[str, Any]:
        """With another build where one is given."""
        if files is not None:
            self.aws.upload(files)
        return self.handle(self.request('Update', properties))

    def delete(self, physical_id: str = BUCKET, **changes: Any) -> dict[str, Any]:
        return self.handle({**self.request('Delete', {}), 'PhysicalResourceId': physical_id, **changes})


@pytest.fixture
def handler(aws: Aws, clock: Clock, cloudformation: CloudFormation) -> Handler:
    """Before anything is published; the first build is uploaded."""
    aws.upload(FIRST)
    return Handler(aws, clock, cloudformation)


@pytest.fixture
def created(handler: Handler, aws: Aws) -> Handler:
    """The handler after it has published the first build."""
    assert handler.create()['Status'] == 'SUCCESS', handler.cloudformation.answers
    forget(handler)
    return handler


def forget(handler: Handler) -> None:
    """Of the past, so that a test sees what it does itself."""
    handler.aws.calls.clear()
    handler.aws.parameters.clear()
    handler.aws.used.clear()
    handler.cloudformation.answers.clear()


SCRIPT_1, SCRIPT_2, SCRIPT_3 = 'assets/index-BXk3aP9q.js', 'assets/index-C7hQd2Zf.js', 'assets/index-Dw9Lm4Ks.js'
FIRST = {'index.html': 'first', SCRIPT_1: '1', 'assets/logo-a8F2kQ1z.svg': 'logo', 'favicon.ico': 'icon 1', 'robots.txt': 'all'}
SECOND = {'index.html': 'second', SCRIPT_2: '2', 'assets/logo-a8F2kQ1z.svg': 'logo', 'favicon.ico': 'icon 2'}
THIRD = {'index.html': 'third', SCRIPT_3: '3', 'favicon.ico': 'icon 2'}
CONFIG_TEXT = '{"siteName":"Shop"}'
