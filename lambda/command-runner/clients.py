"""The AWS clients that the handler uses."""
from __future__ import annotations

import dataclasses
from typing import Any

import boto3
from botocore.config import Config

# One attempt per call and short timeouts: `Deadline.insist` tries again and knows how much time is left.
CONFIG = Config(connect_timeout=3, read_timeout=10, retries={'total_max_attempts': 1})


@dataclasses.dataclass(frozen=True)
class Clients:
    """AWS, as far as the handler needs it."""

    cloudformation: Any
    logs: Any
    states: Any

    @classmethod
    def create(cls) -> Clients:
        """Clients with the rights of the function."""
        return cls(*(boto3.client(service, config=CONFIG) for service in ('cloudformation', 'logs', 'stepfunctions')))
