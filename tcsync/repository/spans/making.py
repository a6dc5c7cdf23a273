"""Writing a span: whole, or not at all."""

from __future__ import annotations

import uuid
import zlib
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tcsync.repository.spans.layout import (
    PAGE_TOUCHES,
    PLACE_BITS,
    PLACE_MASK,
    Head,
    Links,
    Pages,
    head_bytes,
    packed,
    render,
)

UNFINISHED = ".part"


def write(path: Path, links: Links, count: int, entries: Iterable[int]) -> None:
    """Write a span of `count` touches, sorted; each is key * 2**32 + place. Raises OSError.

    Nothing is made durable: after a crash the checks find out what is not whole.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f"{uuid.uuid4().hex}{UNFINISHED}")
    try:
        scratch.touch(mode=0o600, exist_ok=False)
        with scratch.open("r+b") as file:
            file.seek(head_bytes(len(links.numbers), count))
            pages = Pages(array("Q"), array("I"), array("I"))
            for page in _pages(entries, pages):
                file.write(page)
            file.seek(0)
            file.write(render(Head(links, count, pages)))
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _pages(entries: Iterable[int], pages: Pages) -> Iterator[bytes]:
    rest = iter(entries)
    while some := list(islice(rest, PAGE_TOUCHES)):
        keys = array("Q", [entry >> PLACE_BITS for entry in some])
        places = array("I", [entry & PLACE_MASK for entry in some])
        data = packed(keys) + packed(places)
        pages.keys.append(keys[0])
        pages.places.append(places[0])
        pages.checks.append(zlib.crc32(data))
        yield data
