"""Compares the container's defaults with one sync worker of gunicorn: requests per second and memory, on one core.

    npx projen example --quiet && .venv/bin/python tools/bench/requests_per_second.py [--template cdk.out/….template.json] [--rounds 3] [--seconds 5]

Each request waits 20 ms as for a database. The server has one core of its own, the load comes from another. Memory is that of all
processes of the server after the load, each shared page counted once. Linux only.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
#: What the defaults must reach: so many times the requests per second, at no more than so many times the memory.
SPEED, MEMORY = 10.0, 1.1
#: Requests that are asked at the same time: more than the threads of a task.
_VISITORS = 32
_SYNC = {'GUNICORN_CMD_ARGS': '--worker-class=sync --workers=1 --worker-tmp-dir=/dev/shm --access-logfile=-'}
_REQUEST = b'GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n'


@dataclass(frozen=True)
class Result:
    """What one server did in one round."""

    requests_per_second: float
    memory_mib: float


def defaults_of(template: Mapping[str, object]) -> dict[str, str]:
    """What the web container of a template tells gunicorn."""
    resources: Mapping[str, Mapping[str, object]] = template['Resources']  # type: ignore[assignment]
    for resource in resources.values():
        if resource['Type'] == 'AWS::ECS::TaskDefinition':
            for container in resource['Properties']['ContainerDefinitions']:  # type: ignore[index]
                environment = {pair['Name']: pair['Value'] for pair in container.get('Environment', [])}
                if 'GUNICORN_CMD_ARGS' in environment:
                    return {name: environment[name] for name in ('GUNICORN_CMD_ARGS', 'WEB_CONCURRENCY') if name in environment}
    raise LookupError('the template has no container with GUNICORN_CMD_ARGS')


def measure(environment: Mapping[str, str], seconds: float) -> Result:
    """Starts gunicorn with this environment on one core, loads it from another and stops it."""
    server_core, load_core = _cores()
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    arguments = [word for word in environment['GUNICORN_CMD_ARGS'].split() if not word.startswith('--bind')]
    command = [sys.executable, '-m', 'gunicorn', 'waiting_project:application']
    server = subprocess.Popen(
        command, cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {server_core}),
        env={'PATH': os.environ['PATH'], 'PYTHONDONTWRITEBYTECODE': '1', **environment,
             'GUNICORN_CMD_ARGS': ' '.join([*arguments, f'--bind=127.0.0.1:{port}', '--no-control-socket'])})
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {load_core})
    try:
        _wait_for(port, server)
        asyncio.run(_load(port, seconds / 5))
        answered = asyncio.run(_load(port, seconds))
        return Result(answered / seconds, _memory_mib(server.pid))
    finally:
        os.sched_setaffinity(0, before)
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def compare(template: Mapping[str, object], rounds: int, seconds: float) -> Iterator[tuple[Result, Result]]:
    """The sync worker and the defaults by turns."""
    for _ in range(rounds):
        yield measure(_SYNC, seconds), measure(defaults_of(template), seconds)


async def _load(port: int, seconds: float) -> int:
    """Asks as a load balancer does, by connections that it keeps where the server does; gives the number of answers."""
    end, answered = time.monotonic() + seconds, 0

    async def visit() -> None:
        nonlocal answered
        connection = None
        while time.monotonic() < end:
            reader, writer = connection or await asyncio.open_connection('127.0.0.1', port)
            writer.write(_REQUEST)
            head = await reader.readuntil(b'\r\n\r\n')
            assert head.startswith(b'HTTP/1.1 200'), head
            await reader.readexactly(len(b'ok'))
            answered += 1
            connection = (reader, writer)
            if b'connection: close' in head.lower():
                writer.close()
                connection = None
        if connection:
            connection[1].close()

    await asyncio.gather(*(visit() for _ in range(_VISITORS)))
    return answered


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        try:
            with socket.create_connection(('127.0.0.1', port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f'gunicorn did not start: exit code {server.poll()}')


def _memory_mib(group: int) -> float:
    """Proportional set size of a process group: what is shared among processes counts once."""
    kib = 0
    for entry in Path('/proc').glob('[0-9]*'):
        try:
            if os.getpgid(int(entry.name)) == group:
                kib += next(int(line.split()[1]) for line in (entry / 'smaps_rollup').read_text().splitlines() if line.startswith('Pss:'))
        except OSError:
            continue
    return kib / 1024


def _cores() -> tuple[int, int]:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise RuntimeError('needs two cores: one for the server, one for the load')
    return cores[0], cores[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--template', type=Path, help='the synthesized template; default: that of `npx projen example` in cdk.out')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=float, default=5)
    options = parser.parse_args()
    path = options.template or next(REPOSITORY.glob('cdk.out/*.template.json'))
    template = json.loads(path.read_text())

    print(f'{" ".join(defaults_of(template).values())}\nload {os.getloadavg()[0]:.1f}\n')
    print(f'{"":8}{"sync req/s":>12}{"defaults":>12}{"times":>8}{"sync MiB":>12}{"defaults":>12}{"times":>8}')
    speeds, memories = [], []
    for number, (sync, defaults) in enumerate(compare(template, options.rounds, options.seconds), 1):
        speeds.append(defaults.requests_per_second / sync.requests_per_second)
        memories.append(defaults.memory_mib / sync.memory_mib)
        print(f'round {number:<2}{sync.requests_per_second:12.0f}{defaults.requests_per_second:12.0f}{speeds[-1]:8.1f}'
              f'{sync.memory_mib:12.1f}{defaults.memory_mib:12.1f}{memories[-1]:8.2f}')
    speed, memory = statistics.median(speeds), statistics.median(memories)
    print(f'\nmedian: {speed:.1f} times the requests per second (at least {SPEED:g}) at {memory:.2f} times the memory (at most {MEMORY:g})')
    return 0 if speed >= SPEED and memory <= MEMORY else 1


if __name__ == '__main__':
    sys.exit(main())
