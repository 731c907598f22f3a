"""The superuser as a release makes and syncs it: in the order of a release, through real projects with user models of every kind."""
from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest

CONTAINER = pathlib.Path(__file__).parents[2] / 'container'
RELEASE = (CONTAINER / 'run_release.py').read_text()
SYNC = (CONTAINER / 'sync_superuser.py').read_text()
PYTHON = sys.executable
MIGRATE = [PYTHON, '-m', 'django', 'migrate', '--run-syncdb', '-v', '0']

#: The user model of Django's documentation: a login by e-mail address, a required field, no groups and no `is_superuser`.
CUSTOMER = '''
    class Manager(BaseUserManager):
        def create_superuser(self, email, date_of_birth, password=None):
            user = self.model(email=self.normalize_email(email), date_of_birth=date_of_birth, is_admin=True)
            user.set_password(password)
            user.save(using=self._db)
            return user

    class User(AbstractBaseUser):
        email = models.EmailField(unique=True)
        date_of_birth = models.DateField()
        is_admin = models.BooleanField(default=False)
        objects = Manager()
        USERNAME_FIELD = 'email'
        REQUIRED_FIELDS = ['date_of_birth']

        @property
        def is_staff(self):
            return self.is_admin
'''

#: Fields with names of their own, and a manager that writes logins in lower case.
MEMBER = '''
    class Manager(BaseUserManager):
        def create_superuser(self, login, password=None, **others):
            user = self.model(login=login.lower(), is_superuser=True, **others)
            user.set_password(password)
            user.save(using=self._db)
            return user

    class User(AbstractBaseUser, PermissionsMixin):
        login = models.CharField(max_length=50, unique=True)
        address = models.EmailField()
        objects = Manager()
        USERNAME_FIELD = 'login'
        EMAIL_FIELD = 'address'
        REQUIRED_FIELDS = ['address']
'''

#: Dies after it has written to the database, where a file says so.
MORTAL = '''
    class Manager(UserManager):
        def create_superuser(self, *args, **others):
            user = super().create_superuser(*args, **others)
            pause()
            return user

    class User(AbstractUser):
        objects = Manager()

        def save(self, *args, **others):
            super().save(*args, **others)
            if 'update_fields' in others:
                pause()
'''


class Project:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.paused = folder / 'paused'
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith('DJANGO_')},
            'DJANGO_SETTINGS_MODULE': 'site_settings',
            'DJANGO_SUPERUSER_SCRIPT': SYNC,
            'DJANGO_SUPERUSER_USERNAME': 'admin',
            'DJANGO_SUPERUSER_EMAIL': 'admin@example.com',
            'DJANGO_SUPERUSER_PASSWORD': 'first',
            'PYTHONPATH': str(folder),
        }
        self.settings()

    def settings(self, text: str = '') -> None:
        (self.folder / 'site_settings.py').write_text(textwrap.dedent(f'''
            SECRET_KEY = 'x'
            INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes']
            DATABASES = {{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': {str(self.folder / 'db.sqlite3')!r}}}}}
            DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
            PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']
        ''') + textwrap.dedent(text))

    def user_model(self, text: str, settings: str = '') -> None:
        people = self.folder / 'people'
        people.mkdir()
        (people / '__init__.py').touch()
        (people / 'models.py').write_text(textwrap.dedent('''
            import pathlib, time
            from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
            from django.contrib.auth.models import AbstractUser, PermissionsMixin, UserManager
            from django.db import models

            def pause():
                if pathlib.Path('pause').exists():
                    pathlib.Path('paused').touch()
                    time.sleep(60)
        ''') + textwrap.dedent(text))
        self.settings(f"INSTALLED_APPS.append('people')\nAUTH_USER_MODEL = 'people.User'\n{settings}")

    def secret(self, **values: str) -> None:
        self.environment.update({f'DJANGO_SUPERUSER_{name.upper()}': value for name, value in values.items()})

    def release(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([PYTHON, '-c', RELEASE, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60)

    def sync(self) -> list[str]:
        """The lines of a release that succeeds."""
        ended = self.release('--superuser')
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout.splitlines()

    def refused(self) -> list[str]:
        ended = self.release('--superuser', '&&', 'echo', 'never')
        assert ended.returncode == 1, ended.stderr
        assert 'never' not in ended.stdout.splitlines()
        return ended.stdout.splitlines()

    def start(self) -> subprocess.Popen[str]:
        (self.folder / 'pause').touch()
        process = subprocess.Popen([PYTHON, '-c', RELEASE, '--superuser', '&&', 'echo', 'never'], cwd=self.folder, env=self.environment,
                                   stdout=subprocess.PIPE, text=True)
        for _ in range(200):
            if self.paused.exists():
                return process
            time.sleep(0.05)
        raise AssertionError('it did not come that far')

    def python(self, text: str) -> Any:
        program = 'import django, json; django.setup(); from django.contrib.auth import get_user_model; User = get_user_model(); users = User.objects\n'
        ended = subprocess.run([PYTHON, '-c', program + textwrap.dedent(text)], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True)
        return json.loads(ended.stdout or 'null')

    def users(self, *fields: str) -> list[list[Any]]:
        return self.python(f'print(json.dumps([list(row) for row in users.order_by("pk").values_list(*{fields!r})]))')

    def passwords_of(self, password: str) -> list[bool]:
        return self.python(f'print(json.dumps([user.check_password({password!r}) for user in users.order_by("pk")]))')


@pytest.fixture
def project(tmp_path: pathlib.Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def migrated(project: Project) -> Project:
    assert project.release(*MIGRATE).returncode == 0
    return project


class TestTheUsualUserModel:
    def test_gets_a_superuser_once_migrations_have_run_and_before_fixtures(self, project: Project) -> None:
        (project.folder / 'group.json').write_text(json.dumps([{'model': 'auth.group', 'pk': 1, 'fields': {'name': 'staff'}}]))
        ended = project.release('--wait-for-database', 'echo', 'before', '&&', *MIGRATE, '&&', '--superuser', '&&',
                                PYTHON, '-m', 'django', 'loaddata', 'group.json', '&&', 'echo', 'after')
        assert ended.returncode == 0, ended.stderr
        assert [line for line in ended.stdout.splitlines() if not line.startswith('release: /')] == [
            'release: echo before', 'before', 'release: superuser: created', 'Installed 1 object(s) from 1 fixture(s)', 'release: echo after', 'after']
        assert project.users('username', 'email', 'is_superuser', 'is_staff') == [['admin', 'admin@example.com', True, True]]
        assert project.passwords_of('first') == [True]

    def test_is_left_alone_when_the_secret_is_the_same_so_that_sessions_go_on(self, migrated: Project) -> None:
        migrated.sync()
        before = migrated.users('password', 'email')
        assert migrated.sync() == ['release: superuser: nothing changed']
        assert migrated.users('password', 'email') == before

    @pytest.mark.parametrize(('values', 'line'), [
        ({'password': 'second'}, 'password'), ({'email': 'root@example.com'}, 'email'), ({'password': 'second', 'email': 'root@example.com'}, 'password and email'),
    ])
    def test_gets_what_the_secret_has_by_every_release(self, migrated: Project, values: dict[str, str], line: str) -> None:
        migrated.sync()
        migrated.secret(**values)
        assert migrated.sync() == [f'release: superuser: {line} changed']
        assert migrated.users('username', 'email') == [['admin', values.get('email', 'admin@example.com')]]
        assert migrated.passwords_of(values.get('password', 'first')) == [True]
        assert migrated.passwords_of('first') == ['password' not in values]

    def test_touches_nothing_else_of_the_user(self, migrated: Project) -> None:
        migrated.sync()
        migrated.python('users.update(first_name="Ada", is_active=False)')
        migrated.secret(password='second')
        migrated.sync()
        assert migrated.users('first_name', 'is_active') == [['Ada', False]]

    def test_does_not_promote_whoever_registered_under_the_name(self, migrated: Project) -> None:
        migrated.python("users.create_user('admin', 'someone@example.com', 'theirs')")
        assert migrated.refused() == [
            'release: a user with the name of the superuser exists and is none: make it one by hand, or choose another name',
            'release: failed with exit code 1: superuser',
        ]
        assert migrated.users('email', 'is_superuser', 'is_staff') == [['someone@example.com', False, False]]
        assert migrated.passwords_of('theirs') == [True]

    def test_does_not_judge_the_password(self, project: Project) -> None:
        project.settings("AUTH_PASSWORD_VALIDATORS = [{'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator', 'OPTIONS': {'min_length': 99}}]")
        project.release(*MIGRATE)
        project.sync()
        project.secret(password='1')
        assert project.sync() == ['release: superuser: password changed']

    def test_writes_where_a_router_says(self, project: Project) -> None:
        project.settings('''
            DATABASES['people'] = {**DATABASES['default'], 'NAME': 'people.sqlite3'}
            DATABASE_ROUTERS = ['site_settings.Router']
            class Router:
                def db_for_read(self, model, **hints): return 'default'
                def db_for_write(self, model, **hints): return 'people'
        ''')
        project.release(*MIGRATE, '--database', 'default', '&&', *MIGRATE, '--database', 'people')
        project.sync()
        project.secret(password='second')
        assert project.sync() == ['release: superuser: password changed']
        assert project.users('username') == []
        assert project.python('print(json.dumps([user.check_password("second") for user in users.using("people")]))') == [True]

    @pytest.mark.parametrize(('name', 'value', 'reason'), [
        ('DJANGO_SUPERUSER_PASSWORD', '', 'the password is empty'),
        ('DJANGO_SETTINGS_MODULE', None, 'DJANGO_SETTINGS_MODULE is not set'),
    ])
    def test_says_what_is_missing(self, migrated: Project, name: str, value: str | None, reason: str) -> None:
        del migrated.environment[name]
        migrated.environment.update({} if value is None else {name: value})
        assert migrated.refused() == [
            f'release: the superuser needs DJANGO_SETTINGS_MODULE and DJANGO_SUPERUSER_PASSWORD: {reason}', 'release: failed with exit code 1: superuser']

    def test_says_that_a_createsuperuser_of_the_project_needs_a_command_of_its_own(self, migrated: Project) -> None:
        self.own_command(migrated, 'pass')
        assert migrated.refused() == [
            "release: createsuperuser is a command of the project's own: leave `superuser` out of the release and make the user in its `after`",
            'release: failed with exit code 1: superuser',
        ]

    def test_shows_the_traceback_of_any_other_wrong_call(self, migrated: Project) -> None:
        self.own_command(migrated, "raise TypeError('create_superuser() takes no name')", "stealth_options = ('interactive', 'database')")
        ended = migrated.release('--superuser')
        assert (ended.returncode, ended.stdout.splitlines()) == (1, ['release: failed with exit code 1: superuser'])
        assert 'TypeError: create_superuser() takes no name' in ended.stderr

    @staticmethod
    def own_command(project: Project, does: str, has: str = '') -> None:
        commands = project.folder / 'people' / 'management' / 'commands'
        commands.mkdir(parents=True)
        for folder in (commands.parents[1], commands.parent, commands):
            (folder / '__init__.py').touch()
        (commands / 'createsuperuser.py').write_text(textwrap.dedent(f'''
            from django.core.management.base import BaseCommand

            class Command(BaseCommand):
                {has}
                def handle(self, **options):
                    {does}
        '''))
        project.settings("INSTALLED_APPS.insert(0, 'people')")

    def test_shows_the_traceback_of_a_table_that_is_not_there(self, project: Project) -> None:
        ended = project.release('--superuser')
        assert (ended.returncode, ended.stdout.splitlines()) == (1, ['release: failed with exit code 1: superuser'])
        assert 'no such table: auth_user' in ended.stderr


class TestUserModelsOfTheProject:
    def test_with_a_login_by_address_and_further_fields(self, project: Project) -> None:
        project.user_model(CUSTOMER)
        project.release(*MIGRATE)
        project.secret(email='Admin@EXAMPLE.com', date_of_birth='1815-12-10')
        assert project.sync() == ['release: superuser: created']
        assert project.users('email', 'is_admin') == [['Admin@example.com', True]]
        project.secret(password='second')
        assert project.sync() == ['release: superuser: password changed']
        assert project.passwords_of('second') == [True]

    def test_without_is_superuser_promotes_nobody_either(self, project: Project) -> None:
        project.user_model(CUSTOMER)
        project.release(*MIGRATE)
        project.python("users.create(email='admin@example.com', date_of_birth='2000-01-01', password='!')")
        project.secret(date_of_birth='1815-12-10')
        assert 'is none' in project.refused()[0]
        assert project.users('is_admin', 'password') == [[False, '!']]

    def test_names_the_variable_of_a_field_that_is_missing(self, project: Project) -> None:
        project.user_model(CUSTOMER)
        project.release(*MIGRATE)
        assert project.refused()[0] == ('release: createsuperuser: You must use --date_of_birth with --noinput. '
                                        '(what the user model requires is read from DJANGO_SUPERUSER_<FIELD>)')

    def test_with_fields_and_a_manager_of_their_own(self, project: Project) -> None:
        project.user_model(MEMBER)
        project.release(*MIGRATE)
        project.secret(username='Admin')
        assert project.sync() == ['release: superuser: created']
        assert project.users('login', 'address', 'is_superuser') == [['admin', 'admin@example.com', True]]
        project.secret(password='second', email='root@example.com')
        assert project.sync() == ['release: superuser: password and address changed']
        assert project.users('login', 'address') == [['admin', 'root@example.com']]
        assert project.sync() == ['release: superuser: nothing changed']


class TestCutOff:
    @pytest.fixture
    def mortal(self, project: Project) -> Project:
        project.user_model(MORTAL)
        assert project.release(*MIGRATE).returncode == 0
        return project

    def killed(self, project: Project) -> None:
        """The whole container at once, as when it runs out of memory or time."""
        process = project.start()
        children = pathlib.Path(f'/proc/{process.pid}/task/{process.pid}/children').read_text().split()
        for number in [process.pid, *map(int, children)]:
            os.kill(number, signal.SIGKILL)
        process.communicate(timeout=10)
        (project.folder / 'pause').unlink()
        project.paused.unlink()

    def test_while_the_user_is_made_leaves_none_and_the_next_release_makes_it(self, mortal: Project) -> None:
        self.killed(mortal)
        assert mortal.users('username') == []
        assert mortal.sync() == ['release: superuser: created']
        assert mortal.sync() == ['release: superuser: nothing changed']

    def test_while_it_is_synced_leaves_the_former_password_and_the_next_release_changes_it(self, mortal: Project) -> None:
        mortal.sync()
        mortal.secret(password='second')
        self.killed(mortal)
        assert mortal.passwords_of('first') == [True]
        assert mortal.sync() == ['release: superuser: password changed']
        assert mortal.passwords_of('second') == [True]

    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
    def test_by_a_stop_signal_changes_nothing_and_ends_the_release(self, mortal: Project, number: signal.Signals) -> None:
        process = mortal.start()
        process.send_signal(number)
        output, _ = process.communicate(timeout=10)
        assert process.returncode == 128 + number
        assert output.splitlines() == [f'release: failed with exit code {128 + number}: superuser']
        assert mortal.users('username') == []
