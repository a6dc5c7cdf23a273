"""Where an offloading stands: which steps are done, which is next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from syncconfigs import visible
from syncconfigs.models import FullReport, Offloading, OffloadingStep, SyncRun
from tcsync.access.permissions import Person

Name = OffloadingStep.Name
ORDER = (
    Name.SYNCHRONIZED,
    Name.FROZEN,
    Name.COMPARED,
    Name.UNDERSTOOD,
    Name.CLEARED,
    Name.REMOVED,
    Name.EDITABLE,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the guide: `place` is done, now or next; `step` is how it was taken."""

    name: str
    label: Any
    place: str
    step: OffloadingStep | None = None
    report: FullReport | None = None


def rows(user: Person) -> QuerySet[Offloading]:
    """Return the offloadings that somebody may see: those into categories that may be read."""
    allowed = visible.categories(user)
    found = Offloading.objects.select_related("config")
    return found if allowed is None else found.filter(category__in=allowed)


def stages(offloading: Offloading) -> list[Stage]:
    """Return all steps in their order; the first that is not done is the one of now."""
    taken = steps_of(offloading)
    found: list[Stage] = []
    is_open = offloading.ended_at is None
    for name in ORDER:
        step = taken.get(name)
        report = report_of(step)
        place = "next"
        if step is not None and is_done(step):
            place = "done"
        elif is_open and all(stage.place == "done" for stage in found):
            place = "now"
        found.append(Stage(name, name.label, place, step, report))
    return found


def steps_of(offloading: Offloading) -> dict[str, OffloadingStep]:
    """Return the steps that count, by name."""
    found = offloading.steps.filter(voided_at=None).select_related("run")
    return {step.name: step for step in found}


def report_of(step: OffloadingStep | None) -> FullReport | None:
    """Return the report of the comparison that a step asked for, where it has one."""
    if step is None or step.run_id is None or step.name != Name.COMPARED:
        return None
    return FullReport.objects.filter(run=step.run_id).first()


def is_done(step: OffloadingStep) -> bool:
    """Tell whether a step is behind us: one that asks for a run when that came to a good end."""
    if step.name == Name.SYNCHRONIZED:
        # With a code it succeeded in part only: there was nothing, or something newer.
        run = step.run
        return run is not None and run.state == SyncRun.State.SUCCEEDED and not run.code
    if step.name == Name.COMPARED:
        report = report_of(step)
        return report is not None and report.is_equal and not step.run.is_active  # type: ignore[union-attr]
    return True


def later(name: str) -> Iterable[str]:
    """Return a step and all that follow it, with the statement that hangs on the comparison."""
    following = [*ORDER[ORDER.index(Name(name)) :]]
    return [*following, Name.OPENS] if Name.COMPARED in following else following
