"""The deployed command runner with everything around it: the state machine and the handler of the template, and stand-ins for AWS."""
from __future__ import annotations

import collections
import dataclasses
import functools
import json
import pathlib
import re
from typing import Any, Callable, Mapping

import sdk_shapes
from access_policies import Denied, require
from deployed_template import Deployed, arn, machine_of
from executions import Execution, Executions, matches
from fargate import Fargate, TaskDefinition
from handler_function import Handler
from states_language import StateError, Steps
from virtual_time import Timeline

from doubles import ACCOUNT, REGION

PREFIX = 'arn:aws:states:::'
#: What SNS takes as the subject of a mail.
SUBJECT = re.compile(r'[!-~][ -~]{0,98}')


@dataclasses.dataclass(frozen=True)
class Notification:
    """What a person reads."""

    subject: str
    message: str


class World:
    """An account with the stack in it."""

    def __init__(self, deployed: Deployed, folder: pathlib.Path) -> None:
        self.deployed = deployed
        self.timeline = Timeline()
        resources = deployed.template.resources
        self.machine_properties = deployed.properties(deployed.one('AWS::StepFunctions::StateMachine'))
        self.machine_statements = deployed.statements(deployed.role_of(deployed.one('AWS::StepFunctions::StateMachine'), 'RoleArn'))
        self.executions = Executions(self.timeline, arn('states', 'stateMachine:Commands'), machine_of(deployed), self.machine_properties['RoleArn'])
        self.executions.perform, self.executions.ended = self._perform, self._tell_event_bridge
        definitions = [TaskDefinition(deployed.ref(name), deployed.properties(name)) for name in deployed.template.of_type('AWS::ECS::TaskDefinition')]
        self.fargate = Fargate(self.timeline, arn('ecs', 'cluster/shop'), definitions, folder)
        self.metrics: list[dict[str, Any]] = []
        self.notifications: list[Notification] = []
        #: The actions that the state machine needed.
        self.used: set[str] = set()
        #: Errors that the next calls of an integration give, e.g. of 'sns:publish'.
        self.faults: dict[str, collections.deque[StateError]] = collections.defaultdict(collections.deque)
        self.handler = Handler(self) if 'AWS::Lambda::Function' in {item['Type'] for item in resources.values()} else None
        self.fargate.program('print("done")')

    def close(self) -> None:
        self.fargate.close()
        if self.handler:
            self.handler.close()

    # --- what a test does -------------------------------------------------------------------------------------------------

    def start(self, execution_name: str = 'a', **given: Any) -> Execution:
        """Starts a run, as a schedule or a person does."""
        return self.executions.start(execution_name, json.dumps(given))

    def process_input(self) -> dict[str, Any]:
        """What a runner without a default process must be told."""
        (definition,) = self.fargate.definitions
        container = definition.properties['ContainerDefinitions'][0]
        log = container['LogConfiguration']['Options']
        group = next(name for name in self.deployed.template.of_type('AWS::EC2::SecurityGroup') if 'Process' in name)
        return {'taskDefinition': definition.family, 'container': container['Name'], 'securityGroups': [self.deployed.attribute(group, 'GroupId')],
                'logGroup': log['awslogs-group'], 'logStreamPrefix': log['awslogs-stream-prefix']}

    def run(self, until: float = float('inf')) -> None:
        self.timeline.run(until)

    # --- what the state machine asks for ----------------------------------------------------------------------------------

    def authorize(self, action: str, resource: str, context: Mapping[str, str] | None = None) -> None:
        self.used.add(action)
        require(self.machine_statements, action, resource, context)

    def _perform(self, execution: Execution, resource: str, arguments: Any) -> Steps:
        assert resource.startswith(PREFIX), resource
        integration = resource[len(PREFIX):]
        performer = {
            'ecs:runTask.sync': self._run_task, 'lambda:invoke': self._invoke, 'sns:publish': self._publish,
            'aws-sdk:sfn:listExecutions': self._list, 'aws-sdk:cloudwatch:putMetricData': self._put_metric,
        }[integration]
        return self._fail_or(integration, performer(execution, arguments))

    def _fail_or(self, integration: str, steps: Steps) -> Steps:
        if self.faults[integration]:
            yield 0.1
            raise self.faults[integration].popleft()
        return (yield from steps)

    def _run_task(self, execution: Execution, arguments: Any) -> Steps:
        for action in ('events:PutTargets', 'events:PutRule', 'events:DescribeRule'):
            self.authorize(action, arn('events', 'rule/StepFunctionsGetEventsForECSTaskRule'))
        return self.fargate.run_task(arguments, self.authorize, functools.partial(self.executions.submitted, execution), execution.arn)

    def _invoke(self, _: Execution, arguments: Any) -> Steps:
        assert arguments.keys() == {'FunctionName', 'Payload'}, arguments
        assert self.handler and arguments['FunctionName'] == self.handler.arn
        self._permit('Lambda.AWSLambdaException', 'lambda:InvokeFunction', self.handler.arn)
        clock = self.handler.clock()
        try:
            payload = self.handler.invoke(json.loads(json.dumps(arguments['Payload'])), clock)
        except Exception as error:  # noqa: BLE001 - whatever a function raises, Lambda says its type
            yield self.handler.spent(clock)
            raise StateError(type(error).__name__, json.dumps({'errorMessage': str(error), 'errorType': type(error).__name__})) from error
        yield self.handler.spent(clock)
        return {'ExecutedVersion': '$LATEST', 'Payload': payload, 'StatusCode': 200, 'SdkHttpMetadata': {}, 'SdkResponseMetadata': {}}

    def _publish(self, _: Execution, arguments: Any) -> Steps:
        try:
            call = sdk_shapes.arguments('sns', 'Publish', arguments)
        except ValueError as error:
            raise StateError('States.Runtime', str(error)) from error
        self._permit('SNS.AuthorizationErrorException', 'sns:Publish', call['TopicArn'])
        if not SUBJECT.fullmatch(call['Subject']):
            raise StateError('SNS.InvalidParameterException', f'Invalid parameter: Subject {call["Subject"]!r}')
        yield 0.2
        self.notifications.append(Notification(call['Subject'], call['Message']))
        return {'MessageId': 'c0ffee', 'SdkHttpMetadata': {}, 'SdkResponseMetadata': {}}

    def _list(self, _: Execution, arguments: Any) -> Steps:
        call = sdk_shapes.arguments('stepfunctions', 'ListExecutions', arguments)
        self._permit('Sfn.SfnException', 'states:ListExecutions', call['stateMachineArn'])
        yield 0.2
        return sdk_shapes.result('stepfunctions', 'ListExecutions', self.executions.list(**call))

    def _put_metric(self, _: Execution, arguments: Any) -> Steps:
        call = sdk_shapes.arguments('cloudwatch', 'PutMetricData', arguments)
        self._permit('CloudWatch.CloudWatchException', 'cloudwatch:PutMetricData', '*', {'cloudwatch:namespace': call['Namespace']})
        for metric in call['MetricData']:
            for dimension in metric['Dimensions']:
                value = dimension['Value']
                if not 1 <= len(value) <= 255 or not value.isascii() or not value.strip() or value.startswith(':'):
                    raise StateError('CloudWatch.InvalidParameterValueException', f'The value of the dimension is not legal: {value!r}')
        yield 0.2
        self.metrics += [{'Namespace': call['Namespace'], **metric} for metric in call['MetricData']]
        return {}

    def _permit(self, error: str, action: str, resource: str, context: Mapping[str, str] | None = None) -> None:
        try:
            self.authorize(action, resource, context)
        except Denied as denied:
            raise StateError(error, str(denied)) from denied

    def _tell_event_bridge(self, execution: Execution) -> None:
        """`Step Functions Execution Status Change`, to whatever rule of the template it fits."""
        event = {
            'version': '0', 'id': 'c0ffee', 'detail-type': 'Step Functions Execution Status Change', 'source': 'aws.states', 'account': ACCOUNT,
            'region': REGION, 'resources': [execution.arn],
            'detail': {'executionArn': execution.arn, 'stateMachineArn': self.executions.machine_arn, 'name': execution.name, 'status': execution.status,
                       'startDate': int(execution.started * 1000), 'stopDate': int(self.timeline.now * 1000), 'input': execution.input, 'output': None},
        }
        for name in self.deployed.template.of_type('AWS::Events::Rule'):
            rule = self.deployed.properties(name)
            if not matches(rule['EventPattern'], event):
                continue
            for target in rule['Targets']:
                assert self.handler and target.keys() == {'Arn', 'Id'} and target['Arn'] == self.handler.arn, target
                self.handler.require_permission(self.deployed.attribute(name, 'Arn'))
                self.handler.deliver(event)


#: Makes a world around a template.
MakeWorld = Callable[[str], World]
