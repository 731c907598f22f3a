"""A worker and a beat of a template, deployed for the length of a test: its backing services run, and its broker."""
from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import time
from types import SimpleNamespace
from typing import Any, Iterator, Mapping

import psycopg
import redis

from deployment import REPOSITORY, Deployment
from ecs import Finished, Task
from servers.process import wait_until
from servers.sqs import SqsEmulator
from task_definitions import Container, container_of
from template import Template

#: What a process does that sends a task.
_SEND = 'import django; django.setup(); from catalog.tasks import publish_price_list; publish_price_list.delay()'


def synthesize() -> dict[str, Template]:
    """The templates of `celery.ts`, by the names of their stacks."""
    printed = subprocess.run(['node', '--import', 'tsx', 'test/contract/celery.ts'], cwd=REPOSITORY, capture_output=True, text=True, check=False,
                             env={**os.environ, 'TSX_TSCONFIG_PATH': 'tsconfig.dev.json', 'CDK_VALIDATION': 'false'})
    assert printed.returncode == 0, printed.stderr
    return {name: Template(body) for name, body in json.loads(printed.stdout).items()}


@dataclasses.dataclass(frozen=True)
class Service:
    """An ECS service without a load balancer, as the template has it."""

    properties: Mapping[str, Any]
    container: Container

    @property
    def deployment(self) -> Mapping[str, Any]:
        return self.properties['DeploymentConfiguration']


class BackgroundDeployment(Deployment):
    """The account in which a template without a web service is deployed."""

    def __enter__(self) -> BackgroundDeployment:
        with contextlib.ExitStack() as stack:
            self._stack, self.commands = stack, []
            self._start_database()
            self._start_cache()
            self._start_mail_server()
            self._start_buckets()
            self.worker, self.beat = self._service('worker'), self._service('beat')
            self.web = SimpleNamespace(container=self.worker.container)
            self.sqs, self.extra = self._start_sqs(), {}
            if self.sqs:
                self.extra['AWS_ENDPOINT_URL_SQS'] = self.sqs.url
            self._start_fargate()
            self.call('manage.py', 'migrate', '--no-input')
            self._stack = stack.pop_all()
        return self

    def start(self, container: Container, **extra: str) -> Task:
        return self.fargate.start(container, extra={**self.extra, **extra})

    @contextlib.contextmanager
    def working(self, container: Container | None = None, **extra: str) -> Iterator[Task]:
        """A worker that takes tasks."""
        with self.start(container or self.worker.container, **extra) as task:
            wait_until(lambda: ' ready.' in task.output, seconds=30, what='the worker', process=task.process)
            try:
                yield task
            except BaseException:
                print(task.output)
                raise
        if self.sqs:
            self.sqs.wait_for_polls()

    def call(self, *words: str) -> Finished:
        """Runs Python in a container of the worker, as another process of the project would."""
        finished = self.fargate.run(self.worker.container, command=['python', *words], extra=self.extra)
        assert finished.exit_code == 0, finished.output
        return finished

    def send(self) -> None:
        """Puts a task into the queue."""
        self.call('-c', _SEND)

    @contextlib.contextmanager
    def products_locked(self) -> Iterator[psycopg.Connection[Any]]:
        """Holds up every task that reads the products."""
        database, user, password = self.account.database()
        with psycopg.connect(host=self.postgres.host, port=self.postgres.port, dbname=database, user=user, password=password) as connection:
            connection.execute('LOCK TABLE catalog_product IN ACCESS EXCLUSIVE MODE')
            yield connection
            connection.rollback()

    def tasks_held_up(self) -> int:
        """The tasks that wait for the products."""
        database, user, password = self.account.database()
        with psycopg.connect(host=self.postgres.host, port=self.postgres.port, dbname=database, user=user, password=password) as connection:
            row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%catalog_product%'").fetchone()
            assert row
            return int(row[0])

    def price_lists(self) -> set[str]:
        """What tasks have published."""
        return {key for bucket in self.account.buckets() for key in self.s3.keys(bucket) if '/price-lists/' in key}

    def unfinished(self) -> int:
        """The messages that are with the broker: those that wait, and those that are being worked on."""
        if self.sqs:
            return sum(self.sqs.messages(self._queue_name()))
        with self._broker() as client:
            return int(client.llen('celery')) + int(client.hlen('unacked'))

    def pass_visibility_timeout(self) -> None:
        """Lets so much time pass that the broker gives what is being worked on to another worker."""
        if self.sqs:
            self.sqs.pass_visibility_timeout(self._queue_name())
            return
        with self._broker() as client:
            for tag in client.zrange('unacked_index', 0, -1):
                client.zadd('unacked_index', {tag: time.time() - 100_000})

    def _broker(self) -> redis.Redis:
        assert self.cache
        return redis.Redis(self.cache.host, self.cache.port, username=self.cache.user, password=self.cache.password, ssl=True, db=1,
                           ssl_ca_certs=str(self.cache.ca_file))

    def _service(self, container: str) -> Service:
        for properties in self.account.template.of_type('AWS::ECS::Service').values():
            with contextlib.suppress(LookupError):
                return Service(properties, container_of(self.account, properties['TaskDefinition'], container))
        raise LookupError(f"the template has no service with the container '{container}'")

    def _queue_name(self) -> str:
        return self.worker.container.environment['CELERY_QUEUE_URL'].rpartition('/')[2]

    def _start_sqs(self) -> SqsEmulator | None:
        queues = self.account.template.of_type('AWS::SQS::Queue')
        if not queues:
            return None
        emulator = self._stack.enter_context(SqsEmulator(
            region=self.account.region, account=self.account.account,
            authorise=lambda key, action, arn: key in self.roles and self.roles[key].allows(action, arn)))
        for name, properties in queues.items():
            emulator.create_queue(name, int(properties.get('VisibilityTimeout', 30)))
        return emulator
