"""The settings of a developer's machine and of the tests: production's settings with DJANGO_DEBUG on by default."""

import os

os.environ.setdefault("DJANGO_DEBUG", "true")

from shop.settings import *  # noqa: E402, F403
