"""A unit of writing: guard, rows, feed and audit in one transaction, locked in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from tcsync.audit.recording import Actor, record
from tcsync.repository.bulk import insert
from tcsync.repository.models import Change, Node

Guard = Callable[[], None]
"""Called inside the transaction, before anything else; raises when the writer lost its right."""

TREE = ""
"""The feed's name for the category tree."""


@dataclass(slots=True)
class Unit:
    """What one transaction touched, and what its audit row will say."""

    resources: set[str] = field(default_factory=set)
    tree_changed: bool = False
    target_kind: str = ""
    target_id: str = ""
    target_name: str = ""
    summary: str = ""
    details: dict[str, object] = field(default_factory=dict)

    def target(self, kind: str, id_: str, name: str, summary: str) -> None:
        """Say what the audit row is about."""
        self.target_kind, self.target_id = kind, id_
        self.target_name, self.summary = name, summary


@contextmanager
def unit(actor: Actor, action: str, guard: Guard | None = None) -> Iterator[Unit]:
    """Run the body as one unit. The feed's and the audit chain's locks are taken last."""
    with transaction.atomic():
        if guard is not None:
            guard()
        work = Unit()
        yield work
        _append_to_feed(work)
        record(
            actor,
            action,
            target_kind=work.target_kind,
            target_id=work.target_id,
            target_name=work.target_name,
            summary=work.summary,
            details=work.details or None,
        )


def _append_to_feed(work: Unit) -> None:
    touched = sorted(work.resources) + ([TREE] if work.tree_changed else [])
    if not touched:
        return
    # The update locks the row until commit: numbers become visible in their order, so that no
    # reader's cursor passes over a row that commits late (a database sequence would allow that).
    Node.objects.filter(id=1).update(last_change=F("last_change") + len(touched))
    last = Node.objects.values_list("last_change", flat=True).get(id=1)
    first = last - len(touched) + 1
    insert(Change(number=first + i, resource=name) for i, name in enumerate(touched))
