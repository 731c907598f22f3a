"""What is done to a web service to see which requests it loses, and what could be wrong with the service."""
from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import re
import signal
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, AsyncIterator, Callable, Coroutine, Iterator, Mapping

import pytest

from deployment import Deployment
from ecs_service import EcsService, Farewell
from load_balancer import HOP, Answer, LoadBalancer
from task_definitions import Container, WebService
from traffic import Traffic

#: How much faster than on AWS health checks come and the grace period goes. Everything else takes the template's time.
PACE = 10
#: A slow start, in seconds on AWS, and what it takes here besides.
_SLOW_START, _OWN_START = 90, 2


#: What is done to the service of a deployment; gives the requests that failed.
Scenario = Callable[[Deployment], Coroutine[Any, Any, 'list[Answer]']]
Outcomes = Mapping[str, 'Future[list[Answer]]']


@contextlib.contextmanager
def played(scenarios: Mapping[str, Scenario], deployment: Deployment, request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """The requests that failed in each scenario that a test has as a parameter. Most of its time a scenario waits, so some run at once."""
    def play(scenario: Scenario) -> list[Answer]:
        return asyncio.run(asyncio.wait_for(scenario(deployment), 90))

    wanted = {item.callspec.params.get('scenario') for item in request.session.items if hasattr(item, 'callspec') and item.path == request.path}
    # The tasks live as long as the threads that started them.
    with ThreadPoolExecutor(4) as pool:
        futures = {name: pool.submit(play, scenario) for name, scenario in scenarios.items() if name in wanted}
        yield futures
        wait(futures.values())


@contextlib.asynccontextmanager
async def serving(deployment: Deployment, web: WebService) -> AsyncIterator[tuple[LoadBalancer, EcsService]]:
    """The service behind its load balancer, with all of its tasks healthy."""
    async with LoadBalancer(web, pace=PACE) as balancer, EcsService(deployment, balancer, web, pace=PACE) as service:
        await service.roll_out(web.container)
        yield balancer, service


async def replaces_tasks(deployment: Deployment, web: WebService, farewell: Farewell, *, to: Container | None = None, visitors: WebService | None = None,
                         least: int = 0) -> list[Answer]:
    """Replaces all tasks under load; gives the requests that failed.

    `to`: what the new tasks run; `visitors`: the service by whose times they go, where another should fail them; `least`: the number of their requests.
    """
    async with serving(deployment, web) as (balancer, service):
        async with Traffic(balancer, visitors or web) as traffic:
            await asyncio.sleep(1)
            await service.roll_out(to or web.container, farewell)
            while len(traffic.answers) < least:
                await asyncio.sleep(0.1)
        if not traffic.failed:
            # What is not the first process of a container may also end by the signal itself.
            assert len(service.exit_codes) == web.balancing.tasks and set(service.exit_codes) <= {0, 128 + signal.SIGTERM}, service.exit_codes
            assert len({answer.port for answer in traffic.answers}) == 2 * web.balancing.tasks, 'not every task was asked'
        return traffic.failed


async def reuses_connections(deployment: Deployment, web: WebService) -> list[Answer]:
    """Uses connections again that were idle for any time up to the moment when the load balancer closes them; gives the requests that failed."""
    async with serving(deployment, with_balancing(web, tasks=1)) as (balancer, _):
        # At any moment there is one on its way.
        step = HOP / 3
        opened = await asyncio.gather(*(balancer.request('GET', web.health_check_path) for _ in range(int(web.balancing.idle_timeout / step))))
        answers = []
        for _ in opened:
            answers.append(asyncio.create_task(balancer.request('GET', web.health_check_path)))
            await asyncio.sleep(step)
        return [answer for answer in (*opened, *await asyncio.gather(*answers)) if answer.status != 200]


def asked(failed: list[Answer]) -> dict[str, int]:
    """The requests that failed, by what happened."""
    return dict(Counter(f'{answer.status} {re.sub(r"[0-9.]+ s after", "some time after", answer.reason)}' for answer in failed))


# --- what could be wrong --------------------------------------------------------------------------


def with_balancing(web: WebService, **changes: Any) -> WebService:
    """The service with another target group, load balancer or deployment configuration."""
    return dataclasses.replace(web, balancing=dataclasses.replace(web.balancing, **changes))


def with_container(web: WebService, **changes: Any) -> WebService:
    """The service with another container."""
    return dataclasses.replace(web, container=dataclasses.replace(web.container, **changes))


def with_argument(web: WebService, option: str, seconds: int) -> WebService:
    """The service, had the library given its server another number of seconds: for gunicorn's `--option`, or a variable of that name."""
    def change(name: str, value: str) -> str:
        return str(seconds) if name == option else re.sub(rf'(--{option}=)\d+', rf'\g<1>{seconds}', value)

    environment = {name: change(name, value) for name, value in web.container.environment.items()}
    assert environment != web.container.environment, f'the server has no {option}'
    return with_container(web, environment=environment)


def slow_to_start(container: Container) -> Container:
    """The container of an image that takes long to start."""
    wait = f'import os, sys, time; time.sleep({_SLOW_START / PACE - _OWN_START}); os.execvp(sys.argv[1], sys.argv[1:])'
    return dataclasses.replace(container, entry_point=('python', '-c', wait, *container.entry_point))
