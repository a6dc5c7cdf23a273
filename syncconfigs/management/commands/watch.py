"""`manage.py watch`: the watcher of a node; `up` starts it."""

from __future__ import annotations

import signal
from types import FrameType

from django.core.management.base import BaseCommand

from syncconfigs.watcher import Watcher


class Command(BaseCommand):
    """Watch the sources until SIGTERM or SIGINT."""

    help = "Watch the sources of this node and ring for what is to be synchronized."

    def handle(self, *_args: object, **_options: object) -> None:
        watcher = Watcher()

        def stop(_number: int, _frame: FrameType | None) -> None:
            watcher.stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        watcher.run()
