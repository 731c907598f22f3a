"""The Lambda function of the template: its real code with the rights of its role, and CloudFormation that waits for its answers."""
from __future__ import annotations

import collections
import dataclasses
import functools
import importlib.util
import json
import types
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
from access_policies import allows
from botocore.awsrequest import AWSResponse
from deployed_template import ROOT, arn
from executions import ServiceError
from virtual_time import moment

from client_config import CONFIG
from clients import Clients
from deadline import Deadline
from doubles import REGION, Clock, CloudFormation

if TYPE_CHECKING:
    from command_world import World

#: Lambda tries an asynchronous event twice more, after one minute and after two.
ASYNCHRONOUS_PAUSES = (60, 120)


@functools.cache
def index() -> types.ModuleType:
    """The entry point of the handler, under a name that no other handler has."""
    spec = importlib.util.spec_from_file_location('command_runner_index', ROOT / 'lambda/command-runner/index.py')
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclasses.dataclass
class Deployment:
    """One request of CloudFormation."""

    request: dict[str, Any]
    sent: float
    #: (virtual time, body)
    answers: list[tuple[float, bytes]] = dataclasses.field(default_factory=list)


class Handler:
    """The Lambda function of the template: its real code, its role, and CloudFormation that waits for it."""

    def __init__(self, world: World) -> None:
        self.world, deployed = world, world.deployed
        self.logical_id = deployed.one('AWS::Lambda::Function')
        self.arn = deployed.attribute(self.logical_id, 'Arn')
        self.properties = deployed.properties(self.logical_id)
        assert (self.properties['Handler'], self.properties['Runtime'][:6]) == ('command-runner/index.handler', 'python')
        self.statements = deployed.statements(deployed.role_of(self.logical_id, 'Role'))
        self.resource = deployed.one('Custom::DjangoRelease')
        # CloudFormation hands over every number as text.
        properties = json.loads(json.dumps(deployed.properties(self.resource)), parse_int=str)
        self.service_timeout = float(properties.pop('ServiceTimeout'))
        assert properties['ServiceToken'] == self.arn
        self.cloudformation = CloudFormation('Custom::DjangoRelease', self.resource, properties)
        self.deployments: list[Deployment] = []
        self.stack_status = 'UPDATE_IN_PROGRESS'
        #: Raised in place of what the function would do, e.g. because it cannot be imported.
        self.broken: collections.deque[Exception] = collections.deque()
        #: Error codes that the next calls of an operation give, e.g. of 'StartExecution'.
        self.faults: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self.errors: list[Exception] = []
        #: The actions that the function needed.
        self.used: set[str] = set()

    def close(self) -> None:
        self.cloudformation.close()

    def clock(self) -> Clock:
        return Clock(float(self.properties['Timeout']))

    def spent(self, clock: Clock) -> float:
        return float(self.properties['Timeout']) - clock.seconds + 0.5

    # --- CloudFormation ---------------------------------------------------------------------------------------------------

    def deploy(self, kind: str = 'Update', number: int = 1, **changes: Any) -> Deployment:
        """Sends a request."""
        request = self.cloudformation.request(kind, RequestId=f'5a4b3c2d-aaaa-bbbb-cccc-{number:012}', **changes)
        deployment = Deployment(request, self.world.timeline.now)
        self.deployments.append(deployment)
        self.deliver(request)
        return deployment

    def answer(self, deployment: Deployment) -> dict[str, str]:
        """The one answer that it got, had it been in time and short enough."""
        assert len(deployment.answers) == 1, deployment.answers
        (moment_, body), request = deployment.answers[0], deployment.request
        assert moment_ - deployment.sent < self.service_timeout, 'CloudFormation did not wait any more'
        assert len(body) <= 4096
        answer = json.loads(body)
        assert {key: answer[key] for key in ('StackId', 'RequestId', 'LogicalResourceId')} == {
            key: request[key] for key in ('StackId', 'RequestId', 'LogicalResourceId')}
        assert answer['PhysicalResourceId'] == request.get('PhysicalResourceId', request['LogicalResourceId'])
        return answer

    # --- Lambda -----------------------------------------------------------------------------------------------------------

    def require_permission(self, rule_arn: str) -> None:
        permissions = [self.world.deployed.properties(name) for name in self.world.deployed.template.of_type('AWS::Lambda::Permission')]
        assert any((item['Action'], item['Principal'], item['SourceArn']) == ('lambda:InvokeFunction', 'events.amazonaws.com', rule_arn)
                   for item in permissions), permissions

    def deliver(self, event: dict[str, Any], pauses: tuple[float, ...] = ASYNCHRONOUS_PAUSES) -> None:
        """An asynchronous event, which Lambda tries again when the function fails."""

        def attempt() -> None:
            try:
                self.invoke(json.loads(json.dumps(event)), self.clock())
            except Exception as error:  # noqa: BLE001
                self.errors.append(error)
                if pauses:
                    self.world.timeline.after(pauses[0], lambda: self.deliver(event, pauses[1:]))

        self.world.timeline.after(0.3, attempt)

    def invoke(self, event: dict[str, Any], clock: Clock) -> Any:
        """Calls the function as Lambda does, with time that passes by sleeping."""
        context = types.SimpleNamespace(get_remaining_time_in_millis=lambda: clock.seconds * 1000)
        known = len(self.cloudformation.bodies)
        try:
            if self.broken:
                raise self.broken.popleft()
            with mock.patch.object(Clients, 'create', lambda: self._clients()), mock.patch.object(Deadline, 'of', lambda _: clock.deadline):
                return json.loads(json.dumps(index().handler(event, context)))
        finally:
            for body in self.cloudformation.bodies[known:]:
                request_id = json.loads(body)['RequestId']
                moment_ = self.world.timeline.now + self.spent(clock)
                for deployment in self.deployments:
                    if deployment.request['RequestId'] == request_id:
                        deployment.answers.append((moment_, body))
                        break

    def _clients(self) -> Clients:
        clients = _clients()
        for client in (clients.cloudformation, clients.logs, clients.states):
            for event, hook in (('provide-client-params.*', self._note), ('before-call.*', self._call)):
                client.meta.events.unregister(event, unique_id=event)
                client.meta.events.register(event, hook, unique_id=event)
        return clients

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        self._params = params

    def _call(self, model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        """What AWS answers to the handler, if its role allows the call."""
        call, executions = dict(self._params), self.world.executions
        action, resource, answer = {
            'DescribeStacks': lambda: ('cloudformation:DescribeStacks', call['StackName'], lambda: {'Stacks': [{'StackStatus': self.stack_status}]}),
            'StartExecution': lambda: ('states:StartExecution', call['stateMachineArn'], lambda: self._start(call)),
            'DescribeExecution': lambda: ('states:DescribeExecution', call['executionArn'], lambda: executions.describe(call['executionArn'])),
            'GetExecutionHistory': lambda: ('states:GetExecutionHistory', call['executionArn'], lambda: executions.history(**call)),
            'ListExecutions': lambda: ('states:ListExecutions', call['stateMachineArn'], lambda: executions.list(**call)),
            'StopExecution': lambda: ('states:StopExecution', call['executionArn'],
                                      lambda: {'stopDate': moment(executions.stop(call['executionArn'], call.get('error'), call.get('cause')))}),
            'GetLogEvents': lambda: ('logs:GetLogEvents', arn('logs', f'log-group:{call["logGroupName"]}:log-stream:{call["logStreamName"]}'),
                                     lambda: self._log_events(call)),
        }[model.name]()
        self.used.add(action)
        assert allows(self.statements, action, resource), f'the role of the handler does not allow {action} on {resource}'
        if self.faults[model.name]:
            return _response({'Error': {'Code': self.faults[model.name].popleft(), 'Message': 'injected'}}, 400)
        try:
            return _response(answer())
        except ServiceError as error:
            return _response({'Error': {'Code': error.args[0], 'Message': error.args[1]}}, 400)

    def _start(self, call: dict[str, Any]) -> dict[str, Any]:
        execution = self.world.executions.start(call['name'], call['input'])
        return {'executionArn': execution.arn, 'startDate': moment(execution.started)}

    def _log_events(self, call: dict[str, Any]) -> dict[str, Any]:
        lines = self.world.fargate.logs.get((call['logGroupName'], call['logStreamName']))
        if lines is None:
            raise ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.')
        assert not call['startFromHead']
        return {'events': [{'timestamp': number, 'message': line} for number, line in enumerate(lines)][-call['limit']:]}


@functools.cache
def _clients() -> Clients:
    keys = {'region_name': REGION, 'aws_access_key_id': 'testing', 'aws_secret_access_key': 'testing', 'config': CONFIG}
    return Clients(*(boto3.client(service, **keys) for service in ('cloudformation', 'logs', 'stepfunctions')))


def _response(body: dict[str, Any], status: int = 200) -> tuple[AWSResponse, dict[str, Any]]:
    return AWSResponse('https://aws', status, {}, None), {**body, 'ResponseMetadata': {'HTTPStatusCode': status}}
