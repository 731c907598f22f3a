"""Who starts runs: the schedule of the template, and people with the lines of its outputs, in a real shell with a stand-in for the AWS CLI."""
from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any

import fargate
import pytest
from access_policies import allows
from command_world import World
from deployed_template import arn
from executions import Execution
from fargate import Runs

WORDS = ['python', 'manage.py', 'report', '--title', 'It\'s "new"']
#: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
EXECUTION_ID, UUID = '<aws.scheduler.execution-id>', '5a4b3c2d-aaaa-bbbb-cccc-1234567890ab'
FAKE_CLI = f"""#!{sys.executable}
import json, pathlib, sys
with pathlib.Path(__file__).with_name('calls').open('a') as calls:
    print(json.dumps(sys.argv[1:]), file=calls)
print({{'start-execution': 'arn:aws:states:eu-west-1:123456789012:execution:Commands:by-hand', 'describe-execution': 'SUCCEEDED'}}.get(sys.argv[2], ''))
"""


def start_as_schedule(world: World, number: int = 1) -> Execution:
    """What EventBridge Scheduler does when the time has come."""
    deployed = world.deployed
    schedule = deployed.properties(deployed.one('AWS::Scheduler::Schedule'))
    target = schedule['Target']
    assert target['Arn'] == 'arn:aws:scheduler:::aws-sdk:sfn:startExecution'
    role = target['RoleArn'].rpartition('/')[2]
    call = json.loads(target['Input'].replace(EXECUTION_ID, UUID[:-1] + str(number)))
    assert call.keys() == {'StateMachineArn', 'Name', 'Input'}
    assert allows(deployed.statements(role), 'states:StartExecution', call['StateMachineArn'])
    assert allows(deployed.statements(role), 'sqs:SendMessage', target['DeadLetterConfig']['Arn'])
    assert call['StateMachineArn'] == world.executions.machine_arn
    return world.executions.start(call['Name'], call['Input'])


def paste(world: World, folder: pathlib.Path, output: str, *commands: str) -> list[list[str]]:
    """Pastes outputs into bash, then more lines. Gives the calls of the AWS CLI."""
    cli = folder / 'bin' / 'aws'
    cli.parent.mkdir()
    cli.write_text(FAKE_CLI)
    cli.chmod(0o755)
    outputs = world.deployed.template.body['Outputs']
    lines = [world.deployed.resolver.text(value['Value']) for name, value in outputs.items() if re.match(f'Manage({output})', name)]
    shell = subprocess.run(['bash'], input='\n'.join([*lines, *commands]), text=True, capture_output=True, check=False,
                           env={'PATH': f'{cli.parent}:{os.environ["PATH"]}', 'HOME': str(folder)})
    assert (shell.returncode, shell.stderr) == (0, ''), shell.stderr
    return [json.loads(line) for line in (cli.parent / 'calls').read_text().splitlines()]


def option(call: list[str], name: str) -> str:
    return call[call.index(name) + 1]


class TestTheSchedule:
    def test_starts_its_command_as_it_was_given_and_writes_the_metric_that_its_alarm_reads(self, world: World) -> None:
        execution = start_as_schedule(world)
        world.run()
        assert execution.status == 'SUCCEEDED', execution
        assert world.fargate.tasks[0].argv[-5:] == WORDS
        ((metric, dimensions),) = [(metric, metric['Dimensions']) for metric in world.metrics]
        alarms = [world.deployed.properties(name) for name in world.deployed.template.of_type('AWS::CloudWatch::Alarm')]
        read = [described for alarm in alarms for described in described_metrics(alarm)]
        assert (metric['Namespace'], metric['MetricName'], by_name(dimensions)) in read, read

    def test_skips_a_run_while_the_last_one_is_going(self, world: World) -> None:
        world.fargate.behaviours.append(Runs(seconds=1500))
        first = start_as_schedule(world, 1)
        world.run(until=300)
        second = start_as_schedule(world, 2)
        world.run()
        assert first.status == second.status == 'SUCCEEDED'
        assert second.output['skipped'] is True
        assert len(world.fargate.tasks) == 1

    def test_that_delivers_twice_starts_once(self, world: World) -> None:
        assert start_as_schedule(world) is start_as_schedule(world)
        world.run()
        assert len(world.fargate.tasks) == 1

    def test_keeps_the_timeout_and_the_tries_of_the_task(self, world: World) -> None:
        world.fargate.program('raise SystemExit(1)')
        execution = start_as_schedule(world)
        world.run()
        assert (execution.status, len(world.fargate.tasks)) == ('FAILED', 2)
        world.fargate.program('import time; time.sleep(60)')
        world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
        execution = start_as_schedule(world, 2)
        world.run()
        assert execution.cause and 'did not end within 1800 seconds' in execution.cause
        assert [metric['Value'] for metric in world.metrics] == [0, 0]
        assert len(world.notifications) == 2


class TestTheLines:
    @pytest.mark.parametrize('words', [
        ['check', '--database', 'default'], ['shell', '-c', 'print("It\'s \\"ü\\"\\\\n", 1 > 0)'], ['report', 'a  b', '$HOME', '*'],
    ])
    def test_run_a_management_command_with_its_words_as_they_are(self, world: World, tmp_path: pathlib.Path, words: list[str]) -> None:
        quoted = ' '.join("'" + word.replace("'", "'\\''") + "'" for word in words)
        start = paste(world, tmp_path, 'Run', f'manage {quoted}')[0]
        assert start[:2] == ['stepfunctions', 'start-execution']
        assert option(start, '--state-machine-arn') == world.executions.machine_arn
        execution = world.executions.start('by-hand', option(start, '--input'))
        world.run()
        assert execution.status == 'SUCCEEDED', execution
        assert world.fargate.tasks[0].argv[-len(words) - 2:] == ['python', 'manage.py', *words]

    def test_tell_nobody_else_of_a_failure(self, world: World, tmp_path: pathlib.Path) -> None:
        world.fargate.program('raise SystemExit(1)')
        start = paste(world, tmp_path, 'Run', 'manage check')[0]
        execution = world.executions.start('by-hand', option(start, '--input'))
        world.run()
        assert (execution.status, world.notifications) == ('FAILED', [])

    def test_run_the_release_of_another_revision_after_the_one_that_cloudformation_runs(self, world: World, tmp_path: pathlib.Path) -> None:
        assert world.handler
        (definition,) = world.fargate.definitions
        newer = arn('ecs', f'task-definition/{definition.family}:8')
        world.fargate.definitions.append(fargate.TaskDefinition(newer, definition.properties))
        start = paste(world, tmp_path, 'Run|Release', f'release {newer}')[0]
        deployment = world.handler.deploy()
        world.run(until=20)
        execution = world.executions.start(option(start, '--name'), option(start, '--input'))
        world.run()
        assert world.handler.answer(deployment)['Status'] == 'SUCCESS'
        assert execution.status == 'SUCCEEDED', execution
        first, second = world.fargate.tasks
        assert first.stopped and first.stopped <= second.created, 'one release at a time, whoever started it'
        assert second.definition.arn == newer
        assert second.argv == first.argv


def by_name(dimensions: list[dict[str, str]]) -> dict[str, str]:
    return {dimension['Name']: dimension['Value'] for dimension in dimensions}


def described_metrics(alarm: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    """The metrics that an alarm reads."""
    metrics = [alarm] if 'MetricName' in alarm else [item['MetricStat']['Metric'] for item in alarm.get('Metrics', []) if 'MetricStat' in item]
    return [(metric['Namespace'], metric['MetricName'], by_name(metric.get('Dimensions', []))) for metric in metrics]
