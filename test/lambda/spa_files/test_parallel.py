"""Many calls at once."""
from __future__ import annotations

import time

import pytest
from parallel import in_parallel


def test_gives_what_each_item_gives_in_their_order() -> None:
    assert in_parallel(lambda number: number * 2, range(100)) == [number * 2 for number in range(100)]


def test_what_has_not_begun_when_one_fails_never_does() -> None:
    begun = []

    def do(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise ValueError('no')
        time.sleep(0.005)

    with pytest.raises(ValueError, match='no'):
        in_parallel(do, range(2000))
    assert len(begun) < 2000
