"""Time that passes only when everybody waits, so that an hour costs nothing and two executions can run at once."""
from __future__ import annotations

import datetime
import heapq
import itertools
import math
from typing import Any, Callable, Generator

#: 2026-03-01T12:00:00Z
BEGINNING = 1_772_366_400.0


def moment(seconds: float) -> datetime.datetime:
    """A point in time as AWS has it: to the millisecond."""
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(milliseconds=round(seconds * 1000))


class Timeline:
    """What happens, one thing after the other."""

    def __init__(self) -> None:
        self.now = BEGINNING
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    @property
    def elapsed(self) -> float:
        return self.now - BEGINNING

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Does something later; nothing ever follows on an endless wait."""
        if math.isfinite(seconds):
            heapq.heappush(self._queue, (self.now + seconds, next(self._order), action))

    def drive(self, steps: Generator[float, None, Any], ended: Callable[[Any, BaseException | None], None]) -> None:
        """Goes through steps that yield the seconds to wait before the next one."""

        def step() -> None:
            try:
                pause = next(steps)
            except StopIteration as finished:
                ended(finished.value, None)
            except Exception as error:  # noqa: BLE001 - whoever drives knows which
                ended(None, error)
            else:
                self.after(pause, step)

        self.after(0, step)

    def run(self, until: float = math.inf) -> None:
        """Goes on until nothing is left to happen, or for some seconds."""
        end = self.now + until
        while self._queue and self._queue[0][0] <= end:
            self.now, _, action = heapq.heappop(self._queue)
            action()
        self.now = max(self.now, end) if math.isfinite(end) else self.now
