"""Reports whether this process reaches everything that it needs; `checkCommand` runs it after a rollout."""

import json
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.core import checks
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class StatusError(Exception):
    """What a check found wrong."""


def check_system() -> None:
    """Django's system check finds no error."""
    messages = checks.run_checks(include_deployment_checks=not settings.DEBUG)
    serious = [str(message) for message in messages if message.is_serious() and not message.is_silenced()]
    if serious:
        raise StatusError("; ".join(serious))


def check_database() -> None:
    """The database answers, and all migrations are applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise StatusError("not migrated: " + ", ".join(str(migration) for migration, _ in plan))


def check_cache() -> None:
    """The cache gives back what it was given."""
    key, value = "check-status", uuid4().hex
    cache.set(key, value, timeout=60)
    if cache.get(key) != value:
        raise StatusError("the cache did not return the value that was just set")


def check_storage() -> None:
    """The media storage writes, reads and deletes a file."""
    content = uuid4().hex.encode()
    name = default_storage.save("check-status.txt", ContentFile(content))
    try:
        with default_storage.open(name) as file:
            if file.read() != content:
                raise StatusError("the storage did not return the file that was just saved")
    finally:
        default_storage.delete(name)


def check_mail() -> None:
    """The mail server accepts a connection and the login; nothing is sent."""
    mail = get_connection()
    mail.open()
    mail.close()


CHECKS: dict[str, Callable[[], None]] = {
    "system": check_system,
    "database": check_database,
    "cache": check_cache,
    "storage": check_storage,
    "mail": check_mail,
}


class Command(BaseCommand):
    help = "Checks system, database, cache, storage and mail; fails when one of them does."
    # Otherwise Django's own check would end the command before it has reported.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: object, **options: object) -> None:
        results = {name: self.run_check(check) for name, check in CHECKS.items()}
        failed = [name for name, result in results.items() if not result["ok"]]
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not failed, "checks": results}))
        else:
            for name, result in results.items():
                self.stdout.write(f"{name}: {'ok' if result['ok'] else result['error']}")
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}")

    def run_check(self, check: Callable[[], None]) -> dict[str, object]:
        # Whatever a backing service raises is the answer to report; the other checks still run.
        try:
            check()
        except Exception as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}
        return {"ok": True}
