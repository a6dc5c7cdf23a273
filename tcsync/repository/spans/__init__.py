"""Spans: which revisions of a stretch of history touch an id, so that reading needs no walk.

link       a revision as a step on the way to its root
mark       the first 16 bytes of a revision digest: it stands for the link and all below it
span       neighbouring links of one way to the root, and the touches of their packs
touch      a key and the place within the span of a link whose pack has a record of it
key        64 bits of SHA-256 over kind and id; ids that share one are told apart by the packs
apart      said of a link whose pack is too large, or too damaged, to be taken into the touches: the
           pack itself is asked
shelf      the folder with the spans of one resource

A cache and nothing else: files that may be deleted at any time, written whole by renaming, checked
when read, made anew where they are missing (docs/formats/span.md). No Django here.
"""

from tcsync.repository.spans.building import SHORTEST, Piece, extend
from tcsync.repository.spans.layout import HAS_ARTIFACTS, SpanDamaged, key_of, mark_of
from tcsync.repository.spans.shelf import Entry, Shelf, folder_of
from tcsync.repository.spans.span import Span

__all__ = [
    "HAS_ARTIFACTS",
    "SHORTEST",
    "Entry",
    "Piece",
    "Shelf",
    "Span",
    "SpanDamaged",
    "extend",
    "folder_of",
    "key_of",
    "mark_of",
]
