"""Proves that SES takes a password, as a process would use it."""
from __future__ import annotations

import logging
import random
import smtplib
import ssl
from typing import Any, Mapping

from deadline import RESERVE_SECONDS, Deadline, OutOfTime

log = logging.getLogger(__name__)

SECONDS_PER_ATTEMPT = 10
IMPLICIT_TLS_PORTS = (465, 2465)
# SES knows a new key only some time after IAM has made it.
PAUSE_SECONDS = 6.0


def prove_login(content: Mapping[str, Any], deadline: Deadline) -> None:
    """Logs in until it succeeds or the time is up. What waiting does not mend fails at once."""
    host, port, last = content['host'], int(content['port']), ''
    while deadline.remaining() >= RESERVE_SECONDS:
        try:
            return _log_in(host, port, content['username'], content['password'])
        except (ssl.SSLCertVerificationError, smtplib.SMTPNotSupportedError):
            raise
        except (smtplib.SMTPException, OSError) as error:
            last = f': {type(error).__name__} {error}'
        log.warning('No login to %s:%s as %s yet%s', host, port, content['username'], last)
        deadline.pause(PAUSE_SECONDS * random.uniform(0.5, 1))
    raise OutOfTime(f'timed out while logging in to {host}:{port}{last}')


def _log_in(host: str, port: int, username: str, password: str) -> None:
    trust = ssl.create_default_context()
    if port in IMPLICIT_TLS_PORTS:
        with smtplib.SMTP_SSL(host, port, timeout=SECONDS_PER_ATTEMPT, context=trust) as connection:
            connection.login(username, password)
    else:
        with smtplib.SMTP(host, port, timeout=SECONDS_PER_ATTEMPT) as connection:
            connection.starttls(context=trust)
            connection.login(username, password)
