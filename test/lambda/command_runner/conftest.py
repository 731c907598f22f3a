"""A stack that waits for a release, AWS with exactly the rights of the synthesized role, and a CloudFormation that takes answers."""
from __future__ import annotations

import dataclasses
import fnmatch
import functools
import json
import pathlib
import sys
import time
from collections import defaultdict
from typing import Any, Callable, Iterator

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

HANDLER = pathlib.Path(__file__).parents[3] / 'lambda' / 'command-runner'
sys.path[:0] = [str(HANDLER), str(HANDLER.parent / 'common'), str(pathlib.Path(__file__).parents[1])]

from client_config import CONFIG  # noqa: E402
from clients import Clients  # noqa: E402
from dispatch import dispatch  # noqa: E402
from doubles import ACCOUNT, REGION, Clock, CloudFormation, listed, synthesize  # noqa: E402
from doubles import Template as AnyTemplate  # noqa: E402

MACHINE = f'arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:Commands'
LOG_GROUP = 'Shop-Logs'
TASK = f'arn:aws:ecs:{REGION}:{ACCOUNT}:task/shop/0123456789abcdef0123456789abcdef'
STREAM = 'django/django/0123456789abcdef0123456789abcdef'


class Template(AnyTemplate):
    def ref(self, name: str) -> str:
        kind = self.resources[name]['Type']
        return {
            'AWS::StepFunctions::StateMachine': MACHINE,
            'AWS::Logs::LogGroup': LOG_GROUP if 'Process' in name else 'Shop-HandlerLogs',
            'AWS::ECS::TaskDefinition': f'arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/ShopProcess:7',
        }.get(kind, name)

    def attribute(self, name: str, attribute: str) -> str:
        kind = self.resources[name]['Type']
        if (kind, attribute) == ('AWS::Logs::LogGroup', 'Arn'):
            return f'arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{self.ref(name)}:*'
        if (kind, attribute) == ('AWS::StepFunctions::StateMachine', 'Name'):
            return MACHINE.rpartition(':')[2]
        return super().attribute(name, attribute)


@pytest.fixture(scope='session')
def template() -> Template:
    return Template(synthesize(pathlib.Path(__file__).with_name('synthesize.ts')))


# --- AWS ------------------------------------------------------------------------------------------------------------------

RESOURCES: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    'DescribeStacks': lambda call: ('cloudformation:DescribeStacks', call['StackName']),
    'StartExecution': lambda call: ('states:StartExecution', call['stateMachineArn']),
    'ListExecutions': lambda call: ('states:ListExecutions', call['stateMachineArn']),
    'StopExecution': lambda call: ('states:StopExecution', call['executionArn']),
    'DescribeExecution': lambda call: ('states:DescribeExecution', call['executionArn']),
    'GetExecutionHistory': lambda call: ('states:GetExecutionHistory', call['executionArn']),
    'GetLogEvents': lambda call: ('logs:GetLogEvents',
                                  f'arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{call["logGroupName"]}:log-stream:{call["logStreamName"]}'),
}


class Aws:
    """The emulator, with the rights of the handler's role and with faults on demand."""

    def __init__(self, statements: list[dict[str, Any]]) -> None:
        self.statements = statements
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.stack_status = 'UPDATE_IN_PROGRESS'
        self._answers: dict[str, list[Any]] = defaultdict(list)
        # Clients are dear to make; the emulator serves those that were made before it.
        self.clients = Clients(*(client_of(name, limited=True) for name in ('cloudformation', 'logs', 'stepfunctions')))
        self.unlimited = {name: client_of(name, limited=False) for name in ('stepfunctions', 'logs')}
        for client in (self.clients.cloudformation, self.clients.logs, self.clients.states):
            client.meta.events.register('provide-client-params.*', self._authorize, unique_id='authorize')
            client.meta.events.register('before-call.*', self._answer, unique_id='answer')

    def close(self) -> None:
        for client in (self.clients.cloudformation, self.clients.logs, self.clients.states):
            client.meta.events.unregister('provide-client-params.*', unique_id='authorize')
            client.meta.events.unregister('before-call.*', unique_id='answer')

    def will_answer(self, operation: str, *answers: Any) -> None:
        """What the next calls give: an error code, or a response."""
        self._answers[operation] += answers

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.calls)

    def executions(self) -> list[dict[str, Any]]:
        states = self.unlimited['stepfunctions']
        found = states.list_executions(stateMachineArn=MACHINE)['executions']
        return [states.describe_execution(executionArn=item['executionArn']) for item in found]

    def write_log(self, *lines: str, stream: str = STREAM) -> None:
        logs = self.unlimited['logs']
        logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
        now = int(time.time() * 1000)
        logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream,
                            logEvents=[{'timestamp': now + number, 'message': line} for number, line in enumerate(lines)])

    def _authorize(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params))
        action, resource = RESOURCES[model.name](params)
        allowed = any(action in listed(statement['Action']) and any(fnmatch.fnmatchcase(resource, item) for item in listed(statement['Resource']))
                      for statement in self.statements if statement['Effect'] == 'Allow')
        assert allowed, f'the role of the handler does not allow {action} on {resource}'

    def _answer(self, model: Any, **_: Any) -> Any:
        answers = self._answers[model.name]
        if model.name == 'DescribeStacks' and not answers:
            return response({'Stacks': [{'StackStatus': self.stack_status}]})
        if not answers:
            return None
        answer = answers.pop(0)
        if isinstance(answer, str):
            return response({'Error': {'Code': answer, 'Message': 'injected'}}, 400)
        if isinstance(answer, Exception):
            raise answer
        return response(answer)


@functools.cache
def client_of(service: str, limited: bool) -> Any:
    keys = {'region_name': REGION, 'aws_access_key_id': 'testing', 'aws_secret_access_key': 'testing'}
    return boto3.client(service, config=CONFIG if limited else None, **keys)


def response(body: dict[str, Any], status: int = 200) -> tuple[AWSResponse, dict[str, Any]]:
    return AWSResponse('https://aws', status, {}, None), {**body, 'ResponseMetadata': {'HTTPStatusCode': status}}


@pytest.fixture
def aws(template: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name, value in (('AWS_DEFAULT_REGION', REGION), ('AWS_ACCESS_KEY_ID', 'testing'), ('AWS_SECRET_ACCESS_KEY', 'testing')):
        monkeypatch.setenv(name, value)
    with mock_aws():
        emulator = Aws(template.statements())
        made = emulator.unlimited['stepfunctions'].create_state_machine(
            name='Commands', definition='{}', roleArn=f'arn:aws:iam::{ACCOUNT}:role/states')
        assert made['stateMachineArn'] == MACHINE
        emulator.unlimited['logs'].create_log_group(logGroupName=LOG_GROUP)
        yield emulator
        emulator.close()


# --- CloudFormation -------------------------------------------------------------------------------------------------------

@pytest.fixture
def cloudformation(template: Template) -> Iterator[CloudFormation]:
    # CloudFormation hands over every number as text.
    properties = json.loads(json.dumps(template.one('Custom::DjangoRelease')), parse_int=str)
    service = CloudFormation('Custom::DjangoRelease', 'ReleaseRun0A1B2C3D', properties)
    yield service
    service.close()


# --- the handler ----------------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Runner:
    """The deployed handler."""

    aws: Aws
    clock: Clock

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        return dispatch(event, self.aws.clients, self.clock.deadline)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runner(aws: Aws, clock: Clock) -> Runner:
    return Runner(aws, clock)
