"""CloudFormation asks for a run."""
from __future__ import annotations

import json

import pytest
from botocore.exceptions import ReadTimeoutError
from conftest import MACHINE, Aws, Clock, CloudFormation, Runner, Template


@pytest.mark.parametrize('kind', ['Create', 'Update'])
def test_starts_the_run_and_leaves_the_answer_to_it(runner: Runner, aws: Aws, cloudformation: CloudFormation, kind: str) -> None:
    request = cloudformation.request(kind)
    assert runner.handle(request) == {'answered': False}
    assert cloudformation.answers == []
    [execution] = aws.executions()
    assert execution['stateMachineArn'] == MACHINE
    assert execution['name'] == 'ReleaseRun0A1B2C3D-5a4b3c2d-aaaa-bbbb-cccc-1234567890ab'
    assert json.loads(execution['input']) == {
        'name': 'Shop/Release',
        'taskDefinition': cloudformation.properties['TaskDefinition'],
        'container': 'django',
        'command': ['--wait-for-database', 'python', 'manage.py', 'migrate', '--noinput', '&&', 'python', 'manage.py', 'collectstatic', '--noinput'],
        'timeoutSeconds': 900,
        'securityGroups': cloudformation.properties['SecurityGroups'],
        'logGroup': 'Shop-Logs',
        'logStreamPrefix': 'django',
        'exclusive': 'ReleaseRun0A1B2C3D',
        'whenRunning': 'WAIT',
        'cloudFormation': {
            'ResponseURL': request['ResponseURL'],
            'StackId': request['StackId'],
            'RequestId': request['RequestId'],
            'LogicalResourceId': 'ReleaseRun0A1B2C3D',
            'PhysicalResourceId': 'ReleaseRun0A1B2C3D',
        },
    }


def test_an_event_that_arrives_twice_runs_once(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    runner.handle(cloudformation.request())
    runner.handle(cloudformation.request())
    assert len(aws.executions()) == 1
    assert cloudformation.answers == []


def test_an_event_that_arrives_again_after_the_run_has_ended_runs_nothing(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    aws.will_answer('StartExecution', 'ExecutionAlreadyExists')
    assert runner.handle(cloudformation.request()) == {'answered': False}
    assert aws.executions() == []
    assert cloudformation.answers == []


def test_each_deployment_runs(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    runner.handle(cloudformation.request())
    runner.handle(cloudformation.request('Update', RequestId='99999999-aaaa-bbbb-cccc-1234567890ab'))
    assert len(aws.executions()) == 2


def test_a_long_logical_id_still_gives_a_legal_name(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    runner.handle(cloudformation.request(LogicalResourceId='L' * 247 + '0A1B2C3D'))
    [execution] = aws.executions()
    assert len(execution['name']) == 80
    assert execution['name'] == f'{"L" * 35}0A1B2C3D-5a4b3c2d-aaaa-bbbb-cccc-1234567890ab', 'with the hash that tells it from others that begin so'
    assert json.loads(execution['input'])['exclusive'] == f'{"L" * 35}0A1B2C3D'


@pytest.mark.parametrize('status', ['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'])
@pytest.mark.parametrize('kind', ['Create', 'Update'])
def test_a_rollback_does_not_run_the_old_release_again(
    runner: Runner, aws: Aws, cloudformation: CloudFormation, kind: str, status: str,
) -> None:
    aws.stack_status = status
    runner.handle(cloudformation.request(kind))
    assert aws.executions() == []
    assert (cloudformation.answer['Status'], cloudformation.answer['Reason']) == ('SUCCESS', 'Not run, because the stack rolls back')


PHYSICAL_IDS = ['ReleaseRun0A1B2C3D', 'Shop-ReleaseRun-1TMHUPUK6RV8T', 'somebody-elses']


@pytest.mark.parametrize('physical_id', PHYSICAL_IDS)
def test_delete_succeeds_when_nothing_runs(runner: Runner, aws: Aws, cloudformation: CloudFormation, physical_id: str) -> None:
    runner.handle(cloudformation.request('Delete', PhysicalResourceId=physical_id))
    assert [name for name, _ in aws.calls] == ['ListExecutions']
    assert cloudformation.answer['Status'] == 'SUCCESS'
    assert cloudformation.answer['PhysicalResourceId'] == physical_id


@pytest.mark.parametrize('physical_id', PHYSICAL_IDS)
def test_delete_stops_what_still_runs_for_the_resource(runner: Runner, aws: Aws, cloudformation: CloudFormation, physical_id: str) -> None:
    runner.handle(cloudformation.request())
    runner.handle(cloudformation.request('Delete', PhysicalResourceId=physical_id, RequestId='99999999-aaaa-bbbb-cccc-1234567890ab'))
    [execution] = aws.executions()
    assert execution['status'] == 'ABORTED'
    assert cloudformation.answer['Status'] == 'SUCCESS'
    assert [call for name, call in aws.calls if name == 'StopExecution'] == [{
        'executionArn': execution['executionArn'], 'error': 'ResourceDeleted', 'cause': 'CloudFormation deletes the resource that it ran for',
    }]


@pytest.mark.parametrize('changes', [
    {'StackId': 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Other/0f1e2d3c-0000-1111-2222-333344445555'},
    {'LogicalResourceId': 'ReleaseRun'},
    {'LogicalResourceId': 'PreparationRun0A1B2C3D'},
])
def test_delete_stops_nothing_of_another_resource(runner: Runner, aws: Aws, cloudformation: CloudFormation, changes: dict[str, str]) -> None:
    runner.handle(cloudformation.request())
    runner.handle(cloudformation.request('Delete', **changes))
    assert aws.count('StopExecution') == 0
    assert cloudformation.answer['Status'] == 'SUCCESS'


def test_delete_reads_the_whole_list(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    runner.handle(cloudformation.request())
    aws.will_answer('ListExecutions', {'executions': [], 'nextToken': 'next'})
    runner.handle(cloudformation.request('Delete'))
    assert [call.get('nextToken') for name, call in aws.calls if name == 'ListExecutions'] == [None, 'next']


@pytest.mark.parametrize(('operation', 'fault'), [
    ('ListExecutions', 'AccessDeniedException'), ('ListExecutions', 'StateMachineDoesNotExist'), ('ListExecutions', 'ValidationException'),
    ('DescribeExecution', 'ExecutionDoesNotExist'), ('StopExecution', 'ThrottlingException'), ('StopExecution', 'ValidationException'),
])
def test_nothing_keeps_a_stack_from_being_deleted(runner: Runner, aws: Aws, cloudformation: CloudFormation, operation: str, fault: str) -> None:
    runner.handle(cloudformation.request())
    aws.will_answer(operation, *[fault] * 100)
    runner.handle(cloudformation.request('Delete'))
    assert cloudformation.answer['Status'] == 'SUCCESS'


def test_a_run_that_nobody_understands_does_not_keep_a_stack_from_being_deleted(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    aws.unlimited['stepfunctions'].start_execution(stateMachineArn=MACHINE, name='ReleaseRun0A1B2C3D-by-hand', input='[]')
    runner.handle(cloudformation.request('Delete'))
    assert cloudformation.answer['Status'] == 'SUCCESS'


def test_the_physical_id_stays_what_it_was_so_that_nothing_is_replaced(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    runner.handle(cloudformation.request('Update', PhysicalResourceId='as-before'))
    [execution] = aws.executions()
    assert json.loads(execution['input'])['cloudFormation']['PhysicalResourceId'] == 'as-before'


@pytest.mark.parametrize('operation', ['DescribeStacks', 'StartExecution'])
@pytest.mark.parametrize('fault', ['ThrottlingException', 'AccessDeniedException', 'ServiceUnavailable'])
def test_a_passing_refusal_is_survived_without_a_second_run(
    runner: Runner, aws: Aws, cloudformation: CloudFormation, clock: Clock, operation: str, fault: str,
) -> None:
    aws.will_answer(operation, *[fault] * 5)
    runner.handle(cloudformation.request())
    assert aws.count(operation) == 6
    assert len(aws.executions()) == 1
    assert cloudformation.answers == []
    assert all(pause > 0 for pause in clock.pauses) and len(set(clock.pauses)) == 5, 'with growing, random pauses'


def test_a_start_whose_answer_got_lost_is_not_started_twice(runner: Runner, aws: Aws, cloudformation: CloudFormation) -> None:
    aws.will_answer('StartExecution', ReadTimeoutError(endpoint_url='https://states'))
    runner.handle(cloudformation.request())
    names = {call['name'] for name, call in aws.calls if name == 'StartExecution'}
    assert aws.count('StartExecution') == 2
    assert len(names) == 1, 'Step Functions knows the second start by its name'


@pytest.mark.parametrize(('operation', 'doing'), [
    ('DescribeStacks', 'reading the status of the stack'),
    ('StartExecution', 'starting the command'),
])
def test_a_lasting_refusal_fails_the_deployment_with_its_reason_before_the_time_is_up(
    runner: Runner, aws: Aws, cloudformation: CloudFormation, clock: Clock, operation: str, doing: str,
) -> None:
    aws.will_answer(operation, *['AccessDeniedException'] * 100)
    runner.handle(cloudformation.request())
    assert cloudformation.answer['Status'] == 'FAILED'
    assert cloudformation.answer['Reason'] == (
        f'Shop/Release: the command was not started: timed out while {doing} (An error occurred (AccessDeniedException) when calling '
        f'the {operation} operation: injected). Deploy again when the cause is gone.')
    assert clock.seconds > 10
    assert aws.executions() == []


def test_an_error_that_waiting_does_not_mend_fails_at_once(runner: Runner, aws: Aws, cloudformation: CloudFormation, clock: Clock) -> None:
    aws.will_answer('StartExecution', 'StateMachineDoesNotExist')
    runner.handle(cloudformation.request())
    assert cloudformation.answer['Status'] == 'FAILED'
    assert 'Shop/Release: the command was not started: An error occurred (StateMachineDoesNotExist)' in cloudformation.answer['Reason']
    assert clock.pauses == []


def test_nothing_is_begun_when_lambda_is_about_to_stop_the_function(
    runner: Runner, aws: Aws, cloudformation: CloudFormation, clock: Clock,
) -> None:
    clock.seconds = 9
    runner.handle(cloudformation.request())
    assert cloudformation.answer['Status'] == 'FAILED'
    assert 'timed out while reading the status of the stack' in cloudformation.answer['Reason']
    assert aws.calls == []


def test_the_role_of_the_handler_is_as_narrow_as_aws_allows(template: Template) -> None:
    for statement in template.statements():
        actions = statement['Action'] if isinstance(statement['Action'], list) else [statement['Action']]
        resources = statement['Resource'] if isinstance(statement['Resource'], list) else [statement['Resource']]
        assert not any('*' in action for action in actions)
        # The streams of a log group and the executions of a state machine are named by what runs.
        assert all('*' not in resource.removesuffix(':*') for resource in resources), resources
