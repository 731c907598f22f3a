"""The time that is left, and what is tried again while there is some."""
from __future__ import annotations

import dataclasses
import logging
import random
import time
from typing import Any, Callable, TypeVar

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, IncompleteReadError

log = logging.getLogger(__name__)
T = TypeVar('T')

# Lambda kills the function without a word when its time is up: this much is kept for one last call and the answer.
RESERVE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 15.0

# Rights of a new role take some seconds to arrive everywhere, so a refusal is not final either.
TRANSIENT = frozenset({
    'AccessDenied', 'AccessDeniedException', 'ConcurrentModification', 'EntityTemporarilyUnmodifiable', 'ExecutionLimitExceeded', 'InternalError',
    'InternalFailure', 'InternalServerError', 'InternalServerException', 'InternalServiceError', 'RequestLimitExceeded', 'ServiceFailure',
    'ServiceUnavailable', 'ServiceUnavailableException', 'Throttling', 'ThrottlingException', 'ThrottledException', 'TooManyRequestsException',
})


class OutOfTime(Exception):
    """What could not be done before Lambda would have killed the function."""


@dataclasses.dataclass(frozen=True)
class Deadline:
    """The moment at which Lambda kills the function."""

    remaining: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, context: Any) -> Deadline:
        """The deadline of a Lambda invocation."""
        return cls(lambda: context.get_remaining_time_in_millis() / 1000)

    def insist(self, doing: str, call: Callable[[], T], also: frozenset[str] = frozenset()) -> T:
        """Makes a call until it succeeds, fails for good or the time is up; `also`: error codes that pass here."""
        attempt, last = 0, ''
        while True:
            if self.remaining() < RESERVE_SECONDS:
                raise OutOfTime(f'timed out while {doing}{last}')
            try:
                return call()
            except ClientError as error:
                if error.response['Error']['Code'] not in TRANSIENT | also:
                    raise
                last = f' ({error})'
            except (ConnectionError, HTTPClientError, IncompleteReadError) as error:
                last = f' ({error})'
            log.warning('%s failed and is tried again:%s', doing, last)
            self.pause(min(2.0 ** attempt, LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1))
            attempt += 1

    def pause(self, seconds: float) -> None:
        """Sleeps, but not into the reserve."""
        self.sleep(max(0.0, min(seconds, self.remaining() - RESERVE_SECONDS + 1)))
