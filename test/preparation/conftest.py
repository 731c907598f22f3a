"""Fixtures: what was synthesized, a real PostgreSQL, and a database that is as new for every test."""
from __future__ import annotations

import pathlib
from typing import Iterator

import pytest
from prepared_database import ADMINISTRATOR, ADMINISTRATOR_PASSWORD, DATABASE, PostgresServer, Preparation, Task, synthesize
from psycopg import sql


@pytest.fixture(scope='session')
def tasks() -> dict[str, Task]:
    return synthesize()


@pytest.fixture(scope='session')
def server() -> Iterator[PostgresServer]:
    with PostgresServer(database=DATABASE, user=ADMINISTRATOR, password=ADMINISTRATOR_PASSWORD) as running:
        yield running


@pytest.fixture
def preparation(tasks: dict[str, Task], server: PostgresServer, tmp_path: pathlib.Path) -> Preparation:
    prepared = Preparation(tasks, server, tmp_path)
    with prepared.superuser('postgres') as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')").fetchall():
            connection.execute(sql.SQL('DROP DATABASE {} WITH (FORCE)').format(sql.Identifier(name)))
        for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg_|rds)' AND rolname <> %s", [ADMINISTRATOR]).fetchall():
            connection.execute(sql.SQL('DROP ROLE {}').format(sql.Identifier(name)))
        connection.execute(f'CREATE DATABASE {DATABASE} OWNER {ADMINISTRATOR}')
    return prepared
