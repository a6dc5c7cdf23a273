"""The phases of a run as a line: what is behind it, where it is, what is to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from syncconfigs.models import SyncRun

READING, PLANNING = "reading the source", "planning"
_SYNC = (_("Reading the source"), _("Planning"), _("Transferring"), _("Comparing"))
_VERIFY = (_("Reading the source"), _("Comparing"), _("Recomputing digests"))
_PROVE = (_("Reading the source"), _("Comparing every revision"), _("Reading it again"))
_COMPARE = (_("Reading both sides"), _("Comparing"), _("Used projects"))
_LABELS = {
    SyncRun.Kind.SYNC: _SYNC,
    SyncRun.Kind.VERIFY: _VERIFY,
    SyncRun.Kind.COMPARE: _COMPARE,
    SyncRun.Kind.PROVE: _PROVE,
}
_PLACES = {
    SyncRun.Kind.SYNC: {
        READING: 0,
        PLANNING: 1,
        "transferring": 2,
        "reading the source again": 3,
        "comparing": 3,
        "walking heads": 3,
    },
    SyncRun.Kind.VERIFY: {
        READING: 0,
        "comparing with the source": 1,
        "recomputing digests": 2,
        "walking heads": 2,
    },
    SyncRun.Kind.PROVE: {
        READING: 0,
        "comparing with the source": 0,
        "comparing every revision": 1,
        "reading the source again": 2,
    },
    SyncRun.Kind.COMPARE: {
        READING: 0,
        "reading both sides": 0,
        "comparing": 1,
        "used projects": 2,
    },
}


@dataclass(frozen=True, slots=True)
class Phase:
    """One of them; `place` is done, now or next."""

    label: Any
    place: str


def of(run: SyncRun) -> list[Phase]:
    """Return the phases of a run; none is now while it waits, and none at all once it ended."""
    if not run.is_active:
        return []
    labels = _LABELS[SyncRun.Kind(run.kind)]
    at = _PLACES[SyncRun.Kind(run.kind)].get(run.phase)
    if run.state == SyncRun.State.QUEUED or at is None:
        return [Phase(label, "next") for label in labels]
    return [
        Phase(label, "done" if number < at else "now" if number == at else "next")
        for number, label in enumerate(labels)
    ]


def said(run: SyncRun) -> Any:
    """Return the phase in words, for those who are told of changes only."""
    if run.state != SyncRun.State.RUNNING:
        return _("waiting") if run.is_active else run.get_state_display()
    if run.cancel_requested:
        return _("cancelling")
    return next((phase.label for phase in of(run) if phase.place == "now"), run.phase)
