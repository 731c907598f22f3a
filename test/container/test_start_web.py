"""The start script as ECS runs it: `python -c <text> <variables> <command>`."""
from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

SCRIPT = (pathlib.Path(__file__).parents[2] / 'container' / 'start_web.py').read_text()
PYTHON = sys.executable
SHOW = [PYTHON, '-c', 'import json, os; print(json.dumps(dict(os.environ)))']
CLOSED = 'http://127.0.0.1:9'


class Metadata:
    """The task metadata endpoint; answers whatever `answer` is, with `status`."""

    def __init__(self) -> None:
        self.answer: Any = {'Networks': [{'NetworkMode': 'awsvpc', 'IPv4Addresses': ['10.0.1.2']}]}
        self.status = 200
        self.paths: list[str] = []
        metadata = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                metadata.paths.append(self.path)
                body = metadata.answer if isinstance(metadata.answer, bytes) else json.dumps(metadata.answer).encode()
                self.send_response(metadata.status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.uri = f'http://127.0.0.1:{self.server.server_address[1]}/v4/task-container'


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    endpoint = Metadata()
    threading.Thread(target=endpoint.server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()


def start(variables: str, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {name: value for name, value in os.environ.items() if not name.startswith('ECS_')}
    return subprocess.run([PYTHON, '-c', SCRIPT, variables, *command], env={**base, **environment}, capture_output=True, text=True, timeout=30)


def environment_after(variables: str, **environment: str) -> dict[str, str]:
    ended = start(variables, *SHOW, **environment)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def own_addresses() -> list[str]:
    return socket.gethostbyname_ex(socket.gethostname())[2]


class TestAllowedHosts:
    def test_get_the_address_of_the_task_at_their_end(self, metadata: Metadata) -> None:
        after = environment_after('HOSTS', HOSTS='shop.example.com,.example.org', ECS_CONTAINER_METADATA_URI_V4=metadata.uri)
        assert after['HOSTS'] == 'shop.example.com,.example.org,10.0.1.2'
        assert metadata.paths == ['/v4/task-container']

    @pytest.mark.parametrize(('before', 'after'), [('', '10.0.1.2'), ('10.0.1.2,a', '10.0.1.2,a'), ('a,,b,', 'a,b,10.0.1.2'), ('*', '*,10.0.1.2')])
    def test_have_no_empty_and_no_double_entries(self, metadata: Metadata, before: str, after: str) -> None:
        assert environment_after('HOSTS', HOSTS=before, ECS_CONTAINER_METADATA_URI_V4=metadata.uri)['HOSTS'] == after

    def test_that_are_not_set_get_the_address_alone(self, metadata: Metadata) -> None:
        assert environment_after('HOSTS', ECS_CONTAINER_METADATA_URI_V4=metadata.uri)['HOSTS'] == '10.0.1.2'

    def test_are_extended_under_each_of_several_names_and_no_other(self, metadata: Metadata) -> None:
        after = environment_after('HOSTS,DJANGO_HOSTS', HOSTS='a', DJANGO_HOSTS='b', OTHER_HOSTS='c', ECS_CONTAINER_METADATA_URI_V4=metadata.uri)
        assert [after['HOSTS'], after['DJANGO_HOSTS'], after['OTHER_HOSTS']] == ['a,10.0.1.2', 'b,10.0.1.2', 'c']

    def test_stay_as_they_are_where_the_convention_has_no_name_for_them(self, metadata: Metadata) -> None:
        after = environment_after(',', DJANGO_ALLOWED_HOSTS='a', ECS_CONTAINER_METADATA_URI_V4=metadata.uri)
        assert after['DJANGO_ALLOWED_HOSTS'] == 'a'
        assert metadata.paths == []

    def test_get_every_address_of_every_network(self, metadata: Metadata) -> None:
        metadata.answer = {'Networks': [{'IPv4Addresses': ['10.0.1.2', '10.0.1.3']}, {'IPv6Addresses': ['::1']}, {'IPv4Addresses': ['10.0.2.2']}]}
        assert environment_after('HOSTS', ECS_CONTAINER_METADATA_URI_V4=metadata.uri)['HOSTS'] == '10.0.1.2,10.0.1.3,10.0.2.2'

    def test_are_asked_for_directly_though_the_container_has_a_proxy(self, metadata: Metadata) -> None:
        proxies = {name: CLOSED for name in ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']}
        after = environment_after('HOSTS', **{**proxies, 'no_proxy': '', 'NO_PROXY': '', 'ECS_CONTAINER_METADATA_URI_V4': metadata.uri})
        assert after['HOSTS'] == '10.0.1.2'
        assert after['HTTP_PROXY'] == CLOSED

    def test_get_the_addresses_of_the_host_name_where_there_is_no_metadata(self) -> None:
        assert environment_after('HOSTS', HOSTS='a')['HOSTS'].split(',') == ['a', *own_addresses()]


class TestMetadataThatFails:
    """A task that serves under the address of its host name is better than one that does not start."""

    @pytest.mark.parametrize(('status', 'answer'), [(500, {}), (429, b'slow down'), (200, b'<html>'), (200, {'Message': 'none'})])
    def test_gives_way_to_the_host_name(self, metadata: Metadata, status: int, answer: Any) -> None:
        metadata.status, metadata.answer = status, answer
        ended = start('HOSTS', *SHOW, HOSTS='a', ECS_CONTAINER_METADATA_URI_V4=metadata.uri)
        said, environment = ended.stdout.splitlines()
        assert json.loads(environment)['HOSTS'].split(',') == ['a', *own_addresses()]
        assert said.startswith('start: no answer from the metadata endpoint (')
        assert said.endswith('), the addresses of the host name are allowed')

    def test_because_nobody_listens_gives_way_too(self) -> None:
        assert environment_after('HOSTS', ECS_CONTAINER_METADATA_URI_V4=CLOSED)['HOSTS'].split(',') == own_addresses()


class TestCommand:
    def test_gets_its_words_as_they_are(self, metadata: Metadata) -> None:
        words = ['two words', '', '$HOME', "'quoted'", '--flag=a b', 'ü', 'a\nb']
        ended = start('HOSTS', PYTHON, '-c', 'import json, sys; print(json.dumps(sys.argv[1:]))', *words, ECS_CONTAINER_METADATA_URI_V4=metadata.uri)
        assert json.loads(ended.stdout) == words

    def test_takes_the_place_of_the_script_so_that_signals_reach_it(self, metadata: Metadata) -> None:
        program = 'import os, signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); print(os.getpid(), flush=True); signal.pause()'
        base = {**os.environ, 'ECS_CONTAINER_METADATA_URI_V4': metadata.uri}
        with subprocess.Popen([PYTHON, '-c', SCRIPT, 'HOSTS', PYTHON, '-c', program], env=base, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert int(process.stdout.readline()) == process.pid
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 7

    def test_ends_with_its_own_exit_code(self) -> None:
        assert start('', 'sh', '-c', 'exit 3').returncode == 3

    def test_is_found_on_the_path(self) -> None:
        assert start('', 'echo', 'found').stdout == 'found\n'

    def test_does_not_inherit_that_python_ignores_broken_pipes(self) -> None:
        ended = start('', 'sh', '-c', 'yes | head -1')
        assert [ended.stdout, ended.stderr] == ['y\n', '']

    def test_that_is_not_there_is_named(self) -> None:
        ended = start('', 'no-such-program', '--now')
        assert [ended.returncode, ended.stderr] == [1, "start: cannot run 'no-such-program': No such file or directory\n"]

    def test_that_is_no_program_is_named(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / 'notes.txt').touch(mode=0o644)
        ended = start('', str(tmp_path / 'notes.txt'))
        assert [ended.returncode, ended.stderr] == [1, f"start: cannot run '{tmp_path}/notes.txt': Permission denied\n"]
