"""Runs that a schedule or a person starts: their input, their turn and their tries."""
from __future__ import annotations

import dataclasses
from typing import Any

import fargate
import pytest
from command_world import MakeWorld, World
from fargate import Runs
from run_steps import CLEANUP, FAILS, FAILS_AT_FIRST, HANGS, scheduled
from states_language import StateError


class TestTheInput:
    def test_needs_no_more_than_a_command_where_the_runner_has_a_process(self, world: World) -> None:
        execution = world.start('by-hand', command=CLEANUP)
        world.run()
        assert (execution.status, execution.output['name']) == ('SUCCEEDED', 'python manage.py cleanup --days 30')
        (task,) = world.fargate.tasks
        assert task.argv[-5:] == CLEANUP
        assert world.metrics == []

    def test_of_a_runner_without_a_process_names_it(self, make_world: MakeWorld) -> None:
        world = make_world('least')
        execution = world.start('by-hand', name='Cleanup', command=CLEANUP, **world.process_input())
        world.run()
        assert execution.status == 'SUCCEEDED'

    @pytest.mark.parametrize('missing', ['taskDefinition', 'container', 'securityGroups', 'command'])
    def test_that_lacks_something_says_what(self, make_world: MakeWorld, missing: str) -> None:
        world = make_world('least')
        given = {'name': 'Cleanup', 'command': CLEANUP, **world.process_input()}
        execution = world.start('by-hand', **{key: value for key, value in given.items() if key != missing})
        world.run()
        assert (execution.status, execution.error) == ('FAILED', 'InputIncomplete')
        assert missing in execution.cause
        assert world.fargate.calls == []

    def test_may_have_one_word_and_several_security_groups(self, world: World) -> None:
        given = world.process_input()
        execution = world.start('by-hand', command=['true'], securityGroups=[*given['securityGroups'], 'sg-second'])
        world.run()
        assert execution.status == 'SUCCEEDED'
        (call,) = world.fargate.calls
        assert call['Overrides']['ContainerOverrides'][0]['Command'] == ['true']
        assert call['NetworkConfiguration']['AwsvpcConfiguration']['SecurityGroups'] == [*given['securityGroups'], 'sg-second']

    def test_may_have_a_size(self, world: World) -> None:
        world.start('by-hand', command=CLEANUP, cpu='1024', memory='4096')
        world.run()
        (call,) = world.fargate.calls
        assert (call['Overrides']['Cpu'], call['Overrides']['Memory']) == ('1024', '4096')

    @pytest.mark.parametrize(('changes', 'words'), [
        ({'timeoutSeconds': '900'}, 'TimeoutSeconds'),
        ({'timeoutSeconds': 0}, 'TimeoutSeconds'),
        ({'container': 'nginx'}, 'nginx is not a container in the TaskDefinition'),
        ({'taskDefinition': 'Gone'}, 'TaskDefinition not found'),
    ])
    def test_that_is_wrong_ends_with_a_notification(self, world: World, changes: dict[str, Any], words: str) -> None:
        execution = world.start('by-hand', **{'name': 'Cleanup', 'command': CLEANUP, **changes})
        world.run()
        assert execution.status == 'FAILED'
        assert words in execution.cause
        assert len(world.notifications) == 1

    def test_that_is_exclusive_must_be_known_by_its_name(self, world: World) -> None:
        execution = world.start('by-hand', name='Cleanup', command=CLEANUP, exclusive='Cleanup')
        world.run()
        assert (execution.status, execution.error) == ('FAILED', 'InputIncomplete')
        assert "must be 'Cleanup-' and something after it" in execution.cause


class TestOverlap:
    def test_skips_the_later_run_without_a_metric_or_a_notification(self, world: World) -> None:
        world.fargate.behaviours.append(Runs(seconds=500))
        first = scheduled(world, 'Cleanup-1')
        world.run(until=300)
        second = scheduled(world, 'Cleanup-2')
        world.run()
        assert (first.status, second.status) == ('SUCCEEDED', 'SUCCEEDED')
        assert second.output == {'skipped': True, 'name': 'Cleanup', 'reason': f'An earlier run was still going on: {first.arn}'}
        assert (len(world.fargate.tasks), len(world.metrics), world.notifications) == (1, 1, [])

    def test_of_other_names_is_allowed_also_of_one_that_begins_alike(self, world: World) -> None:
        executions = [scheduled(world, name) for name in ('Cleanup-1', 'CleanupMore-1', 'Clean-1')] + [world.start('Cleanup', command=CLEANUP)]
        world.run(until=60)
        assert len(world.fargate.running()) == 4
        world.run()
        assert {execution.status for execution in executions} == {'SUCCEEDED'}

    def test_is_allowed_to_what_is_not_exclusive(self, world: World) -> None:
        for name in ('Cleanup-1', 'Cleanup-2'):
            world.start(name, name='Cleanup', command=CLEANUP)
        world.run(until=60)
        assert len(world.fargate.running()) == 2
        world.run()

    def test_waits_for_the_earlier_run_when_told_so(self, world: World) -> None:
        world.fargate.behaviours.append(Runs(seconds=500))
        scheduled(world, 'Cleanup-1')
        world.run(until=300)
        second = scheduled(world, 'Cleanup-2', whenRunning='WAIT')
        world.run()
        assert second.status == 'SUCCEEDED'
        first_task, second_task = world.fargate.tasks
        assert first_task.stopped and first_task.stopped <= second_task.created <= first_task.stopped + 45
        assert len(world.metrics) == 2

    def test_waits_no_longer_than_its_timeout_and_then_says_for_whom(self, world: World) -> None:
        world.fargate.program(HANGS)
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        first = scheduled(world, 'Cleanup-1', timeoutSeconds=7200)
        world.run(until=300)
        second = scheduled(world, 'Cleanup-2', whenRunning='WAIT', timeoutSeconds=900)
        world.run(until=1200)
        assert (second.status, second.error) == ('FAILED', 'EarlierRunStillRuns')
        assert second.cause == f'Cleanup: an earlier run was still going on after 900 seconds ({first.arn}): wait until it has ended, or stop it'
        assert [metric['Value'] for metric in world.metrics] == [0]
        world.run()

    @pytest.mark.parametrize(('behaviour', 'lag'), [('SKIP', 0), ('SKIP', 2), ('WAIT', 0), ('WAIT', 2)])
    def test_of_several_that_begin_in_the_same_moment_never_happens(self, world: World, behaviour: str, lag: float) -> None:
        world.executions.lag = lag
        executions = [scheduled(world, f'Cleanup-{number}', whenRunning=behaviour) for number in (2, 1, 3)]
        world.run()
        assert {execution.status for execution in executions} == {'SUCCEEDED'}
        tasks = sorted(world.fargate.tasks, key=lambda task: task.created)
        assert len(tasks) == (1 if behaviour == 'SKIP' else 3)
        assert all(earlier.stopped is not None and earlier.stopped <= later.created for earlier, later in zip(tasks, tasks[1:]))

    def test_of_two_in_the_same_moment_runs_the_first_by_name(self, world: World) -> None:
        second, first = scheduled(world, 'Cleanup-2'), scheduled(world, 'Cleanup-1')
        world.run()
        assert 'task' in first.output and second.output.get('skipped')

    def test_of_two_a_moment_apart_runs_the_earlier(self, world: World) -> None:
        first = scheduled(world, 'Cleanup-9')
        world.run(until=0.4)
        second = scheduled(world, 'Cleanup-1')
        world.run()
        assert 'task' in first.output and second.output.get('skipped')

    def test_is_seen_among_hundreds_of_other_runs(self, world: World) -> None:
        world.fargate.behaviours.append(Runs(seconds=5000))
        first = scheduled(world, 'Cleanup-1', timeoutSeconds=7200)
        world.run(until=100)
        world.executions.all += [dataclasses.replace(first, arn=f'{first.arn}{number}', name=f'Other{number}-1') for number in range(450)]
        second = scheduled(world, 'Cleanup-2')
        world.run(until=60)
        assert second.output.get('skipped'), second
        assert second.visited.count('List runs') == 3

    def test_that_cannot_be_told_fails_instead_of_running_twice(self, world: World) -> None:
        world.faults['aws-sdk:sfn:listExecutions'].extend([StateError('Sfn.SfnException', 'down')] * 100)
        execution = scheduled(world)
        world.run()
        assert execution.status == 'FAILED'
        assert world.fargate.calls == []
        assert len(world.notifications) == 1


class TestFurtherTries:
    def test_are_none_unless_asked_for(self, world: World) -> None:
        world.fargate.program(FAILS_AT_FIRST.format(times=1))
        execution = scheduled(world)
        world.run()
        assert (execution.status, len(world.fargate.tasks)) == ('FAILED', 1)

    def test_come_a_minute_apart_and_only_the_outcome_is_told(self, world: World) -> None:
        world.fargate.program(FAILS_AT_FIRST.format(times=2))
        execution = scheduled(world, retryAttempts=2)
        world.run()
        assert (execution.status, [task.exit_code for task in world.fargate.tasks]) == ('SUCCEEDED', [1, 1, 0])
        assert all(60 <= later.created - earlier.stopped <= 63 for earlier, later in zip(world.fargate.tasks, world.fargate.tasks[1:]))
        assert ([metric['Value'] for metric in world.metrics], world.notifications) == ([1], [])

    def test_end_with_the_last_failure(self, world: World) -> None:
        world.fargate.program(FAILS)
        execution = scheduled(world, retryAttempts=2)
        world.run()
        assert (execution.status, len(world.fargate.tasks)) == ('FAILED', 3)
        assert [metric['Value'] for metric in world.metrics] == [0]
        assert len(world.notifications) == 1

    def test_are_not_for_what_ran_out_of_time(self, world: World) -> None:
        world.fargate.program(HANGS)
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        execution = scheduled(world, retryAttempts=2, timeoutSeconds=300)
        world.run()
        assert (execution.status, execution.error, len(world.fargate.tasks)) == ('FAILED', 'States.Timeout', 1)

    def test_are_not_for_what_somebody_stopped(self, world: World) -> None:
        world.fargate.program(HANGS)
        world.fargate.behaviours.append(Runs(stopped_by='Task stopped by user'))
        scheduled(world, retryAttempts=2)
        world.run()
        assert len(world.fargate.tasks) == 1

    def test_share_the_timeout(self, world: World) -> None:
        world.fargate.program(FAILS)
        world.fargate.behaviours.extend([Runs(seconds=300)] * 10)
        scheduled(world, retryAttempts=10, timeoutSeconds=900)
        world.run()
        assert len(world.fargate.tasks) == 3
        assert world.timeline.elapsed < 900 + 300

    def test_of_an_exclusive_run_keep_the_place(self, world: World) -> None:
        world.fargate.program(FAILS_AT_FIRST.format(times=1))
        first = scheduled(world, 'Cleanup-1', retryAttempts=1)
        world.run(until=100)
        second = scheduled(world, 'Cleanup-2')
        world.run()
        assert first.status == 'SUCCEEDED' and second.output.get('skipped')

    def test_come_beside_the_second_try_of_what_asked_for_it(self, world: World) -> None:
        world.fargate.program('raise SystemExit(75)')
        scheduled(world, retryAttempts=1)
        world.run()
        assert len(world.fargate.tasks) == 3
