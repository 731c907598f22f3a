"""The AWS clients that the handler uses."""
from __future__ import annotations

import dataclasses
from typing import Any

import boto3
from client_config import CONFIG


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
