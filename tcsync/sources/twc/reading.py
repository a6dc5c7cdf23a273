"""Reading elements at a revision: batches of ids, each item's own status checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tcsync.errors import AnswerTooLarge, BadAnswer
from tcsync.sources.twc.api import Api, resource_path
from tcsync.sources.twc.elements import Element, Part, element_from, element_of
from tcsync.sources.twc.foreign import NOT_READ, whole_number

_OK = 200
_NO_NUMBER = 0
_UNREADABLE = {401, 403}


class _Item(msgspec.Struct, gc=False):
    data: list[Part]
    status: int | str = _OK


_NO_STATUS = msgspec.Raw(b"200")
_NO_PAIR = msgspec.Raw(b"null")
_items = msgspec.json.Decoder(dict[str, _Item])
_raws = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_elements(api: Api, resource: str, number: int, ids: Iterable[str]) -> list[Element]:
    """Return the elements with these ids, in their order.

    Raises BadAnswer naming the first that is missing, after it was asked for once more.
    """
    wanted = list(ids)
    path = resource_path(resource, "revisions", number, "elements")
    try:
        found, statuses = _read(api, path, wanted)
    except AnswerTooLarge:
        if len(wanted) == 1:
            raise
        # Elements have up to a megabyte, if only few of a thousand: half of them may well fit.
        middle = len(wanted) // 2
        halves = (wanted[:middle], wanted[middle:])
        return [one for half in halves for one in read_elements(api, resource, number, half)]
    missing = [id_ for id_ in wanted if id_ not in found]
    if missing:
        more, statuses = _read(api, path, missing)
        found.update(more)
    for id_ in missing:
        if id_ not in found:
            raise _missing(api.where, number, id_, statuses.get(id_))
    return [found[id_] for id_ in wanted]


def _read(api: Api, path: str, ids: list[str]) -> tuple[dict[str, Element], dict[str, int]]:
    found: dict[str, Element] = {}
    statuses: dict[str, int] = {}
    wanted = set(ids)
    for id_, item in api.batch(path, ids, _opened).items():
        if id_ not in wanted:
            continue
        if isinstance(item, _Item):
            status = item.status
            if status != _OK:
                status = whole_number(status) or _NO_NUMBER
            element = element_from(item.data, id_) if status == _OK else None
        else:
            status, pair = _taken_apart(item)
            element = element_of(pair, id_) if status == _OK else None
        if element is None:
            statuses[id_] = status
        else:
            found[id_] = element
    return found, statuses


def _opened(text: bytes) -> Mapping[str, _Item | msgspec.Raw]:
    """Return the items of an answer: all at once where all have the usual shape."""
    try:
        return _items.decode(text)
    except NOT_READ:
        return _raws.decode(text)


def _taken_apart(raw: msgspec.Raw) -> tuple[int, bytes]:
    """Return status and pair of an item; old servers send the pair alone (3)."""
    if bytes(memoryview(raw)[:1]) != b"{":
        return _OK, bytes(raw)
    try:
        parts = _raws.decode(raw)
    except NOT_READ:
        return _NO_NUMBER, b""
    said = bytes(parts.get("status", _NO_STATUS)).strip(b'"').decode("utf-8", "replace")
    return whole_number(said) or _NO_NUMBER, bytes(parts.get("data", _NO_PAIR))


def _missing(where: str, number: int, id_: str, status: int | None) -> BadAnswer:
    if status in _UNREADABLE:
        return BadAnswer(
            f"Element {id_} of revision {number} may not be read by this account at {where}.",
            next_step="Give the account the right to read the whole model.",
        )
    return BadAnswer(
        f"Element {id_} exists at revision {number}, says {where}, and is not there when it is"
        f" asked for{f' (status {status})' if status else ''}.",
        next_step="Synchronize again; if it happens again, have the server's model validated.",
    )
