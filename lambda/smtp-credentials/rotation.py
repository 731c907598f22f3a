"""Secrets Manager asks for a new password, in four steps. Any of them may come twice, or after a step that died."""
from __future__ import annotations

import logging
import os
from typing import Any, Callable, Mapping

from access_keys import AccessKeys
from credentials import write_new_key
from deadline import Deadline
from login import prove_login
from problem import explain
from services import Services
from smtp_secret import CURRENT, PENDING, Server, SmtpSecret, Unusable, version_with

log = logging.getLogger(__name__)


def rotate(event: Mapping[str, Any], services: Services, deadline: Deadline) -> None:
    """Takes one step. The key that is replaced works until the next rotation, so tasks that run keep sending."""
    try:
        _rotate(event, services, deadline)
    except Exception as error:
        log.error('%s: the password was not rotated: %s', event['Step'], explain(error))
        raise


def _rotate(event: Mapping[str, Any], services: Services, deadline: Deadline) -> None:
    step, version = event['Step'], event['ClientRequestToken']
    secret = SmtpSecret(services.secrets, event['SecretId'], deadline)
    labels = secret.labels().get(version, [])
    if CURRENT in labels:
        log.info('%s: the version %s is current already', step, version)
        return
    if PENDING not in labels:
        raise Unusable(f'the version {version} is not being rotated to')
    server = Server(os.environ['REGION'], os.environ['SMTP_HOST'], int(os.environ['SMTP_PORT']))
    STEPS[step](version, server, AccessKeys(services.iam, os.environ['USER_NAME'], deadline), secret)
    log.info('%s: done for the version %s', step, version)


def _create(version: str, server: Server, keys: AccessKeys, secret: SmtpSecret) -> None:
    """A new key beside the current one. The one before that goes: two are the limit."""
    pending = secret.read(version)
    if pending:
        if not _fits(pending, server) or not keys.has(pending['username']):
            # A version is written once only.
            secret.give_up(version)
            raise Unusable(f'the version {version} was overtaken by a deployment, or its key was deleted')
        return
    current = secret.labelled(CURRENT)
    write_new_key(server, keys, current, lambda content: secret.write(content, PENDING, version))


def _set(version: str, server: Server, keys: AccessKeys, secret: SmtpSecret) -> None:
    """Nothing: IAM knows the key since it made it, and SES derives the password itself."""


def _test(version: str, server: Server, keys: AccessKeys, secret: SmtpSecret) -> None:
    """Logs in. Secrets Manager also tries this step on a version without a new key, when rotation is switched on for later."""
    content = secret.read(version) or secret.labelled(CURRENT)
    if not server.takes(content):
        raise Unusable(f'the secret {secret.arn} has no credentials for {server.region}')
    prove_login(content, keys.deadline)


def _finish(version: str, server: Server, keys: AccessKeys, secret: SmtpSecret) -> None:
    """Whoever reads the secret from now on gets the new password."""
    if not _fits(secret.read(version), server):
        secret.give_up(version)
        raise Unusable(f'the version {version} was overtaken by a deployment')
    secret.make_current(version, instead_of=version_with(CURRENT, secret.labels()))


def _fits(content: Mapping[str, Any], server: Server) -> bool:
    return server.takes(content) and content.items() >= server.fields.items()


STEPS: dict[str, Callable[[str, Server, AccessKeys, SmtpSecret], None]] = {
    'createSecret': _create, 'setSecret': _set, 'testSecret': _test, 'finishSecret': _finish,
}
