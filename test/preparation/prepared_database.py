"""The task of a preparation as ECS would start it, against a real PostgreSQL whose administrator is no superuser."""
from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
from typing import Any, Iterator, Mapping

import psycopg

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / 'test' / 'contract'))

from servers.postgres import PostgresServer  # noqa: E402
from servers.psql import find_psql  # noqa: E402

DATABASE, ADMINISTRATOR = 'shop', 'django'
# As Secrets Manager could have made them, had nobody told it which characters to leave out.
ADMINISTRATOR_PASSWORD, OWNER_PASSWORD, APPLICATION_PASSWORD = 'administrator-1', "owner ' \" \\ :x $$ é", 'application\\. ;--'
INITIAL_SQL = """
-- A comment; with a semicolon.
CREATE SCHEMA IF NOT EXISTS reports;
CREATE TABLE IF NOT EXISTS public.country (code text PRIMARY KEY, name text);
INSERT INTO country VALUES ('DE', 'it''s $1 :name; "quoted"') ON CONFLICT DO NOTHING;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE public.mood AS ENUM ('good'); END IF; END $$;
SELECT name FROM country -- without an end"""


@dataclasses.dataclass(frozen=True)
class Task:
    """The container of a synthesized task definition."""

    argv: list[str]
    environment: Mapping[str, str]
    #: The logical id of the secret and the key inside it, by the variable.
    secrets: Mapping[str, tuple[str, str]]


def synthesize() -> dict[str, Task]:
    """The tasks of all variants."""
    printed = subprocess.run(['node', '--import', 'tsx', str(pathlib.Path(__file__).with_name('synthesize.ts')), DATABASE, INITIAL_SQL],
                             cwd=ROOT, capture_output=True, text=True, check=False,
                             env={**os.environ, 'TSX_TSCONFIG_PATH': 'tsconfig.dev.json', 'CDK_VALIDATION': 'false'})
    assert printed.returncode == 0, printed.stderr
    return {name: task_of(template) for name, template in json.loads(printed.stdout).items()}


def task_of(template: dict[str, Any]) -> Task:
    definition = next(item for item in template['Resources'].values() if item['Type'] == 'AWS::ECS::TaskDefinition')
    container = definition['Properties']['ContainerDefinitions'][0]
    secrets = {}
    for secret in container['Secrets']:
        *_, last = parts = secret['ValueFrom']['Fn::Join'][1]
        name, key = last.removesuffix('::').rsplit(':', 1)
        secrets[secret['Name']] = (next((part['Ref'] for part in parts if isinstance(part, dict) and 'Secret' in part['Ref']), name.split(':')[-1]), key)
    return Task(container['EntryPoint'] + container['Command'], {item['Name']: item['Value'] for item in container['Environment']}, secrets)


@dataclasses.dataclass
class Preparation:
    """The deployed preparation, and views on the database that it prepares."""

    tasks: dict[str, Task]
    server: PostgresServer
    folder: pathlib.Path

    def environment_of(self, variant: str, overrides: Mapping[str, str]) -> dict[str, str]:
        """What ECS gives to the container, with the address of this server; nothing else but the path."""
        task = self.tasks[variant]
        owner, application = (task.environment.get(f'PREPARE_{duty}', '') for duty in ('OWNER', 'APPLICATION'))
        logins = {'Master': (self.server.user, self.server.password), 'Owner': (owner, OWNER_PASSWORD), 'Application': (application, APPLICATION_PASSWORD)}
        secrets = {}
        for variable, (secret, key) in task.secrets.items():
            login = next(value for name, value in logins.items() if name in secret)
            secrets[variable] = login[0] if key == 'username' else login[1]
        return {**task.environment, **secrets, 'PGPORT': str(self.server.port), 'PATH': f'{find_psql().parent}:/usr/bin:/bin', **overrides}

    def start(self, variant: str = 'passwords', **overrides: str) -> subprocess.Popen[str]:
        return subprocess.Popen(self.tasks[variant].argv, env=self.environment_of(variant, overrides), cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def run(self, variant: str = 'passwords', **overrides: str) -> tuple[int, str]:
        """The exit code, and everything that it logged."""
        process = self.start(variant, **overrides)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def succeed(self, variant: str = 'passwords', **overrides: str) -> str:
        code, output = self.run(variant, **overrides)
        assert code == 0, output
        return output

    def connect(self, user: str | None = None, password: str | None = None, database: str = DATABASE) -> psycopg.Connection[Any]:
        """As the administrator, unless a user is named."""
        user, password = (user, password) if user else (self.server.user, self.server.password)
        return psycopg.connect(host='localhost', port=self.server.port, dbname=database, user=user, password=password, sslmode='require', autocommit=True)

    def owner(self) -> psycopg.Connection[Any]:
        return self.connect('django_owner', OWNER_PASSWORD)

    def application(self) -> psycopg.Connection[Any]:
        return self.connect('django_app', APPLICATION_PASSWORD)

    def superuser(self, database: str = DATABASE) -> psycopg.Connection[Any]:
        return self.connect(self.server.superuser, self.server.superuser_password, database)

    @contextlib.contextmanager
    def login_of(self, user: str) -> Iterator[psycopg.Connection[Any]]:
        """A login of a user that has no password, e.g. one of IAM: a real one, with its settings, by a password of the moment."""
        with self.superuser() as superuser:
            superuser.execute(f'ALTER ROLE "{user}" PASSWORD \'moment\'')
            with self.connect(user, 'moment') as connection:
                superuser.execute(f'ALTER ROLE "{user}" PASSWORD NULL')
                yield connection

    def as_user(self, user: str, *statements: str) -> None:
        with self.login_of(user) as connection:
            for statement in statements:
                connection.execute(statement)

    def value(self, query: str, *values: Any) -> Any:
        with self.superuser() as connection:
            row = connection.execute(query, values).fetchone()
            return row and row[0]

    def state(self) -> dict[str, list[Any]]:
        """Everything that a preparation makes, as the catalog has it; passwords as whether there is one."""
        queries = {
            'roles': "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolpassword IS NOT NULL, shobj_description(oid, 'pg_authid') "
                     "FROM pg_authid WHERE rolname !~ '^(pg_|rds)'",
            'members': 'SELECT roleid::regrole, member::regrole, grantor::regrole, admin_option, inherit_option, set_option FROM pg_auth_members',
            'databases': 'SELECT datname, datdba::regrole, datacl FROM pg_database',
            'schemas': "SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace WHERE nspname !~ '^pg_'",
            'relations': "SELECT oid::regclass, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace",
            'routines': "SELECT oid::regprocedure, proowner::regrole, proacl FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
            'types': "SELECT oid::regtype, typowner::regrole FROM pg_type WHERE typnamespace = 'public'::regnamespace",
            'defaults': 'SELECT defaclrole::regrole, defaclnamespace, defaclobjtype, defaclacl FROM pg_default_acl',
            'settings': 'SELECT setrole::regrole, datname, setconfig FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase',
            'extensions': 'SELECT extname FROM pg_extension',
        }
        with self.superuser() as connection:
            return {name: sorted(map(str, connection.execute(query).fetchall())) for name, query in queries.items()}
