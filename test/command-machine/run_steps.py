"""What tests of runs share: programs that fail, and a run as a schedule starts it."""
from __future__ import annotations

from command_world import World
from executions import Execution

CLEANUP = ['python', 'manage.py', 'cleanup', '--days', '30']
FAILS = 'raise SystemExit(3)'
HANGS = 'import time; time.sleep(60)'
#: Fails the first time, or as often as its number says.
FAILS_AT_FIRST = ('import os, sys; tried = int(open("tried").read()) if os.path.exists("tried") else 0; open("tried", "w").write(str(tried + 1)); '
                  'sys.exit(1 if tried < {times} else 0)')


def scheduled(world: World, name: str = 'Cleanup-1', **changes: object) -> Execution:
    """A run as a schedule starts it."""
    return world.start(name, **{'name': 'Cleanup', 'command': CLEANUP, 'exclusive': name.partition('-')[0], 'heartbeat': True, **changes})
