"""AWS in memory, which allows a handler exactly what its role does, and which the tests can break."""
from __future__ import annotations

import json
import threading
from collections import defaultdict
from typing import Any, Callable

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.credentials import Credentials
from doubles import ACCOUNT, REGION
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.models import iam_backends

# Of the handler's role; each test assumes it anew.
ROLE = Credentials('none', 'none')


def handler_session() -> boto3.Session:
    """For the clients of a handler. They are dear to make; the emulator serves those that were made before it."""
    session = botocore.session.get_session()
    session._credentials = ROLE  # changes with each test
    return boto3.Session(botocore_session=session, region_name=REGION)


def unlimited_clients(*services: str) -> dict[str, Any]:
    """Clients that may do everything."""
    keys = {'region_name': REGION, 'aws_access_key_id': 'testing', 'aws_secret_access_key': 'testing'}
    return {name: boto3.client(name, **keys) for name in services}


class Killed(BaseException):
    """Lambda stops the function: nothing catches it."""


class Emulator:
    """What the emulators of all handlers have in common."""

    def __init__(self, tests: dict[str, Any], handlers: list[Any]) -> None:
        self.tests = tests
        self.calls: list[str] = []
        self.kill_at: tuple[int, str] | None = None
        self._answers: dict[str, list[Any]] = defaultdict(list)
        self._lock = threading.Lock()
        self._handlers = handlers
        self._hooks: list[tuple[Any, str, Any]] = []
        tests['iam'].create_role(RoleName='Handler', AssumeRolePolicyDocument='{}')

    def hook(self, event: str, function: Callable[..., Any]) -> None:
        """Calls a function beside each call of the handler."""
        for client in self._handlers:
            client.meta.events.register(event, function)
            self._hooks.append((client, event, function))

    def close(self) -> None:
        for client, event, function in self._hooks:
            client.meta.events.unregister(event, function)

    def give_rights(self, statements: list[dict[str, Any]]) -> None:
        usable = [statement for statement in statements if statement['Action']]
        iam_backends[ACCOUNT]['aws'].put_role_policy('Handler', 'Rights', json.dumps({'Version': '2012-10-17', 'Statement': usable}))

    def assume_role(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From here on moto checks who calls, and the tests look behind the scenes instead."""
        keys = self.tests['sts'].assume_role(RoleArn=f'arn:aws:iam::{ACCOUNT}:role/Handler', RoleSessionName='handler')['Credentials']
        ROLE.access_key, ROLE.secret_key, ROLE.token = keys['AccessKeyId'], keys['SecretAccessKey'], keys['SessionToken']
        monkeypatch.setattr('moto.core.authorization.settings.INITIAL_NO_AUTH_ACTION_COUNT', 0)
        monkeypatch.setattr(ActionAuthenticatorMixin, 'request_count', 0)

    def will_answer(self, operation: str, *answers: str | Exception | None) -> None:
        """What the next calls give instead of what they would: an error code with its message, or an exception; nothing for what they would."""
        self._answers[operation] += answers

    def answer_as_ever(self) -> None:
        self._answers.clear()

    def count(self, operation: str) -> int:
        return self.calls.count(operation)

    def next_answer(self, operation: str) -> str | None:
        """The error that the next call shall give; an exception is raised at once."""
        with self._lock:
            answer = self._answers[operation].pop(0) if self._answers[operation] else None
        if isinstance(answer, Exception):
            raise answer
        return answer


def refusal(answer: str) -> tuple[AWSResponse, dict[str, Any]]:
    """An error as botocore hands it on: its code, and its message behind a colon."""
    code, _, message = answer.partition(': ')
    return AWSResponse('https://aws', 400, {}, None), {'Error': {'Code': code, 'Message': message or 'injected'}, 'ResponseMetadata': {'HTTPStatusCode': 400}}
