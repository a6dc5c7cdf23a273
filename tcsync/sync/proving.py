"""Comparing one revision in full: all its elements, and the bytes of all its artifacts.

For a source that promises no digests. Unlike a walk of a head (walking.py) it believes no size:
every artifact is fetched anew and hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from tcsync.repository.states import History
from tcsync.sources.base import ChangeSource
from tcsync.sync.walking import NAMED, WalkedHead, walk_head


@dataclass(frozen=True, slots=True)
class Compared:
    """What a full comparison of a revision found. `found` names the first things that differ."""

    number: int
    elements: int
    artifacts: int
    artifact_bytes: int
    differing: int
    found: tuple[str, ...]


def compare_revision(
    source: ChangeSource, resource: str, number: int, go_on: Callable[[str], None]
) -> Compared:
    """Read all of a revision anew, artifacts and all, and compare it with ours.

    `go_on` is called with the resource; what it raises ends it. Raises SourceError.
    """
    walked = walk_head(source, resource, number, go_on)
    size, unlike = _artifacts(source, walked, go_on)
    found = [*walked.found, *unlike][:NAMED]
    differing = walked.differing + len(unlike)
    return Compared(number, walked.elements, walked.artifacts, size, differing, tuple(found))


def _artifacts(
    source: ChangeSource, walked: WalkedHead, go_on: Callable[[str], None]
) -> tuple[int, list[str]]:
    """Return how many bytes came, and which artifacts have other bytes than ours."""
    if not walked.artifact_ids:
        return 0, []
    ours = {ref.id: ref for ref in History(walked.resource).artifacts(walked.number)}
    size, unlike = 0, []
    with source.artifact_bytes(walked.resource, walked.number, walked.artifact_ids) as fetched:
        for put in fetched:
            hashed = hashlib.sha256()
            for piece in put.chunks:
                go_on(walked.resource)
                hashed.update(piece)
                size += len(piece)
            ref = ours[put.ref.id]
            # Another size was named by the walk already.
            if hashed.hexdigest() != ref.digest and put.ref.size == ref.size:
                unlike.append(f"artifact {ref.name} ({ref.id}) has other bytes at the source")
    return size, unlike
