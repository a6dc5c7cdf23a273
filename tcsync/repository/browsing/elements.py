"""One element in full, its references resolved; all elements as lines for a download."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tcsync.histories.identity import is_uuid
from tcsync.repository.browsing import stored
from tcsync.repository.browsing.attributes import Leaf, leaves
from tcsync.repository.browsing.outline import Outline
from tcsync.repository.browsing.tree import body_of
from tcsync.repository.states import History

MOST_VALUES = 2_000
MOST_TEXT = 1_000_000
"""Characters of all values together."""


@dataclass(frozen=True, slots=True)
class Value:
    """One attribute, ready to be shown; `path` is like "data.name" or "data.ownedElement[3]".

    Exactly one of `text` and `reference` is given. Number tokens come character by character;
    true, false and null as in JSON; an empty list as [] and an empty object as {}. A text longer
    than 20,000 characters is cut, with a mark at its end.
    """

    path: str
    text: str | None
    reference: str | None
    """The id of the element that it refers to."""
    target: Outline | None
    """What that id is at this revision; None when it is not there, as in another project."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element in full: `values` are all attributes of its `data`, in their order.

    `truncated` when there are more than are given: of 2,000 values, or a million characters.
    """

    outline: Outline
    ns_uri: str
    values: tuple[Value, ...]
    truncated: bool
    body: bytes
    """The canonical JSON."""


def element(history: History, number: int, id: str) -> Element:
    """Return an element at a revision. Raises Missing."""
    body = body_of(history, number, id)
    ns_uri = stored.head(body).get("nsURI")
    data = stored.top(body).get("data", b"null")
    found, truncated = _bounded(leaves(data, "data"))
    return Element(
        Outline.of(id, body),
        stored.clean(stored.shortened(ns_uri)) if isinstance(ns_uri, str) else "",
        _values(history, number, id, found),
        truncated,
        body,
    )


def _bounded(all_leaves: Iterator[Leaf]) -> tuple[list[Leaf], bool]:
    found: list[Leaf] = []
    size = 0
    for leaf in all_leaves:
        if len(found) >= MOST_VALUES or size > MOST_TEXT:
            return found, True
        found.append(leaf)
        size += len(leaf.text or "") + len(leaf.path)
    return found, False


def _values(history: History, number: int, own: str, found: list[Leaf]) -> tuple[Value, ...]:
    # Some lists of ids are plain texts (rest-api, section 10); its own id leads nowhere.
    likely = {leaf.text for leaf in found if leaf.text and is_uuid(leaf.text)} - {own}
    ids = likely | {leaf.reference for leaf in found if leaf.reference}
    targets = {id_: Outline.of(id_, b) for id_, b in history.get_many(number, ids).items()}
    return tuple(_value(leaf, targets, likely) for leaf in found)


def _value(leaf: Leaf, targets: dict[str, Outline], likely: set[str]) -> Value:
    if leaf.text in likely and leaf.text in targets:
        return Value(leaf.path, None, leaf.text, targets[leaf.text])
    return Value(*leaf, targets.get(leaf.reference) if leaf.reference else None)


def element_lines(history: History, number: int) -> Iterator[bytes]:
    """Yield all elements of a revision as lines of canonical JSON, by rising id; memory is flat."""
    for _id, body in history.elements(number):
        yield body + b"\n"
