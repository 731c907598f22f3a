"""An interpreter of the Amazon States Language, as far as the state machine of the commands uses it, with JSONata only.

It refuses every state type and every field that it does not know, so that a test never passes because something was ignored.
Time is whatever the caller makes of the seconds that an execution yields. https://states-language.net/spec.html
"""
from __future__ import annotations

import dataclasses
import datetime
import json
import random
import re
from typing import Any, Callable, Generator, Mapping, Union

import jsonata_strings
from jsonata_strings import QueryEvaluationError
from states_definition import LONGEST_SECONDS, check
from virtual_time import moment

#: Yields seconds to wait, and returns the result.
Steps = Generator[float, None, Any]
#: Does what a Task state asks for: resource, arguments.
Perform = Callable[[str, Any], Steps]

#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_DATA_BYTES, MAX_CAUSE = 262_144, 32_768
#: What `States.ALL` does not match.
NEVER_MATCHED_BY_ALL = {'States.DataLimitExceeded', 'States.Runtime'}
TIMESTAMP = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)')


class StateError(Exception):
    """An error that a state reports: `Error` and, where there is one, `Cause`."""

    def __init__(self, error: str, cause: str | None = None) -> None:
        super().__init__(f'{error}: {cause}')
        self.error, self.cause = error, None if cause is None else cause[:MAX_CAUSE]

    @property
    def output(self) -> dict[str, str]:
        return {'Error': self.error, **({} if self.cause is None else {'Cause': self.cause})}


class ExecutionFailed(Exception):
    """The execution ends with this error."""

    def __init__(self, error: str | None, cause: str | None) -> None:
        super().__init__(f'{error}: {cause}')
        self.error, self.cause = error, cause


@dataclasses.dataclass
class Run:
    """What changes while a state machine runs."""

    context: dict[str, Any]
    now: Callable[[], float]
    perform: Perform
    chance: random.Random
    variables: dict[str, Any] = dataclasses.field(default_factory=dict)
    #: Told of every state that is entered.
    visited: list[str] = dataclasses.field(default_factory=list)


def instant(seconds: float) -> str:
    """A point in time as the context object has it."""
    return moment(seconds).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


class StateMachine:
    """A definition that was read and found legal."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        check(definition)
        self.start: str = definition['StartAt']
        self.states: Mapping[str, Mapping[str, Any]] = definition['States']

    def execute(self, given: Any, run: Run) -> Steps:
        """The steps of one execution. Returns its output, or raises `ExecutionFailed`."""
        data, name = given, self.start
        while True:
            state = self.states[name]
            run.visited.append(name)
            run.context['State'] = {'Name': name, 'EnteredTime': instant(run.now()), 'RetryCount': 0}
            try:
                _limit(data, 'the input of the state')
                data, following = yield from _STATES[state['Type']](state, data, run)
                _limit(data, 'the output of the state')
            except StateError as error:
                raise ExecutionFailed(error.error, error.cause) from error
            if following is None:
                return data
            name = following


# --- the states -----------------------------------------------------------------------------------------------------------

Outcome = Generator[float, None, 'tuple[Any, Union[str, None]]']


def _evaluate(value: Any, location: str, data: Any, run: Run, **more: Any) -> Any:
    states = {'input': data, 'context': run.context, **more}
    try:
        return jsonata_strings.evaluate(value, {**run.variables, 'states': states}, run.now(), location)
    except QueryEvaluationError as error:
        name = run.context['State']['Name']
        raise StateError('States.QueryEvaluationError', f"An error occurred while executing the state '{name}'. {error}") from error


def _leave(fields: Mapping[str, Any], default: Any, data: Any, run: Run, **more: Any) -> Any:
    """The output, with what is assigned; both see the variables as they were when the state was entered."""
    assigned = _evaluate(fields.get('Assign', {}), 'Assign', data, run, **more)
    output = _evaluate(fields['Output'], 'Output', data, run, **more) if 'Output' in fields else default
    _limit(assigned, 'what is assigned')
    run.variables.update(assigned)
    return output


def _limit(value: Any, what: str) -> None:
    if len(json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode()) > MAX_DATA_BYTES:
        raise StateError('States.DataLimitExceeded', f'{what} is larger than {MAX_DATA_BYTES} bytes')


def _pass(state: Mapping[str, Any], data: Any, run: Run) -> Outcome:
    yield from ()
    return _leave(state, data, data, run), state.get('Next')


def _succeed(state: Mapping[str, Any], data: Any, run: Run) -> Outcome:
    yield from ()
    return _leave(state, data, data, run), None


def _fail(state: Mapping[str, Any], data: Any, run: Run) -> Outcome:
    yield from ()
    texts = {name: _evaluate(state[name], name, data, run) for name in ('Error', 'Cause') if name in state}
    for name, text in texts.items():
        _expect(isinstance(text, str), name, 'string', text, run)
    raise ExecutionFailed(texts.get('Error'), texts.get('Cause'))


def _wait(state: Mapping[str, Any], data: Any, run: Run) -> Outcome:
    if 'Seconds' in state:
        seconds = _evaluate(state['Seconds'], 'Seconds', data, run)
        _expect(type(seconds) is int and 0 <= seconds <= LONGEST_SECONDS, 'Seconds', 'non-negative integer', seconds, run)
    else:
        until = _evaluate(state['Timestamp'], 'Timestamp', data, run)
        _expect(isinstance(until, str) and bool(TIMESTAMP.fullmatch(until)), 'Timestamp', 'timestamp', until, run)
        seconds = max(0.0, datetime.datetime.fromisoformat(until.replace('Z', '+00:00')).timestamp() - run.now())
    yield seconds
    return _leave(state, data, data, run), state.get('Next')


def _choice(state: Mapping[str, Any], data: Any, run: Run) -> Outcome:
    yield from ()
    for index, rule in enumerate(state['Choices']):
        location = f'Choices[{index}]/Condition'
        chosen = _evaluate(rule['Condition'], location, data, run)
        _expect(isinstance(chosen, bool), location, 'boolean', chosen, run)
        if chosen:
            return _leave(rule, data, data, run), rule['Next']
    if 'Default' not in state:
        raise StateError('States.NoChoiceMatched', 'no choice matched, and there is no default')
    return _leave(state, data, data, run), state['Default']


def _expect(fits: bool, location: str, expected: str, value: Any, run: Run) -> None:
    if not fits:
        raise StateError('States.QueryEvaluationError', f"An error occurred while executing the state '{run.context['State']['Name']}'. "
                                                        f"The field '{location}' must be a {expected}, got {json.dumps(value)}")


def _task(state: Mapping[str, Any], data: Any, run: Run) -> Outcome:
    attempts: dict[int, int] = {}
    while True:
        try:
            result = yield from _attempt(state, data, run)
            return _leave(state, result, data, run, result=result), state.get('Next')
        except StateError as error:
            pause = _pause_before_retry(state.get('Retry', []), error, attempts, run)
            if pause is None:
                catcher = next((item for item in state.get('Catch', []) if matches(item, error)), None)
                if catcher is None:
                    raise
                return _leave(catcher, error.output, data, run, errorOutput=error.output), catcher['Next']
        yield pause
        run.context['State']['RetryCount'] += 1


def _attempt(state: Mapping[str, Any], data: Any, run: Run) -> Steps:
    arguments = _evaluate(state['Arguments'], 'Arguments', data, run) if 'Arguments' in state else data
    _limit(arguments, 'the arguments')
    timeout = _evaluate(state.get('TimeoutSeconds', LONGEST_SECONDS), 'TimeoutSeconds', data, run)
    _expect(type(timeout) is int and 1 <= timeout <= LONGEST_SECONDS, 'TimeoutSeconds', 'positive integer', timeout, run)
    steps, deadline = run.perform(state['Resource'], arguments), run.now() + timeout
    try:
        while True:
            try:
                pause = next(steps)
            except StopIteration as finished:
                _limit(finished.value, 'the result of the task')
                return finished.value
            if run.now() + pause > deadline:
                yield deadline - run.now()
                raise StateError('States.Timeout')
            yield pause
    finally:
        steps.close()  # after a timeout and when the execution is stopped: whoever performs stops what runs


def _pause_before_retry(retriers: list[Mapping[str, Any]], error: StateError, attempts: dict[int, int], run: Run) -> float | None:
    """Seconds to wait, or nothing when there are no more attempts. Each retrier counts its own."""
    for index, retrier in enumerate(retriers):
        if matches(retrier, error):
            count = attempts.get(index, 0)
            if count >= retrier.get('MaxAttempts', 3):
                return None
            attempts[index] = count + 1
            pause = min(retrier.get('IntervalSeconds', 1) * retrier.get('BackoffRate', 2.0) ** count, retrier.get('MaxDelaySeconds', LONGEST_SECONDS))
            return run.chance.uniform(0, pause) if retrier.get('JitterStrategy') == 'FULL' else pause
    return None


def matches(item: Mapping[str, Any], error: StateError) -> bool:
    """Whether a retrier or a catcher is for an error. `States.TaskFailed` is for every one but a timeout."""
    return any(name == error.error or name == 'States.ALL' and error.error not in NEVER_MATCHED_BY_ALL
               or name == 'States.TaskFailed' and error.error not in NEVER_MATCHED_BY_ALL | {'States.Timeout'} for name in item['ErrorEquals'])


_STATES: Mapping[str, Callable[[Mapping[str, Any], Any, Run], Outcome]] = {
    'Task': _task, 'Choice': _choice, 'Pass': _pass, 'Wait': _wait, 'Succeed': _succeed, 'Fail': _fail,
}
