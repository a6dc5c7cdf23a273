"""How two stored forms of an element differ, attribute by attribute. Pure.

Canonical JSON makes this cheap: values are equal when their bytes are, so only what differs is
ever taken apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from tcsync.repository.browsing import stored
from tcsync.repository.browsing.attributes import (
    Leaf,
    attached,
    is_too_deep,
    leaves,
    member_path,
    reference,
)

MOST_CHARACTERS = 4_000
"""Of a text in a change: a page shows many of them."""
MOST_LEAVES = 1_000
_BEFORE_DIFFERENCE = 200
_SHOWN_OF_ORDER = 10
_CUT_BEFORE = "[…] "


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute that differs; None: it is not there. Texts are those of Value.

    Of a list, each item that came or went is a change at its place (`path[3]`); that those which
    stayed have another order is one change of its own, at `path[order]`. Texts longer than 4,000
    characters are given from shortly before their first difference on, with marks where cut.
    """

    path: str
    before: str | None
    after: str | None


def attribute_changes(
    before: bytes, after: bytes, most: int = 200
) -> tuple[tuple[AttributeChange, ...], bool]:
    """Return how two stored forms differ, and whether there are more than `most` changes."""
    olds, news = stored.top(before), stored.top(after)
    differing = _objects(olds, news, "", 0) if olds and news else _between(before, after, "", 0)
    found = list(islice(differing, most + 1))
    return tuple(found[:most]), len(found) > most


def _between(before: bytes, after: bytes, path: str, depth: int) -> Iterator[AttributeChange]:
    if before == after:
        return
    if before[:1] == after[:1] and not is_too_deep(max(before, after, key=len), depth):
        olds, news = stored.members(before), stored.members(after)
        if olds is not None and news is not None:
            yield from _objects(olds, news, path, depth)
            return
        old_items, new_items = stored.items(before), stored.items(after)
        if old_items is not None and new_items is not None:
            yield from _arrays(old_items, new_items, path, depth)
            return
    if _is_container(before) != _is_container(after):
        yield from _of_other_kinds(before, after, path, depth)
    else:
        yield _as_a_whole(before, after, path)


def _is_container(raw: bytes) -> bool:
    return raw[:1] in (b"{", b"[")


def _objects(
    olds: dict[str, bytes], news: dict[str, bytes], path: str, depth: int
) -> Iterator[AttributeChange]:
    old, new = reference(olds), reference(news)
    if old is not None and new is not None:
        if old != new:
            yield AttributeChange(path, old, new)
        olds, news = attached(olds), attached(news)
    for key in sorted(olds | news):
        yield from _maybe(olds.get(key), news.get(key), member_path(path, key), depth + 1)


def _maybe(
    before: bytes | None, after: bytes | None, path: str, depth: int
) -> Iterator[AttributeChange]:
    """Compare two values of which one may be absent."""
    if before is not None and after is not None:
        yield from _between(before, after, path, depth)
    elif before is not None:
        for leaf in leaves(before, path, depth):
            yield AttributeChange(leaf.path, _text(leaf), None)
    elif after is not None:
        for leaf in leaves(after, path, depth):
            yield AttributeChange(leaf.path, None, _text(leaf))


def _text(leaf: Leaf) -> str:
    text = leaf.text if leaf.text is not None else leaf.reference or ""
    return stored.shortened(text, MOST_CHARACTERS)


def _arrays(
    olds: list[bytes], news: list[bytes], path: str, depth: int
) -> Iterator[AttributeChange]:
    """Compare lists by what came and what went, whatever places that moved."""
    gone, came = _left_over(olds, news), _left_over(news, olds)
    if any(_is_compound(olds[place]) for place in gone):
        # What is made of parts was rather changed than exchanged.
        for old, new in zip_longest(gone, came):
            before = None if old is None else olds[old]
            after = None if new is None else news[new]
            place = old if new is None else new
            yield from _maybe(before, after, f"{path}[{place}]", depth + 1)
    else:
        left, here = frozenset(gone), frozenset(came)
        for place in sorted(left | here):
            before = olds[place] if place in left else None
            after = news[place] if place in here else None
            yield from _maybe(before, after, f"{path}[{place}]", depth + 1)
    yield from _order(_without(olds, gone), _without(news, came), path)


def _is_compound(raw: bytes) -> bool:
    return raw[:1] == b"[" or (raw[:1] == b"{" and reference(stored.members(raw) or {}) is None)


def _left_over(items: list[bytes], others: list[bytes]) -> list[int]:
    """Return the places of those items that have no equal among the others, one for one."""
    open_ = Counter(others)
    places = []
    for place, item in enumerate(items):
        if open_[item] > 0:
            open_[item] -= 1
        else:
            places.append(place)
    return places


def _without(items: list[bytes], places: Sequence[int]) -> list[bytes]:
    left_out = frozenset(places)
    return [item for place, item in enumerate(items) if place not in left_out]


def _order(olds: list[bytes], news: list[bytes], path: str) -> Iterator[AttributeChange]:
    """Say that the same items stand in another order, showing where that begins."""
    if olds == news or sorted(olds) != sorted(news):
        return
    place = next(i for i, (old, new) in enumerate(zip(olds, news, strict=True)) if old != new)
    yield AttributeChange(f"{path}[order]", _row(olds, place), _row(news, place))


def _row(items: list[bytes], place: int) -> str:
    some = [
        _text(leaf)
        for at in range(place, min(len(items), place + _SHOWN_OF_ORDER))
        for leaf in islice(leaves(items[at], ""), 1)
    ]
    front = _CUT_BEFORE if place else ""
    back = stored.CUT if place + _SHOWN_OF_ORDER < len(items) else ""
    return front + stored.shortened(", ".join(some), MOST_CHARACTERS) + back


def _of_other_kinds(
    before: bytes, after: bytes, path: str, depth: int
) -> Iterator[AttributeChange]:
    """Compare a plain value with an object or a list, leaf by leaf."""
    olds = {leaf.path: _text(leaf) for leaf in islice(leaves(before, path, depth), MOST_LEAVES)}
    news = {leaf.path: _text(leaf) for leaf in islice(leaves(after, path, depth), MOST_LEAVES)}
    for key in olds | news:
        yield AttributeChange(key, olds.get(key), news.get(key))


def _as_a_whole(before: bytes, after: bytes, path: str) -> AttributeChange:
    """Compare two plain values, or what is too much to be taken apart."""
    old, new = stored.string(before), stored.string(after)
    if old is not None and new is not None:
        at = _first_difference(old, new)
        return AttributeChange(path, _window(old, at), _window(new, at))
    # As JSON where kinds differ: 1 and "1" would look alike.
    at = _first_difference(before, after)
    return AttributeChange(path, *(_window(raw, at) for raw in (before, after)))


def _first_difference(one: str | bytes, other: str | bytes) -> int:
    """Return how much of both is equal, by halves: texts may have millions of characters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _window(value: str | bytes, at: int) -> str:
    """Return a text from shortly before a place on, the whole of it where it is short enough."""
    begin = 0 if len(value) <= MOST_CHARACTERS else max(0, at - _BEFORE_DIFFERENCE)
    part = value[begin : begin + MOST_CHARACTERS]
    text = part if isinstance(part, str) else part.decode("utf-8", "replace")
    back = stored.CUT if begin + MOST_CHARACTERS < len(value) else ""
    return (_CUT_BEFORE if begin else "") + text + back
