"""The scheduler of an ECS service: starts tasks, waits for the load balancer's verdict, and stops those of the former version."""
from __future__ import annotations

import asyncio
import dataclasses
import enum
import math
import time

from deployment import TASK_IP, Deployment
from ecs import Task
from journey import SLOW_VIEW
from load_balancer import HOP, LoadBalancer, Target
from servers.process import free_port
from task_definitions import Container, WebService

#: Tasks that must fail before the circuit breaker opens, for services of few tasks:
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
_BREAKER = 3


class Farewell(enum.Enum):
    """What comes first when a task goes."""

    #: A deployment, or fewer tasks: SIGTERM when the load balancer has let go.
    DRAIN = 'the load balancer lets go, then SIGTERM'
    #: SIGTERM meets requests, but no new ones.
    TOGETHER = 'the load balancer begins to let go, and SIGTERM'
    #: Fargate Spot takes a task back: https://repost.aws/knowledge-center/fargate-spot-termination-notice
    SIGTERM = 'SIGTERM, and the load balancer lets go of what is gone'


class RolledBack(Exception):
    """The new tasks failed; the old ones serve on."""


@dataclasses.dataclass(eq=False)
class _Running:
    task: Task
    target: Target
    begin: float


class EcsService:
    """The tasks of a web service, behind a load balancer.

    `pace`: how much sooner than on AWS the grace period ends, as the load balancer's checks come more often.
    """

    def __init__(self, deployment: Deployment, balancer: LoadBalancer, web: WebService, *, pace: float):
        self._fargate, self._balancer, self.settings, self._pace = deployment.fargate, balancer, web.balancing, pace
        self.running: list[_Running] = []
        #: The exit codes of the tasks that are gone.
        self.exit_codes: list[int] = []

    async def __aenter__(self) -> EcsService:
        return self

    async def __aexit__(self, *_: object) -> None:
        for running in self.running:
            running.task.kill()

    @property
    def logs(self) -> str:
        """What the running tasks wrote, for messages."""
        return '\n'.join(running.task.output[-1500:] for running in self.running)

    async def roll_out(self, container: Container, farewell: Farewell = Farewell.DRAIN) -> None:
        """Replaces all tasks as the deployment configuration says; raises `RolledBack` when the new ones fail."""
        tasks, old, new, failures = self.settings.tasks, list(self.running), [], 0
        most, least = tasks * self.settings.maximum_percent // 100, math.ceil(tasks * self.settings.minimum_healthy_percent / 100)
        stopping: list[asyncio.Task[None]] = []
        while old or len(new) < tasks or any(running.target.state != 'healthy' for running in new):
            for running in [running for running in new if self._has_failed(running)]:
                failures += 1
                new.remove(running)
                stopping.append(asyncio.create_task(self._stop(running, Farewell.TOGETHER)))
            if failures >= _BREAKER:
                await asyncio.gather(*stopping, *(self._stop(running, farewell) for running in new))
                raise RolledBack(f'{failures} tasks failed')
            while len(new) < tasks and len(old) + len(new) < most:
                new.append(self._start(container))
            while old and sum(running.target.state == 'healthy' for running in [*old, *new]) > least:
                stopping.append(asyncio.create_task(self._stop(old.pop(0), farewell)))
            await asyncio.sleep(0.02)
        await asyncio.gather(*stopping)

    def _start(self, container: Container) -> _Running:
        here = container.on_port(free_port())
        assert here.port
        running = _Running(self._fargate.start(here, extra=SLOW_VIEW), self._balancer.register((TASK_IP, here.port)), time.monotonic())
        self.running.append(running)
        return running

    def _has_failed(self, running: _Running) -> bool:
        if running.task.exit_code is not None:
            return True
        graced = time.monotonic() - running.begin < self.settings.grace_period / self._pace
        return running.target.state == 'unhealthy' and not graced

    async def _stop(self, running: _Running, farewell: Farewell) -> None:
        if farewell is Farewell.DRAIN:
            await self._balancer.deregister(running.target)
            code = await asyncio.to_thread(running.task.stop)
        elif farewell is Farewell.TOGETHER:
            gone = asyncio.create_task(self._balancer.deregister(running.target))
            await asyncio.sleep(4 * HOP)  # what was sent before has arrived
            code = await asyncio.to_thread(running.task.stop)
            await gone
        else:
            code = await asyncio.to_thread(running.task.stop)
            await self._balancer.deregister(running.target)
        self.exit_codes.append(code)
        self.running.remove(running)
