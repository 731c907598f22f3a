"""An Application Load Balancer as far as a rollout can lose requests by it: what it does to connections, to new tasks and to those that go."""
from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from typing import AsyncIterator, Iterator, Mapping

from browser import LOAD_BALANCER_IP, VISITOR_IP
from task_definitions import WebService

#: The way from the load balancer to a task, in seconds. Longer than in a VPC, so that what crosses on the way by bad luck there always does here.
HOP = 0.04
#: Time for a connection to a target: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
_CONNECT_TIMEOUT = 10.0


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a visitor got, and why where it was the load balancer that answered."""

    status: int
    body: bytes = b''
    reason: str = ''
    port: int = 0


@dataclasses.dataclass(eq=False)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    idle_since: float = 0.0

    def close(self) -> None:
        self.writer.transport.abort()


@dataclasses.dataclass(eq=False)
class Target:
    """A task in the target group."""

    address: tuple[str, int]
    state: str = 'initial'
    idle: list[_Connection] = dataclasses.field(default_factory=list)
    busy: set[_Connection] = dataclasses.field(default_factory=set)
    checks: asyncio.Task[None] | None = None


class LoadBalancer:
    """Round robin over the healthy targets, by connections that are kept and used again; nothing is tried twice.

    `pace`: how much more often than on AWS targets are checked. All other times are the template's.
    """

    def __init__(self, web: WebService, *, pace: float):
        self._web, self._settings, self._pace = web, web.balancing, pace
        self._targets: list[Target] = []
        self._turn = 0

    async def __aenter__(self) -> LoadBalancer:
        self._sweeper = asyncio.create_task(self._close_idle())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._sweeper.cancel()
        for target in self._targets:
            self._forget(target)

    # --- what ECS asks for --------------------------------------------------------------------------

    def register(self, address: tuple[str, int]) -> Target:
        """Adds a task, which gets requests once it is healthy."""
        target = Target(address)
        target.checks = asyncio.create_task(self._check(target))
        self._targets.append(target)
        return target

    async def deregister(self, target: Target) -> None:
        """Sends a task no new request, waits out the delay and breaks what is still under way then.

        @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html
        """
        target.state = 'draining'
        await asyncio.sleep(self._settings.deregistration_delay)
        self._targets.remove(target)
        self._forget(target)

    def _forget(self, target: Target) -> None:
        target.state = 'unused'
        if target.checks:
            target.checks.cancel()
        for connection in (*target.idle, *target.busy):
            connection.close()

    async def _check(self, target: Target) -> None:
        successes = failures = 0
        while True:
            healthy = await self._is_healthy(target)
            successes, failures = (successes + 1, 0) if healthy else (0, failures + 1)
            if target.state in ('initial', 'unhealthy') and successes >= self._settings.healthy_count:
                target.state = 'healthy'
            elif target.state in ('initial', 'healthy') and failures >= self._settings.unhealthy_count:
                target.state = 'unhealthy'
            await asyncio.sleep(self._settings.interval / self._pace)

    async def _is_healthy(self, target: Target) -> bool:
        request = _head('GET', self._web.health_check_path, {'Host': '{}:{}'.format(*target.address), 'Connection': 'close', 'User-Agent': 'ELB-HealthChecker/2.0'})

        async def status() -> int:
            connection = await _connect(target.address)
            try:
                connection.writer.write(request)
                return (await _read_answer(connection.reader))[0]
            finally:
                connection.close()

        try:
            return await asyncio.wait_for(status(), self._settings.timeout) in self._web.health_check_codes
        except (OSError, EOFError, asyncio.TimeoutError):
            return False

    # --- what visitors ask for ----------------------------------------------------------------------

    async def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b'') -> Answer:
        """Answers a visitor: from a task, or with the error that the load balancer has instead."""
        target = self._next()
        if target is None:
            return Answer(503, reason='no healthy target')
        connection, new = self._idle_connection(target), False
        sent = {'Host': self._web.host, 'X-Forwarded-For': VISITOR_IP, 'X-Forwarded-Proto': self._web.scheme, 'Content-Length': str(len(body)), **(headers or {})}
        begin = time.monotonic()

        def problem(status: int, error: object) -> Answer:
            how = f'a {"new" if new else "kept"} connection, {time.monotonic() - begin:.1f} s after its request'
            return Answer(status, reason=f'{method} {path} by {how}: {type(error).__name__} {error}', port=target.address[1])

        try:
            # What is decided here arrives there later; meanwhile the target may have closed the connection.
            await asyncio.sleep(HOP)
            if connection is None:
                new = True
                connection = await asyncio.wait_for(_connect(target.address), _CONNECT_TIMEOUT)
            with _in_use(target, connection):
                connection.writer.write(_head(method, path, sent) + body)
                status, kept, content = await asyncio.wait_for(_read_answer(connection.reader), self._settings.idle_timeout)
        except asyncio.TimeoutError as error:
            return problem(504, error)
        except (OSError, EOFError) as error:
            return problem(502, error)
        if kept and target.state != 'unused':
            connection.idle_since = time.monotonic()
            target.idle.append(connection)
        else:
            connection.close()
        return Answer(status, content, port=target.address[1])

    @contextlib.asynccontextmanager
    async def listens(self) -> AsyncIterator[int]:
        """Lets clients connect, each to one task for the length of its connection, as WebSockets do; gives the port."""
        server = await asyncio.start_server(self._tunnel, '127.0.0.1', 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = self._next()
        connection = await _connect(target.address) if target else None
        if target and connection:
            with _in_use(target, connection):
                heard = [time.monotonic()]
                pipes = [asyncio.create_task(_pipe(reader, connection.writer, heard)), asyncio.create_task(_pipe(connection.reader, writer, heard))]
                while time.monotonic() - heard[0] < self._settings.idle_timeout and not any(pipe.done() for pipe in pipes):
                    await asyncio.sleep(0.05)
                for pipe in pipes:
                    pipe.cancel()
            connection.close()
        writer.transport.abort()

    def _next(self) -> Target | None:
        healthy = [target for target in self._targets if target.state == 'healthy']
        self._turn += 1
        return healthy[self._turn % len(healthy)] if healthy else None

    def _idle_connection(self, target: Target) -> _Connection | None:
        """The connection that was idle for the longest time: any order is legal, and this one meets a server that gives up too early."""
        while target.idle:
            connection = target.idle.pop(0)
            if not connection.reader.at_eof() and time.monotonic() - connection.idle_since < self._settings.idle_timeout:
                return connection
            connection.close()
        return None

    async def _close_idle(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            end = time.monotonic() - self._settings.idle_timeout
            for target in self._targets:
                while target.idle and target.idle[0].idle_since <= end:
                    target.idle.pop(0).close()


@contextlib.contextmanager
def _in_use(target: Target, connection: _Connection) -> Iterator[None]:
    target.busy.add(connection)
    try:
        yield
    except BaseException:
        connection.close()
        raise
    finally:
        target.busy.discard(connection)


async def _connect(address: tuple[str, int]) -> _Connection:
    reader, writer = await asyncio.open_connection(*address, local_addr=(LOAD_BALANCER_IP, 0))
    return _Connection(reader, writer)


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    return '\r\n'.join([f'{method} {path} HTTP/1.1', *(f'{name}: {value}' for name, value in headers.items()), '', '']).encode()


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bool, bytes]:
    """Status, whether the connection can be used again, and body."""
    lines = (await reader.readuntil(b'\r\n\r\n')).decode('latin-1').split('\r\n')
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in lines[1:] if line)}
    if headers.get('transfer-encoding') == 'chunked':
        body = b''
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    else:
        body = await reader.readexactly(int(headers['content-length']))
    return int(lines[0].split()[1]), headers.get('connection', '').lower() != 'close', body


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: list[float]) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            heard[0] = time.monotonic()
            writer.write(data)
            await writer.drain()
