"""The tokens by which a role of AWS logs in to a database of Amazon RDS."""

import os
import threading
import time
from collections.abc import Callable

import boto3
from django.core.exceptions import ImproperlyConfigured

# RDS takes a token for 15 minutes; the rest is for clocks that differ and for connections that take their time.
LIFETIME_SECONDS = 600


class Tokens:
    """Makes tokens for this process, from any thread, and keeps each for ten of its fifteen minutes.

    A token dies with the credentials that signed it, so new credentials make a new one at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None
        self._client = None
        self._tokens: dict[tuple[str, int, str], tuple[str, float, str]] = {}

    def get(self, host: str, port: int, user: str) -> str:
        """A token that is good for a login as this user now. Only a name that RDS gave to the server will do as host."""
        with self._lock:
            access_key = self._access_key()
            token, until, signed_by = self._tokens.get((host, port, user), ("", 0.0, ""))
            if self._clock() >= until or signed_by != access_key:
                token = self._client.generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)
                self._tokens[host, port, user] = (token, self._clock() + LIFETIME_SECONDS, access_key)
            return token

    def forget(self, host: str, port: int, user: str) -> None:
        """Drops the token that the server refused, so that the next login tries a new one."""
        with self._lock:
            self._tokens.pop((host, port, user), None)

    def _access_key(self) -> str:
        if self._session is None:
            session = boto3.Session()
            region = os.environ.get("AWS_REGION") or session.region_name
            if not region:
                raise ImproperlyConfigured("A token for the database needs its region: set AWS_REGION.")
            self._client = session.client("rds", region_name=region)
            self._session = session
        credentials = self._session.get_credentials()
        if credentials is None:
            raise ImproperlyConfigured(
                "A token for the database needs credentials of AWS to sign it: none were found. "
                "On Fargate they come from the task role, elsewhere from `aws sso login` or a profile."
            )
        return credentials.get_frozen_credentials().access_key


TOKENS = Tokens()
