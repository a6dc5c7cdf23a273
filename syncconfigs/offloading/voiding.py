"""When a comparison no longer counts: the source, or the copy here, went on after it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from syncconfigs import connect
from syncconfigs.models import Offloading, OffloadingStep
from syncconfigs.offloading.stages import Name, later, report_of, steps_of
from syncconfigs.runs.listings import compare_listings
from tcsync.audit.recording import Actor, record
from tcsync.errors import Clash, Missing
from tcsync.repository.among import among
from tcsync.repository.models import Resource


class Voided(Clash):
    """A full comparison no longer counts: it is of another state than that of now."""

    code = "comparison_void"
    default_next_step = (
        "See that nobody writes at the source, then take the steps again from there."
    )


def void(actor: Actor, offloading: Offloading, name: str, why: str) -> None:
    """Let a step and all that followed it count no more, inside the caller's transaction."""
    some = offloading.steps.filter(voided_at=None, name__in=list(later(name)))
    if some.update(voided_at=timezone.now(), voided_why=why):
        note(actor, offloading, "void", f"{name} and what followed no longer count: {why}")


def check_here(actor: Actor, offloading: Offloading) -> OffloadingStep:
    """Return the comparison. Raises Voided when a copy changed since it was made here."""
    step = steps_of(offloading).get(Name.COMPARED)
    report = report_of(step)
    if step is None or report is None:
        raise Missing("Nothing was compared yet.", next_step="Compare in full first.")
    changed = Resource.objects.filter(
        among("id", report.resources), modified__gt=report.made_at
    ).first()
    if changed is not None:
        _refuse(actor, offloading, f"{changed.name} changed here after the comparison.")
    return step


def check_source(actor: Actor, offloading: Offloading) -> None:
    """Ask the source whether it still is what was compared.

    Raises Voided when it went on, SourceError when it cannot be asked, Missing.
    """
    report = report_of(check_here(actor, offloading))
    if offloading.server is None or report is None:
        raise Missing(
            "The server is no longer known here, so that nobody can tell whether it went on.",
            next_step="Add it again, then begin anew.",
        )
    with connect.open_source(offloading.server) as source:
        first = compare_listings(source, report.resources).first
    if first:
        _refuse(actor, offloading, f"The source went on after the comparison: {first}.")


def _refuse(actor: Actor, offloading: Offloading, why: str) -> None:
    # In a transaction of its own: what follows is refused, this is to stay.
    with transaction.atomic():
        void(actor, offloading, Name.SYNCHRONIZED, why)
    raise Voided(why)


def note(actor: Actor, offloading: Offloading, act: str, summary: str, **details: object) -> None:
    """Add an entry about an offloading, in the transaction of what it records."""
    record(
        actor,
        f"offloading.{act}",
        target_kind="offloading",
        target_id=str(offloading.pk),
        target_name=offloading.name,
        summary=summary,
        details=details,
    )
