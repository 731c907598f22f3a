"""The AWS services that the handler uses."""
from __future__ import annotations

import dataclasses
from typing import Any

import boto3
from botocore.config import Config
from client_config import CONFIG
from parallel import THREADS


@dataclasses.dataclass(frozen=True)
class Services:
    """AWS, as far as the handler needs it."""

    s3: Any
    cloudfront: Any

    @classmethod
    def create(cls) -> Services:
        """Clients with the rights of the function."""
        config = CONFIG.merge(Config(max_pool_connections=THREADS))
        return cls(*(boto3.client(service, config=config) for service in ('s3', 'cloudfront')))
