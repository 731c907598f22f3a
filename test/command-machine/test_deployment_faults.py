"""What comes between CloudFormation and its answer: the same event twice, rollbacks, other deployments, deletion, and what breaks."""
from __future__ import annotations

import json
import random

import fargate
import pytest
from command_world import MakeWorld, World
from deployment_steps import NO_ENI, NO_RIGHT_YET, NO_TAG, TRACEBACK, deploys, reason_of_failure
from fargate import NeverStarts, Runs
from states_language import StateError


class TestTheSameEventTwice:
    def test_at_once_is_one_run_and_one_answer(self, world: World) -> None:
        assert world.handler
        deployment = world.handler.deploy()
        world.handler.deliver(deployment.request)
        world.run()
        assert world.handler.answer(deployment)['Status'] == 'SUCCESS'
        assert (len(world.executions.all), len(world.fargate.tasks)) == (1, 1)

    @pytest.mark.parametrize('program', ['print("done")', TRACEBACK])
    def test_after_its_end_is_one_run_and_one_answer(self, world: World, program: str) -> None:
        assert world.handler
        world.fargate.program(program)
        deployment = world.handler.deploy()
        world.run()
        world.handler.deliver(deployment.request)
        world.run()
        world.handler.answer(deployment)
        assert (len(world.executions.all), len(world.fargate.tasks)) == (1, 1)

    def test_of_a_delete_is_harmless(self, world: World) -> None:
        assert world.handler
        deploys(world)
        deployment = world.handler.deploy('Delete', number=2)
        world.run()
        assert world.handler.answer(deployment)['Status'] == 'SUCCESS'
        world.handler.deliver(deployment.request)
        world.run()
        assert {json.loads(body)['Status'] for _, body in deployment.answers} == {'SUCCESS'}


class TestRollback:
    @pytest.mark.parametrize('status', ['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'])
    def test_runs_nothing_and_succeeds(self, world: World, status: str) -> None:
        assert world.handler
        world.fargate.program(TRACEBACK)
        reason_of_failure(world, number=1)
        world.handler.stack_status = status
        assert deploys(world, number=2) == 'Not run, because the stack rolls back'
        assert len(world.fargate.tasks) == 1

    def test_during_a_run_succeeds_at_once_and_the_next_deployment_waits_for_that_run(self, world: World) -> None:
        assert world.handler
        world.fargate.behaviours.append(Runs(seconds=400))
        world.handler.deploy(number=1)
        world.run(until=60)
        world.handler.stack_status = 'UPDATE_ROLLBACK_IN_PROGRESS'
        way_back = world.handler.deploy(number=2)
        world.run(until=5)
        assert world.handler.answer(way_back)['Status'] == 'SUCCESS'
        world.handler.stack_status = 'UPDATE_IN_PROGRESS'
        world.run(until=60)
        deploys(world, number=3)
        first, second = world.fargate.tasks
        assert first.stopped and first.stopped <= second.created

    def test_of_a_first_deployment_deletes_with_success(self, world: World) -> None:
        assert world.handler
        world.fargate.program(TRACEBACK)
        deployment = world.handler.deploy('Create')
        world.run()
        assert world.handler.answer(deployment)['Status'] == 'FAILED'
        world.handler.stack_status = 'ROLLBACK_IN_PROGRESS'
        deployment = world.handler.deploy('Delete', number=2)
        world.run()
        assert world.handler.answer(deployment)['Status'] == 'SUCCESS'


class TestTwoDeploymentsAtOnce:
    def test_run_one_after_the_other(self, world: World) -> None:
        assert world.handler
        world.fargate.behaviours.extend([Runs(seconds=200), Runs(seconds=20)])
        first = world.handler.deploy(number=1)
        world.run(until=50)
        second = world.handler.deploy(number=2)
        world.run(until=100)
        assert len(world.fargate.running()) == 1
        world.run()
        assert [world.handler.answer(item)['Status'] for item in (first, second)] == ['SUCCESS', 'SUCCESS']
        earlier, later = world.fargate.tasks
        assert earlier.stopped and earlier.stopped <= later.created

    @pytest.mark.parametrize('lag', [0, 1.5])
    def test_that_begin_in_the_same_moment_run_one_after_the_other(self, world: World, lag: float) -> None:
        assert world.handler
        world.executions.lag = lag
        deployments = [world.handler.deploy(number=number) for number in (3, 1, 2)]
        world.run()
        assert [world.handler.answer(item)['Status'] for item in deployments] == ['SUCCESS'] * 3
        times = sorted((task.created, task.stopped) for task in world.fargate.tasks)
        assert len(times) == 3
        assert all(stopped is not None and stopped <= created for (_, stopped), (created, _) in zip(times, times[1:]))

    def test_of_which_the_first_fails_let_the_second_run(self, world: World) -> None:
        assert world.handler
        world.fargate.program('import os; new = not os.path.exists("tried"); open("tried", "w"); raise SystemExit(1 if new else 0)')
        first = world.handler.deploy(number=1)
        world.run(until=20)
        second = world.handler.deploy(number=2)
        world.run()
        assert [world.handler.answer(item)['Status'] for item in (first, second)] == ['FAILED', 'SUCCESS']

    def test_of_which_the_first_does_not_end_fail_with_its_name_in_time(self, world: World) -> None:
        assert world.handler
        world.fargate.program('import time; time.sleep(60)')
        # The earlier run has a longer timeout, as that of a deployment before the timeout was made shorter.
        world.handler.cloudformation.properties['TimeoutSeconds'] = '3000'
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        world.handler.deploy(number=1)
        world.run(until=20)
        world.handler.cloudformation.properties['TimeoutSeconds'] = '600'
        second = world.handler.deploy(number=2)
        world.run()
        answer = world.handler.answer(second)
        assert answer['Status'] == 'FAILED'
        assert f'an earlier run was still going on after 600 seconds ({world.executions.all[0].arn})' in answer['Reason']
        assert 'wait until the earlier run has ended, or stop its execution' in answer['Reason']

    def test_of_which_the_second_waited_long_still_answers_in_time_whatever_happens_then(self, world: World) -> None:
        assert world.handler
        world.fargate.behaviours.append(Runs(seconds=510))
        first = world.handler.deploy(number=1)
        world.run(until=2)
        second = world.handler.deploy(number=2)
        world.fargate.behaviours.extend([*[fargate.no_capacity()] * 3, NeverStarts(NO_RIGHT_YET), *[fargate.no_capacity()] * 3, Runs(seconds=fargate.ENDLESS)])
        world.run()
        assert world.handler.answer(first)['Status'] == 'SUCCESS'
        assert world.handler.answer(second)['Status'] == 'FAILED'


class TestDelete:
    def test_during_a_run_stops_it_and_succeeds(self, world: World) -> None:
        assert world.handler
        world.fargate.program('import time; time.sleep(60)')
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        running = world.handler.deploy('Create', number=1)
        world.run(until=120)
        deletion = world.handler.deploy('Delete', number=2)
        world.run()
        assert world.handler.answer(deletion)['Status'] == 'SUCCESS'
        (task,), (execution,) = world.fargate.tasks, world.executions.all
        assert (execution.status, task.exit_code) == ('ABORTED', 143)
        assert running.answers == [], 'nobody waits for it any more'

    def test_leaves_the_runs_of_others_alone(self, world: World) -> None:
        assert world.handler
        other = world.start('ReleaseRunOfAnother-1', exclusive='ReleaseRunOfAnother', command=['python', 'manage.py', 'cleanup'])
        deployment = world.handler.deploy('Delete')
        world.run(until=20)
        assert world.handler.answer(deployment)['Status'] == 'SUCCESS'
        assert other.status == 'RUNNING'
        world.run()
        assert other.status == 'SUCCEEDED'

    @pytest.mark.parametrize('operation', ['ListExecutions', 'StopExecution', 'DescribeExecution'])
    def test_succeeds_even_when_it_cannot_stop_anything(self, world: World, operation: str) -> None:
        assert world.handler
        world.handler.deploy('Create', number=1)
        world.run(until=20)
        world.handler.faults[operation].extend(['ThrottlingException'] * 1000)
        deletion = world.handler.deploy('Delete', number=2)
        world.run()
        assert world.handler.answer(deletion)['Status'] == 'SUCCESS'


class TestWhatBreaks:
    def test_an_execution_that_somebody_stops_is_answered(self, world: World) -> None:
        assert world.handler
        world.fargate.program('import time; print("half way", flush=True); time.sleep(60)')
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS, logs='half way'))
        deployment = world.handler.deploy()
        world.run(until=120)
        world.executions.stop(world.executions.all[0].arn)
        world.run()
        answer = world.handler.answer(deployment)
        (task,) = world.fargate.tasks
        assert answer['Status'] == 'FAILED'
        assert 'its execution was stopped by hand before it had ended. Next step: check what it has done so far' in answer['Reason']
        assert f'stream: django/django/{task.arn[-32:]}' in answer['Reason'] and 'half way' in answer['Reason']
        assert task.exit_code == 143

    def test_an_execution_that_times_out_as_a_whole_is_answered(self, world: World) -> None:
        assert world.handler
        world.fargate.program('import time; time.sleep(60)')
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        deployment = world.handler.deploy()
        world.run(until=120)
        world.executions.time_out(world.executions.all[0])
        world.run()
        assert 'its execution timed out' in world.handler.answer(deployment)['Reason']

    @pytest.mark.parametrize('program', ['print("done")', TRACEBACK])
    def test_a_handler_that_fails_for_a_while_still_answers_once(self, world: World, program: str) -> None:
        assert world.handler
        world.fargate.program(program)
        deployment = world.handler.deploy()
        world.run(until=20)
        world.handler.broken.extend([RuntimeError('broken')] * 3)
        world.run()
        assert world.handler.answer(deployment)['Status'] == ('SUCCESS' if program.startswith('print') else 'FAILED')

    @pytest.mark.parametrize('program', ['print("done")', TRACEBACK])
    def test_a_handler_that_fails_longer_than_the_state_machine_tries_is_made_up_for_by_the_event(self, world: World, program: str) -> None:
        assert world.handler
        world.fargate.program(program)
        deployment = world.handler.deploy()
        world.run(until=20)
        world.handler.broken.extend([RuntimeError('broken')] * 7)
        world.run()
        answer = world.handler.answer(deployment)
        assert answer['Status'] == 'FAILED'
        assert 'its execution failed (RuntimeError' in answer['Reason']

    def test_a_handler_that_is_slow_to_be_invoked_is_tried_again(self, world: World) -> None:
        world.faults['lambda:invoke'].extend([StateError('Lambda.TooManyRequestsException', 'Rate Exceeded')] * 5)
        deploys(world)

    @pytest.mark.parametrize('fault', [
        StateError('Lambda.ServiceException', 'down'), StateError('States.Timeout'), StateError('Sandbox.Timedout', 'Task timed out'),
    ])
    def test_a_lambda_that_is_down_at_the_end_is_made_up_for_by_the_event(self, world: World, fault: StateError) -> None:
        assert world.handler
        world.faults['lambda:invoke'].extend([fault] * 100)
        deployment = world.handler.deploy()
        world.run()
        assert world.handler.answer(deployment)['Status'] == 'FAILED'

    @pytest.mark.parametrize('operation', ['DescribeStacks', 'StartExecution'])
    def test_a_refused_start_is_answered_before_lambda_gives_up(self, world: World, operation: str) -> None:
        assert world.handler
        world.handler.faults[operation].extend(['AccessDeniedException'] * 1000)
        assert 'Shop/Release: the command was not started: timed out while' in reason_of_failure(world)
        assert world.timeline.elapsed < 120

    def test_a_list_that_cannot_be_had_fails_with_its_reason(self, world: World) -> None:
        world.faults['aws-sdk:sfn:listExecutions'].extend([StateError('Sfn.SfnException', 'Rate exceeded (Service: Sfn, Status Code: 400)')] * 100)
        reason = reason_of_failure(world)
        assert 'Rate exceeded (Service: Sfn' in reason
        assert world.fargate.calls == []

    def test_a_list_that_is_throttled_for_a_while_is_outlasted(self, world: World) -> None:
        world.faults['aws-sdk:sfn:listExecutions'].extend([StateError('Sfn.SfnException', 'Rate exceeded')] * 4)
        deploys(world)

    def test_a_log_that_cannot_be_read_does_not_keep_the_answer(self, world: World) -> None:
        assert world.handler
        world.fargate.program(TRACEBACK)
        world.handler.faults['GetLogEvents'].extend(['ThrottlingException'] * 1000)
        reason = reason_of_failure(world)
        assert 'it exited with code 1' in reason and 'Its log could not be read' in reason

    def test_an_image_that_lacks_the_program_says_so(self, world: World) -> None:
        assert world.handler
        world.handler.cloudformation.properties['Command'] = ['no-such-program']
        assert 'it was not found (exit code 127)' in reason_of_failure(world)


@pytest.mark.parametrize('seed', range(40))
def test_whatever_happens_cloudformation_gets_one_answer_in_time_and_no_task_is_left(make_world: MakeWorld, seed: int) -> None:
    world, chance = make_world('whole'), random.Random(seed)
    assert world.handler
    world.fargate.program(f'raise SystemExit({chance.choice([0, 0, 1, 75])})')
    outcomes = [fargate.throttled(), fargate.no_capacity(), fargate.access_denied(), StateError('ECS.ClusterNotFoundException', 'gone'),
                NeverStarts(NO_TAG), NeverStarts(NO_RIGHT_YET), NeverStarts(NO_ENI, seconds=400), Runs(stopped_by='Scaling activity'),
                Runs(seconds=fargate.ENDLESS), Runs(seconds=599)]
    world.fargate.behaviours.extend(chance.choice(outcomes) for _ in range(chance.randrange(12)))
    for integration in ('lambda:invoke', 'aws-sdk:sfn:listExecutions'):
        world.faults[integration].extend([StateError('Some.Exception', 'injected')] * chance.choice([0, 0, 1, 4, 9]))
    for operation in ('DescribeStacks', 'StartExecution', 'GetLogEvents', 'GetExecutionHistory'):
        world.handler.faults[operation].extend(['ThrottlingException'] * chance.choice([0, 0, 2, 1000]))
    deployment = world.handler.deploy(chance.choice(['Create', 'Update']))
    refused = len(world.handler.faults['DescribeStacks']) + len(world.handler.faults['StartExecution']) > 4
    if chance.random() < 0.3 and not refused:  # CloudFormation would not take the second of two refusals
        world.handler.deliver(deployment.request)
    if chance.random() < 0.2:
        world.run(until=chance.randrange(700))
        for execution in world.executions.all:
            if not deployment.answers:  # CloudFormation would not take a second one
                world.executions.stop(execution.arn)
    world.run()
    world.handler.answer(deployment)
    assert not world.fargate.running()
    assert all(execution.status != 'RUNNING' for execution in world.executions.all)
