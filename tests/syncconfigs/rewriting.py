"""A source that rewrites the history of rover: revision 2 is another one, and 6 is new."""

from __future__ import annotations

from dataclasses import replace

from tcsync.audit.recording import SYSTEM
from tcsync.repository import writing
from tests.fakes.captured_source import CapturedSource, become_another_node
from tests.repository.histories import History


def other_history() -> CapturedSource:
    """Return a source with the other history; this node holds nothing before and after."""
    space = writing.make_category(SYSTEM, "Space")
    rover = History("rover", category=space.id)
    for number, value in ((1, 1), (2, 20), (5, 50), (6, 60)):
        parent = {1: None, 2: 1, 5: 2, 6: 5}[number]
        rover.commit(number, parent, {"a": {"v": value}})
    captured = CapturedSource()
    become_another_node()
    return captured


def rewrite(source: CapturedSource, other: CapturedSource) -> None:
    """Let a source show the rover of another one in the place of its own."""
    before = next(r for r in source.whole.resources if r.id == "rover")
    (after,) = (r for r in other.whole.resources if r.id == "rover")
    after = replace(after, category=before.category, tags=())
    rest = (r for r in source.whole.resources if r.id != "rover")
    source.whole = replace(source.whole, resources=(after, *rest))
    for name in ("records", "bytes", "pack_digests"):
        own, theirs = getattr(source, name), getattr(other, name)
        kept = {key: value for key, value in own.items() if key[0] != "rover"}
        setattr(source, name, kept | {k: v for k, v in theirs.items() if k[0] == "rover"})
