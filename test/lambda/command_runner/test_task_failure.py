"""Why a task failed, in words, from what ECS really says."""
from __future__ import annotations

import json
from typing import Any

import pytest
from task_failure import CAPACITY, NO_ROUTE, WRONG_ARCHITECTURE, explain
from test_outcome import task

RUN = {'container': 'django', 'timeoutSeconds': 900}


def explained(cause: Any, error: str = 'States.TaskFailed') -> tuple[str, str, bool]:
    explanation = explain({'Error': error, 'Cause': cause if isinstance(cause, str) else json.dumps(cause)}, RUN)
    return explanation.cause, explanation.next_step, explanation.ran


@pytest.mark.parametrize(('stopped', 'cause', 'next_step'), [
    (task(1), 'it exited with code 1', 'read the log lines'),
    (task(137), 'out of memory (exit code 137, the task has 1024 MiB)', "raise 'memoryLimitMiB' of the process"),
    (task(137, reason='OutOfMemoryError: Container killed due to memory usage', StopCode='UserInitiated'),
     'out of memory (exit code 137, the task has 1024 MiB)', "raise 'memoryLimitMiB' of the process"),
    (task(1, reason='OutOfMemoryError: Container killed due to memory usage', Memory=None),
     'out of memory (exit code 1)', "raise 'memoryLimitMiB' of the process"),
    (task(137, StopCode='UserInitiated', StoppedReason='Task stopped by user'),
     'it was killed (exit code 137; Task stopped by user)', 'find out who stopped the task, then deploy again'),
    (task(75), 'it gave up for the time being, also on a second try (exit code 75)',
     'read the log lines, and deploy again when their cause is gone'),
    (task(139), 'it crashed with a segmentation fault (exit code 139)',
     'a native library crashed, often a wheel for another processor or C library: rebuild the image'),
    (task(126), 'it could not be executed (exit code 126)', 'the program is not executable in the image: check the command'),
    (task(127), 'it was not found (exit code 127)',
     "the image lacks the program: check the command, or name its Python with 'pythonExecutable'"),
    (task(143), 'it was stopped (SIGTERM, exit code 143)', 'find out who stopped the task, then deploy again'),
    (task(0, StopCode='UserInitiated', StoppedReason='Task stopped by user'),
     'its task was stopped (UserInitiated: Task stopped by user)', 'find out who stopped the task, then deploy again'),
    (task(0, StopCode='TerminationNotice', StoppedReason='Task retirement'),
     'its task was stopped (TerminationNotice: Task retirement)', 'AWS retired the host it ran on: deploy again'),
    (task(137, StopCode='SpotInterruption', StoppedReason='Your Spot Task was interrupted.'),
     'it was killed (exit code 137; Your Spot Task was interrupted)', 'AWS took its Spot capacity back: deploy again'),
    ({**task(0), 'Containers': [{'Name': 'django', 'ExitCode': 0}, {'Name': 'proxy', 'ExitCode': 2}]},
     "the container 'proxy' beside it exited with code 2", 'read the log of that container'),
])
def test_what_ran_is_explained_by_its_exit(stopped: dict[str, Any], cause: str, next_step: str) -> None:
    assert explained(stopped) == (cause, next_step, True)


PULL = 'CannotPullContainerError: pull image manifest has been retried 1 time(s): '
ASM = 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: '


@pytest.mark.parametrize(('reason', 'next_step'), [
    (f'{PULL}failed to resolve ref docker.io/shop/backend:1: docker.io/shop/backend:1: not found',
     'the tag or the repository does not exist: push the image first, or correct its name'),
    ('CannotPullContainerError: Error response from daemon: manifest for 1.dkr.ecr.eu-west-1.amazonaws.com/shop:9 not found: manifest unknown',
     'the tag or the repository does not exist: push the image first, or correct its name'),
    ('CannotPullContainerError: pull access denied for shop/backend, repository does not exist or may require docker login',
     'the execution role may not pull it, or it is private: grant ecr:BatchGetImage on the repository, or give the credentials of the registry'),
    (f'{PULL}failed to resolve ref ghcr.io/shop/backend:1: unexpected status from HEAD request: 403 Forbidden',
     'the execution role may not pull it, or it is private: grant ecr:BatchGetImage on the repository, or give the credentials of the registry'),
    (f'{PULL}failed to do request: Head https://registry-1.docker.io/v2/shop/manifests/1: dial tcp 44.205.64.79:443: i/o timeout', NO_ROUTE),
    (f'{PULL}failed to do request: Head https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/shop: context deadline exceeded', NO_ROUTE),
    (f'{PULL}httpReadSeeker: failed open: unexpected status code: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit',
     'the registry limits anonymous pulls: give credentials, or copy the image to ECR'),
    ("CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'", WRONG_ARCHITECTURE),
    ('CannotPullContainerError: failed to register layer: write /usr/lib: no space left on device', "raise 'ephemeralStorageGiB' of the process"),
    (f'{ASM}service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key username',
     'the secret lacks the field that the message names: add it to the secret, or correct the field'),
    (f"{ASM}ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
     'the secret has no current value: store one'),
    (f"{ASM}ResourceNotFoundException: Secrets Manager can't find the specified secret.",
     'the secret or parameter does not exist: create it, or correct its name'),
    (f"{ASM}InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
     'the secret is about to be deleted: restore it, or name another'),
    (f"{ASM}invalid character 'h' looking for beginning of value",
     'the secret is no JSON, but one of its fields is asked for: store it as JSON, or use the whole secret'),
    (f'{ASM}AccessDeniedException: Access to KMS is not allowed', 'the execution role may not use the key of the secret: grant it kms:Decrypt on the key'),
    ('ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: '
     'service call has been retried 1 time(s): invalid parameters: /shop/key', 'the secret or parameter does not exist: create it, or correct its name'),
    (f'{ASM}RequestError: send request failed caused by: Post "https://secretsmanager.eu-west-1.amazonaws.com/": dial tcp 1.2.3.4:443: i/o timeout', NO_ROUTE),
    ('ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: '
     'service call has been retried 3 time(s): AccessDeniedException: User: x is not authorized to perform: ecr:GetAuthorizationToken on resource: *',
     'the execution role may not log in to ECR: grant it ecr:GetAuthorizationToken'),
    ('ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: '
     'service call has been retried 3 time(s): RequestError: send request failed caused by: dial tcp 1.2.3.4:443: i/o timeout', NO_ROUTE),
    (f'{ASM}something new', 'check the secrets and the network of the task'),
    (f'{ASM}AccessDeniedException: User: arn:aws:sts::1:assumed-role/x is not authorized to perform: secretsmanager:GetSecretValue',
     'the execution role may not read it: grant it the secret and its key'),
    ('ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: '
     'There is a connection issue between the task and Amazon ECR', NO_ROUTE),
    ('ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: '
     'ResourceNotFoundException: The specified log group does not exist',
     'the log group of the process was deleted: make it again under the same name, or deploy with another'),
    ('ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: '
     'RequestError: send request failed caused by: Post "https://logs.eu-west-1.amazonaws.com/": dial tcp 1.2.3.4:443: i/o timeout', NO_ROUTE),
    ('ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: '
     'AccessDeniedException: User: x is not authorized to perform: logs:CreateLogStream',
     'the execution role may not write to the log group: grant it logs:CreateLogStream and logs:PutLogEvents'),
    ('ResourceInitializationError: failed to validate logger args: something new', 'check the log group of the process and the network of the task'),
    ('CannotStartContainerError: OCI runtime create failed: exec: "python": executable file not found in $PATH',
     "the image lacks the program: check the command, or name its Python with 'pythonExecutable'"),
    ('Capacity is unavailable at this time. Please try again later or in a different availability zone', CAPACITY),
    ('Timeout waiting for network interface provisioning to complete.',
     'the subnets have no free addresses, or the network was slow: check the subnets and deploy again'),
    ('Something that nobody has seen before', 'the reason above is from ECS; deploy again when its cause is gone'),
])
def test_what_never_started_is_explained_by_its_reason(reason: str, next_step: str) -> None:
    cause, step, ran = explained(task(StopCode='TaskFailedToStart', StoppedReason=reason))
    assert cause == f'its task never started ({reason[:400].rstrip(". ")})'
    assert (step, ran) == (next_step, False)


def test_what_ecs_says_twice_is_said_once() -> None:
    cause, _, _ = explained(task(reason='CannotPullContainerError: x', StopCode='TaskFailedToStart', StoppedReason='CannotPullContainerError: x'))
    assert cause == 'its task never started (CannotPullContainerError: x)'


def test_the_reason_may_stand_at_the_container_only() -> None:
    _, step, _ = explained(task(reason='CannotPullContainerError: 401 Unauthorized', StopCode='TaskFailedToStart', StoppedReason=None))
    assert step.startswith('the execution role may not pull it')


@pytest.mark.parametrize(('error', 'cause', 'next_step'), [
    ('AmazonECS.Unknown', '{"Failures":[{"Reason":"RESOURCE:MEMORY"}],"Tasks":[]}'[:-1], CAPACITY),
    ('AmazonECS.Unknown', '{"Failures":[{"Reason":"RESOURCE:CPU"}],"Tasks":[]}', CAPACITY),
    ('AmazonECS.Unknown', '["RESOURCE:CPU"]', CAPACITY),
    ('ECS.ClientException', 'Capacity is unavailable at this time.', CAPACITY),
    ('ECS.AccessDeniedException', 'User: x is not authorized to perform: iam:PassRole',
     'the role of the state machine may not run the task: register the process with the command runner'),
    ('Sfn.AccessDeniedException', 'User: x is not authorized to perform: states:ListExecutions on resource: y',
     'the state machine could not look for earlier runs: deploy again; its policy ListRights lets it'),
    ('ECS.ClusterNotFoundException', 'Cluster not found.', 'the cluster is gone: deploy it again'),
    ('ECS.ServerException', 'Service Unavailable', 'ECS refused to start the task, and repeating it did not help; deploy again when its cause is gone'),
    ('States.Runtime', 'path not found', 'the history of the execution shows the step'),
])
def test_what_ecs_refused_is_explained_by_its_error(error: str, cause: str, next_step: str) -> None:
    assert explained(cause, error) == (f'it was not started ({error}: {cause.rstrip(". ")})', next_step, False)


@pytest.mark.parametrize(('error', 'next_step'), [
    ('EarlierRunStillRuns', 'wait until the earlier run has ended, or stop its execution when nothing needs it any more; then deploy again'),
    ('RunSkipped', 'wait until the earlier run has ended, then deploy again'),
    ('InputIncomplete', 'the library and its handler are of different versions: deploy the whole stack again'),
])
def test_what_the_state_machine_did_not_start_is_explained_by_itself(error: str, next_step: str) -> None:
    assert explained('an earlier run was still going on (arn:x).', error) == ('an earlier run was still going on (arn:x)', next_step, False)


def test_an_error_without_a_cause_is_explained() -> None:
    assert explain({'Error': 'States.Timeout'}, RUN).cause == 'it did not end within 900 seconds and was stopped'
    assert explain({'Error': 'States.Timeout'}, {**RUN, 'secondsLeft': 900}).cause == 'it did not end within 900 seconds and was stopped'
    assert explain({'Error': 'States.Timeout'}, {**RUN, 'secondsLeft': 640}).cause == \
        'it did not end within the 640 seconds that were left of 900 after waiting or earlier tries and was stopped'
    assert explain({'Error': 'ECS.ServerException'}, RUN).cause == 'it was not started (ECS.ServerException: no reason given)'


def test_a_reason_of_any_length_stays_short() -> None:
    cause, _, _ = explained(task(StopCode='TaskFailedToStart', StoppedReason='word ' * 5000))
    assert len(cause) < 450
