"""What the secret must hold: the password of a key that the user has, for the endpoint that the template names."""
from __future__ import annotations

import logging
from typing import Any, Callable, Mapping

from access_keys import AccessKey, AccessKeys
from botocore.exceptions import ClientError
from smtp_password import smtp_password
from smtp_secret import CURRENT, PREVIOUS, Server, SmtpSecret, Unusable

log = logging.getLogger(__name__)

ATTEMPTS = 3


def provide(server: Server, keys: AccessKeys, secret: SmtpSecret) -> str:
    """Makes the secret hold a password that works and says what it did; does nothing when it holds one already."""
    for _ in range(ATTEMPTS):
        current, previous = secret.labelled(CURRENT), secret.labelled(PREVIOUS)
        # After a rollback the version before is the right one, and running tasks use it.
        known = next((content for content in (current, previous) if server.takes(content) and keys.has(content['username'])), None)
        if known:
            return _refresh(current, {**current, 'username': known['username'], 'password': known['password'], **server.fields}, secret)
        key = write_new_key(server, keys, current, secret.write)
        # An event that arrived twice at once may have deleted it as one whose secret is lost.
        if keys.has(key.id):
            return 'The SMTP credentials were made'
    raise Unusable(f'somebody else keeps deleting the access keys of {keys.user}')


def write_new_key(server: Server, keys: AccessKeys, current: Mapping[str, Any], write: Callable[[dict[str, Any]], None]) -> AccessKey:
    """Makes a key beside the current one and writes its password; what a person has added to the secret stays."""
    key = keys.create(beside=current.get('username'))
    try:
        write({**current, 'username': key.id, 'password': smtp_password(key.secret, server.region), **server.fields})
    except ClientError:
        log.error('The secret was not written: its access key is lost, and deleted')
        keys.delete(key.id)
        raise
    return key


def _refresh(current: Mapping[str, Any], wanted: dict[str, Any], secret: SmtpSecret) -> str:
    if wanted == current:
        return 'The SMTP credentials are as they should be'
    secret.write(wanted)
    return 'The SMTP credentials are the same, with another host, port or region'
