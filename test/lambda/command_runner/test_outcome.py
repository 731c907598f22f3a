"""A run has ended."""
from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import LOG_GROUP, MACHINE, STREAM, TASK, Aws, Clock, CloudFormation, Runner

EXECUTION = MACHINE.replace('stateMachine', 'execution') + ':ReleaseRun0A1B2C3D-5a4b3c2d-aaaa-bbbb-cccc-1234567890ab'
TRACEBACK = (
    'release: python manage.py migrate --noinput',
    'Traceback (most recent call last):',
    '  File "/app/manage.py", line 22, in <module>',
    'django.db.utils.ProgrammingError: column "price" of relation "catalog_product" already exists',
    'release: failed with exit code 1: python manage.py migrate --noinput',
)


def run_of(cloudformation: CloudFormation, **outcome: Any) -> dict[str, Any]:
    """What the last step of the state machine hands over."""
    request = cloudformation.request()
    properties = cloudformation.properties
    return {
        'name': 'Shop/Release',
        'taskDefinition': properties['TaskDefinition'],
        'container': 'django',
        'command': properties['Command'],
        'timeoutSeconds': 900,
        'securityGroups': properties['SecurityGroups'],
        'logGroup': LOG_GROUP,
        'logStreamPrefix': 'django',
        'cloudFormation': {key: request[key] for key in ('ResponseURL', 'StackId', 'RequestId', 'LogicalResourceId')},
        **outcome,
    }


def task(exit_code: int | None = None, *, reason: str | None = None, **fields: Any) -> dict[str, Any]:
    """A stopped task, as Step Functions gives it."""
    container = {'Name': 'django', 'LastStatus': 'STOPPED', 'ContainerArn': 'arn:aws:ecs:…', 'NetworkInterfaces': []}
    if exit_code is not None:
        container['ExitCode'] = exit_code
    if reason is not None:
        container['Reason'] = reason
    return {
        'TaskArn': TASK, 'Containers': [container], 'Memory': '1024', 'Cpu': '512', 'LastStatus': 'STOPPED',
        'StopCode': 'EssentialContainerExited', 'StoppedReason': 'Essential container in task exited', **fields,
    }


def failure(cause: Any, error: str = 'States.TaskFailed') -> dict[str, Any]:
    return {'failure': {'Error': error, 'Cause': cause if isinstance(cause, str) else json.dumps(cause)}}


def report(runner: Runner, run: dict[str, Any]) -> dict[str, Any]:
    return runner.handle({'run': run, 'execution': EXECUTION})


class TestSuccess:
    def test_is_answered_without_asking_aws_for_anything(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        run = run_of(cloudformation, task=task(0))
        assert report(runner, run) == {'answered': True, 'reason': 'Shop/Release: the command succeeded'}
        assert (cloudformation.answer['Status'], cloudformation.answer['Reason']) == ('SUCCESS', 'Shop/Release: the command succeeded')
        assert aws.calls == []

    def test_whose_address_has_expired_is_not_repeated(self, runner: Runner, cloudformation: CloudFormation) -> None:
        cloudformation.statuses = [403]
        assert report(runner, run_of(cloudformation, task=task(0)))['answered'] is False
        assert cloudformation.puts == 1


class TestFailure:
    def test_that_waited_in_vain_for_an_earlier_run_names_it(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        earlier = EXECUTION.rpartition(':')[0] + ':ReleaseRun0A1B2C3D-earlier'
        aws.will_answer('GetExecutionHistory', {'events': []})
        report(runner, run_of(cloudformation, failure={
            'Error': 'EarlierRunStillRuns', 'Cause': f'an earlier run was still going on after 900 seconds ({earlier})'}))
        assert cloudformation.answer['Reason'] == (
            'Shop/Release: `python manage.py migrate --noinput && python manage.py collectstatic --noinput` failed: '
            f'an earlier run was still going on after 900 seconds ({earlier}). Next step: wait until the earlier run has ended, '
            f'or stop its execution when nothing needs it any more; then deploy again. Execution: {EXECUTION}.')

    def test_names_command_exit_code_place_of_the_log_and_the_traceback(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log(*TRACEBACK)
        given = report(runner, run_of(cloudformation, **failure(task(1))))
        assert cloudformation.answer['Status'] == 'FAILED'
        assert cloudformation.answer['Reason'] == given['reason'] == (
            'Shop/Release: `python manage.py migrate --noinput` failed: it exited with code 1. Next step: read the log lines. '
            f'Execution: {EXECUTION}. Log group: {LOG_GROUP}, stream: {STREAM}. Last lines:\n' + '\n'.join(TRACEBACK))

    def test_shows_the_last_ten_lines_only(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log(*(f'line {number}' for number in range(50)))
        report(runner, run_of(cloudformation, **failure(task(1))))
        assert cloudformation.answer['Reason'].partition('Last lines:\n')[2].splitlines() == [f'line {number}' for number in range(40, 50)]

    def test_counts_the_lines_of_a_traceback_that_is_one_event(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log('\n'.join(f'line {number}' for number in range(50)))
        report(runner, run_of(cloudformation, **failure(task(1))))
        assert cloudformation.answer['Reason'].endswith('line 48\nline 49')
        assert 'line 39\n' not in cloudformation.answer['Reason']

    @pytest.mark.parametrize('character', ['x', 'ü', '漢', '😀'])
    def test_keeps_the_end_of_lines_that_are_too_long(self, runner: Runner, aws: Aws, cloudformation: CloudFormation, character: str) -> None:
        aws.write_log(*(character * 2000 for _ in range(9)), 'ValueError: the very cause')
        report(runner, run_of(cloudformation, **failure(task(1))))
        assert len(cloudformation.bodies[0]) <= 4096
        lines = cloudformation.answer['Reason'].partition('Last lines:\n')[2]
        assert len(lines.encode()) <= 1024
        assert lines.endswith(f'{character}\nValueError: the very cause')

    def test_leaves_colours_and_control_characters_out(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log('\x1b[31;1mdjango.db.utils.OperationalError\x1b[0m: \x07broken')
        report(runner, run_of(cloudformation, **failure(task(1))))
        assert cloudformation.answer['Reason'].endswith('\ndjango.db.utils.OperationalError: broken')

    def test_without_a_line_that_names_the_command_shows_all_commands(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log('Killed')
        report(runner, run_of(cloudformation, **failure(task(137))))
        assert ('`python manage.py migrate --noinput && python manage.py collectstatic --noinput` failed: out of memory '
                "(exit code 137, the task has 1024 MiB). Next step: raise 'memoryLimitMiB' of the process.") in cloudformation.answer['Reason']

    def test_waits_a_little_for_log_lines_that_are_on_their_way(
        self, runner: Runner, aws: Aws, cloudformation: CloudFormation, clock: Clock,
    ) -> None:
        aws.will_answer('GetLogEvents', {'events': []}, 'ResourceNotFoundException', {'events': [{'message': 'at last'}]})
        report(runner, run_of(cloudformation, **failure(task(1))))
        assert cloudformation.answer['Reason'].endswith('Last lines:\nat last')
        assert clock.pauses == [3.0, 3.0]

    def test_without_any_log_line_says_so(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        report(runner, run_of(cloudformation, **failure(task(1))))
        assert cloudformation.answer['Reason'].endswith(f'Log group: {LOG_GROUP}, stream: {STREAM}. It logged nothing.')

    def test_is_answered_even_when_the_log_cannot_be_read(self, runner: Runner, aws: Aws, cloudformation: CloudFormation, clock: Clock) -> None:
        aws.will_answer('GetLogEvents', *['ThrottlingException'] * 100)
        report(runner, run_of(cloudformation, **failure(task(1))))
        assert cloudformation.answer['Status'] == 'FAILED'
        assert 'it exited with code 1' in cloudformation.answer['Reason']
        assert 'Its log could not be read: timed out while reading the log (An error occurred (ThrottlingException)' in cloudformation.answer['Reason']
        assert clock.seconds > 10

    def test_that_timed_out_finds_its_log_by_the_history(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log('release: python manage.py migrate --noinput')
        aws.will_answer('GetExecutionHistory', history())
        report(runner, run_of(cloudformation, failure={'Error': 'States.Timeout'}))
        assert cloudformation.answer['Reason'].startswith(
            'Shop/Release: `python manage.py migrate --noinput && python manage.py collectstatic --noinput` failed: it did not end within 900 seconds '
            "and was stopped. Next step: raise 'timeout', or make the command faster.")
        assert cloudformation.answer['Reason'].endswith(f'stream: {STREAM}. Last lines:\nrelease: python manage.py migrate --noinput')

    def test_whose_cause_was_cut_off_is_still_answered(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log('release: failed with exit code 1: python manage.py migrate')
        aws.will_answer('GetExecutionHistory', history())
        report(runner, run_of(cloudformation, **failure('{"TaskArn": "arn:aws:ecs:eu-west-1:1234')))
        assert cloudformation.answer['Reason'].endswith('Last lines:\nrelease: failed with exit code 1: python manage.py migrate')

    def test_that_never_started_names_no_log_stream(self, runner: Runner, aws: Aws, cloudformation: CloudFormation, clock: Clock) -> None:
        report(runner, run_of(cloudformation, **failure(task(StopCode='TaskFailedToStart', StoppedReason='CannotPullContainerError: not found'))))
        assert cloudformation.answer['Reason'].endswith(f'Execution: {EXECUTION}.')
        assert clock.pauses == []

    def test_in_the_log_of_the_wrong_processor_says_so(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.write_log('exec /usr/local/bin/python: exec format error')
        report(runner, run_of(cloudformation, **failure(task(255))))
        assert 'Next step: the image is built for another processor' in cloudformation.answer['Reason']


def history(output: Any = None) -> dict[str, Any]:
    """The history of an execution, newest event first."""
    submitted = {'Tasks': [{'TaskArn': TASK}], 'Failures': []} if output is None else output
    return {'events': [
        {'id': 9, 'timestamp': '2026-01-01T00:00:00Z', 'type': 'TaskTimedOut'},
        {'id': 8, 'timestamp': '2026-01-01T00:00:00Z', 'type': 'TaskSubmitted', 'taskSubmittedEventDetails': {
            'resourceType': 'ecs', 'resource': 'runTask.sync', 'output': json.dumps(submitted)}},
        {'id': 7, 'timestamp': '2026-01-01T00:00:00Z', 'type': 'TaskStarted'},
    ]}


class TestStateMachineThatBreaksDown:
    def event(self, status: str) -> dict[str, Any]:
        return {
            'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change',
            'detail': {'executionArn': EXECUTION, 'stateMachineArn': MACHINE, 'status': status, 'input': None, 'inputDetails': {'included': False}},
        }

    def described(self, run: dict[str, Any], status: str, **fields: Any) -> dict[str, Any]:
        return {'executionArn': EXECUTION, 'stateMachineArn': MACHINE, 'status': status, 'startDate': 0, 'input': json.dumps(run), **fields}

    @pytest.mark.parametrize(('status', 'fields', 'sentence'), [
        ('ABORTED', {}, 'its execution was stopped by hand before it had ended. Next step: check what it has done so far, then deploy again.'),
        ('TIMED_OUT', {}, 'its execution timed out. Next step: raise the timeout, or make the command faster.'),
        ('FAILED', {'error': 'States.Runtime', 'cause': 'An error occurred while executing the state'},
         'its execution failed (States.Runtime: An error occurred while executing the state). Next step: the history of the execution shows the step.'),
        ('FAILED', {'error': 'Lambda.TooManyRequestsException'}, 'its execution failed (Lambda.TooManyRequestsException). '),
        ('FAILED', {}, 'its execution failed (no details). '),
    ])
    def test_is_answered_in_its_place(
        self, runner: Runner, aws: Aws, cloudformation: CloudFormation, status: str, fields: dict[str, str], sentence: str,
    ) -> None:
        aws.write_log('release: python manage.py migrate --noinput')
        aws.will_answer('DescribeExecution', self.described(run_of(cloudformation), status, **fields))
        aws.will_answer('GetExecutionHistory', history())
        assert runner.handle(self.event(status)) == {'answered': True}
        assert cloudformation.answer['Status'] == 'FAILED'
        assert sentence in cloudformation.answer['Reason']
        assert cloudformation.answer['Reason'].endswith('Last lines:\nrelease: python manage.py migrate --noinput')

    @pytest.mark.parametrize('events', [{'events': []}, history({'Tasks': [], 'Failures': [{'Reason': 'RESOURCE:MEMORY'}]})])
    def test_before_a_task_was_started_is_answered_without_a_log(
        self, runner: Runner, aws: Aws, cloudformation: CloudFormation, events: dict[str, Any],
    ) -> None:
        aws.will_answer('DescribeExecution', self.described(run_of(cloudformation), 'ABORTED'))
        aws.will_answer('GetExecutionHistory', events)
        runner.handle(self.event('ABORTED'))
        assert cloudformation.answer['Reason'].endswith(f'Execution: {EXECUTION}.')

    def test_after_its_last_step_has_answered_is_not_answered_again(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.will_answer('DescribeExecution', self.described(run_of(cloudformation), 'FAILED', error='CommandFailed', cause='…'))
        assert runner.handle(self.event('FAILED')) == {'answered': False}
        assert cloudformation.puts == 0

    def test_that_was_stopped_with_its_resource_is_not_answered(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.will_answer('DescribeExecution', self.described(run_of(cloudformation), 'ABORTED', error='ResourceDeleted', cause='…'))
        assert runner.handle(self.event('ABORTED')) == {'answered': False}
        assert cloudformation.puts == 0

    def test_with_a_run_that_cloudformation_does_not_wait_for_is_left_alone(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        run = run_of(cloudformation)
        del run['cloudFormation']
        aws.will_answer('DescribeExecution', self.described(run, 'FAILED', error='States.TaskFailed'))
        assert runner.handle(self.event('FAILED')) == {'answered': False}

    def test_is_answered_also_when_aws_throttles(self, runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
        aws.will_answer('DescribeExecution', *['ThrottlingException'] * 5, self.described(run_of(cloudformation), 'ABORTED'))
        aws.will_answer('GetExecutionHistory', *['ThrottlingException'] * 3, history())
        runner.handle(self.event('ABORTED'))
        assert cloudformation.answer['Status'] == 'FAILED'
