"""Memory that was freed is used again, where the C library is glibc. Nothing happens elsewhere.

Blocks of packs are some hundred KiB to a few MiB. By itself glibc gives such memory back to the
system and asks for it again, block by block; every page of it then costs a fault and is zeroed,
which together takes as long as to inflate what goes into it.
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_ARENA_MAX = -8
"""The numbers of mallopt(3)."""

KEPT_BYTES = 16 << 20
"""So much free memory stays at the end of each heap. More was not faster."""
LARGE_BYTES = 4 << 20
"""What is larger is of its own and goes back when it is freed: a record may have 64 MiB."""
HEAPS = 2
"""Threads share so many: each would keep its own free memory. One interpreter's threads mostly take
turns anyway."""


def keep_freed() -> None:
    """Tell the allocator of this process to keep what is freed; its children inherit it."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
    mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
    mallopt(_ARENA_MAX, HEAPS)
