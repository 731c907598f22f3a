"""How a preparation runs: again, interrupted, at the same time as another, against a database that does not answer as it should."""
from __future__ import annotations

import pathlib
import signal
import socket
import threading
import time

import pytest
import trustme
from prepared_database import (
    ADMINISTRATOR,
    ADMINISTRATOR_PASSWORD,
    APPLICATION_PASSWORD,
    DATABASE,
    OWNER_PASSWORD,
    PostgresServer,
    Preparation,
    Task,
)
from servers.process import free_port, wait_until
from servers.psql import find_psql


def impatient(preparation: Preparation) -> Preparation:
    """The same preparation, but three tries without a pause."""
    task = preparation.tasks['passwords']
    argv = [word.replace('tries=30 pause=2', 'tries=3 pause=0') for word in task.argv]
    assert argv != task.argv
    return Preparation({'passwords': Task(argv, task.environment, task.secrets)}, preparation.server, preparation.folder)


class TestRunAgain:
    @pytest.mark.parametrize('variant', ['passwords', 'iam', 'sql', 'iamSql', 'masterUser', 'renamed', 'rotated'])
    def test_it_gives_the_same(self, preparation: Preparation, variant: str) -> None:
        preparation.succeed(variant)
        first = preparation.state()
        preparation.succeed(variant)
        assert preparation.state() == first

    def test_it_completes_what_was_cut_off_between_any_two_statements(self, preparation: Preparation) -> None:
        """`psql` is given the first lines only and then killed, by a stand-in that stands before it in the path."""
        variant = 'iamSql'
        with preparation.connect() as administrator:
            administrator.execute('CREATE TABLE product (id serial, name text)')
        before = preparation.state()
        stand_in = preparation.folder / 'psql'
        stand_in.write_text(f"""#!/bin/sh
case "$*" in *-f*) ;; *) exec {find_psql()} "$@" ;; esac
if [ "$LINES_GIVEN" = all ]; then
  tee {preparation.folder}/lines | {find_psql()} "$@"
  exit
fi
mkfifo pipe
{find_psql()} "$@" < pipe &
{{ head -n "$LINES_GIVEN"; sleep 0.1; kill -9 $!; }} > pipe
rm pipe
exit 137
""")
        stand_in.chmod(0o755)
        path = f'{preparation.folder}:/usr/bin:/bin'
        preparation.succeed(variant, PATH=path, LINES_GIVEN='all')
        complete = preparation.state()
        lines = (preparation.folder / 'lines').read_text().splitlines()
        boundaries = [number for number, line in enumerate(lines, 1) if line.endswith(';') and not line.startswith(' ') or line in ('$prepare$;', '\\.')]
        assert len(boundaries) > 15
        committed = lines.index('COMMIT;') + 1

        for boundary in boundaries:
            _reset(preparation)
            assert preparation.state() == before
            code, _ = preparation.run(variant, PATH=path, LINES_GIVEN=str(boundary))
            assert code == 137
            if boundary < committed:
                assert preparation.state() == before, f'half done after {lines[boundary - 1]}'
            preparation.succeed(variant)
            assert preparation.state() == complete, f'not completed after {lines[boundary - 1]}'

    def test_while_another_runs_it_waits(self, preparation: Preparation) -> None:
        running = [preparation.start('sql', PREPARE_INITIAL_SQL='SELECT pg_sleep(0.3)') for _ in range(3)]
        assert [(process.communicate(timeout=60)[0].count('prepare: done'), process.returncode) for process in running] == [(1, 0)] * 3


def hasty(preparation: Preparation) -> dict[str, str]:
    """The same SQL, with less patience."""
    sql = preparation.tasks['passwords'].environment['PREPARE_SQL']
    for before, after in (("lock_timeout = '2s'", "lock_timeout = '200ms'"), ('1..10', '1..4'), ('pg_sleep(3)', 'pg_sleep(0.5)')):
        assert before in sql
        sql = sql.replace(before, after)
    return {'PREPARE_SQL': sql}


class TestTablesInUse:
    @pytest.fixture(autouse=True)
    def there_are_tables(self, preparation: Preparation) -> None:
        with preparation.connect() as administrator:
            administrator.execute('CREATE TABLE product (id serial); CREATE TABLE customer (id serial)')

    def test_are_handed_over_as_soon_as_they_are_free(self, preparation: Preparation) -> None:
        with preparation.connect() as administrator:
            with administrator.transaction():
                administrator.execute('SELECT FROM product')
                process = preparation.start(**hasty(preparation))
                wait_until(lambda: preparation.value("SELECT pg_get_userbyid(relowner) = 'owners_of_shop' FROM pg_class WHERE relname = 'customer'"),
                           seconds=20, what='the other table')
            output, _ = process.communicate(timeout=30)
        assert (process.returncode, 'prepare: done' in output) == (0, True), output
        with preparation.owner() as owner:
            owner.execute('ALTER TABLE product ADD COLUMN name text')

    def test_block_nobody_else_for_long_and_after_some_tries_it_asks_for_another_one_and_says_who_holds_them(self, preparation: Preparation) -> None:
        slowest = 0.0
        with preparation.connect() as holder, preparation.connect() as reader:
            with holder.transaction():
                holder.execute('SELECT FROM product')
                process = preparation.start(**hasty(preparation))
                while process.poll() is None:
                    begin = time.monotonic()
                    reader.execute('SELECT FROM product')
                    slowest = max(slowest, time.monotonic() - begin)
            output, _ = process.communicate(timeout=30)
            assert process.returncode == 75, output
            who = f'process {holder.info.backend_pid} (django, idle in transaction, since '
            assert f'"ALTER table public.product OWNER TO owners_of_shop" has to wait, for {who}' in output
            assert output.count('has to wait') == 4
            assert 'end what blocks it, by SELECT pg_terminate_backend(<process>), or deploy when less is going on' in output
            assert output.endswith('prepare: failed with exit code 75\n')
            assert slowest < 1
            holder.execute('ALTER TABLE product ADD COLUMN name text')
        preparation.succeed()

    def test_of_an_owner_of_the_earlier_layout_too(self, preparation: Preparation) -> None:
        preparation.succeed()
        with preparation.superuser() as superuser:
            superuser.execute('ALTER TABLE product OWNER TO django_owner')
        with preparation.superuser() as holder, holder.transaction():
            holder.execute('SELECT FROM product')
            code, output = preparation.run(**hasty(preparation))
            assert (code, f'for process {holder.info.backend_pid} (rdsadmin, idle in transaction, since ' in output) == (75, True)
        assert preparation.value('SELECT pg_has_role(%s, %s, %s)', ADMINISTRATOR, 'django_owner', 'USAGE') is False

    def test_are_not_touched_by_a_second_run(self, preparation: Preparation) -> None:
        preparation.succeed()
        with preparation.connect() as holder, holder.transaction():
            holder.execute('SELECT FROM product; SELECT FROM customer')
            begin = time.monotonic()
            output = preparation.succeed()
            assert ('has to wait' in output, time.monotonic() - begin < 2) == (False, True)


class TestInitialSql:
    def test_runs_as_the_administrator_after_users_and_extensions_and_belongs_to_the_owner(self, preparation: Preparation) -> None:
        output = preparation.succeed('sql')
        assert preparation.value("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'reports'") == ADMINISTRATOR
        assert 'it\'s $1 :name; "quoted"' in output, 'what it selects is logged'
        with preparation.application() as application:
            application.execute("INSERT INTO country VALUES ('FR', 'France')")
            assert application.execute("SELECT 'A'::citext = 'a', uuid_nil() IS NOT NULL").fetchone() == (True, True)
        with preparation.owner() as owner:
            owner.execute("ALTER TYPE mood ADD VALUE 'bad'")

    def test_that_fails_is_named_with_its_line_and_what_stands_after_it_is_not_run(self, preparation: Preparation) -> None:
        code, output = preparation.run('sql', PREPARE_INITIAL_SQL='CREATE TABLE first (id int);\nSELECT nonsense;\nCREATE TABLE second (id int);')
        assert code == 3
        assert 'ERROR:  column "nonsense" does not exist\nLINE 1: SELECT nonsense;' in output
        assert output.endswith('prepare: failed with exit code 3\n')
        assert (preparation.value("SELECT to_regclass('first') IS NULL"), preparation.value("SELECT to_regclass('second') IS NULL")) == (False, True)
        preparation.succeed('sql')

    def test_may_use_what_cannot_run_in_a_transaction(self, preparation: Preparation) -> None:
        preparation.succeed('sql', PREPARE_INITIAL_SQL='CREATE TABLE IF NOT EXISTS t (id int); CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (id); VACUUM t')

    def test_that_lacks_its_end_or_its_commit_still_counts(self, preparation: Preparation) -> None:
        preparation.succeed('sql', PREPARE_INITIAL_SQL='BEGIN; CREATE TABLE t (id int); SET ROLE pg_monitor -- the end')
        with preparation.application() as application:
            application.execute('INSERT INTO t VALUES (1)')


class TestTheDatabase:
    def test_that_does_not_accept_connections_yet_is_waited_for(self, tasks: dict[str, Task], tmp_path: pathlib.Path) -> None:
        server = PostgresServer(database=DATABASE, user=ADMINISTRATOR, password=ADMINISTRATOR_PASSWORD)
        preparation = Preparation(tasks, server, tmp_path)
        process = preparation.start()
        time.sleep(3)
        assert process.poll() is None
        with server:
            output, _ = process.communicate(timeout=60)
            assert process.returncode == 0, output
            assert 'prepare: waiting for the database: psql: error: connection to server' in output and 'Connection refused' in output
            with preparation.application():
                pass

    def test_is_waited_for_for_a_minute(self, preparation: Preparation) -> None:
        assert preparation.tasks['passwords'].argv[2].startswith('tries=30 pause=2\n')

    def test_that_never_answers_is_given_up(self, preparation: Preparation) -> None:
        code, output = impatient(preparation).run(PGPORT=str(free_port()))
        assert code == 1
        assert output.count('waiting for the database') == 1, 'the same text is logged once'
        assert 'prepare: the database cannot be reached after 3 tries: psql: error: connection to server' in output

    def test_that_takes_connections_and_says_nothing_does_not_hold_it_for_long(self, preparation: Preparation) -> None:
        with socket.create_server(('127.0.0.1', 0)) as silent:
            begin = time.monotonic()
            code, output = impatient(preparation).run(PGPORT=str(silent.getsockname()[1]), PGCONNECT_TIMEOUT='2')
        assert (code, 'timeout expired' in output) == (1, True)
        assert time.monotonic() - begin < 30

    def test_that_refuses_the_password_asks_for_another_try(self, preparation: Preparation) -> None:
        code, output = preparation.run(PGPASSWORD='of yesterday')
        assert code == 75
        assert 'prepare: the database refuses the password, it may have been changed a moment ago: psql: error: ' in output
        assert 'password authentication failed for user "django"' in output
        assert 'of yesterday' not in output

    @pytest.mark.parametrize(('changed', 'text'), [
        ({'PGDATABASE': 'blog'}, 'database "blog" does not exist'),
        ({'PGPASSWORD': ''}, 'no password supplied'),
        ({'PGSSLMODE': 'verify-full', 'PGSSLROOTCERT': '/no/such/file.pem'}, 'root certificate file "/no/such/file.pem" does not exist'),
        ({'PGSSLMODE': 'disable'}, 'no encryption'),
        ({'PGSSLMODE': 'nonsense'}, 'invalid sslmode value: "nonsense"'),
    ])
    def test_that_cannot_be_right_a_moment_later_is_not_waited_for(self, preparation: Preparation, changed: dict[str, str], text: str) -> None:
        begin = time.monotonic()
        code, output = preparation.run(**changed)
        assert code == 1
        assert output.startswith('prepare: the database refuses the connection, waiting would not help: psql: error: ')
        assert text in output
        assert time.monotonic() - begin < 5

    def test_whose_connection_is_lost_in_the_middle_asks_for_another_try(self, preparation: Preparation) -> None:
        process = preparation.start('sql', PREPARE_INITIAL_SQL='SELECT pg_sleep(60)')
        sleeping = "SELECT pid FROM pg_stat_activity WHERE usename = %s AND query LIKE 'SELECT pg_sleep%%'"
        wait_until(lambda: preparation.value(sleeping, ADMINISTRATOR), seconds=20, what='the initial SQL')
        preparation.value(f'SELECT pg_terminate_backend(({sleeping}))', ADMINISTRATOR)
        output, _ = process.communicate(timeout=20)
        assert process.returncode == 75, output

    def test_is_left_when_the_task_is_stopped(self, preparation: Preparation) -> None:
        process = preparation.start('sql', PREPARE_INITIAL_SQL='SELECT pg_sleep(60)')
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND query LIKE 'SELECT pg_sleep%%' AND state = 'active'"
        wait_until(lambda: preparation.value(sleeping, ADMINISTRATOR), seconds=20, what='the initial SQL')
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=5)
        assert (process.returncode, 'prepare: stopped by SIGTERM' in output) == (143, True)


class TestTls:
    def test_verifies_certificate_and_host_where_there_are_certificates_to_do_so(self, preparation: Preparation) -> None:
        assert preparation.tasks['verified'].environment['PGSSLMODE'] == 'verify-full'
        assert preparation.tasks['verified'].environment['PGSSLROOTCERT'] == '/ca.pem'
        preparation.succeed('verified', PGSSLROOTCERT=str(preparation.server.ca_file))

    @pytest.mark.parametrize('fault', ['authority', 'host'])
    def test_that_does_not_fit_fails_at_once_with_the_text_of_libpq(self, preparation: Preparation, fault: str) -> None:
        other = preparation.folder / 'other.pem'
        trustme.CA().cert_pem.write_to_path(str(other))
        begin = time.monotonic()
        code, output = preparation.run('verified', **(
            {'PGSSLROOTCERT': str(other)} if fault == 'authority' else
            {'PGSSLROOTCERT': str(preparation.server.ca_file), 'PGHOST': 'elsewhere.example.com', 'PGHOSTADDR': '127.0.0.1'}))
        assert code == 1
        assert {'authority': 'certificate verify failed', 'host': 'does not match host name "elsewhere.example.com"'}[fault] in output
        assert time.monotonic() - begin < 5


class TestPasswords:
    @pytest.fixture(autouse=True)
    def everything_is_logged(self, preparation: Preparation) -> None:
        with preparation.superuser() as superuser:
            superuser.execute("ALTER ROLE django SET log_statement = 'all'")
            superuser.execute("ALTER ROLE django SET log_min_duration_statement = 0")

    @pytest.mark.parametrize('variant', ['passwords', 'sql'])
    def test_stand_in_no_log_and_no_process_list(self, preparation: Preparation, variant: str) -> None:
        seen: set[str] = set()
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                for command in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
                    try:
                        seen.add(command.read_bytes().decode(errors='replace'))
                    except OSError:
                        continue

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            output = preparation.succeed(variant, PREPARE_OWNER_PASSWORD='very-secret-1', PREPARE_APPLICATION_PASSWORD='very-secret-2')
        finally:
            done.set()
            watcher.join()
        assert any('psql' in command for command in seen)
        assert not any('very-secret' in text for text in (output, preparation.server.log(), *seen))

    def test_stand_in_no_log_either_when_they_cannot_be_set(self, preparation: Preparation) -> None:
        preparation.succeed()
        with preparation.superuser() as superuser:  # as with an administrator that has not made the role
            superuser.execute('DROP OWNED BY django_app')
            superuser.execute('DROP ROLE django_app')
            superuser.execute('CREATE ROLE django_app LOGIN')
            superuser.execute("COMMENT ON ROLE django_app IS 'cdk-django-on-fargate: application of shop'")
        code, output = preparation.run(PREPARE_APPLICATION_PASSWORD='very-secret-3')
        assert code == 3
        assert 'ERROR:  the login of the role django_app cannot be set: permission denied to alter role' in output
        assert not any('very-secret' in text for text in (output, preparation.server.log()))


def test_the_passwords_of_the_tests_are_hard_to_quote() -> None:
    assert set("'\"\\$:;") <= set(OWNER_PASSWORD + APPLICATION_PASSWORD)


def _reset(preparation: Preparation) -> None:
    """The database as it was before: one table of the administrator."""
    with preparation.superuser('postgres') as connection:
        connection.execute(f'DROP DATABASE {DATABASE} WITH (FORCE)')
        for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'django\\_%%' OR rolname LIKE 'owners\\_%%'", []).fetchall():
            connection.execute(f'DROP ROLE {name}')
        connection.execute(f'CREATE DATABASE {DATABASE} OWNER {ADMINISTRATOR}')
    with preparation.connect() as administrator:
        administrator.execute('CREATE TABLE product (id serial, name text)')
