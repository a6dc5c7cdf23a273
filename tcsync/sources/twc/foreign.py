"""JSON of the other side: bounded before it is decoded; what is odd in it is odd in one way."""

from __future__ import annotations

import re

import msgspec

from tcsync.errors import AnswerTooLarge

NOT_READ = (msgspec.DecodeError, ValueError, RecursionError)
"""What the decoders raise for a text that they cannot make anything of, however it is odd."""

MOST_CONTAINERS = 2_000_000
"""Objects and arrays in an answer: each takes up to a hundred times the memory of its text. The
longest listings that are known, 10,000 revisions of 55 root elements each, have less than 700,000.
"""

_WHOLE = re.compile(r"-?[0-9]{1,16}")
_WHOLE_RANGE = range(-(10**16) + 1, 10**16)


def check_containers(text: bytes, where: str) -> None:
    """Raise AnswerTooLarge for a text that would take far more memory than it has bytes."""
    if len(text) <= 2 * MOST_CONTAINERS:
        # Each is opened and closed.
        return
    count = text.count(b"{") + text.count(b"[")
    if count > MOST_CONTAINERS:
        raise AnswerTooLarge(
            f"{where} sends {count:,} objects and lists in one answer, more than the"
            f" {MOST_CONTAINERS:,} allowed."
        )


def whole_number(value: object) -> int | None:
    """Return a whole number of up to 16 digits, also where it came as a text; None for all else."""
    if isinstance(value, str):
        text = value.strip()
        return int(text) if _WHOLE.fullmatch(text) else None
    if isinstance(value, int) and not isinstance(value, bool) and value in _WHOLE_RANGE:
        return value
    return None
