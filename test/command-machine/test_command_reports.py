"""Who is told how a run ended: CloudWatch, people, and the execution itself."""
from __future__ import annotations

import urllib.parse

import fargate
import pytest
from command_world import MakeWorld, World
from fargate import NeverStarts, Runs
from run_steps import CLEANUP, FAILS, HANGS, scheduled
from states_language import StateError


class TestTheHeartbeat:
    def test_tells_of_success(self, world: World) -> None:
        scheduled(world)
        world.run()
        assert world.metrics == [{
            'Namespace': 'DjangoOnFargate', 'MetricName': 'Succeeded', 'Value': 1,
            'Dimensions': [{'Name': 'StateMachine', 'Value': 'Commands'}, {'Name': 'Command', 'Value': 'Cleanup'}],
        }]

    @pytest.mark.parametrize('behaviour', [
        Runs(), NeverStarts('CannotPullContainerError: not found'), fargate.access_denied(), StateError('ECS.ClusterNotFoundException', 'gone'),
        Runs(stopped_by='Task stopped by user'), Runs(seconds=100_000),
    ])
    def test_tells_of_every_failure(self, world: World, behaviour: fargate.Behaviour) -> None:
        world.fargate.program(FAILS)
        world.fargate.behaviours.extend([behaviour] * 6)
        scheduled(world)
        world.run()
        assert [metric['Value'] for metric in world.metrics] == [0]

    def test_is_not_written_by_runs_that_do_not_ask_for_it(self, world: World) -> None:
        world.start('by-hand', command=CLEANUP)
        world.run()
        assert world.metrics == []

    def test_that_cannot_be_written_does_not_change_the_outcome(self, world: World) -> None:
        world.faults['aws-sdk:cloudwatch:putMetricData'].extend([StateError('CloudWatch.CloudWatchException', 'down')] * 100)
        execution = scheduled(world)
        world.run()
        assert execution.status == 'SUCCEEDED'

    def test_is_written_again_when_it_was_throttled(self, world: World) -> None:
        world.faults['aws-sdk:cloudwatch:putMetricData'].extend([StateError('CloudWatch.CloudWatchException', 'Rate exceeded')] * 4)
        scheduled(world)
        world.run()
        assert len(world.metrics) == 1

    @pytest.mark.parametrize('name', ['Bücher aufräumen', ':cleanup', ' '])
    def test_of_a_name_that_cloudwatch_refuses_does_not_change_the_outcome(self, world: World, name: str) -> None:
        execution = world.start('Cleanup-1', name=name, command=CLEANUP, heartbeat=True)
        world.run()
        assert (execution.status, world.metrics) == ('SUCCEEDED', [])


class TestTheNotification:
    def test_names_the_run_its_exit_code_its_log_and_its_execution(self, world: World) -> None:
        world.fargate.program(FAILS)
        execution = scheduled(world)
        world.run()
        ((subject, message),) = [(item.subject, item.message) for item in world.notifications]
        (task,) = world.fargate.tasks
        assert subject == 'Cleanup failed'
        first, empty, command, log, run = message.splitlines()
        assert first == 'Cleanup failed: it ended with exit code 3.'
        assert empty == ''
        assert command == 'Command: python manage.py cleanup --days 30'
        group = task.container['LogConfiguration']['Options']['awslogs-group']
        assert log == (f'Log: https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/{in_console(group)}'
                       f'/log-events/{in_console(f"django/django/{task.arn[-32:]}")}')
        assert (group, f'django/django/{task.arn[-32:]}') in world.fargate.logs, 'the stream that the link names is there'
        assert run == f'Run: https://console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{execution.arn}'

    @pytest.mark.parametrize(('behaviours', 'words'), [
        ([Runs(reason='OutOfMemoryError: Container killed due to memory usage')],
         'it ended with exit code 3, which is mostly a lack of memory: raise its memory'),
        ([NeverStarts('CannotPullContainerError: shop/backend:1: not found')], 'its task did not start (CannotPullContainerError: shop/backend:1: not found'),
        ([fargate.throttled()] * 6, 'it was not started (ECS.AmazonECSException: Rate exceeded'),
        ([fargate.no_capacity(as_json=True)] * 4, 'it was not started (AmazonECS.Unknown'),
        ([Runs(seconds=fargate.ENDLESS)], 'it did not end within 3600 seconds and was stopped: raise its timeout, or make it faster'),
    ])
    def test_says_why(self, world: World, behaviours: list[fargate.Behaviour], words: str) -> None:
        world.fargate.program(FAILS)
        world.fargate.behaviours.extend(behaviours)
        execution = scheduled(world)
        world.run()
        assert words in world.notifications[0].message
        assert words in execution.cause

    @pytest.mark.parametrize('name', ['x' * 300, 'Bücher aufräumen', 'two\nlines', '  blanks ', '日次', '😀' * 60])
    def test_of_any_name_arrives(self, world: World, name: str) -> None:
        world.fargate.program(FAILS)
        execution = world.start('by-hand', name=name, command=CLEANUP)
        world.run()
        assert execution.status == 'FAILED'
        (notification,) = world.notifications
        assert notification.message.startswith(f'{name} failed: it ended with exit code 3.')
        assert notification.subject.endswith(' failed')

    def test_of_a_long_command_is_short_enough_and_carries_quotes(self, world: World) -> None:
        world.fargate.program(FAILS)
        command = ['python', 'manage.py', 'shell', '-c', 'print("a\'b\\n$ü{% x %}")' + 'y' * 6000]
        world.start('by-hand', name='Shell', command=command)
        world.run()
        assert 'print("a\'b\\n$ü{% x %}")' in world.notifications[0].message
        assert len(world.notifications[0].message) < 3000
        assert world.fargate.tasks[0].argv[-1] == command[-1]

    def test_is_not_sent_when_nobody_wants_it(self, world: World) -> None:
        world.fargate.program(FAILS)
        execution = scheduled(world, notify=False)
        world.run()
        assert (execution.status, world.notifications) == ('FAILED', [])

    def test_that_cannot_be_sent_leaves_the_reason_in_the_execution(self, world: World) -> None:
        world.fargate.program(FAILS)
        world.faults['sns:publish'].extend([StateError('SNS.KMSAccessDeniedException', 'no key')] * 100)
        execution = scheduled(world)
        world.run()
        assert (execution.status, execution.error) == ('FAILED', 'States.TaskFailed')
        assert execution.cause == 'Cleanup: it ended with exit code 3'

    def test_without_a_topic_is_the_reason_in_the_execution(self, make_world: MakeWorld) -> None:
        world = make_world('least')
        world.fargate.program(FAILS)
        execution = world.start('by-hand', name='Cleanup', command=CLEANUP, **world.process_input())
        world.run()
        assert (execution.status, execution.cause) == ('FAILED', 'Cleanup: it ended with exit code 3')

    def test_does_not_come_of_success(self, world: World) -> None:
        scheduled(world)
        world.run()
        assert world.notifications == []


class TestAStop:
    def test_stops_the_task_and_tells_no_one(self, world: World) -> None:
        world.fargate.program(HANGS)
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        execution = scheduled(world)
        world.run(until=100)
        world.executions.stop(execution.arn)
        world.run()
        (task,) = world.fargate.tasks
        assert (execution.status, task.exit_code) == ('ABORTED', 143)
        assert (world.metrics, world.notifications) == ([], [])
        assert world.handler and world.handler.errors == [], 'the handler is asked and has nothing to answer'

    def test_frees_the_place_for_the_next_run(self, world: World) -> None:
        world.fargate.program(HANGS)
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        first = scheduled(world, 'Cleanup-1')
        world.run(until=100)
        world.executions.stop(first.arn)
        world.fargate.program('print("done")')
        second = scheduled(world, 'Cleanup-2')
        world.run()
        assert second.status == 'SUCCEEDED' and 'task' in second.output


def in_console(text: str) -> str:
    """A part of a link as the console has it: encoded twice, with `$` in place of `%`."""
    return urllib.parse.quote(urllib.parse.quote(text, safe=''), safe='').replace('%', '$')
