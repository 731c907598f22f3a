#!/usr/bin/env python
"""Django's command line. On AWS the library sets DJANGO_SETTINGS_MODULE; without it this is a developer's machine."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.local_settings")
    execute_from_command_line(sys.argv)
