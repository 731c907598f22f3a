"""Amazon S3 as an emulator on loopback: moto, behind a web server that keeps connections open and asks who may do what."""
from __future__ import annotations

import functools
import re
from typing import Any, Callable, Iterable
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from .emulator import Emulator, OWN_KEY

#: Decides for an access key, an action such as 's3:PutObject' and the ARN of a bucket or object.
Authorise = Callable[[str, str, str], bool]


class S3Emulator(Emulator):
    """An S3 endpoint that speaks to boto3 through `AWS_ENDPOINT_URL`, in this process.

    moto's own server opens a connection per request and looks through its 200 services each time: collectstatic takes half as long again with it.
    Its own authorisation checks signatures and so wants its own access keys; ours asks the given function. Requests of the test itself pass.
    moto keeps buckets until this process ends, so two emulators must not use the same names.
    """

    def __init__(self, *, region: str, authorise: Authorise = lambda _key, _action, _arn: True):
        self.denied: list[str] = []
        super().__init__('s3', _Guard(_Application(create_backend_app), authorise, self.denied), region=region)

    def create_bucket(self, name: str) -> None:
        location = {} if self.region == 'us-east-1' else {'CreateBucketConfiguration': {'LocationConstraint': self.region}}
        self.client.create_bucket(Bucket=name, **location)

    def keys(self, bucket: str) -> set[str]:
        """The keys of all objects in a bucket."""
        pages = self.client.get_paginator('list_objects_v2').paginate(Bucket=bucket)
        return {item['Key'] for page in pages for item in page.get('Contents', [])}


class _Application(DomainDispatcherApplication):
    @functools.lru_cache(maxsize=None)  # noqa: B019 (lives as long as the process)
    def get_backend_for_host(self, host: str | None) -> Any:
        return super().get_backend_for_host(host)


class _Guard:
    """Refuses requests as S3 does: 403 for what is not allowed, and for a missing object unless its bucket may be listed."""

    def __init__(self, application: Callable[..., Iterable[bytes]], authorise: Authorise, denied: list[str]):
        self._application, self._authorise, self._denied = application, authorise, denied

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        key = _access_key(environ) or 'nobody'
        bucket, _, name = environ['PATH_INFO'].lstrip('/').partition('/')
        if key == OWN_KEY:
            return self._application(environ, start_response)
        for action, arn in _wanted(environ, bucket, name):
            if not self._authorise(key, action, arn):
                return self._refuse(start_response, action, arn)

        missing = []

        def hide_missing(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if status.startswith('404') and name and not self._authorise(key, 's3:ListBucket', f'arn:aws:s3:::{bucket}'):
                missing.append(status)
                return lambda _data: None
            return start_response(status, headers, *rest)

        body = self._application(environ, hide_missing)
        return self._refuse(start_response, 's3:ListBucket', f'arn:aws:s3:::{bucket}') if missing else body

    def _refuse(self, start_response: Callable[..., Any], action: str, arn: str) -> Iterable[bytes]:
        self._denied.append(f'{action} on {arn}')
        body = (f'<Error><Code>AccessDenied</Code><Message>not authorized to perform: {action} on resource: "{arn}" '
                'because no identity-based policy allows it</Message></Error>').encode()
        start_response('403 Forbidden', [('Content-Type', 'application/xml'), ('Content-Length', str(len(body)))])
        return [body]


def _access_key(environ: dict[str, Any]) -> str | None:
    """Of a signed header or of a presigned URL."""
    signed = environ.get('HTTP_AUTHORIZATION', '') + '&' + ''.join(parse_qs(environ.get('QUERY_STRING', '')).get('X-Amz-Credential', []))
    match = re.search(r'(?:Credential=|&)([^/,&]+)/', signed)
    return match.group(1) if match else None


def _wanted(environ: dict[str, Any], bucket: str, name: str) -> Iterable[tuple[str, str]]:
    """The actions that a request needs."""
    method, arn = environ['REQUEST_METHOD'], f'arn:aws:s3:::{bucket}'
    if not name:
        return [('s3:DeleteObject', f'{arn}/*') if method == 'POST' else ('s3:ListBucket', arn)]
    actions = {'GET': ['s3:GetObject'], 'HEAD': ['s3:GetObject'], 'DELETE': ['s3:DeleteObject']}.get(method, ['s3:PutObject'])
    if 'HTTP_X_AMZ_ACL' in environ:
        actions.append('s3:PutObjectAcl')
    return [(action, f'{arn}/{name}') for action in actions]
