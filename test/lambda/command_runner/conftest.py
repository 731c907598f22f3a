"""A stack that waits for a release, AWS with exactly the rights of the synthesized role, and a CloudFormation that takes answers."""
from __future__ import annotations

import dataclasses
import fnmatch
import functools
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
from collections import defaultdict
from typing import Any, Callable, Iterator

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

ROOT = pathlib.Path(__file__).parents[3]
HANDLER = ROOT / 'lambda' / 'command-runner'
sys.path.insert(0, str(HANDLER))

from clients import CONFIG, Clients  # noqa: E402
from deadline import Deadline  # noqa: E402
from dispatch import dispatch  # noqa: E402

ACCOUNT, REGION = '123456789012', 'eu-west-1'
PSEUDO = {
    'AWS::AccountId': ACCOUNT, 'AWS::Partition': 'aws', 'AWS::Region': REGION, 'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackId': f'arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Shop/0f1e2d3c-0000-1111-2222-333344445555',
}
MACHINE = f'arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:Commands'
LOG_GROUP = 'Shop-Logs'
TASK = f'arn:aws:ecs:{REGION}:{ACCOUNT}:task/shop/0123456789abcdef0123456789abcdef'
STREAM = 'django/django/0123456789abcdef0123456789abcdef'


class Template:
    """The synthesized template, with made-up values for what only AWS knows."""

    def __init__(self, resources: dict[str, Any]) -> None:
        self.resources = resources

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if 'Ref' in value:
            return PSEUDO.get(value['Ref']) or self._ref(value['Ref'])
        if 'Fn::GetAtt' in value:
            return self._attribute(*value['Fn::GetAtt'])
        if 'Fn::Join' in value:
            return value['Fn::Join'][0].join(self.resolve(value['Fn::Join'][1]))
        return {key: self.resolve(item) for key, item in value.items()}

    def one(self, kind: str) -> dict[str, Any]:
        return next(self.resolve(resource['Properties']) for resource in self.resources.values() if resource['Type'] == kind)

    def statements(self) -> list[dict[str, Any]]:
        """The statements of the role that the handler has."""
        function = next(item for item in self.resources.values() if item['Type'] == 'AWS::Lambda::Function')
        role = function['Properties']['Role']['Fn::GetAtt'][0]
        documents = [policy['PolicyDocument'] for policy in self.resources[role]['Properties'].get('Policies', [])]
        documents += [item['Properties']['PolicyDocument'] for item in self.resources.values()
                      if item['Type'] == 'AWS::IAM::Policy' and {'Ref': role} in item['Properties']['Roles']]
        return [self.resolve(statement) for document in documents for statement in document['Statement']]

    def _ref(self, name: str) -> str:
        kind = self.resources[name]['Type']
        return {
            'AWS::StepFunctions::StateMachine': MACHINE,
            'AWS::Logs::LogGroup': LOG_GROUP if 'Process' in name else 'Shop-HandlerLogs',
            'AWS::ECS::TaskDefinition': f'arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/ShopProcess:7',
        }.get(kind, name)

    def _attribute(self, name: str, attribute: str) -> str:
        kind = self.resources[name]['Type']
        if (kind, attribute) == ('AWS::Logs::LogGroup', 'Arn'):
            return f'arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{self._ref(name)}:*'
        if (kind, attribute) == ('AWS::StepFunctions::StateMachine', 'Name'):
            return MACHINE.rpartition(':')[2]
        return f'arn:aws:made-up:{REGION}:{ACCOUNT}:{name}/{attribute}'


@pytest.fixture(scope='session')
def template() -> Template:
    printed = subprocess.run(
        ['node', '--import', 'tsx', str(pathlib.Path(__file__).with_name('synthesize.ts'))], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, 'TSX_TSCONFIG_PATH': 'tsconfig.dev.json', 'CDK_VALIDATION': 'false'},
    )
    assert printed.returncode == 0, printed.stderr
    return Template(json.loads(printed.stdout)['Resources'])


# --- AWS ------------------------------------------------------------------------------------------------------------------

RESOURCES: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    'DescribeStacks': lambda call: ('cloudformation:DescribeStacks', call['StackName']),
    'StartExecution': lambda call: ('states:StartExecution', call['stateMachineArn']),
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


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


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

class CloudFormation:
    """Sends requests and keeps the answers that arrive at its address."""

    def __init__(self, properties: dict[str, Any]) -> None:
        self.properties = properties
        self.answers: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.statuses: list[int] = []
        self.puts = 0
        outer = self

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                outer.puts += 1
                body = self.rfile.read(int(self.headers['Content-Length']))
                status = outer.statuses.pop(0) if outer.statuses else 200
                if status == 200:
                    assert self.headers['Content-Type'] == '', 'the address is signed for an empty content type'
                    outer.bodies.append(body)
                    outer.answers.append(json.loads(body))
                self.send_response(status)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True).start()

    def request(self, kind: str = 'Create', **changes: Any) -> dict[str, Any]:
        request = {
            'RequestType': kind,
            'RequestId': '5a4b3c2d-aaaa-bbbb-cccc-1234567890ab',
            'ResponseURL': f'http://127.0.0.1:{self.server.server_port}/answer?signature=secret',
            'StackId': PSEUDO['AWS::StackId'],
            'LogicalResourceId': 'ReleaseRun0A1B2C3D',
            'ResourceType': 'Custom::DjangoRelease',
            'ResourceProperties': self.properties,
        }
        if kind != 'Create':
            request['PhysicalResourceId'] = 'ReleaseRun0A1B2C3D'
        return {**request, **changes}

    @property
    def answer(self) -> dict[str, Any]:
        assert len(self.answers) == 1, f'expected one answer, got {self.answers}'
        return self.answers[0]


@pytest.fixture
def cloudformation(template: Template) -> Iterator[CloudFormation]:
    # CloudFormation hands over every number as text.
    properties = json.loads(json.dumps(template.one('Custom::DjangoRelease')), parse_int=str)
    service = CloudFormation(properties)
    yield service
    service.server.shutdown()
    service.server.server_close()


# --- the handler ----------------------------------------------------------------------------------------------------------

class Clock:
    """A Lambda invocation of which the time passes only when somebody sleeps."""

    def __init__(self, seconds: float = 120) -> None:
        self.seconds = seconds
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds -= seconds

    @property
    def deadline(self) -> Deadline:
        return Deadline(lambda: self.seconds, self.sleep)


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
