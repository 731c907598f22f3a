"""Celery's worker and beat as the template defines them, with Redis and with SQS as their broker: nothing is lost and nothing is done by two at once."""
from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from pathlib import Path
from typing import Iterator, Mapping

import pytest

from background import BackgroundDeployment, Service, synthesize
from ecs import Task
from servers.process import wait_until
from template import Template


@pytest.fixture(scope='module')
def templates() -> dict[str, Template]:
    return synthesize()


@pytest.fixture(scope='module', params=['Redis', 'Sqs'])
def deployment(request: pytest.FixtureRequest, templates: Mapping[str, Template]) -> Iterator[BackgroundDeployment]:
    with BackgroundDeployment(templates[request.param], name=f'Celery{request.param}') as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_is_left(deployment: BackgroundDeployment) -> Iterator[None]:
    yield
    assert deployment.unfinished() == 0


def test_does_what_is_sent(deployment: BackgroundDeployment) -> None:
    before = deployment.price_lists()
    with deployment.working() as worker:
        deployment.send()
        wait_until(lambda: deployment.unfinished() == 0, seconds=30, what='the task', process=worker.process)
        assert worker.stop() == 0
    assert len(deployment.price_lists() - before) == 1
    assert deployment.s3.denied == [] and (deployment.sqs is None or deployment.sqs.denied == [])


def test_is_the_first_process_and_stops_at_once_where_it_has_no_task(deployment: BackgroundDeployment) -> None:
    with deployment.working() as worker:
        assert b'celery' in Path(f'/proc/{worker.process.pid}/cmdline').read_bytes()
        begin = time.monotonic()
        assert worker.stop() == 0
        assert time.monotonic() - begin < 25
        assert worker.processes() == []


def test_ends_its_task_when_it_is_asked_to_stop(deployment: BackgroundDeployment) -> None:
    before = deployment.price_lists()
    assert deployment.worker.container.stop_timeout == 120
    with deployment.working() as worker:
        with deployment.products_locked():
            deployment.send()
            wait_until(deployment.tasks_held_up, seconds=30, what='the task', process=worker.process)
            worker.terminate()
            time.sleep(4)
            assert worker.exit_code is None and deployment.tasks_held_up() == 1, worker.output
        assert worker.wait(30) == 0
    assert len(deployment.price_lists() - before) == 1


def test_what_a_killed_worker_had_begun_runs_again(deployment: BackgroundDeployment) -> None:
    before = deployment.price_lists()
    # With less time than the task takes, ECS kills the worker.
    hasty = dataclasses.replace(deployment.worker.container, stop_timeout=2)
    with deployment.products_locked(), deployment.working(hasty) as worker:
        deployment.send()
        wait_until(deployment.tasks_held_up, seconds=30, what='the task', process=worker.process)
        assert worker.stop() == 137
        wait_until(lambda: not worker.processes(), seconds=10, what='the end of the worker')
    assert deployment.price_lists() == before and deployment.unfinished() == 1
    deployment.pass_visibility_timeout()
    with deployment.working() as worker:
        wait_until(lambda: deployment.unfinished() == 0, seconds=60, what='the task', process=worker.process)
        assert worker.stop() == 0
    assert len(deployment.price_lists() - before) == 1


def test_what_takes_too_long_goes_back_to_the_queue_where_the_project_says_so(deployment: BackgroundDeployment) -> None:
    before = deployment.price_lists()
    container = deployment.worker.container
    hasty = dataclasses.replace(container, command=(*container.command, '--', 'worker.soft_shutdown_timeout=3'))
    with deployment.products_locked(), deployment.working(hasty, REMAP_SIGTERM='SIGQUIT') as worker:
        deployment.send()
        wait_until(deployment.tasks_held_up, seconds=30, what='the task', process=worker.process)
        worker.stop()
        assert deployment.price_lists() == before and deployment.unfinished() == 1
    # Without waiting for the visibility timeout.
    with deployment.working() as worker:
        wait_until(lambda: deployment.unfinished() == 0, seconds=60, what='the task', process=worker.process)
        assert worker.stop() == 0
    assert len(deployment.price_lists() - before) == 1


def test_asks_the_broker_for_nothing_that_its_role_does_not_allow(deployment: BackgroundDeployment) -> None:
    if deployment.sqs:
        assert deployment.sqs.denied == []
        assert {'sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'} <= set(deployment.sqs.asked)


class Scheduler:
    """ECS's scheduler for one service: between the least and the most tasks of its deployment configuration, it starts before it stops if it may."""

    def __init__(self, deployment: BackgroundDeployment, service: Service):
        self._deployment, self._service, self._stack = deployment, service, contextlib.ExitStack()
        self.running: list[Task] = []
        self.exit_codes: list[int] = []
        self.most_at_once = 0
        self.longest_stop = 0.0

    def __enter__(self) -> Scheduler:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def roll_out(self) -> None:
        """Replaces all tasks."""
        wanted = self._service.properties['DesiredCount']
        most = wanted * self._service.deployment['MaximumPercent'] // 100
        least = math.ceil(wanted * self._service.deployment['MinimumHealthyPercent'] / 100)
        old = list(self.running)
        new: list[Task] = []
        while old or len(new) < wanted:
            if len(new) < wanted and len(self.running) < most:
                new.append(self._start())
            elif old and len(self.running) > least:
                self._stop(old.pop())
            else:
                raise AssertionError(f'ECS can neither start nor stop a task between {least} and {most}')

    def _start(self) -> Task:
        task = self._stack.enter_context(self._deployment.start(self._service.container))
        self.running.append(task)
        wait_until(lambda: 'beat: Starting' in task.output, seconds=30, what='beat', process=task.process)
        time.sleep(1)  # opens its schedule
        self.most_at_once = max(self.most_at_once, sum(bool(task.processes()) for task in self.running))
        return task

    def _stop(self, task: Task) -> None:
        begin = time.monotonic()
        self.exit_codes.append(task.stop())
        self.longest_stop = max(self.longest_stop, time.monotonic() - begin)
        self.running.remove(task)


@pytest.fixture
def schedule_file(deployment: BackgroundDeployment) -> Iterator[Path]:
    option = next(word for word in deployment.beat.container.command if word.startswith('--schedule='))
    file = Path(option.partition('=')[2])
    yield file
    for left in file.parent.glob(f'{file.name}*'):
        left.unlink()


def test_beat_never_runs_twice(deployment: BackgroundDeployment, schedule_file: Path) -> None:
    service = deployment.beat
    assert service.properties['AvailabilityZoneRebalancing'] == 'DISABLED'
    with Scheduler(deployment, service) as scheduler:
        for _ in range(3):
            scheduler.roll_out()
        assert scheduler.most_at_once == 1
        assert scheduler.exit_codes == [0, 0]
        # ECS does not count a task that it has told to stop; Fargate needs longer than this to start the next one.
        assert scheduler.longest_stop < 8
        assert list(schedule_file.parent.glob(f'{schedule_file.name}*'))


def test_beat_would_run_twice_as_a_worker_does(deployment: BackgroundDeployment, schedule_file: Path) -> None:
    service = dataclasses.replace(deployment.beat, properties={**deployment.beat.properties, 'DeploymentConfiguration': deployment.worker.deployment})
    with Scheduler(deployment, service) as scheduler:
        scheduler.roll_out()
        scheduler.roll_out()
        assert scheduler.most_at_once == 2


def test_beat_sends_what_is_due(deployment: BackgroundDeployment, tmp_path: Path) -> None:
    before = deployment.price_lists()
    program = f'''
from shop.celery import app
app.conf.beat_schedule = {{"often": {{"task": "catalog.tasks.publish_price_list", "schedule": 1.0}}}}
app.Beat(schedule={str(tmp_path / 'schedule')!r}, loglevel="INFO").run()
'''
    often = dataclasses.replace(deployment.beat.container, command=('python', '-c', program))
    with deployment.working() as worker:
        with deployment.start(often) as beat:
            wait_until(lambda: len(deployment.price_lists() - before) > 1, seconds=30, what='the second task', process=beat.process)
            beat.stop()
        wait_until(lambda: deployment.unfinished() == 0, seconds=30, what='the last task', process=worker.process)
        assert worker.stop() == 0
