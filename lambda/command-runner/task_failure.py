"""Why a task failed and what to do about it, from what Step Functions and ECS say."""
from __future__ import annotations

import dataclasses
import json
import re
from typing import Any, Mapping

READ_THE_LOG = 'read the log lines'


@dataclasses.dataclass(frozen=True)
class Explanation:
    """A failure in words: '<cause>. Next step: <next_step>.'"""

    cause: str
    next_step: str
    ran: bool = False

    def with_hint_of(self, lines: tuple[str, ...]) -> Explanation:
        """The same failure, had the log lines shown what ECS cannot know."""
        if any('exec format error' in line.lower() for line in lines):
            return dataclasses.replace(self, next_step=WRONG_ARCHITECTURE)
        return self


WRONG_ARCHITECTURE = "the image is built for another processor: set 'cpuArchitecture' to the one of the image, or build the image for it"
NO_ROUTE = 'the subnets have no way to the internet or to the endpoints of AWS: give them a NAT gateway or instance, public addresses or VPC endpoints'
OUT_OF_MEMORY = "raise 'memoryLimitMiB' of the process"

# (what the reason of ECS holds, what to do): the first that fits counts.
CANNOT_PULL = (
    (r'toomanyrequests|rate limit', 'the registry limits anonymous pulls: give credentials, or copy the image to ECR'),
    (r'no space left', "raise 'ephemeralStorageGiB' of the process"),
    (r'matching platform|exec format', WRONG_ARCHITECTURE),
    (r'i/o timeout|handshake timeout|deadline exceeded|dial tcp|no such host|no route|awaiting headers|waiting for connection|connection refused|request canceled',
     NO_ROUTE),
    (r'\b40[13]\b|denied|not authorized|unauthorized|no basic auth|pull access',
     'the execution role may not pull it, or it is private: grant ecr:BatchGetImage on the repository, or give the credentials of the registry'),
    (r'not found|manifest unknown|does not exist|no such',
     'the tag or the repository does not exist: push the image first, or correct its name'),
    (r'', 'pull the image with the same name to see what is wrong'),
)
TIMED_OUT = r'timeout|timed out|deadline exceeded|connection|dial tcp|no route|no such host'
CANNOT_LOG = (
    (TIMED_OUT, NO_ROUTE),
    (r'access ?denied|not authorized', 'the execution role may not write to the log group: grant it logs:CreateLogStream and logs:PutLogEvents'),
    (r'resourcenotfound|does not exist', 'the log group of the process was deleted: make it again under the same name, or deploy with another'),
    (r'', 'check the log group of the process and the network of the task'),
)
CANNOT_LOG_IN = (
    (r'access ?denied|not authorized', 'the execution role may not log in to ECR: grant it ecr:GetAuthorizationToken'),
    (TIMED_OUT, NO_ROUTE),
    (r'', 'check the execution role and the network of the task'),
)
CANNOT_READ_SECRET = (
    (r'json key', 'the secret lacks the field that the message names: add it to the secret, or correct the field'),
    (r'invalid character|not valid json|unmarshal|looking for beginning',
     'the secret is no JSON, but one of its fields is asked for: store it as JSON, or use the whole secret'),
    (r'marked for deletion', 'the secret is about to be deleted: restore it, or name another'),
    (r'staging label', 'the secret has no current value: store one'),
    (r"can't find the specified secret|resourcenotfound|does not exist|invalid (ssm )?parameters|parameternotfound",
     'the secret or parameter does not exist: create it, or correct its name'),
    (r'kms', 'the execution role may not use the key of the secret: grant it kms:Decrypt on the key'),
    (r'access ?denied|not authorized', 'the execution role may not read it: grant it the secret and its key'),
    (TIMED_OUT, NO_ROUTE),
    (r'', 'check the secrets and the network of the task'),
)
CANNOT_START = (
    (r'exec format error', WRONG_ARCHITECTURE),
    (r'executable file not found|no such file', "the image lacks the program: check the command, or name its Python with 'pythonExecutable'"),
    (r'', 'start the image with this command on your machine to see what is wrong'),
)
CAPACITY = 'Fargate had no capacity in these subnets: deploy again later, or add subnets in other availability zones'
NEVER_STARTED = (
    (r'cannotpull', CANNOT_PULL),
    (r'resourceinitialization.*(logger args|log ?stream|log ?group)', CANNOT_LOG),
    (r'resourceinitialization.*(ecr:getauth|retrieve ecr|registry auth from)', CANNOT_LOG_IN),
    (r'resourceinitialization', CANNOT_READ_SECRET),
    (r'cannotstartcontainer|cannotcreatecontainer|containerruntime', CANNOT_START),
    (r'capacity is unavailable|resource:', ((r'', CAPACITY),)),
    (r'network interface', ((r'', 'the subnets have no free addresses, or the network was slow: check the subnets and deploy again'),)),
    (r'', ((r'', 'the reason above is from ECS; deploy again when its cause is gone'),)),
)
# Stop codes of ECS and what to do; whoever else stopped a task is named by its reason.
STOPPED_BY_AWS = {
    'SpotInterruption': 'AWS took its Spot capacity back: deploy again',
    'TerminationNotice': 'AWS retired the host it ran on: deploy again',
}
STOPPED_BY_SOMEONE = 'find out who stopped the task, then deploy again'
# Errors of the state machine itself; their causes are sentences.
OWN_ERRORS = {
    'EarlierRunStillRuns': 'wait until the earlier run has ended, or stop its execution when nothing needs it any more; then deploy again',
    'RunSkipped': 'wait until the earlier run has ended, then deploy again',
    'InputIncomplete': 'the library and its handler are of different versions: deploy the whole stack again',
}
EXIT_CODES = {
    75: ('gave up for the time being, also on a second try (exit code 75)', 'read the log lines, and deploy again when their cause is gone'),
    126: ('could not be executed (exit code 126)', 'the program is not executable in the image: check the command'),
    127: ('was not found (exit code 127)', "the image lacks the program: check the command, or name its Python with 'pythonExecutable'"),
    139: ('crashed with a segmentation fault (exit code 139)',
          'a native library crashed, often a wheel for another processor or C library: rebuild the image'),
    143: ('was stopped (SIGTERM, exit code 143)', STOPPED_BY_SOMEONE),
}
API_ERRORS = (
    (r'ListExecutions', 'the state machine could not look for earlier runs: deploy again; its policy ListRights lets it'),
    (r'AccessDenied', 'the role of the state machine may not run the task: register the process with the command runner'),
    (r'ClusterNotFound', 'the cluster is gone: deploy it again'),
    (r'RESOURCE:|capacity', CAPACITY),
    (r'ECS\.', 'ECS refused to start the task, and repeating it did not help; deploy again when its cause is gone'),
    (r'', 'the history of the execution shows the step'),
)


def explain(failure: Mapping[str, Any], run: Mapping[str, Any]) -> Explanation:
    """Explains what the state machine caught."""
    error, cause = failure.get('Error', ''), failure.get('Cause', '')
    task = task_of(cause)
    if error == 'States.Timeout':
        return Explanation(f'it did not end within {_time(run)} and was stopped', "raise 'timeout', or make the command faster", ran=True)
    if error in OWN_ERRORS:
        return Explanation(_short(cause), OWN_ERRORS[error])
    if task is None:
        return Explanation(f'it was not started ({error}: {_short(cause)})', _first(API_ERRORS, f'{error} {cause}'))
    ours = next((item for item in task.get('Containers', []) if item.get('Name') == run['container']), {})
    # Fargate says the same of the task and of its container.
    reason = ' '.join(' '.join(dict.fromkeys(filter(None, (task.get('StoppedReason'), ours.get('Reason'))))).split())
    if ours.get('ExitCode') is None and task.get('StopCode') == 'TaskFailedToStart':
        return Explanation(f'its task never started ({_short(reason)})', _first(_first(NEVER_STARTED, reason), reason))
    if ours.get('ExitCode'):
        return _explain_exit(ours['ExitCode'], task, reason)
    other = next((item for item in task.get('Containers', []) if item.get('ExitCode')), None)
    if other:
        return Explanation(f'the container {other.get("Name")!r} beside it exited with code {other["ExitCode"]}', 'read the log of that container', ran=True)
    stop_code = task.get('StopCode', 'no stop code')
    return Explanation(f'its task was stopped ({stop_code}: {_short(reason)})', STOPPED_BY_AWS.get(stop_code, STOPPED_BY_SOMEONE), ran=True)


def _time(run: Mapping[str, Any]) -> str:
    """How long the last try could take: waiting and earlier tries count."""
    whole, left = run['timeoutSeconds'], run.get('secondsLeft', run['timeoutSeconds'])
    return f'{whole} seconds' if left == whole else f'the {left} seconds that were left of {whole} after waiting or earlier tries'


def _explain_exit(code: int, task: Mapping[str, Any], reason: str) -> Explanation:
    if 'outofmemory' in reason.lower().replace(' ', '') or code == 137 and task.get('StopCode') == 'EssentialContainerExited':
        size = task.get('Memory')
        return Explanation(f'out of memory (exit code {code}{f", the task has {size} MiB" if size else ""})', OUT_OF_MEMORY, ran=True)
    if code == 137:
        return Explanation(f'it was killed (exit code 137; {_short(reason)})', STOPPED_BY_AWS.get(task.get('StopCode', ''), STOPPED_BY_SOMEONE), ran=True)
    cause, step = EXIT_CODES.get(code, (f'exited with code {code}', READ_THE_LOG))
    return Explanation(f'it {cause}', step, ran=True)


def task_of(cause: str) -> dict[str, Any] | None:
    """The task that a cause describes; none when the cause is plain text, was cut off, or says that there is no task."""
    try:
        task = json.loads(cause)
    except ValueError:
        return None
    return task if isinstance(task, dict) and ('TaskArn' in task or 'Containers' in task) else None


def _first(table: tuple[tuple[str, Any], ...], text: str) -> Any:
    return next(result for pattern, result in table if re.search(pattern, text, re.IGNORECASE))


def _short(text: str) -> str:
    return ' '.join(text.split())[:400].rstrip('. ') or 'no reason given'
