"""The number of workers and threads that a web container gets by default is worth its memory. `tools/bench/requests_per_second.py` has the true numbers."""
from __future__ import annotations

import os

import pytest

from template import Template
from tools.bench.requests_per_second import compare

#: Less than what is promised: other programs run here as well.
_SPEED, _MEMORY = 5.0, 1.2


@pytest.mark.skipif(not hasattr(os, 'sched_setaffinity') or len(os.sched_getaffinity(0)) < 2, reason='needs Linux and two cores')
def test_the_defaults_serve_many_times_the_requests_of_a_sync_worker_at_its_memory(template: Template) -> None:
    (sync, defaults), = compare(template.body, rounds=1, seconds=2)
    assert defaults.requests_per_second > _SPEED * sync.requests_per_second, f'{defaults} against {sync}'
    assert defaults.memory_mib < _MEMORY * sync.memory_mib, f'{defaults} against {sync}'
