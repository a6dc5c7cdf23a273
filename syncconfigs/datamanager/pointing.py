"""Where the mistake in an id lies: the character, and what is meant by it most likely."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NEARLY_UUID = re.compile(r"[^\s,]{8}-(?:[^\s,]{4}-){3}[^\s,]{12}")
"""As Teamwork Cloud's ids look, whatever the characters in between are."""
_HEX = frozenset("0123456789abcdefABCDEF-")
_MEANT = {"l": "1", "I": "1", "i": "1", "o": "0", "O": "0", "S": "5", "s": "5", "z": "2", "Z": "2"}
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2212")
MOST_MISTAKES = 3


@dataclass(frozen=True, slots=True)
class Mistake:
    """A character at a place, from 0 on, that is wrong there; `why` is a sentence's end."""

    place: int
    why: str

    def pointed(self, id_: str) -> str:
        """Return the id in one line and a caret under the character in the next."""
        shown = "".join(char if char.isprintable() else "?" for char in id_)
        return f"  {shown}\n  {' ' * self.place}^ {self.why}"


def mistake_in(id_: str) -> Mistake | None:
    """Return the first character that stands in no id, None where every one may."""
    for place, char in enumerate(id_):
        if char in _DASHES:
            return Mistake(place, "this is a long dash: an id has the short one of the keyboard")
        if not char.isprintable() or char.isspace():
            name = unicodedata.name(char, f"character {ord(char)}").lower()
            return Mistake(place, f"{name} does not belong into an id")
    if not _NEARLY_UUID.fullmatch(id_):
        return None
    for place, char in enumerate(id_):
        if char not in _HEX:
            return Mistake(place, _why(char))
    return None


def _why(char: str) -> str:
    meant = _MEANT.get(char)
    what = f"the letter {char!r}" if char.isalpha() else f"{char!r}"
    sentence = f"{what} does not occur in an id, only 0 to 9 and a to f do"
    return f"{sentence}; is the digit {meant} meant?" if meant else sentence


def difference(typed: str, existing: str) -> Mistake | None:
    """Return where an id that exists differs from what was typed; None where in too much."""
    if len(typed) != len(existing):
        return None
    places = [n for n, pair in enumerate(zip(typed, existing, strict=True)) if pair[0] != pair[1]]
    if not 0 < len(places) <= MOST_MISTAKES:
        return None
    return Mistake(places[0], f"there is one with {existing[places[0]]!r} here")
