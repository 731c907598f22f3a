"""A stand-in for the service Step Functions: executions by name, their list and their history, and what EventBridge is told."""
from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import random
import re
from typing import Any, Callable

import states_language
from states_language import ExecutionFailed, Run, StateMachine, Steps
from virtual_time import Timeline, moment

#: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
NAME = re.compile(r'[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}')


class ServiceError(Exception):
    """An error of the API: its code and its text."""


@dataclasses.dataclass
class Execution:
    """One run of the state machine."""

    arn: str
    name: str
    input: str
    started: float
    run: Run
    status: str = 'RUNNING'
    stopped: float | None = None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    events: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    steps: Steps | None = None

    @property
    def visited(self) -> list[str]:
        """The names of the states that it has entered."""
        return self.run.visited


class Executions:
    """The executions of one state machine."""

    def __init__(self, timeline: Timeline, machine_arn: str, machine: StateMachine, role_arn: str) -> None:
        self.timeline, self.machine_arn, self.machine, self.role_arn = timeline, machine_arn, machine, role_arn
        self.all: list[Execution] = []
        #: Does what a Task state asks for.
        self.perform: Callable[[Execution, str, Any], Steps] | None = None
        #: Told of every execution that ended.
        self.ended: Callable[[Execution], None] = lambda _: None
        #: Seconds until the list has an execution: it is eventually consistent.
        self.lag = 0.0
        self._numbers = itertools.count()

    # --- the API ----------------------------------------------------------------------------------------------------------

    def start(self, name: str, given: str) -> Execution:
        if not NAME.fullmatch(name):
            raise ServiceError('InvalidName', f'Invalid Name: {name!r}')
        known = next((item for item in self.all if item.name == name), None)
        if known and known.status == 'RUNNING' and known.input == given:
            return known
        if known:
            raise ServiceError('ExecutionAlreadyExists', f"Execution Already Exists: '{known.arn}'")
        arn = f'{self.machine_arn.replace(":stateMachine:", ":execution:")}:{name}'
        context = {
            'Execution': {'Id': arn, 'Input': json.loads(given), 'Name': name, 'RoleArn': self.role_arn, 'RedriveCount': 0,
                          'StartTime': states_language.instant(self.timeline.now)},
            'StateMachine': {'Id': self.machine_arn, 'Name': self.machine_arn.rpartition(':')[2]},
        }
        assert self.perform is not None
        run = Run(context, lambda: self.timeline.now, lambda resource, arguments: self.perform(execution, resource, arguments),
                  random.Random(next(self._numbers)))
        execution = Execution(arn, name, given, self.timeline.now, run)
        self.all.append(execution)
        self._note(execution, 'ExecutionStarted', {})
        execution.steps = self.machine.execute(json.loads(given), run)
        self.timeline.drive(execution.steps, functools.partial(self._end, execution))
        return execution

    def stop(self, arn: str, error: str | None = None, cause: str | None = None) -> float:
        """`StopExecution`. Does nothing to one that has ended."""
        execution = self.find(arn)
        if execution.status == 'RUNNING':
            self._finish(execution, 'ABORTED', error=error, cause=cause)
            assert execution.steps is not None
            execution.steps.close()
        assert execution.stopped is not None
        return execution.stopped

    def find(self, arn: str) -> Execution:
        execution = next((item for item in self.all if item.arn == arn), None)
        if execution is None:
            raise ServiceError('ExecutionDoesNotExist', f"Execution Does Not Exist: '{arn}'")
        return execution

    def list(self, stateMachineArn: str, statusFilter: str | None = None, maxResults: int = 100, nextToken: str | None = None) -> dict[str, Any]:
        """`ListExecutions`: the newest first, page by page."""
        if stateMachineArn != self.machine_arn:
            raise ServiceError('StateMachineDoesNotExist', f"State Machine Does Not Exist: '{stateMachineArn}'")
        known = [item for item in reversed(self.all) if statusFilter in (None, item.status) and item.started + self.lag <= self.timeline.now]
        first = int(nextToken or 0)
        page = known[first:first + maxResults]
        return {
            'executions': [{'executionArn': item.arn, 'stateMachineArn': self.machine_arn, 'name': item.name, 'status': item.status,
                            'startDate': moment(item.started), **({'stopDate': moment(item.stopped)} if item.stopped else {})} for item in page],
            **({'nextToken': str(first + maxResults)} if first + maxResults < len(known) else {}),
        }

    def describe(self, arn: str) -> dict[str, Any]:
        item = self.find(arn)
        failure = {} if item.status == 'TIMED_OUT' else {'error': item.error, 'cause': item.cause}
        return {'executionArn': item.arn, 'stateMachineArn': self.machine_arn, 'name': item.name, 'status': item.status, 'input': item.input,
                'startDate': moment(item.started), **({'stopDate': moment(item.stopped)} if item.stopped else {}),
                **{name: value for name, value in failure.items() if value is not None}}

    def history(self, executionArn: str, maxResults: int = 100, reverseOrder: bool = False, nextToken: str | None = None) -> dict[str, Any]:
        assert nextToken is None, 'nobody asks for a second page'
        events = self.find(executionArn).events
        return {'events': (events[::-1] if reverseOrder else events)[:maxResults]}

    # --- what happens inside ----------------------------------------------------------------------------------------------

    def submitted(self, execution: Execution, output: dict[str, Any]) -> None:
        """A task of `ecs:runTask.sync` was made."""
        self._note(execution, 'TaskSubmitted', {'taskSubmittedEventDetails': {'resourceType': 'ecs', 'resource': 'runTask.sync', 'output': json.dumps(output)}})

    def time_out(self, execution: Execution) -> None:
        """The execution as a whole took too long: nothing is known of why."""
        self._finish(execution, 'TIMED_OUT')
        assert execution.steps is not None
        execution.steps.close()

    def _end(self, execution: Execution, output: Any, error: BaseException | None) -> None:
        if execution.status != 'RUNNING':
            return
        if error is None:
            self._finish(execution, 'SUCCEEDED', output=output)
        elif isinstance(error, ExecutionFailed):
            self._finish(execution, 'FAILED', error=error.error, cause=error.cause)
        else:
            raise error

    def _finish(self, execution: Execution, status: str, **fields: Any) -> None:
        execution.status, execution.stopped = status, self.timeline.now
        for name, value in fields.items():
            setattr(execution, name, value)
        self._note(execution, 'Execution' + {'TIMED_OUT': 'TimedOut'}.get(status, status.capitalize()), {})
        self.ended(execution)

    def _note(self, execution: Execution, kind: str, details: dict[str, Any]) -> None:
        number = len(execution.events) + 1
        execution.events.append({'id': number, 'previousEventId': number - 1, 'type': kind, 'timestamp': moment(self.timeline.now), **details})


def matches(pattern: Any, value: Any) -> bool:
    """Whether an event fits a pattern of EventBridge that names values, and nothing more."""
    if isinstance(pattern, list):
        assert all(isinstance(item, str) for item in pattern), f'a pattern that this test does not know: {pattern}'
        return value in pattern
    return isinstance(value, dict) and all(key in value and matches(item, value[key]) for key, item in pattern.items())
