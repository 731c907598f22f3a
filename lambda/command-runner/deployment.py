"""CloudFormation asks for a run: starts the state machine, which answers when the command has ended."""
from __future__ import annotations

import json
import logging
from typing import Any, Mapping

from botocore.exceptions import ClientError

from answer import Answer, failed, physical_id, send, succeeded
from clients import Clients
from deadline import Deadline, OutOfTime

log = logging.getLogger(__name__)

MAX_NAME = 80
# What the last step needs to answer; the properties stay out, because they may be long.
ADDRESS = ('ResponseURL', 'StackId', 'RequestId', 'LogicalResourceId')


def handle_request(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> dict[str, Any]:
    """Answers at once, or starts the run that will answer."""
    path = request.get('ResourceProperties', {}).get('ConstructPath', request['LogicalResourceId'])
    try:
        answer = _act(request, clients, deadline)
    except (ClientError, OutOfTime) as error:
        answer = failed(f'{path}: the command was not started: {error}. Deploy again when the cause is gone.')
    if answer is None:
        return {'answered': False}
    return {'answered': send(request, answer)}


def _act(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> Answer | None:
    if request['RequestType'] == 'Delete':
        return succeeded('There is nothing to delete')
    if _rolls_back(request['StackId'], clients, deadline):
        # The old command would meet the data that the new one made, and CloudFormation waits for the old state only.
        return succeeded('Not run, because the stack rolls back')
    _start(request, clients, deadline)
    return None


def _rolls_back(stack_id: str, clients: Clients, deadline: Deadline) -> bool:
    """CloudFormation sends the same event on the way back; only the status of the stack tells."""
    stacks = deadline.insist('reading the status of the stack', lambda: clients.cloudformation.describe_stacks(StackName=stack_id))
    return 'ROLLBACK' in stacks['Stacks'][0]['StackStatus']


def _start(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> None:
    """Starts the run under a name made of the request, so that an event that arrives twice runs once."""
    name = f'{request["LogicalResourceId"][:MAX_NAME - 1 - len(request["RequestId"])]}-{request["RequestId"]}'
    properties = request['ResourceProperties']
    try:
        deadline.insist('starting the command', lambda: clients.states.start_execution(
            stateMachineArn=properties['StateMachine'], name=name, input=json.dumps(run_input(request)),
        ))
    except clients.states.exceptions.ExecutionAlreadyExists:
        log.info('The execution %s exists already: it answers, or has answered', name)


def run_input(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the state machine needs to run the command and to answer."""
    properties = request['ResourceProperties']
    return {
        'name': properties['ConstructPath'],
        'taskDefinition': properties['TaskDefinition'],
        'container': properties['Container'],
        'command': properties['Command'],
        'timeoutSeconds': int(properties['TimeoutSeconds']),
        'securityGroups': properties['SecurityGroups'],
        'logGroup': properties['LogGroup'],
        'logStreamPrefix': properties['LogStreamPrefix'],
        'cloudFormation': {**{key: request[key] for key in ADDRESS}, 'PhysicalResourceId': physical_id(request)},
    }
