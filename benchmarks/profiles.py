"""Where the time of a call goes, by what was done and not by who called it."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable

ENOUGH = 0.02
"""A smaller share is part of the rest."""
GROUPS = (
    ("inflating", ("'decompress' of 'zstd", "'decompressobj'", "'copy_stream'")),
    ("digests", ("_hashlib", "crc32", "'_sha2", "blake2")),
    ("waiting for what is fetched", ("_queue.SimpleQueue", "'acquire' of '_thread")),
    ("waiting for the network", ("'recv_into'", "'recv' of", "'poll' of", "select.")),
    ("durable write", ("fsync", "posix.write", "posix.pwrite", "fdatasync")),
    ("reading files", ("posix.pread", "posix.read", "io.open", "posix.open")),
    ("database", ("sqlite3", "/django/db/", "psycopg")),
    ("splitting records", ("/packs/records.py", "/packs/tally.py")),
    ("JSON", ("msgspec", "orjson", "/json/")),
    ("HTTP", ("urllib3", "requests", "/http/client.py", "/tcsync/outbound/")),
    ("loading modules", ("importlib", "_imp.", "marshal.loads", "compile", "posix.stat")),
)


def profiled(work: Callable[[], object]) -> list[str]:
    """Do it under the profiler; return lines of what took how much, greatest first.

    Only the calling thread is watched: what others do meanwhile shows as waiting for them.
    """
    profiler = cProfile.Profile()
    profiler.runcall(work)
    shares: Counter[str] = Counter()
    entries = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = sum(entry[2] for entry in entries.values())
    for (file, _line, name), (_calls, _primitive, own, _all, callers) in entries.items():
        group = _group(f"{file} {name}")
        if group is not None or not callers or file != "~":
            shares[group or _package(file)] += own
            continue
        # A builtin without a group of its own counts for who called it.
        for (caller, _at, who), (_n, _c, part, _t) in callers.items():
            shares[_group(f"{caller} {who}") or _package(caller)] += part
    shown = [(name, own / total) for name, own in shares.most_common() if own / total >= ENOUGH]
    rest = 1 - sum(share for _name, share in shown)
    lines = [f"{name} {share:.0%}" for name, share in shown]
    return [*lines, f"the rest {rest:.0%}"] if rest >= ENOUGH else lines


def _group(what: str) -> str | None:
    return next((name for name, marks in GROUPS if any(mark in what for mark in marks)), None)


def _package(file: str) -> str:
    for name in ("tcsync/packs", "tcsync/repository", "tcsync/sync", "tcsync", "syncconfigs"):
        if f"/{name}/" in file:
            return name
    return "Django" if "/django/" in file else "other"
