"""The AWS services that the handler uses."""
from __future__ import annotations

import dataclasses
import logging
from typing import Any

import boto3
from client_config import CONFIG

# At DEBUG it writes whole answers, i.e. access keys.
logging.getLogger('botocore').setLevel(logging.INFO)


@dataclasses.dataclass(frozen=True)
class Services:
    """AWS, as far as the handler needs it."""

    iam: Any
    secrets: Any

    @classmethod
    def create(cls) -> Services:
        """Clients with the rights of the function."""
        return cls(*(boto3.client(service, config=CONFIG) for service in ('iam', 'secretsmanager')))
