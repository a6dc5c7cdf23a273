"""Asking a source while somebody waits for the answer: no longer than a person or program would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from syncconfigs.connect.opening import LentSource, open_source
from syncconfigs.models import RemoteServer
from tcsync.errors import TooSlow

SECONDS = 25.0
"""Shorter than web servers and proxies in front of the portal wait (30 s, as a rule)."""


@contextmanager
def asked_live(
    server: RemoteServer,
    seconds: float | None = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[LentSource]:
    """Open a source whose questions are given up after some seconds. Raises TooSlow, SourceError.

    None: whoever asks has all the time it needs. The limit is looked at with every piece that
    arrives, and once a second while waiting.
    """
    began = clock()

    def check(_count: int) -> None:
        if seconds is not None and clock() - began >= seconds:
            raise TooSlow(f"{server.name} did not tell within {seconds:.0f} s what it holds.")

    with open_source(server) as source:
        source.heed(check)
        yield source
