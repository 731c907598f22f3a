"""The client of PostgreSQL that the public image has, where it is on this machine."""
from __future__ import annotations

import os
import shutil
from pathlib import Path


def find_psql() -> Path:
    """The program `psql`, 15 or newer."""
    found = os.environ.get('PSQL') or shutil.which('psql')
    if not found:
        raise FileNotFoundError('psql 15 or newer is needed: install postgresql-client (Debian, Ubuntu) or libpq (Homebrew), or set PSQL to its path')
    return Path(found)
