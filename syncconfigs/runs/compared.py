"""Rows of a report: what was found of one resource, as it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from syncconfigs.models import ComparedResource, SyncRun
from tcsync.sync.against import Compared, Walked
from tcsync.sync.differences import Difference, Kind
from tcsync.sync.marks import Seen, Use, holes_text
from tcsync.sync.used import User

MOST_WALKS = 100
"""States that differ of one resource which are named; all of them are counted."""
LONGEST_TEXT = 4000
LONGEST_KEY = 200
Verdict = ComparedResource.Verdict
Entry = list[str]


def key(id_: str) -> str:
    """Return a Resource ID, whatever a server says it is, as a row can hold it."""
    return storable(id_)[:LONGEST_KEY]


def row_of(run: SyncRun, compared: Compared) -> ComparedResource:
    """Return the row of a resource whose listings were compared, not saved."""
    shown = compared.match.shown
    row = ComparedResource(run=run, resource=key(shown.id), name=storable(shown.name)[:1000])
    add(row, compared.differences)
    row.facts = {"one": _facts(compared.one), "other": _facts(compared.other)}
    row.uses = [_uses(compared.one), _uses(compared.other)]
    return row


def add(row: ComparedResource, differences: Iterable[Difference]) -> None:
    """Add to a row what differs; what both sides agree in is a note."""
    for found in differences:
        (row.notes if found.is_note else row.differences).append(_entry(found))


def add_walk(row: ComparedResource, walked: Walked) -> None:
    """Add what a walk of one state found."""
    row.walked = walked.number
    row.states += 1
    row.elements += walked.elements
    if walked.difference is not None and len(row.walks) < MOST_WALKS:
        row.walks.append(_entry(walked.difference))


def settle(row: ComparedResource) -> None:
    """Say what came of it all."""
    kinds = list(dict.fromkeys(entry[0] for entry in (*row.differences, *row.walks)))
    row.kinds = f"|{'|'.join(kinds)}|" if kinds else ""
    if any(kind != Kind.ANSWER for kind in kinds):
        row.verdict = Verdict.DIFFERENT
    else:
        row.verdict = Verdict.UNKNOWN if kinds else Verdict.EQUAL


def user_of(row: ComparedResource) -> User:
    """Return what the heads of a resource use."""
    sides: list[list[list[Any]]] = row.uses or [[], []]
    one, other = (tuple(Use(*use) for use in side) for side in sides)
    return User(row.resource, row.name, one, other)


def _entry(found: Difference) -> Entry:
    texts = (found.what, found.theirs, found.ours)
    return [str(found.kind), *(storable(text) for text in texts)]


def storable(text: str) -> str:
    """Return a text as both databases take it: without NUL and lone surrogates, not too long."""
    plain = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return plain if len(plain) <= LONGEST_TEXT else plain[:LONGEST_TEXT] + "…"


def _uses(seen: Seen | None) -> list[list[Any]]:
    uses = seen.uses if seen is not None else ()
    return [[storable(u.resource), storable(u.project), u.version] for u in uses]


def _facts(seen: Seen | None) -> dict[str, Any]:
    if seen is None:
        return {}
    resource = seen.resource
    return {
        "resource": storable(resource.id),
        "project_id": storable(resource.project_id),
        "name": storable(resource.name),
        "category": [storable(name) for name in seen.place or ()],
        "revisions": len(seen.marks),
        "newest": max(seen.marks, default=None),
        "holes": holes_text(seen.marks),
        "branches": {storable(b.name): b.head for b in resource.branches},
        "tags": len(resource.tags),
    }
