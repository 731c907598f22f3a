"""A stand-in for ECS behind `ecs:runTask.sync`: the container is a local process, and what Step Functions learns has the form that AWS gives it.

The form of a task is that of a recorded run (LocalStack's `test_ecs_task_service.snapshot.json`, validated against AWS); of a task that never
started `ExitCode` is absent.
"""
from __future__ import annotations

import collections
import dataclasses
import itertools
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Any, Callable, Mapping, Union

import sdk_shapes
from access_policies import Denied
from states_language import StateError, Steps
from virtual_time import Timeline

MAX_OVERRIDES = 8192
#: Real seconds that a local process may take; none of the tests does anything for long.
PATIENCE = 20


@dataclasses.dataclass(frozen=True)
class Runs:
    """The task starts. Its container is a local process that has its own exit code."""

    #: Virtual time between its start and its end; endless unless somebody stops it.
    seconds: float = 30
    #: Virtual time until its container starts.
    startup: float = 40
    #: What its log must have before time passes for it.
    logs: str | None = None
    #: Said of the container, e.g. 'OutOfMemoryError: Container killed due to memory usage'.
    reason: str | None = None
    #: Somebody stops the task at its end.
    stopped_by: str | None = None


@dataclasses.dataclass(frozen=True)
class NeverStarts:
    """The task is made and stopped before its container has run."""

    reason: str
    seconds: float = 25


#: What `RunTask` does: an error, or a task.
Behaviour = Union[StateError, Runs, NeverStarts]


def throttled() -> StateError:
    return StateError('ECS.AmazonECSException', 'Rate exceeded (Service: AmazonECS; Status Code: 400; Error Code: ThrottlingException; Request ID: 1)')


def no_capacity(as_json: bool = False) -> StateError:
    """What Step Functions makes of `failures`. The form of its cause is documented nowhere."""
    failures = [{'Arn': 'arn:aws:ecs:eu-west-1:123456789012:container-instance/1', 'Reason': 'RESOURCE:CPU'}]
    return StateError('AmazonECS.Unknown', json.dumps({'Failures': failures, 'Tasks': []}) if as_json else f'RunTask failed: {failures}')


def access_denied() -> StateError:
    return StateError('ECS.AccessDeniedException', 'User: arn:aws:sts::123456789012:assumed-role/machine is not authorized to perform: ecs:RunTask '
                                                   '(Service: AmazonECS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 1)')


@dataclasses.dataclass
class TaskDefinition:
    """A task definition of the template."""

    arn: str
    properties: Mapping[str, Any]

    @property
    def family(self) -> str:
        return self.properties['Family']

    def container(self, name: str) -> Mapping[str, Any] | None:
        return next((item for item in self.properties['ContainerDefinitions'] if item['Name'] == name), None)


@dataclasses.dataclass
class Task:
    """A task that was made."""

    arn: str
    definition: TaskDefinition
    container: Mapping[str, Any]
    argv: list[str]
    overrides: Mapping[str, Any]
    created: float
    started: float | None = None
    stopped: float | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def log_file(self, folder: pathlib.Path) -> pathlib.Path:
        return folder / f'{self.arn[-32:]}.log'

    def description(self, cluster: str) -> dict[str, Any]:
        """As `DescribeTasks` has it, in PascalCase."""
        container = {
            'ContainerArn': self.arn.replace(':task/', ':container/') + '/c0ffee', 'Cpu': '0', 'GpuIds': [], 'Image': self.container['Image'],
            'LastStatus': 'STOPPED' if self.stopped else 'PENDING', 'ManagedAgents': [], 'Name': self.container['Name'], 'NetworkBindings': [],
            'NetworkInterfaces': [], 'TaskArn': self.arn, **_given({'ExitCode': self.exit_code, 'Reason': self.reason}),
        }
        times = _given({'StartedAt': self.started, 'StoppedAt': self.stopped, 'StoppingAt': self.stopped, 'ExecutionStoppedAt': self.stopped})
        return {
            'Attachments': [], 'Attributes': [{'Name': 'ecs.cpu-architecture', 'Value': 'x86_64'}], 'AvailabilityZone': 'eu-west-1a', 'ClusterArn': cluster,
            'Containers': [container], 'Cpu': self.overrides.get('Cpu', self.definition.properties['Cpu']), 'CreatedAt': int(self.created * 1000),
            'DesiredStatus': 'STOPPED' if self.stopped else 'RUNNING', 'EnableExecuteCommand': False, 'EphemeralStorage': {'SizeInGiB': 20},
            **{name: int(moment * 1000) for name, moment in times.items()},
            'Group': f'family:{self.definition.family}', 'InferenceAccelerators': [], 'LastStatus': 'STOPPED' if self.stopped else 'PROVISIONING',
            'LaunchType': 'FARGATE', 'Memory': self.overrides.get('Memory', self.definition.properties['Memory']),
            'Overrides': {**self.overrides, 'InferenceAcceleratorOverrides': []}, 'PlatformVersion': '1.4.0', 'StartedBy': 'AWS Step Functions',
            **_given({'StopCode': self.stop_code, 'StoppedReason': self.stopped_reason}), 'Tags': [], 'TaskArn': self.arn,
            'TaskDefinitionArn': self.definition.arn, 'Version': 5 if self.stopped else 1,
        }


class Fargate:
    """The cluster."""

    def __init__(self, timeline: Timeline, cluster: str, definitions: list[TaskDefinition], folder: pathlib.Path) -> None:
        self.timeline, self.cluster, self.folder = timeline, cluster, folder
        self.definitions = definitions
        self._numbers = itertools.count(1)
        #: What the next calls of `RunTask` do; after that, tasks run.
        self.behaviours: collections.deque[Behaviour] = collections.deque()
        self.calls: list[dict[str, Any]] = []
        self.tasks: list[Task] = []
        #: (group, stream) → lines
        self.logs: dict[tuple[str, str], list[str]] = {}

    def program(self, text: str) -> None:
        """What `manage.py` of the image does."""
        (self.folder / 'manage.py').write_text(text)

    def running(self) -> list[Task]:
        return [task for task in self.tasks if task.stopped is None]

    def run_task(self, arguments: dict[str, Any], authorize: Callable[..., None], submitted: Callable[[dict[str, Any]], None], execution: str) -> Steps:
        """`ecs:runTask.sync`: makes a task, and waits until it has stopped. Stops it when nobody waits any more."""
        self.calls.append(arguments)
        behaviour = self.behaviours.popleft() if self.behaviours else Runs()
        yield 0.2
        if isinstance(behaviour, StateError):
            raise behaviour
        task = self._make(arguments, authorize)
        self.tasks.append(task)
        submitted({'Failures': [], 'Tasks': [task.description(self.cluster)]})
        try:
            if isinstance(behaviour, NeverStarts):
                yield behaviour.seconds
                task.reason = behaviour.reason
                self._stop(task, 'TaskFailedToStart', behaviour.reason)
            else:
                yield behaviour.startup
                self._start(task, behaviour.logs)
                yield behaviour.seconds
                self._end(task, behaviour)
        except GeneratorExit:
            authorize('ecs:StopTask', task.arn, {'ecs:cluster': self.cluster})
            self._terminate(task)
            self._stop(task, 'UserInitiated', f'The Task state in AWS Step Functions execution [{execution}] which was managing this resource was aborted')
            raise
        authorize('ecs:DescribeTasks', task.arn, {'ecs:cluster': self.cluster})
        yield 1.5
        description = task.description(self.cluster)
        if task.exit_code != 0:
            raise StateError('States.TaskFailed', json.dumps(description, separators=(',', ':')))
        return description

    def _make(self, arguments: dict[str, Any], authorize: Callable[..., None]) -> Task:
        try:
            call = sdk_shapes.arguments('ecs', 'RunTask', arguments)
        except ValueError as error:
            raise StateError('States.Runtime', f'The parameters could not be used to start the Task: {error}') from error
        definition = next((item for item in self.definitions if call['taskDefinition'] in (item.arn, item.family)), None)
        if definition is None:
            raise StateError('ECS.ClientException', f'TaskDefinition not found: {call["taskDefinition"]}')
        if call['cluster'] != self.cluster:
            raise StateError('ECS.ClusterNotFoundException', 'Cluster not found.')
        try:
            authorize('ecs:RunTask', definition.arn, {'ecs:cluster': self.cluster})
            for role in ('TaskRoleArn', 'ExecutionRoleArn'):
                authorize('iam:PassRole', definition.properties[role], {'iam:PassedToService': 'ecs-tasks.amazonaws.com'})
        except Denied as denied:
            raise StateError('ECS.AccessDeniedException', f'{denied} (Service: AmazonECS; Error Code: AccessDeniedException)') from denied
        network = call['networkConfiguration']['awsvpcConfiguration']
        overrides = call.get('overrides', {})
        if not network['subnets'] or not 1 <= len(network.get('securityGroups', [])) <= 5 or len(json.dumps(overrides, separators=(',', ':'))) > MAX_OVERRIDES:
            raise StateError('ECS.InvalidParameterException', 'Subnets, security groups or overrides are not legal')
        changed = (overrides.get('containerOverrides') or [{}])[0]
        container = definition.container(changed.get('name', definition.properties['ContainerDefinitions'][0]['Name']))
        if container is None:
            raise StateError('ECS.InvalidParameterException', f'Override for container named {changed["name"]} is not a container in the TaskDefinition.')
        argv = [*container.get('EntryPoint', []), *changed.get('command', container.get('Command', []))]
        arn = self.cluster.replace(':cluster/', ':task/') + f'/{next(self._numbers):032x}'
        return Task(arn, definition, container, argv, arguments.get('Overrides', {}), self.timeline.now)

    def _start(self, task: Task, first: str | None) -> None:
        task.started = self.timeline.now
        environment = {item['Name']: item['Value'] for item in task.container.get('Environment', [])}
        environment['PATH'] = f'{pathlib.Path(sys.executable).parent}:/usr/bin:/bin'
        try:
            with task.log_file(self.folder).open('wb') as log:
                task.process = subprocess.Popen(task.argv, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                                stderr=subprocess.STDOUT, start_new_session=True)
        except OSError as error:
            task.reason = f'CannotStartContainerError: {error}'
            return
        end = time.monotonic() + PATIENCE
        while first and first not in task.log_file(self.folder).read_text() and time.monotonic() < end:
            time.sleep(0.01)

    def _end(self, task: Task, behaviour: Runs) -> None:
        if behaviour.stopped_by is not None:
            self._terminate(task)
            self._stop(task, 'UserInitiated', behaviour.stopped_by)
            return
        self._collect(task, PATIENCE)
        task.reason = behaviour.reason or task.reason
        if task.exit_code is None:
            self._stop(task, 'TaskFailedToStart', task.reason or '')
        else:
            self._stop(task, 'EssentialContainerExited', 'Essential container in task exited')

    def _terminate(self, task: Task) -> None:
        if task.process:
            task.process.send_signal(signal.SIGTERM)
            self._collect(task, 3)

    def _collect(self, task: Task, seconds: float) -> None:
        """Waits for the process and keeps what it has logged, as the log driver of the container does."""
        if task.process is None:
            return
        try:
            task.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(task.process.pid, signal.SIGKILL)
            task.process.wait()
        code = task.process.returncode
        task.exit_code = code if code >= 0 else 128 - code
        log = task.container['LogConfiguration']['Options']
        stream = f'{log["awslogs-stream-prefix"]}/{task.container["Name"]}/{task.arn.rpartition("/")[2]}'
        self.logs[log['awslogs-group'], stream] = task.log_file(self.folder).read_text(errors='replace').splitlines()

    def _stop(self, task: Task, code: str, reason: str) -> None:
        task.stopped, task.stop_code, task.stopped_reason = self.timeline.now, code, reason

    def close(self) -> None:
        """Ends what a test left running."""
        for task in self.tasks:
            if task.process and task.process.poll() is None:
                os.killpg(task.process.pid, signal.SIGKILL)
                task.process.wait()


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


ENDLESS = math.inf
