"""What every server and every task of the contract needs to run as a local process."""
from __future__ import annotations

import itertools
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Mapping, Sequence

# Becomes the wanted process (same process id): drops to the given user, and asks the kernel for a signal when our process dies,
# so that even `kill -9` of the test run leaves no server behind.
_BECOME = """
import ctypes, os, sys
user, group, farewell, argv = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
if user >= 0:
    os.setgroups([]); os.setgid(group); os.setuid(user)
libc = ctypes.CDLL(None)
if hasattr(libc, 'prctl'):
    libc.prctl(1, farewell)
try:
    os.execvpe(argv[0], argv, os.environ)
except OSError as error:
    sys.exit(f'CannotStartContainerError: exec {argv[0]!r}: {error.strerror}')
"""

# Below what Linux (32768) and macOS (49152) give to outgoing connections, from a place of its own in each run.
_PORTS = itertools.islice(itertools.cycle(range(20_000, 32_000)), random.randrange(12_000), None)
_PORTS_LOCK = threading.Lock()


def start_process(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path | None = None,
    user: pwd.struct_passwd | None = None,
    farewell: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts `argv` with exactly this environment, in its own process group, its output appended to `log`."""
    become = [str(user.pw_uid), str(user.pw_gid)] if user else ['-1', '-1']
    with log.open('ab') as output:
        return subprocess.Popen(
            [sys.executable, '-I', '-S', '-c', _BECOME, *become, str(int(farewell)), *argv],
            env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )


def stop_process(process: subprocess.Popen[bytes], *signals: tuple[signal.Signals, float]) -> int:
    """Sends the signals in turn, each with the seconds it may take, then kills what is left of the process group."""
    for number, seconds in signals:
        if process.poll() is not None:
            break
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return process.wait()


def process_group(leader: int) -> list[int]:
    """The living processes of a process group."""
    members = []
    for entry in Path('/proc').glob('[0-9]*/stat'):
        try:
            state, _, group = entry.read_text().rpartition(')')[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != 'Z':
            members.append(int(entry.parent.name))
    return members


def wait_until(ready: Callable[[], object], *, seconds: float, what: str, process: subprocess.Popen[bytes] | None = None) -> None:
    """Polls until `ready()` is true; fails when the time is over or the process that should become ready has ended."""
    end = time.monotonic() + seconds
    while not ready():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f'{what} ended with exit code {process.returncode}')
        if time.monotonic() > end:
            raise TimeoutError(f'{what} is not ready after {seconds:g} seconds')
        time.sleep(0.02)


def free_port() -> int:
    """A port that nothing listens on, and that nobody else gets: not this process again, nor an outgoing connection, which has a higher one."""
    with _PORTS_LOCK:
        return next(port for port in _PORTS if is_free(port))


def is_free(port: int, host: str = '0.0.0.0') -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def accepts(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
