"""Amazon S3 as an emulator on loopback (moto), in this process."""
from __future__ import annotations

import logging
from typing import Any

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer


class S3Emulator:
    """An S3 endpoint that speaks to boto3 through `AWS_ENDPOINT_URL`."""

    def __init__(self, *, region: str):
        self.region = region
        self._server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)

    def __enter__(self) -> S3Emulator:
        logging.getLogger('werkzeug').setLevel(logging.ERROR)
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        host, port = self._server.get_host_and_port()
        return f'http://{host}:{port}'

    def client(self, service: str = 's3') -> Any:
        """A client with all rights, for the test itself."""
        return boto3.client(service, endpoint_url=self.url, region_name=self.region, aws_access_key_id='test-itself',
                            aws_secret_access_key='test-itself', config=Config(retries={'max_attempts': 1}))

    def create_bucket(self, name: str) -> None:
        location = {} if self.region == 'us-east-1' else {'CreateBucketConfiguration': {'LocationConstraint': self.region}}
        self.client().create_bucket(Bucket=name, **location)

    def keys(self, bucket: str) -> set[str]:
        """The keys of all objects in a bucket."""
        pages = self.client().get_paginator('list_objects_v2').paginate(Bucket=bucket)
        return {item['Key'] for page in pages for item in page.get('Contents', [])}
