"""Steps of a run as rows: failed ones first, and those of one cause told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from syncconfigs import visible
from syncconfigs.configurations import Holder, holders
from syncconfigs.models import RunStep, SyncRun
from syncconfigs.standing import Standing, Tone
from tcsync.sync.refusals import HISTORY
from tcsync.sync.steps import Mark

CAUSES_SHOWN = 50
NAMED_OF_A_CAUSE = 20
_State = RunStep.State
_TONES = {
    _State.PENDING: Tone.QUIET,
    _State.DONE: Tone.GOOD,
    _State.FAILED: Tone.BAD,
    _State.REFUSED: Tone.UNSURE,
}
MARKS: dict[str, Any] = {
    Mark.NEW: _("new"),
    Mark.REVISIONS: _("new revisions"),
    Mark.RENAMED: _("renamed"),
    Mark.MOVED: _("moved to another category"),
    Mark.BRANCHES: _("branches"),
    Mark.TAGS: _("tags"),
    Mark.DESCRIBED: _("description"),
    Mark.GONE: _("branches gone at the source"),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step; `is_linked` says whether its resource is here and may be seen.

    `holder` is what is in the way of a refused one, where this person may see it; `is_history`
    says that both histories can be shown side by side.
    """

    step: RunStep
    standing: Standing
    marks: list[Any]
    is_linked: bool
    holder: Holder | None = None
    is_history: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some steps failed or were refused: told by one of them, with the names of the first."""

    key: str
    example: RunStep
    count: int
    names: list[str]

    @property
    def version(self) -> str:
        """What a page that shows it knows it by."""
        return f"{self.key}-{self.count}"

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.names)


def working_on(run: SyncRun) -> list[str]:
    """Return the resources that are worked on just now."""
    is_working = run.state == SyncRun.State.RUNNING and run.phase == "transferring"
    return [run.resource_now] if is_working and run.resource_now else []


def in_order(run: SyncRun) -> QuerySet[RunStep]:
    """Return the steps of a run: failed, refused, worked on, to be done, done."""
    working = Q(state=_State.PENDING, resource__in=working_on(run))
    urgency = Case(
        When(state=_State.FAILED, then=Value(0)),
        When(state=_State.REFUSED, then=Value(1)),
        *([When(working, then=Value(2))] if working_on(run) else []),
        When(state=_State.PENDING, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    return run.steps.order_by(urgency, "position")


def rows(request: HttpRequest, run: SyncRun, steps: Iterable[RunStep]) -> list[StepRow]:
    """Return steps as rows, for this person."""
    some = list(steps)
    here = visible.resources(request.user).filter(id__in=[step.resource for step in some])
    shown = set(here.values_list("id", flat=True))
    now_at = working_on(run)
    return [
        StepRow(
            step,
            _standing(step, now_at, run),
            words(step.marks),
            step.resource in shown,
            holder,
            step.code in HISTORY and step.state == _State.REFUSED and run.config_id is not None,
        )
        for step, holder in zip(some, holders(request.user, _refusals(some)), strict=True)
    ]


def _refusals(some: list[RunStep]) -> list[dict[str, Any]]:
    """Return steps with the keys that refusals have in the document of a plan."""
    names = ("resource", "name", "code", "facts")
    return [{name: getattr(step, name) for name in names} for step in some]


def words(marks: list[str]) -> list[Any]:
    """Return what changes in words. That something new has revisions goes without saying."""
    is_new = Mark.NEW in marks
    return [MARKS.get(m, m) for m in marks if not (is_new and m == Mark.REVISIONS)]


def _standing(step: RunStep, now_at: list[str], run: SyncRun) -> Standing:
    if step.state == _State.PENDING and step.resource in now_at:
        return Standing(_("working"), Tone.BUSY)
    if step.state == _State.PENDING and not run.is_active:
        return Standing(_("not done"), Tone.QUIET)
    state = _State(step.state)
    return Standing(state.label, _TONES[state])


def causes(run: SyncRun) -> list[Cause]:
    """Return why steps failed or were refused, failures first; at most so many as can be read."""
    troubled = run.steps.filter(state__in=(_State.FAILED, _State.REFUSED))
    groups: list[Any] = list(
        troubled.values("state", "cause")
        .annotate(count=Count("pk"), first=Min("pk"))
        .order_by("state", "first")[:CAUSES_SHOWN]
    )
    examples = RunStep.objects.in_bulk([group["first"] for group in groups])
    return [_cause(troubled, group, examples) for group in groups if group["first"] in examples]


def _cause(
    troubled: QuerySet[RunStep], group: dict[str, Any], examples: dict[int, RunStep]
) -> Cause:
    example = examples[group["first"]]
    alike = troubled.filter(state=group["state"], cause=group["cause"]).order_by("position")
    named = alike.values_list("name", "resource")[:NAMED_OF_A_CAUSE]
    key = f"{group['state']}-{group['cause']}"
    return Cause(key, example, group["count"], [name or id_ for name, id_ in named])
