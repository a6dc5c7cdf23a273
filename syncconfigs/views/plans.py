"""A stored plan as lines: + what is new, ~ what changes, - what is let go, ! what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from syncconfigs.models import SyncRun
from syncconfigs.runs.log import plain
from syncconfigs.templatetags.amounts import size
from syncconfigs.views.steps import MARKS
from tcsync.sync.steps import Mark, TooMuch

LINES_SHOWN = 100
COUNTED = ("categories", "resources", "revisions", "elements", "released")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What the plan does with one thing; `sign` for the eye, `word` for those who listen."""

    sign: str
    word: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan as its run's page shows it: the totals, and the first of its lines."""

    summary: str
    refused: int
    lines: list[PlanLine]
    warnings: list[str]
    missing: list[str]
    is_cut: bool
    too_much: dict[str, Any] | None = None

    @classmethod
    def of(cls, run: SyncRun) -> ShownPlan | None:
        """Return the plan of a run, None when it has none yet."""
        document = document_of(run)
        if not document:
            return None
        some = list(islice(lines(document), LINES_SHOWN + 1))
        return cls(
            _summary(document.get("totals", {})),
            document.get("totals", {}).get("refusals", 0),
            some[:LINES_SHOWN],
            document.get("warnings", [])[:LINES_SHOWN],
            document.get("missing", [])[:LINES_SHOWN],
            len(some) > LINES_SHOWN,
            document.get("too_much_change") if run.code == TooMuch.code else None,
        )


def _summary(totals: dict[str, int]) -> str:
    """Say how much there is to do, without what there is nothing of."""
    count = {name: totals.get(name, 0) for name in (*COUNTED, "raw_bytes")}
    texts = {
        "categories": ngettext("%s category", "%s categories", count["categories"]),
        "resources": ngettext("%s resource", "%s resources", count["resources"]),
        "revisions": ngettext("%s revision", "%s revisions", count["revisions"]),
        "elements": ngettext("%s changed element", "%s changed elements", count["elements"]),
        "released": ngettext("%s let go", "%s let go", count["released"]),
    }
    parts = [texts[name] % floatformat(count[name], "0g") for name in COUNTED if count[name]]
    if count["raw_bytes"]:
        parts.append(_("%s of content") % size(count["raw_bytes"]))
    if parts and totals.get("at_least"):
        return _("At least %s") % ", ".join(parts)
    return ", ".join(parts) or _("Nothing to do")


def document_of(run: SyncRun) -> dict[str, Any]:
    """Return the plan of a run as it was stored, empty without one."""
    stored = getattr(run, "plan", None)
    return stored.document if stored is not None else {}


def lines(document: dict[str, Any]) -> Iterator[PlanLine]:
    """Yield what a plan does, refusals first: they need a person."""
    for one in document.get("refusals", []):
        yield PlanLine("!", _("refused"), one["name"], f"{one['reason']} {one['next_step']}")
    for one in document.get("categories", []):
        is_new = Mark.NEW in one["marks"]
        text = _("new category") if is_new else _("category: %s") % _words(one)
        yield _changed(one, text)
    for one in document.get("resources", []):
        parts = (_words(one), _was(one), _revisions(one))
        yield _changed(one, ", ".join(part for part in parts if part))
    for one in document.get("released", []):
        yield PlanLine("-", _("let go"), one["name"] or one["resource"], one["reason"])


def _words(one: dict[str, Any]) -> str:
    """Return what changes, but for the revisions: these are counted beside it."""
    return ", ".join(str(MARKS.get(mark, mark)) for mark in one["marks"] if mark != Mark.REVISIONS)


def _was(one: dict[str, Any]) -> str:
    before = one.get("renamed_from")
    return _("was %s") % before if before else ""


def _changed(one: dict[str, Any], about: str) -> PlanLine:
    if Mark.NEW in one["marks"]:
        return PlanLine("+", _("new"), one["name"], about)
    return PlanLine("~", _("changed"), one["name"], about)


def _revisions(one: dict[str, Any]) -> str:
    count = one["revisions"]
    if not count:
        return ""
    if count == 1:
        return _("revision %s") % one["first"]
    return _("%(revisions)s revisions from %(first)s to %(last)s") % one


def text(document: dict[str, Any]) -> Iterator[str]:
    """Yield the whole plan as text, a line each; what came from outside cannot break one."""
    for one in lines(document):
        yield f"{one.sign} {plain(one.name)}: {plain(one.text)}\n"
    for warning in document.get("warnings", []):
        yield f"? {plain(warning)}\n"
    for id_ in document.get("missing", []):
        yield f"? {plain(id_)}: the source does not show it to this account\n"
