"""CloudFormation asks for a run: starts the state machine, which answers when the command has ended."""
from __future__ import annotations

import json
import logging
from typing import Any, Iterator, Mapping

from botocore.exceptions import ClientError

from answer import Answer, failed, physical_id, send, succeeded
from clients import Clients
from deadline import Deadline, OutOfTime

log = logging.getLogger(__name__)

# A name has at most 80 characters: this much stays beside a hyphen and the id of a request.
MAX_LOCK = 43
# What a logical id ends with: the hash that tells two long ones apart.
HASH_LENGTH = 8
# How a run ends that is stopped with its resource: nobody waits for its answer.
DELETED = 'ResourceDeleted'
# What the last step needs to answer; the properties stay out, because they may be long.
ADDRESS = ('ResponseURL', 'StackId', 'RequestId', 'LogicalResourceId')


def handle_request(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> dict[str, Any]:
    """Answers at once, or starts the run that will answer."""
    path = request.get('ResourceProperties', {}).get('ConstructPath', request['LogicalResourceId'])
    try:
        answer = _delete(request, clients, deadline) if request['RequestType'] == 'Delete' else _act(request, clients, deadline)
    except (ClientError, OutOfTime) as error:
        answer = failed(f'{path}: the command was not started: {error}. Deploy again when the cause is gone.')
    if answer is None:
        return {'answered': False}
    return {'answered': send(request, answer)}


def _act(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> Answer | None:
    if _rolls_back(request['StackId'], clients, deadline):
        # The old command would meet the data that the new one made, and CloudFormation waits for the old state only.
        return succeeded('Not run, because the stack rolls back')
    _start(request, clients, deadline)
    return None


def _rolls_back(stack_id: str, clients: Clients, deadline: Deadline) -> bool:
    """CloudFormation sends the same event on the way back; only the status of the stack tells."""
    stacks = deadline.insist('reading the status of the stack', lambda: clients.cloudformation.describe_stacks(StackName=stack_id))
    return 'ROLLBACK' in stacks['Stacks'][0]['StackStatus']


def _delete(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> Answer:
    try:
        return succeeded(f'Runs that were stopped: {_stop_runs(request, clients, deadline)}')
    except Exception:  # noqa: BLE001 - what runs ends by its own timeout; a stack that cannot be deleted would be worse
        log.exception('What still runs could not be stopped')
        return succeeded('What still ran could not be stopped')


def _stop_runs(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> int:
    """Stops what still runs for this resource, e.g. of a deployment that was cancelled."""
    machine = request['ResourceProperties'].get('StateMachine')
    stopped = 0
    for execution in _running(machine, lock_of(request), clients, deadline) if machine else ():
        described = deadline.insist('reading an execution', lambda: clients.states.describe_execution(executionArn=execution))
        asked = json.loads(described['input']).get('cloudFormation', {})
        # Another stack may use the same state machine and the same name.
        if all(asked.get(key) == request[key] for key in ('StackId', 'LogicalResourceId')):
            deadline.insist('stopping an execution', lambda: clients.states.stop_execution(
                executionArn=execution, error=DELETED, cause='CloudFormation deletes the resource that it ran for',
            ))
            stopped += 1
    return stopped


def _running(machine: str, lock: str, clients: Clients, deadline: Deadline) -> Iterator[str]:
    """The executions of a name that run."""
    page: dict[str, Any] = {}
    while True:
        try:
            listed = deadline.insist('listing the executions', lambda: clients.states.list_executions(
                stateMachineArn=machine, statusFilter='RUNNING', **page,
            ))
        except clients.states.exceptions.StateMachineDoesNotExist:
            return
        yield from (item['executionArn'] for item in listed['executions'] if item['name'].startswith(f'{lock}-'))
        if not listed.get('nextToken'):
            return
        page = {'nextToken': listed['nextToken']}


def lock_of(request: Mapping[str, Any]) -> str:
    """What the names of a resource's executions begin with; the state machine runs one of them at a time."""
    logical_id = request['LogicalResourceId']
    return logical_id if len(logical_id) <= MAX_LOCK else logical_id[:MAX_LOCK - HASH_LENGTH] + logical_id[-HASH_LENGTH:]


def _start(request: Mapping[str, Any], clients: Clients, deadline: Deadline) -> None:
    """Starts the run under a name made of the request, so that an event that arrives twice runs once."""
    name = f'{lock_of(request)}-{request["RequestId"]}'
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
        # What an earlier deployment left running, e.g. one that was cancelled, is waited for.
        'exclusive': lock_of(request),
        'whenRunning': 'WAIT',
        'cloudFormation': {**{key: request[key] for key in ADDRESS}, 'PhysicalResourceId': physical_id(request)},
    }
