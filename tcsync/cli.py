"""The console commands: `tcsync`, which is manage.py of an installed node, and `datamanager`."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the management command that the arguments name; `tcsync help` lists them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tcsync.settings")
    execute_from_command_line(sys.argv)


def datamanager() -> None:
    """Run Data Manager; `datamanager -help` says what it does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tcsync.settings")
    execute_from_command_line([sys.argv[0], "datamanager", *sys.argv[1:]])
