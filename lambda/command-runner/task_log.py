"""The last lines that the container logged."""
from __future__ import annotations

import dataclasses
import json
import re
from typing import Any, Mapping

from clients import Clients
from deadline import Deadline
from task_failure import task_of

LINES = 10
# The lines of a container arrive some seconds after its end.
TRIES, PAUSE_SECONDS = 4, 3.0
COLOURS = re.compile(r'\x1b\[[0-9;]*[A-Za-z]')
CONTROL = re.compile(r'[\x00-\x08\x0b-\x1f\x7f]')


@dataclasses.dataclass(frozen=True)
class TaskLog:
    """Where a container logged, and its last lines."""

    stream: str | None
    lines: tuple[str, ...]
    problem: str = ''


def find_task(cause: str, execution: str, clients: Clients, deadline: Deadline) -> str | None:
    """ARN of the task of a run. A run that timed out or was stopped has no cause that names it, but a history."""
    task = task_of(cause)
    if task and task.get('TaskArn'):
        return task['TaskArn']
    history = deadline.insist('reading the history of the execution', lambda: clients.states.get_execution_history(
        executionArn=execution, reverseOrder=True, maxResults=100,
    ))
    for event in history['events']:
        if event['type'] == 'TaskSubmitted':
            tasks = json.loads(event['taskSubmittedEventDetails'].get('output') or '{}').get('Tasks') or [{}]
            return tasks[0].get('TaskArn')
    return None


def read_log(task: str | None, run: Mapping[str, Any], clients: Clients, deadline: Deadline, expected: bool) -> TaskLog:
    """The last lines of a task; waits for them a little when the container is known to have run."""
    if task is None:
        return TaskLog(None, ())
    stream = '/'.join((run['logStreamPrefix'], run['container'], task.rpartition('/')[2]))
    for attempt in range(TRIES if expected else 1):
        if attempt:
            deadline.pause(PAUSE_SECONDS)
        lines = _lines(run['logGroup'], stream, clients, deadline)
        if lines:
            return TaskLog(stream, lines)
    return TaskLog(stream, (), 'It logged nothing.') if expected else TaskLog(None, ())


def _lines(group: str, stream: str, clients: Clients, deadline: Deadline) -> tuple[str, ...]:
    try:
        events = deadline.insist('reading the log', lambda: clients.logs.get_log_events(
            logGroupName=group, logStreamName=stream, startFromHead=False, limit=LINES,
        ))
    except clients.logs.exceptions.ResourceNotFoundException:
        return ()
    lines = [line for event in events['events'] for line in COLOURS.sub('', event['message']).splitlines()]
    return tuple(CONTROL.sub('', line).rstrip() for line in lines if line.strip())[-LINES:]
