"""CloudFormation waits for a command: the handler, the state machine, the task and the answer together."""
from __future__ import annotations

import fargate
import pytest
from command_world import World
from deployment_steps import MIGRATE, NO_ENI, NO_FIELD, NO_NETWORK, NO_RIGHT_YET, NO_TAG, TRACEBACK, deploys, reason_of_failure
from fargate import NeverStarts, Runs
from states_language import StateError


class TestSuccess:
    @pytest.mark.parametrize('kind', ['Create', 'Update'])
    def test_is_answered_when_the_command_has_ended(self, world: World, kind: str) -> None:
        assert world.handler
        deployment = world.handler.deploy(kind)
        world.run(until=60)
        assert (len(world.fargate.running()), deployment.answers) == (1, [])
        world.run()
        assert world.handler.answer(deployment)['Status'] == 'SUCCESS'
        (task,), (execution,) = world.fargate.tasks, world.executions.all
        assert task.exit_code == 0
        assert task.argv[-4:] == ['python', 'manage.py', 'migrate', '--noinput']
        assert execution.status == 'SUCCEEDED'
        assert execution.output['task'] == task.arn

    def test_runs_the_revision_of_this_deployment_in_the_subnets_of_the_runner(self, world: World) -> None:
        deploys(world)
        (call,) = world.fargate.calls
        assert world.handler
        assert call['TaskDefinition'] == world.handler.cloudformation.properties['TaskDefinition']
        assert call['NetworkConfiguration']['AwsvpcConfiguration']['SecurityGroups'] == world.handler.cloudformation.properties['SecurityGroups']
        assert call['Overrides'].keys() == {'ContainerOverrides'}
        assert len(call['NetworkConfiguration']['AwsvpcConfiguration']['Subnets']) == 2

    def test_is_told_to_nobody_else(self, world: World) -> None:
        deploys(world)
        assert (world.notifications, world.metrics) == ([], [])

    def test_works_without_a_topic_and_a_default_process_too(self, world: World) -> None:
        assert 'Nothing' not in deploys(world)


class TestFailure:
    def test_names_construct_command_exit_code_next_step_log_stream_and_the_last_lines(self, world: World) -> None:
        world.fargate.program(TRACEBACK)
        reason = reason_of_failure(world)
        (task,), (execution,) = world.fargate.tasks, world.executions.all
        assert reason == (
            f'Shop/Release: `{MIGRATE}` failed: it exited with code 1. Next step: read the log lines. Execution: {execution.arn}. '
            f'Log group: {task.container["LogConfiguration"]["Options"]["awslogs-group"]}, stream: django/django/{task.arn[-32:]}. Last lines:\n'
            + '\n'.join(world.fargate.logs[task.container['LogConfiguration']['Options']['awslogs-group'], f'django/django/{task.arn[-32:]}']))
        assert reason.endswith('ProgrammingError: column already exists\nrelease: failed with exit code 1: ' + MIGRATE)

    def test_is_seen_in_the_execution_too_and_published_nowhere_else(self, world: World) -> None:
        world.fargate.program(TRACEBACK)
        reason = reason_of_failure(world)
        (execution,) = world.executions.all
        assert (execution.status, execution.error, execution.cause) == ('FAILED', 'CommandFailed', reason)
        assert world.notifications == []

    def test_of_a_command_that_ran_is_not_repeated(self, world: World) -> None:
        world.fargate.program(TRACEBACK)
        reason_of_failure(world)
        assert len(world.fargate.tasks) == 1

    def test_of_memory_says_so(self, world: World) -> None:
        world.fargate.program('import os, signal; os.kill(os.getpid(), signal.SIGKILL)')
        reason = reason_of_failure(world)
        assert 'out of memory (exit code 137' in reason
        assert "raise 'memoryLimitMiB' of the process" in reason

    def test_of_memory_is_known_also_when_the_whole_container_was_killed(self, world: World) -> None:
        world.fargate.program('import os, signal; os.kill(os.getppid(), signal.SIGKILL)')
        world.fargate.behaviours.append(Runs(reason='OutOfMemoryError: Container killed due to memory usage'))
        assert f'`{MIGRATE}` failed: out of memory (exit code 137' in reason_of_failure(world)

    def test_that_logs_more_than_cloudformation_takes_is_cut(self, world: World) -> None:
        world.fargate.program('print("ü" * 5000)\nraise SystemExit("漢" * 5000)')
        assert 'it exited with code 1' in reason_of_failure(world)

    @pytest.mark.parametrize(('stopped', 'step'), [
        (NO_TAG, 'the tag or the repository does not exist: push the image first'),
        (NO_NETWORK, 'the subnets have no way to the internet'),
        (NO_FIELD, 'the secret lacks the field that the message names'),
    ])
    def test_of_a_task_that_never_started_names_the_reason_and_the_next_step(self, world: World, stopped: str, step: str) -> None:
        world.fargate.behaviours.append(NeverStarts(stopped))
        reason = reason_of_failure(world)
        assert f'Shop/Release: `{MIGRATE}` failed: its task never started ({stopped[:60]}' in reason
        assert step in reason
        assert len(world.fargate.tasks) == 1, 'it would not start a second time either'

    @pytest.mark.parametrize('end', ['x', '}'])
    def test_whose_cause_step_functions_cuts_off_is_still_answered(self, world: World, end: str) -> None:
        world.fargate.behaviours.append(NeverStarts('CannotPullContainerError: ' + end * 40_000))
        assert 'Next step: ' in reason_of_failure(world)

    def test_of_a_task_that_somebody_stopped_says_so(self, world: World) -> None:
        world.fargate.program('import time; time.sleep(60)')
        world.fargate.behaviours.append(Runs(stopped_by='Task stopped by user'))
        reason = reason_of_failure(world)
        assert 'find out who stopped the task' in reason
        assert len(world.fargate.tasks) == 1

    def test_can_be_deployed_again_without_any_cleaning_up(self, world: World) -> None:
        world.fargate.program(TRACEBACK)
        reason_of_failure(world, number=1)
        world.fargate.program('print("done")')
        deploys(world, number=2)


class TestWhatPasses:
    @pytest.mark.parametrize('times', [1, 5])
    def test_throttling_is_outlasted_with_one_task(self, world: World, times: int) -> None:
        world.fargate.behaviours.extend([fargate.throttled()] * times)
        deploys(world)
        assert len(world.fargate.tasks) == 1

    def test_rights_that_are_on_their_way_are_waited_for(self, world: World) -> None:
        world.fargate.behaviours.extend([fargate.access_denied()] * 3)
        deploys(world)
        assert len(world.fargate.tasks) == 1

    @pytest.mark.parametrize('stopped', [NO_RIGHT_YET, NO_ENI])
    def test_rights_and_networks_of_the_task_itself_get_a_second_try(self, world: World, stopped: str) -> None:
        world.fargate.behaviours.append(NeverStarts(stopped))
        deploys(world)
        assert len(world.fargate.tasks) == 2

    def test_a_second_try_is_the_last(self, world: World) -> None:
        world.fargate.behaviours.extend([NeverStarts(NO_RIGHT_YET)] * 3)
        assert 'its task never started (ResourceInitializationError' in reason_of_failure(world)
        assert len(world.fargate.tasks) == 2

    def test_no_capacity_is_tried_three_times_more(self, world: World) -> None:
        world.fargate.behaviours.extend([fargate.no_capacity()] * 3)
        deploys(world)
        assert len(world.fargate.tasks) == 1

    @pytest.mark.parametrize(('error', 'calls', 'words'), [
        (fargate.throttled(), 6, 'ECS refused to start the task, and repeating it did not help'),
        (fargate.no_capacity(as_json=False), 4, 'Fargate had no capacity in these subnets'),
        (fargate.no_capacity(as_json=True), 4, 'Fargate had no capacity in these subnets'),
        (fargate.access_denied(), 4, 'the role of the state machine may not run the task'),
    ])
    def test_what_does_not_pass_fails_with_its_reason(self, world: World, error: StateError, calls: int, words: str) -> None:
        world.fargate.behaviours.extend([error] * 100)
        reason = reason_of_failure(world)
        assert 'it was not started (' in reason
        assert words in reason
        assert len(world.fargate.calls) == calls

    def test_exit_code_75_gets_a_second_try_with_what_the_first_has_left(self, world: World) -> None:
        world.fargate.program('import os; new = not os.path.exists("tried"); open("tried", "w"); raise SystemExit(75 if new else 0)')
        world.fargate.behaviours.append(Runs(seconds=300))
        deploys(world)
        assert [task.exit_code for task in world.fargate.tasks] == [75, 0]

    def test_exit_code_75_twice_is_a_failure_with_its_own_words(self, world: World) -> None:
        world.fargate.program('raise SystemExit(75)')
        reason = reason_of_failure(world)
        assert 'it gave up for the time being, also on a second try (exit code 75)' in reason
        assert len(world.fargate.tasks) == 2

    def test_both_tries_together_end_while_cloudformation_still_waits(self, world: World) -> None:
        world.fargate.program('import time; time.sleep(60)')
        world.fargate.behaviours.extend([NeverStarts(NO_RIGHT_YET, seconds=590), Runs(seconds=fargate.ENDLESS)])
        assert 'it did not end within the 60 seconds that were left of 600' in reason_of_failure(world)
        assert world.timeline.elapsed < 600 + 300


class TestTimeout:
    def test_stops_the_task_and_names_the_time_the_next_step_and_the_log(self, world: World) -> None:
        world.fargate.program('import time; print("working", flush=True); time.sleep(60)')
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS, logs='working'))
        assert world.handler
        deployment = world.handler.deploy()
        world.run()
        answer = world.handler.answer(deployment)
        (task,) = world.fargate.tasks
        assert task.stopped is not None and task.exit_code == 143
        assert "it did not end within 600 seconds and was stopped. Next step: raise 'timeout', or make the command faster" in answer['Reason']
        assert f'stream: django/django/{task.arn[-32:]}' in answer['Reason']
        assert 'working' in answer['Reason']
        assert deployment.answers[0][0] - deployment.sent < 600 + 60

    def test_counts_from_the_first_try(self, world: World) -> None:
        world.fargate.program('import os, time; new = not os.path.exists("tried"); open("tried", "w"); time.sleep(0 if new else 60); raise SystemExit(75)')
        world.fargate.behaviours.extend([Runs(seconds=400), Runs(seconds=fargate.ENDLESS)])
        reason = reason_of_failure(world)
        assert 600 <= world.timeline.elapsed < 660, world.timeline.elapsed
        assert 'was stopped' in reason
