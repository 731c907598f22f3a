"""How the handlers call AWS."""
from __future__ import annotations

from botocore.config import Config

# One attempt per call and short timeouts: `Deadline.insist` tries again and knows how much time is left.
CONFIG = Config(connect_timeout=3, read_timeout=10, retries={'total_max_attempts': 1})
