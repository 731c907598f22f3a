"""The release script as ECS starts it: `python -c <text> <words>`."""
from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from typing import Callable

import pytest

SCRIPT = (pathlib.Path(__file__).parents[2] / 'container' / 'run_release.py').read_text()
PYTHON = sys.executable


def release(*words: str, cwd: pathlib.Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.replace('TRIES, PAUSE = 30, 2', 'TRIES, PAUSE = 30, 0')
    assert script != SCRIPT
    return subprocess.run([PYTHON, '-c', script, *words], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60)


def says(text: str) -> list[str]:
    return [PYTHON, '-c', f'print({text!r})']


class TestCommands:
    def test_run_in_order_and_are_named_in_the_log(self) -> None:
        ended = release('echo', 'first one', '&&', 'echo', 'second')
        assert ended.returncode == 0
        assert ended.stdout.splitlines() == ["release: echo 'first one'", 'first one', 'release: echo second', 'second']

    def test_stop_at_the_first_failure_with_its_exit_code_and_the_last_line_names_it(self) -> None:
        ended = release('echo', 'first', '&&', 'sh', '-c', 'echo broken >&2; exit 3', '&&', 'echo', 'never')
        assert ended.returncode == 3
        assert 'never' not in ended.stdout
        assert ended.stderr == 'broken\n'
        assert ended.stdout.splitlines()[-1] == "release: failed with exit code 3: sh -c 'echo broken >&2; exit 3'"

    @pytest.mark.parametrize(('number', 'code'), [(signal.SIGKILL, 137), (signal.SIGSEGV, 139)])
    def test_killed_by_a_signal_give_128_and_its_number_as_docker_does(self, number: signal.Signals, code: int) -> None:
        ended = release('sh', '-c', f'kill -{number.value} $$')
        assert ended.returncode == code
        assert f'release: failed with exit code {code}' in ended.stdout.splitlines()[-1]

    def test_that_the_image_lacks_give_127_and_are_named(self) -> None:
        ended = release('no-such-program', '--now', '&&', 'echo', 'never')
        assert ended.returncode == 127
        assert 'No such file' in ended.stdout.splitlines()[1]
        assert ended.stdout.splitlines()[-1] == 'release: failed with exit code 127: no-such-program --now'

    def test_are_read_by_no_shell(self) -> None:
        assert release('echo', '$HOME', '; ls').stdout.splitlines()[1] == '$HOME ; ls'

    def test_do_not_inherit_that_python_ignores_broken_pipes(self) -> None:
        assert release('sh', '-c', 'yes | head -1').stdout.splitlines()[1:] == ['y']


class TestSignals:
    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
    def test_reach_the_command_and_end_the_release(self, tmp_path: pathlib.Path, number: signal.Signals) -> None:
        ready = tmp_path / 'ready'
        program = textwrap.dedent(f"""
            import pathlib, signal, sys, time
            def stop(number, frame):
                print('got', number, flush=True)
                sys.exit(0)
            signal.signal({int(number)}, stop)
            pathlib.Path({str(ready)!r}).touch()
            time.sleep(60)
        """)
        process = subprocess.Popen([PYTHON, '-c', SCRIPT, PYTHON, '-c', program, '&&', 'echo', 'never'], stdout=subprocess.PIPE, text=True)
        wait_for(ready)
        process.send_signal(number)
        output, _ = process.communicate(timeout=10)
        assert f'got {int(number)}' in output
        assert 'never' not in output.splitlines()
        assert process.returncode == 128 + number, 'a command that stops cleanly when asked to has still not done its work'

    def test_end_the_wait_for_the_database(self, project: Project) -> None:
        project.database('raise OperationalError("connection refused")')
        process = subprocess.Popen([PYTHON, '-c', SCRIPT, '--wait-for-database', 'echo', 'never'], cwd=project.folder,
                                   env=project.environment, stdout=subprocess.PIPE, text=True)
        wait_for(project.tried)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
        assert process.returncode == 143
        assert 'never' not in output.splitlines()


class Project:
    """A Django project whose database behaves as a test wants."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.tried = folder / 'tried'
        self.environment = {**os.environ, 'DJANGO_SETTINGS_MODULE': 'site_settings'}
        self.settings("DATABASES = {'default': {'ENGINE': 'moody', 'NAME': ':memory:'}}")

    def settings(self, text: str) -> None:
        (self.folder / 'site_settings.py').write_text(f'SECRET_KEY = "x"\n{text}\n')

    def database(self, connect: str) -> None:
        """`connect` is the body of what a connection attempt does; `tries` counts them."""
        (self.folder / 'moody').mkdir(exist_ok=True)
        (self.folder / 'moody' / '__init__.py').touch()
        (self.folder / 'moody' / 'base.py').write_text(textwrap.dedent(f"""
            import pathlib
            from django.db.backends.sqlite3 import base
            from sqlite3 import OperationalError, InterfaceError
            class DatabaseWrapper(base.DatabaseWrapper):
                tries = 0
                def get_new_connection(self, parameters):
                    DatabaseWrapper.tries += 1
                    tries = self.tries
                    pathlib.Path({str(self.tried)!r}).write_text(str(tries))
                    {connect}
                    return super().get_new_connection(parameters)
        """))

    def release(self, *words: str) -> subprocess.CompletedProcess[str]:
        return release('--wait-for-database', *words, cwd=self.folder, **self.environment)

    @property
    def tries(self) -> int:
        return int(self.tried.read_text())


@pytest.fixture
def project(tmp_path: pathlib.Path) -> Project:
    return Project(tmp_path)


class TestWaitForTheDatabase:
    def test_goes_on_when_the_database_answers(self, project: Project) -> None:
        project.database('pass')
        ended = project.release('echo', 'migrated')
        assert (ended.returncode, ended.stdout.splitlines()) == (0, ['release: echo migrated', 'migrated'])
        assert project.tries == 1

    @pytest.mark.parametrize('text', [
        'connection to server at "db" (10.0.0.1), port 5432 failed: Connection refused',
        'could not translate host name "db" to address: Temporary failure in name resolution',
        'FATAL:  the database system is starting up',
        'connection timeout expired',
        'FATAL:  PAM authentication failed for user "app"',
        'SSL connection has been closed unexpectedly',
        "(2002, \"Can't connect to server on 'db' (115)\")",
        'connection to server at "my-certificate-store.rds.amazonaws.com" failed: Connection refused',
    ])
    def test_tries_again_when_that_may_help(self, project: Project, text: str) -> None:
        project.database(f'if tries < 5: raise OperationalError({text!r})')
        ended = project.release('echo', 'migrated')
        assert ended.returncode == 0
        assert project.tries == 5
        assert ended.stdout.splitlines() == [f'release: waiting for the database: {text.replace("  ", " ")}', 'release: echo migrated', 'migrated']

    def test_tries_again_after_an_interface_error(self, project: Project) -> None:
        project.database('if tries < 2: raise InterfaceError("connection already closed")')
        assert project.release('echo', 'migrated').returncode == 0

    def test_gives_up_after_30_tries_with_the_reason(self, project: Project) -> None:
        project.database('raise OperationalError("connection refused")')
        ended = project.release('echo', 'never')
        assert ended.returncode == 1
        assert project.tries == 30
        assert ended.stdout.splitlines() == [
            'release: waiting for the database: connection refused',
            'release: the database cannot be reached after 30 tries: connection refused',
            'release: failed with exit code 1: wait for the database',
        ]

    @pytest.mark.parametrize('text', [
        'SSL error: certificate verify failed',
        'server certificate for "db.example.com" does not match host name "10.0.0.1"',
        'root certificate file "/rds.pem" does not exist',
        'SSL error: tlsv1 alert unknown ca',
        'server does not support SSL, but SSL was required',
        'FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "app", database "shop", no encryption',
        'FATAL:  database "shop" does not exist',
        "(1045, \"Access denied for user 'app'@'10.0.0.1' (using password: YES)\")",
        '(2026, "SSL connection error: self-signed certificate in certificate chain")',
    ])
    def test_fails_at_once_when_waiting_would_not_help(self, project: Project, text: str) -> None:
        project.database(f'raise OperationalError({text!r})')
        ended = project.release('echo', 'never')
        assert ended.returncode == 1
        assert project.tries == 1
        assert ended.stdout.splitlines() == [
            f'release: the database refuses the connection, waiting would not help: {text.replace("  ", " ")}',
            'release: failed with exit code 1: wait for the database',
        ]

    def test_asks_for_another_try_when_the_password_may_have_been_changed_a_moment_ago(self, project: Project) -> None:
        project.database('''raise OperationalError('FATAL:  password authentication failed for user "app"')''')
        ended = project.release('echo', 'never')
        assert ended.returncode == 75
        assert project.tries == 1
        assert ended.stdout.splitlines() == [
            'release: the database refuses the connection, waiting would not help: FATAL: password authentication failed for user "app"',
            'release: failed with exit code 75: wait for the database',
        ]

    def test_shows_the_traceback_of_wrong_settings(self, project: Project) -> None:
        project.settings("import no_such_package")
        ended = project.release('echo', 'never')
        assert ended.returncode == 1
        assert "No module named 'no_such_package'" in ended.stderr
        assert ended.stdout.splitlines() == ['release: failed with exit code 1: wait for the database']

    def test_does_not_wait_where_the_project_has_no_database(self, project: Project) -> None:
        project.settings('DATABASES = {}')
        assert project.release('echo', 'collected').returncode == 0

    def test_does_not_wait_where_there_are_no_settings(self, project: Project) -> None:
        del project.environment['DJANGO_SETTINGS_MODULE']
        ended = project.release('echo', 'collected')
        assert ended.returncode == 0
        assert ended.stdout.splitlines()[0] == 'release: neither DJANGO_SETTINGS_MODULE nor the host of a database is set: there is no database to wait for'

    def test_limits_how_long_one_try_of_libpq_takes_unless_the_project_says_so(self, project: Project) -> None:
        project.database('import os; print("seconds:", os.environ["PGCONNECT_TIMEOUT"])')
        assert 'seconds: 5' in project.release('true').stdout
        project.environment['PGCONNECT_TIMEOUT'] = '9'
        assert 'seconds: 9' in project.release('true').stdout


class TestTheLookAtTheSettings:
    """What would be lost with the task is refused before anything is changed."""

    DATABASE = ('--database=DB_HOST,DB_PORT,DATABASE_URL,DB_JSON', {'DB_HOST': 'db.internal', 'DB_PORT': '5432'})
    SQLITE = "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': %r}}"

    @pytest.fixture(autouse=True)
    def no_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ('DB_HOST', 'DB_PORT', 'DATABASE_URL', 'DB_JSON', 'STATIC', 'MEDIA'):
            monkeypatch.delenv(name, raising=False)

    @staticmethod
    def run(project: Project, option: str, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
        return release(option, '--wait-for-database', *words, cwd=project.folder, **project.environment, **environment)

    @pytest.mark.parametrize('name', ['db.sqlite3', ':memory:', 'file:db.sqlite3?mode=rwc', 'file::memory:?cache=shared'])
    @pytest.mark.parametrize(('environment', 'names'), [
        ({'DB_HOST': 'db.internal', 'DB_PORT': '5432'}, 'DB_HOST, DB_PORT'),
        ({'DATABASE_URL': 'postgres://user:secret@db.internal:5432/shop'}, 'DATABASE_URL'),
        ({'DB_JSON': json.dumps({'host': 'db.internal', 'password': 'secret'})}, 'DB_JSON'),
    ])
    def test_refuses_sqlite_on_the_disk_of_the_task_where_a_database_is_given(
            self, project: Project, name: str, environment: dict[str, str], names: str) -> None:
        project.settings(self.SQLITE % name)
        ended = self.run(project, self.DATABASE[0], environment, 'echo', 'never')
        assert (ended.returncode, ended.stdout.splitlines()) == (1, [
            f'release: site_settings uses SQLite at {name}, which is lost with this task, not the database at db.internal: let it use {names}, or give what it '
            'reads by `convention` or `environment`, or other settings by `settingsModule` (`waitForDatabase: false` if SQLite is meant)',
            'release: failed with exit code 1: wait for the database',
        ])

    @pytest.mark.parametrize('environment', [
        {}, {'DB_PORT': '5432'}, {'DB_HOST': ''}, {'DATABASE_URL': 'sqlite:////data/db.sqlite3'}, {'DB_JSON': '{"username": "app", "password": "secret"}'},
    ])
    def test_lets_sqlite_be_where_no_database_is_given(self, project: Project, environment: dict[str, str]) -> None:
        project.settings(self.SQLITE % 'db.sqlite3')
        assert self.run(project, self.DATABASE[0], environment, 'echo', 'migrated').stdout.splitlines()[-1] == 'migrated'

    def test_lets_sqlite_be_where_another_database_is_used_besides(self, project: Project) -> None:
        project.settings("DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'local'}, 'shop': {'ENGINE': 'any_server'}}")
        assert self.run(project, *self.DATABASE, 'true').returncode == 0

    def test_lets_sqlite_be_on_a_volume(self, project: Project) -> None:
        project.settings(self.SQLITE % '/mnt/files/shop/db.sqlite3' + """
            import os
            is_mount, os.path.ismount = os.path.ismount, lambda path: path == '/mnt/files' or is_mount(path)
        """.replace('\n            ', '\n'))
        ended = self.run(project, *self.DATABASE, 'true')
        assert 'which is lost' not in ended.stdout
        assert 'unable to open database file' in ended.stdout, 'it was tried'

    def test_does_not_look_where_nothing_waits_for_the_database(self, project: Project) -> None:
        project.settings(self.SQLITE % 'db.sqlite3')
        assert release(self.DATABASE[0], 'true', cwd=project.folder, **project.environment, **self.DATABASE[1]).returncode == 0

    @pytest.mark.parametrize('databases', ['', 'DATABASES = {}', "DATABASES = {'default': {}}"])
    def test_says_that_settings_without_databases_cannot_be_migrated(self, project: Project, databases: str) -> None:
        project.settings(databases)
        ended = project.release('python', 'manage.py', 'migrate', '--noinput')
        assert (ended.returncode, ended.stdout.splitlines()) == (1, [
            'release: DJANGO_SETTINGS_MODULE is site_settings, which sets no DATABASES: give the settings of production as `settingsModule`',
            'release: failed with exit code 1: wait for the database',
        ])

    def test_does_not_mind_a_default_database_that_is_none_beside_others(self, project: Project) -> None:
        project.settings("DATABASES = {'default': {}, 'shop': {'ENGINE': 'any_server'}}")
        assert self.run(project, *self.DATABASE, 'echo', 'migrate').returncode == 0

    BUCKETS = ('--buckets=STATIC,MEDIA', {'STATIC': 'shop-static', 'MEDIA': 'shop-media'})
    COLLECT = ('echo', 'collectstatic')
    MANIFEST = 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'

    @pytest.mark.parametrize('folder', [None, 'collected'], ids=['missing', 'empty'])
    def test_refuses_static_files_on_the_disk_of_the_task_where_a_bucket_is_given(self, project: Project, folder: str | None) -> None:
        where = project.folder / 'collected'
        if folder:
            where.mkdir()
        project.settings(f"STATIC_URL = '/static/'\nSTATIC_ROOT = {str(where)!r}\nSTORAGES = {{'staticfiles': {{'BACKEND': {self.MANIFEST!r}}}}}")
        ended = self.run(project, *self.BUCKETS, *self.COLLECT)
        assert (ended.returncode, ended.stdout.splitlines()) == (1, [
            f'release: collectstatic would write to {where}, which is lost with this task: let site_settings use the bucket in STATIC, or collect '
            'while the image is built and give `StaticFiles.IN_IMAGE`',
            'release: failed with exit code 1: wait for the database',
        ])

    @pytest.mark.parametrize(('settings', 'environment', 'words'), [
        ("STATIC_ROOT = 'collected'", {}, COLLECT),
        ("STATIC_ROOT = 'collected'", BUCKETS[1], ('echo', 'migrated')),
        ("STATIC_ROOT = '.'", BUCKETS[1], COLLECT),
        ("STATIC_ROOT = None", BUCKETS[1], COLLECT),
        ("STORAGES = {'staticfiles': {'BACKEND': 'no_such_package.Storage'}}", BUCKETS[1], COLLECT),
        ("STORAGES = {'staticfiles': {'BACKEND': 'django.core.files.storage.Storage'}}", BUCKETS[1], COLLECT),
    ], ids=['no bucket', 'nothing is collected', 'in the image', 'no folder', 'wrong settings', 'no local disk'])
    def test_leaves_static_files_alone_that_are_not_lost_or_that_collectstatic_judges(
            self, project: Project, settings: str, environment: dict[str, str], words: tuple[str, ...]) -> None:
        project.settings(f"STATIC_URL = '/static/'\nDATABASES = {{}}\n{settings}")
        ended = self.run(project, self.BUCKETS[0], environment, *words)
        assert (ended.returncode, ended.stdout.splitlines()) == (0, [f'release: {" ".join(words)}', words[1]])

    def uploads(self, project: Project, settings: str = '') -> None:
        (project.folder / 'shop').mkdir()
        (project.folder / 'shop' / '__init__.py').touch()
        (project.folder / 'shop' / 'models.py').write_text(
            "from django.db import models\nclass Product(models.Model):\n    manual = models.FileField()\n")
        project.settings(f"INSTALLED_APPS = ['shop']\nDATABASES = {{}}\nMEDIA_ROOT = {str(project.folder / 'media')!r}\n{settings}")

    def test_warns_of_uploads_that_go_to_the_disk_of_the_task(self, project: Project) -> None:
        self.uploads(project)
        ended = self.run(project, *self.BUCKETS, 'true')
        assert (ended.returncode, ended.stdout.splitlines()) == (0, [
            f'release: warning: uploads (shop.Product.manual, ...) go to {project.folder}/media and are lost with each task: '
            'let site_settings use the bucket in MEDIA', 'release: true'])

    @pytest.mark.parametrize(('settings', 'environment'), [
        ('', {'STATIC': 'shop-static'}), ("STORAGES = {'default': {'BACKEND': 'django.core.files.storage.Storage'}}", BUCKETS[1]),
    ], ids=['no bucket', 'no local disk'])
    def test_has_no_word_for_other_uploads(self, project: Project, settings: str, environment: dict[str, str]) -> None:
        self.uploads(project, settings)
        assert self.run(project, self.BUCKETS[0], environment, 'true').stdout.splitlines() == ['release: true']


class TestTheServer:
    def test_must_be_in_the_image_before_anything_is_done(self) -> None:
        ended = release('--server=no-such-server', 'echo', 'never')
        assert (ended.returncode, ended.stdout.splitlines()) == (127, [
            "release: the image lacks 'no-such-server', which starts the web service: add it to the requirements, or give another `web.command`",
            'release: failed with exit code 127: no-such-server',
        ])

    @pytest.mark.parametrize('server', ['sh', PYTHON, './serve'])
    def test_is_found_as_its_task_finds_it(self, tmp_path: pathlib.Path, server: str) -> None:
        (tmp_path / 'serve').write_text('#!/bin/sh')
        (tmp_path / 'serve').chmod(0o755)
        assert release(f'--server={server}', 'true', cwd=tmp_path).returncode == 0


class Server:
    """A database server as far as a client sees it that does not log in: one answer to each connection, the last one for good."""

    def __init__(self, *answers: bytes, speaks_first: bool = False) -> None:
        self.answers = list(answers)
        self.speaks_first = speaks_first
        self.asked: list[bytes] = []
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = str(self.socket.getsockname()[1])
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if self.speaks_first:
                    connection.sendall(answer)
                self.asked.append(connection.recv(100))
                if not self.speaks_first:
                    connection.sendall(answer)
                connection.close()


STARTING = b'E\0\0\0\x60SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0'
NO_ENCRYPTION = b'E\0\0\0\x80SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry for host "10.0.0.1", user "x", database "x", no encryption\0\0'


class TestWaitForTheDatabaseWithoutDjango:
    @pytest.fixture(autouse=True)
    def no_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv('DJANGO_SETTINGS_MODULE', raising=False)

    @pytest.mark.parametrize(('names', 'environment'), [
        ('DB_HOST,DB_PORT,,', lambda port: {'DB_HOST': 'localhost', 'DB_PORT': port}),
        (',,DATABASE_URL,', lambda port: {'DATABASE_URL': f'postgres://user:secret@localhost:{port}/shop?sslmode=require'}),
        (',,,DB_JSON', lambda port: {'DB_JSON': json.dumps({'username': 'user', 'password': 'secret', 'host': 'localhost', 'port': int(port), 'dbname': 'shop'})}),
    ])
    def test_asks_the_server_that_the_environment_names(self, names: str, environment: Callable[[str], dict[str, str]]) -> None:
        server = Server(STARTING, STARTING, NO_ENCRYPTION)
        ended = release(f'--database={names}', '--wait-for-database', 'echo', 'alembic', **environment(server.port))
        assert (ended.returncode, ended.stdout.splitlines()) == (
            0, ['release: waiting for the database: localhost does not accept connections yet', 'release: echo alembic', 'alembic'])
        assert server.asked == [b'\0\0\0\x10\0\3\0\0user\0x\0\0'] * 3, 'what pg_isready sends'

    def test_takes_a_server_that_speaks_first(self) -> None:
        server = Server(b'\x4a\0\0\0\x0a8.0.36', speaks_first=True)
        assert release('--database=HOST,PORT,,', '--wait-for-database', 'true', HOST='localhost', PORT=server.port).returncode == 0

    def test_gives_up_after_30_tries_with_the_reason(self) -> None:
        server = Server(b'')
        server.socket.close()
        ended = release('--database=HOST,PORT,,', '--wait-for-database', 'echo', 'never', HOST='localhost', PORT=server.port)
        assert ended.returncode == 1
        assert ended.stdout.splitlines()[-2:] == [
            'release: the database cannot be reached after 30 tries: [Errno 111] Connection refused',
            'release: failed with exit code 1: wait for the database',
        ]

    def test_takes_a_closed_connection_for_no_answer(self) -> None:
        server = Server(b'')
        ended = release('--database=HOST,PORT,,', '--wait-for-database', 'echo', 'never', HOST='localhost', PORT=server.port)
        assert ended.returncode == 1
        assert len(server.asked) == 30

    def test_has_nothing_to_wait_for_where_the_names_are_not_set(self) -> None:
        ended = release('--database=HOST,PORT,URL,JSON', '--wait-for-database', 'echo', 'alembic')
        assert ended.returncode == 0
        assert ended.stdout.splitlines()[0] == 'release: neither DJANGO_SETTINGS_MODULE nor the host of a database is set: there is no database to wait for'


def wait_for(path: pathlib.Path) -> None:
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f'{path} did not appear')
