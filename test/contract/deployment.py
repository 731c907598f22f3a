"""A template that is deployed for the length of a test: the backing services that it asks for run, and so can its commands and its web task."""
from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Iterator, Mapping

import redis

from cloudfront import CloudFront
from ecs import Fargate, Finished, Image, ToolImage
from journey import Site, starts_serving
from servers import EcsMetadataServer, PostgresServer, RdsIamGate, RedisServer, S3Emulator, SmtpServer
from servers.process import free_port, is_free
from servers.psql import find_psql
from servers.smtp import Received
from stand_ins import StandIns
from task_definitions import DeployCommand, WebService, deploy_commands, web_service
from task_role import TaskRole
from template import Outputs, Template

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / 'examples/django-app'
# On loopback, and no name or address that Django or gunicorn trusts by default.
TASK_IP = '127.0.0.77'
#: Where the Dockerfile of the example has the certificate authorities of RDS.
RDS_AUTHORITIES = '/etc/ssl/certs/rds-global-bundle.pem'
#: The ports of a mail server, and whether it speaks TLS from the first byte there.
SMTP_PORTS = {25: False, 587: False, 2587: False, 465: True, 2465: True}
# Stands in for DNS and the way out: Python looks names and ports of servers that the template does not make up here.
_NAMES = '''
import socket
_ROUTES, _getaddrinfo = {routes!r}, socket.getaddrinfo
def getaddrinfo(host, port, *rest, **more):
    return _getaddrinfo(*_ROUTES.get((host, port if isinstance(port, int) else None), (host, port)), *rest, **more)
socket.getaddrinfo = getaddrinfo
'''


class Deployment:
    """The account in which a template is deployed, with one server for each kind of backing service.

    `mail_server`: name, user and password of an SMTP server that is not the one of SES; `secrets`: what people have stored before, by ARN;
    `files`: files of the project beside those of the example; `outputs`: what other stacks have made.
    """

    def __init__(self, template: Template, *, name: str = 'Contract', mail_server: tuple[str, str, str] | None = None,
                 secrets: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None, outputs: Outputs | None = None):
        self.account = StandIns(template, name=name, outputs=outputs)
        for arn, value in (secrets or {}).items():
            self.account.set_secret(arn, value)
        self._mail_server, self._files = mail_server or self._ses(), files or {}

    def __enter__(self) -> Deployment:
        with contextlib.ExitStack() as stack:
            self._stack = stack
            self._start_database()
            self._start_cache()
            self._start_mail_server()
            self._start_buckets()
            self.web = self._on_free_port(web_service(self.account))
            self.commands = deploy_commands(self.account, self.web)
            self._start_fargate()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def release(self) -> list[str]:
        """Runs what CloudFormation runs before it starts the service, in its order, and gives what each wrote."""
        outputs = []
        for step in self.commands:
            if step.before_service:
                finished = self.run(step)
                assert finished.exit_code == 0, f"'{step.logical_id}' failed with exit code {finished.exit_code}:\n{finished.output}"
                outputs.append(finished.output)
        return outputs

    def run(self, step: DeployCommand) -> Finished:
        """Runs a command of the template."""
        return self.fargate.run(step.container, command=step.command, seconds=step.timeout)

    @contextlib.contextmanager
    def serves(self, web: WebService | None = None) -> Iterator[Site]:
        """A web task that serves, beside others where `web` listens on a port of its own."""
        with starts_serving(self.fargate, web or self.web, TASK_IP, self.cloudfront) as site:
            yield site

    def mails(self) -> list[Received]:
        """What the mail servers have got."""
        return [mail for server in self.mail.values() for mail in server.messages]

    def cache_keys(self) -> list[str]:
        """The keys in the cache."""
        assert self.cache
        with redis.Redis(self.cache.host, self.cache.port, username=self.cache.user, password=self.cache.password, ssl=True,
                         ssl_ca_certs=str(self.cache.ca_file)) as client:
            return [key.decode() for key in client.keys('*')]

    # --- the servers ------------------------------------------------------------------------------

    def _start_database(self) -> None:
        database, user, password = self.account.database()
        self.postgres = self._stack.enter_context(PostgresServer(database=database, user=user, password=password))
        tasks = self.account.template.of_type('AWS::ECS::TaskDefinition').values()
        names = {name for task in tasks for name in self.account.template.references(task.get('TaskRoleArn'))}
        #: The roles of the template's tasks by the access keys that the tasks get for them.
        self.roles = {role.access_key: role for role in (TaskRole(self.account, name) for name in sorted(names))}
        users = self.account.database_users()
        #: Asks for tokens where the template's database has IAM authentication.
        self.gate = self._stack.enter_context(RdsIamGate(self.postgres, region=self.account.region, resource=users, roles=self.roles)) if users else None
        server = self.gate or self.postgres
        self.account.serve('database', server.host, server.port)

    def _start_cache(self) -> None:
        self.cache: RedisServer | None = None
        if self.account.has_cache():
            user, password = self.account.cache_login()
            self.cache = self._stack.enter_context(RedisServer(user=user, password=password))
            self.account.serve('cache', self.cache.host, self.cache.port)

    def _start_mail_server(self) -> None:
        #: The mail servers by whether they speak TLS from the first byte; none where the template has no mail.
        self.mail: dict[bool, SmtpServer] = {}
        if self._mail_server:
            name, *login = self._mail_server
            for implicit in (False, True):
                self.mail[implicit] = self._stack.enter_context(SmtpServer(lambda *given: list(given) == login, names=[name], implicit_tls=implicit))

    def _ses(self) -> tuple[str, str, str] | None:
        login = self.account.smtp_login()
        return (f'email-smtp.{self.account.region}.amazonaws.com', *login) if login else None

    def _start_buckets(self) -> None:
        self.s3 = self._stack.enter_context(S3Emulator(
            region=self.account.region, authorise=lambda key, action, arn: key in self.roles and self.roles[key].allows(action, arn)))
        for bucket in self.account.buckets():
            self.s3.create_bucket(bucket)
        self.cloudfront = CloudFront(self.account, self.s3)

    def _start_fargate(self) -> None:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix='contract-task-')))
        # Of the Dockerfile only what is no business of the library, lest the image hides a variable that the library fails to give.
        # The certificate authorities stand in for the one of RDS, and for the public ones in the image.
        environment = {'PGSSLROOTCERT': str(self.postgres.ca_file), 'PYTHONDONTWRITEBYTECODE': '1'}
        authorities = [server.ca_file.read_text() for server in (self.cache, *self.mail.values()) if server]
        if authorities:
            (folder / 'authorities.pem').write_text('\n'.join(authorities))
            environment['SSL_CERT_FILE'] = str(folder / 'authorities.pem')
        if self._mail_server:
            routes = {(self._mail_server[0], port): (self.mail[implicit].host, self.mail[implicit].port) for port, implicit in SMTP_PORTS.items()}
            (folder / 'sitecustomize.py').write_text(_NAMES.format(routes=routes))
            environment['PYTHONPATH'] = str(folder)
        self.image = self._stack.enter_context(Image(EXAMPLE, environment, files=self._files, paths={RDS_AUTHORITIES: self.postgres.ca_file}))
        agent = self._stack.enter_context(EcsMetadataServer(
            task_ip=TASK_IP, region=self.account.region, account=self.account.account,
            credentials={role.logical_id: role.credentials for role in self.roles.values()}))
        tools = ToolImage(self._tool_folder(), folder)
        self.fargate = Fargate(self.account, self.web.container.image, self.image, tools, agent, aws_endpoint=self.s3.url)

    def _tool_folder(self) -> Path:
        if all(step.container.image == self.web.container.image for step in self.commands):
            return Path('/usr/bin')
        return find_psql().parent

    @staticmethod
    def _on_free_port(web: WebService) -> WebService:
        port = web.container.port
        assert port is not None
        return web if is_free(port) else web.on_port(free_port())
