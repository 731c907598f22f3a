"""A service of AWS as an emulator on loopback, in this process."""
from __future__ import annotations

import functools
import threading
from typing import Any, TypeVar

import boto3
import cheroot.wsgi
from botocore.config import Config

#: The access key of the test itself, which may do everything.
OWN_KEY = 'test-itself'

E = TypeVar('E', bound='Emulator')


class Emulator:
    """Serves a WSGI application on a port of its own, with connections that stay open."""

    def __init__(self, service: str, application: Any, *, region: str):
        self.region, self._service = region, service
        self._server = cheroot.wsgi.Server(('127.0.0.1', 0), application, numthreads=8, server_name=service, shutdown_timeout=0.5)
        self._thread = threading.Thread(target=self._server.serve, daemon=True)

    def __enter__(self: E) -> E:
        self._server.prepare()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join()

    @property
    def url(self) -> str:
        return 'http://{}:{}'.format(*self._server.bind_addr)

    @functools.cached_property
    def client(self) -> Any:
        """A client with all rights, for the test itself."""
        return boto3.client(self._service, endpoint_url=self.url, region_name=self.region, aws_access_key_id=OWN_KEY, aws_secret_access_key=OWN_KEY,
                            config=Config(retries={'max_attempts': 1}))
