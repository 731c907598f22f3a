"""Where Celery's tasks wait: an SQS queue, a Redis server, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from shop.environment_variables import Variables

# Longer than any task may take (CELERY_TASK_TIME_LIMIT): after it the broker gives a task to another worker.
VISIBILITY_TIMEOUT = 3600
# Django's cache has the first database of a Redis server, and `cache.clear()` empties all of it.
REDIS_DATABASE = "/1"


@dataclass(frozen=True, kw_only=True)
class CeleryBroker:
    """What Celery's settings say about the broker."""

    url: str = field(repr=False)
    queue: str
    queue_url: str
    region: str

    @classmethod
    def read(cls, variables: Variables) -> CeleryBroker | None:
        """The broker of CELERY_BROKER_URL, else the Redis server of REDIS_URL; None where there is neither."""
        url = variables.text("CELERY_BROKER_URL", default="")
        if not url and variables.has("REDIS_URL"):
            url = urlsplit(variables.text("REDIS_URL"))._replace(path=REDIS_DATABASE).geturl()
        if not url:
            return None
        sqs = url.startswith("sqs:")
        return cls(
            url=url,
            queue=variables.text("CELERY_TASK_DEFAULT_QUEUE", default="celery"),
            queue_url=variables.text("CELERY_QUEUE_URL") if sqs else "",
            region=variables.text("AWS_REGION") if sqs else "",
        )

    def transport_options(self) -> dict[str, Any]:
        """Celery's `broker_transport_options`."""
        if not self.queue_url:
            return {
                "visibility_timeout": VISIBILITY_TIMEOUT,
                # An idle connection is tested, and a server that is away costs seconds, not minutes.
                "socket_connect_timeout": 5,
                "socket_timeout": 5,
                "health_check_interval": 30,
            }
        return {
            "region": self.region,
            # With the queue given, Celery neither lists queues nor makes one; the role of the task is enough.
            "predefined_queues": {self.queue: {"url": self.queue_url}},
            "wait_time_seconds": 20,
            "polling_interval": 0,
        }
