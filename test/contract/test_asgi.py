"""The example project on uvicorn: as little is lost as on gunicorn, and WebSockets stay open while nobody says anything."""
from __future__ import annotations

import asyncio
import contextlib
import json
from typing import AsyncIterator, Iterator

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import journey
from browser import LOAD_BALANCER_IP, VISITOR_IP
from conftest import VARIANTS
from deployment import Deployment
from ecs_service import Farewell
from load_balancer import Answer, LoadBalancer
from rollout import Outcomes, Scenario, asked, played, replaces_tasks, reuses_connections, serving, with_argument, with_balancing, with_container
from servers.process import free_port
from task_definitions import WebService
from template import Template

#: Django, and beside it the smallest application with WebSockets, which also tells whom uvicorn takes for the client.
_ECHO = '''
import json

from shop.asgi import application as django

async def application(scope, receive, send):
    if scope.get("path") == "/asked-by/":
        await send({"type": "http.response.start", "status": 200})
        return await send({"type": "http.response.body", "body": json.dumps([scope["client"][0], scope["scheme"]]).encode()})
    if scope["type"] != "websocket":
        return await django(scope, receive, send)
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "websocket.send", "text": message["text"]})
'''
_KEEP_ALIVE, _GRACEFUL, _PING = 'UVICORN_TIMEOUT_KEEP_ALIVE', 'UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN', 'UVICORN_WS_PING_INTERVAL'


@contextlib.asynccontextmanager
async def talking(balancer: LoadBalancer) -> AsyncIterator[ClientConnection]:
    """A WebSocket that answers; as a browser's, it never pings by itself."""
    async with balancer.listens() as port, connect(f'ws://127.0.0.1:{port}/echo/', ping_interval=None) as socket:
        assert await echo(socket) == 'hello'
        yield socket


async def echo(socket: ClientConnection) -> str | bytes:
    await socket.send('hello')
    return await asyncio.wait_for(socket.recv(), 5)


async def a_silent_websocket(deployment: Deployment, web: WebService) -> list[Answer]:
    async with serving(deployment, with_balancing(web, tasks=1)) as (balancer, _), talking(balancer) as socket:
        await asyncio.sleep(2 * web.balancing.idle_timeout)
        try:
            await echo(socket)
        except ConnectionClosed as closed:
            return [Answer(502, reason=f'the WebSocket was closed: {closed}')]
        return []


async def a_websocket_during_a_deployment(deployment: Deployment) -> list[Answer]:
    """Ends with its task, and a new one finds the new task."""
    async with serving(deployment, with_balancing(deployment.web, tasks=1)) as (balancer, service), talking(balancer) as socket:
        deployed = asyncio.create_task(service.roll_out(deployment.web.container))
        await asyncio.wait_for(socket.wait_closed(), 30)
        async with talking(balancer):
            await deployed
        assert len(service.exit_codes) == 1 and service.exit_codes[0] != 137, service.exit_codes
    return []


_LOSSLESS: dict[str, Scenario] = {
    'a deployment': lambda deployment: replaces_tasks(deployment, deployment.web, Farewell.DRAIN, least=300),
    'SIGTERM with requests under way': lambda deployment: replaces_tasks(deployment, with_balancing(deployment.web, tasks=1), Farewell.TOGETHER),
    'connections that were idle for long': lambda deployment: reuses_connections(deployment, deployment.web),
    'a WebSocket that is silent for long': lambda deployment: a_silent_websocket(deployment, deployment.web),
    'a WebSocket during a deployment': a_websocket_during_a_deployment,
}
_LOSING: dict[str, Scenario] = {
    'a graceful timeout shorter than a request': lambda deployment: replaces_tasks(
        deployment, with_argument(with_balancing(deployment.web, tasks=1), _GRACEFUL, 1), Farewell.TOGETHER),
    'a keep-alive shorter than the idle timeout': lambda deployment: reuses_connections(deployment, with_argument(deployment.web, _KEEP_ALIVE, 2)),
    'WebSockets that are not pinged': lambda deployment: a_silent_websocket(deployment, with_argument(deployment.web, _PING, 3600)),
}


@pytest.fixture(scope='module')
def deployment() -> Iterator[Deployment]:
    path = VARIANTS / 'Asgi.template.json'
    assert path.exists(), f'{path} is missing: run `npx projen contract`, or test/contract/variants.ts alone'
    with Deployment(Template.load(path), name='Asgi', files={'shop/echo.py': _ECHO}) as running:
        running.release()
        journey.stocks(running)
        yield running


@pytest.fixture(scope='module')
def outcomes(request: pytest.FixtureRequest, deployment: Deployment) -> Iterator[Outcomes]:
    with played({**_LOSSLESS, **_LOSING}, deployment, request) as futures:
        yield futures


@pytest.mark.parametrize('scenario', _LOSSLESS)
def test_nothing_is_lost_by(scenario: str, outcomes: Outcomes) -> None:
    assert asked(outcomes[scenario].result()) == {}


@pytest.mark.parametrize('scenario', _LOSING)
def test_something_would_be_lost_by(scenario: str, outcomes: Outcomes) -> None:
    assert outcomes[scenario].result() != []


def test_its_settings_hold_what_the_template_has(deployment: Deployment) -> None:
    journey.sees_the_deployment(deployment, deployment.web)


def test_serves_the_project(deployment: Deployment) -> None:
    with deployment.serves(deployment.web.on_port(free_port())) as site:
        journey.is_healthy(site)
        journey.loads_assets(site, journey.serves_its_domain(site))
        journey.refuses_other_hosts(site)
        journey.serves_at_once(site, 20)


@pytest.mark.parametrize('header', [VISITOR_IP, f'198.51.100.9, {VISITOR_IP}', f'198.51.100.9, 10.0.0.1, {VISITOR_IP}'])
def test_takes_nobody_for_the_client_but_whom_the_load_balancer_saw(header: str, deployment: Deployment) -> None:
    environment = dict(deployment.web.container.environment)
    allowed = environment['FORWARDED_ALLOW_IPS'].split(',')
    # The load balancer of these tests has no private address, so it takes the place of a network of them.
    environment['FORWARDED_ALLOW_IPS'] = ','.join(LOAD_BALANCER_IP if each == '10.0.0.0/8' else each for each in allowed)
    assert LOAD_BALANCER_IP in environment['FORWARDED_ALLOW_IPS']
    with deployment.serves(with_container(deployment.web, environment=environment).on_port(free_port())) as site:
        answer = site.visitor().get('/asked-by/', headers={'X-Forwarded-For': header})
    assert json.loads(answer.text) == [VISITOR_IP, 'https' if site.web.https else 'http']
