"""No request is lost while tasks are replaced; and each setting that sees to it is missed when it is gone."""
from __future__ import annotations

import dataclasses
from typing import Any, Callable, Coroutine, Iterator

import pytest

import journey
from conftest import VARIANTS
from deployment import Deployment
from ecs_service import Farewell, RolledBack
from load_balancer import Answer
from rollout import (
    Outcomes, Scenario, asked, played, replaces_tasks, reuses_connections, serving, slow_to_start, with_argument, with_balancing, with_container,
)
from task_definitions import WebService
from template import Template
from traffic import Traffic

def replaced(farewell: Farewell, change: Callable[[WebService], WebService] = lambda web: web) -> Scenario:
    """The replacement of the one task of a service that is wrong somehow, while visitors count on what the library promises."""
    def scenario(deployment: Deployment) -> Coroutine[Any, Any, list[Answer]]:
        promised = with_balancing(deployment.web, tasks=1)
        return replaces_tasks(deployment, change(promised), farewell, visitors=promised)
    return scenario


async def tasks_that_fail(deployment: Deployment) -> list[Answer]:
    web = with_balancing(deployment.web, tasks=1)
    async with serving(deployment, web) as (balancer, service), Traffic(balancer, web) as traffic:
        with pytest.raises(RolledBack):
            await service.roll_out(dataclasses.replace(web.container, command=('python', '-c', 'raise SystemExit(1)')))
        assert [running.task.exit_code for running in service.running] == [None]
    return traffic.failed


async def a_slow_start_without_grace_period(deployment: Deployment) -> list[Answer]:
    web = with_balancing(deployment.web, tasks=1)
    async with serving(deployment, web) as (balancer, service), Traffic(balancer, web, slow=2) as traffic:
        service.settings = dataclasses.replace(service.settings, grace_period=0)
        with pytest.raises(RolledBack):
            await service.roll_out(slow_to_start(web.container))
    return traffic.failed


#: Nothing is lost by these.
_LOSSLESS: dict[str, Scenario] = {
    'a deployment': lambda deployment: replaces_tasks(deployment, deployment.web, Farewell.DRAIN, least=500),
    'a deployment of an image that starts slowly': lambda deployment: replaces_tasks(
        deployment, with_balancing(deployment.web, tasks=1), Farewell.DRAIN, to=slow_to_start(deployment.web.container)),
    'a deployment whose tasks fail': tasks_that_fail,
    'a slow start without a grace period, which is never deployed': a_slow_start_without_grace_period,
    'SIGTERM with requests under way': replaced(Farewell.TOGETHER),
    'connections that were idle for long': lambda deployment: reuses_connections(deployment, deployment.web),
}

#: What the library could get wrong, and the answer that visitors get then.
_LOSING: dict[str, tuple[int, Scenario]] = {
    'SIGTERM before the load balancer lets go': (502, replaced(Farewell.SIGTERM)),
    'a deregistration delay shorter than a request': (502, replaced(Farewell.DRAIN, lambda web: with_balancing(web, deregistration_delay=1))),
    'a graceful timeout shorter than a request': (502, replaced(Farewell.TOGETHER, lambda web: with_argument(web, 'graceful-timeout', 1))),
    'a stop timeout shorter than a request': (502, replaced(Farewell.TOGETHER, lambda web: with_container(web, stop_timeout=1))),
    'a task that is not healthy yet': (502, replaced(Farewell.DRAIN, lambda web: with_balancing(web, healthy_count=0))),
    'fewer tasks during a deployment': (503, replaced(Farewell.DRAIN, lambda web: with_balancing(web, minimum_healthy_percent=0, maximum_percent=100))),
    'a keep-alive shorter than the idle timeout': (502, lambda deployment: reuses_connections(deployment, with_argument(deployment.web, 'keep-alive', 2))),
}


@pytest.fixture(scope='module')
def deployment() -> Iterator[Deployment]:
    path = VARIANTS / 'Rolling.template.json'
    assert path.exists(), f'{path} is missing: run `npx projen contract`, or test/contract/variants.ts alone'
    with Deployment(Template.load(path), name='Rolling') as running:
        running.release()
        journey.stocks(running)
        yield running


@pytest.fixture(scope='module')
def outcomes(request: pytest.FixtureRequest, deployment: Deployment) -> Iterator[Outcomes]:
    with played({**_LOSSLESS, **{name: scenario for name, (_, scenario) in _LOSING.items()}}, deployment, request) as futures:
        yield futures


@pytest.mark.parametrize('scenario', _LOSSLESS)
def test_no_request_is_lost_by(scenario: str, outcomes: Outcomes) -> None:
    assert asked(outcomes[scenario].result()) == {}


@pytest.mark.parametrize('scenario', _LOSING)
def test_would_lose_requests_by(scenario: str, outcomes: Outcomes) -> None:
    failed = outcomes[scenario].result()
    assert _LOSING[scenario][0] in {answer.status for answer in failed}, asked(failed)
