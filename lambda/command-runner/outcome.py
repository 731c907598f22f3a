"""A run has ended: tells CloudFormation how."""
from __future__ import annotations

import json
import logging
import re
import shlex
from typing import Any, Mapping

from answer import failed, send, succeeded
from clients import Clients
from deadline import Deadline
from deployment import DELETED
from task_failure import Explanation, explain
from task_log import TaskLog, find_task, read_log

log = logging.getLogger(__name__)

# What the state machine ends with after its last step has answered CloudFormation.
REPORTED = 'CommandFailed'
MAX_LINES_BYTES = 1024
# How the release names the command that failed, in its last line.
FAILED_COMMAND = re.compile(r'release: failed with exit code \d+: (.+)')


def report_run(run: Mapping[str, Any], execution: str, clients: Clients, deadline: Deadline) -> dict[str, Any]:
    """Last step of the state machine: answers, and gives back the reason for whoever reads the execution."""
    if 'task' in run:
        answer = succeeded(f'{run["name"]}: the command succeeded')
    else:
        failure = run['failure']
        answer = failed(_reason(run, execution, explain(failure, run), clients, deadline, failure.get('Cause', '')))
    return {'answered': send(run['cloudFormation'], answer), 'reason': answer.reason}


def report_status_change(execution: str, clients: Clients, deadline: Deadline) -> dict[str, Any]:
    """The state machine itself was stopped or broke down: answers in its place."""
    ended = deadline.insist('reading the execution', lambda: clients.states.describe_execution(executionArn=execution))
    run = json.loads(ended['input'])
    if 'cloudFormation' not in run or ended.get('error') in (REPORTED, DELETED):
        return {'answered': False}
    explanation = _explain_status(ended)
    return {'answered': send(run['cloudFormation'], failed(_reason(run, execution, explanation, clients, deadline, ended.get('cause', ''))))}


def _explain_status(ended: Mapping[str, Any]) -> Explanation:
    if ended['status'] == 'ABORTED':
        return Explanation('its execution was stopped by hand before it had ended', 'check what it has done so far, then deploy again')
    if ended['status'] == 'TIMED_OUT':
        return Explanation('its execution timed out', 'raise the timeout, or make the command faster')
    detail = ': '.join(filter(None, (ended.get('error'), ended.get('cause', '')[:300])))
    return Explanation(f'its execution failed ({detail or "no details"})', 'the history of the execution shows the step')


def _reason(
    run: Mapping[str, Any], execution: str, explanation: Explanation, clients: Clients, deadline: Deadline, cause: str,
) -> str:
    """Who failed, why, what to do, where to read on, and the last log lines; the most important first."""
    task_log = _read(run, execution, cause, explanation, clients, deadline)
    named = FAILED_COMMAND.search(task_log.lines[-1]) if task_log.lines else None
    command = named[1] if named else shlex.join(word for word in run['command'] if word != '--wait-for-database').replace("'&&'", '&&')
    explanation = explanation.with_hint_of(task_log.lines)
    parts = [
        f'{run["name"]}: `{_cut(command, 300)}` failed: {explanation.cause}.',
        f'Next step: {explanation.next_step}.',
        f'Execution: {execution}.',
        task_log.stream and f'Log group: {run["logGroup"]}, stream: {task_log.stream}.',
        task_log.problem,
        task_log.lines and f'Last lines:\n{last_bytes(task_log.lines)}',
    ]
    return ' '.join(filter(None, parts))


def _read(
    run: Mapping[str, Any], execution: str, cause: str, explanation: Explanation, clients: Clients, deadline: Deadline,
) -> TaskLog:
    """The log is a help, not a condition: CloudFormation gets its answer without it, too."""
    try:
        task = find_task(cause, execution, clients, deadline)
        return read_log(task, run, clients, deadline, expected=explanation.ran)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is in the reason and in the log
        log.exception('The log of the task could not be read')
        return TaskLog(None, (), f'Its log could not be read: {error}.')


def last_bytes(lines: tuple[str, ...]) -> str:
    """The last lines that fit, the last of all being the most telling."""
    return '\n'.join(lines).encode('utf-8', 'replace')[-MAX_LINES_BYTES:].decode('utf-8', 'ignore')


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f'{text[:length - 1]}…'
