"""Taking the steps: each asks for the one before it, is stored with who took it, and audited."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from syncconfigs import configurations, datamanager
from syncconfigs.models import Offloading, OffloadingStep, SyncConfig, SyncRun
from syncconfigs.offloading.stages import ORDER, Name, is_done, report_of, steps_of
from syncconfigs.offloading.voiding import check_here, note, void
from syncconfigs.rights import require_synchronize
from tcsync.audit.recording import Actor
from tcsync.errors import Clash, Missing
from tcsync.repository.among import among
from tcsync.repository.models import Resource

AGAIN = "It was done again."


def begin(actor: Actor, config: SyncConfig) -> Offloading:
    """Return the offloading of a configuration that is under way, a new one if there is none.

    Raises NotAllowed.
    """
    require_synchronize(actor, config.target_category_id)
    found = Offloading.objects.filter(config=config, ended_at=None).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            made = Offloading.objects.create(
                config=config,
                server=config.server,
                name=config.source_name,
                server_name=config.server.name,
                server_kind=config.server.kind,
                category=config.target_category_id,
                created_by=actor.name[:200],
            )
            note(actor, made, "begin", f"{made.name} of {made.server_name} is to be offloaded")
    except IntegrityError:
        # Somebody else was faster.
        return Offloading.objects.get(config=config, ended_at=None)
    return made


def synchronize(actor: Actor, offloading: Offloading) -> None:
    """Ask for a synchronization; what was compared before it no longer counts."""
    config = _config(actor, offloading)
    run = configurations.synchronize(actor, config)
    _refuse_other(run, SyncRun.Kind.SYNC)
    with transaction.atomic():
        void(actor, offloading, Name.SYNCHRONIZED, AGAIN)
        _take(actor, offloading, Name.SYNCHRONIZED, f"run {run.pk} asked for", run=run)


def freeze(actor: Actor, offloading: Offloading, who: str) -> None:
    """Note who says that nobody writes at the source any more."""
    _after(actor, offloading, Name.FROZEN)
    with transaction.atomic():
        _take(actor, offloading, Name.FROZEN, f"the source is frozen, says {who}")


def compare(actor: Actor, offloading: Offloading) -> None:
    """Ask for a full comparison with the frozen source."""
    config = _config(actor, offloading)
    _after(actor, offloading, Name.COMPARED)
    run = configurations.prove(actor, config)
    _refuse_other(run, SyncRun.Kind.PROVE)
    with transaction.atomic():
        void(actor, offloading, Name.COMPARED, AGAIN)
        _take(actor, offloading, Name.COMPARED, f"run {run.pk} asked for", run=run)


def understand(actor: Actor, offloading: Offloading) -> None:
    """Note that somebody read what the comparison proves, and what it does not."""
    _after(actor, offloading, Name.UNDERSTOOD)
    report = report_of(check_here(actor, offloading))
    with transaction.atomic():
        offloading.resources = list(report.resources) if report is not None else []
        offloading.save(update_fields=["resources"])
        _take(actor, offloading, Name.UNDERSTOOD, "read what this proves, and what not")


def clear(actor: Actor, offloading: Offloading, what: str) -> None:
    """Note what became of the source: the guide deletes nothing there."""
    _after(actor, offloading, Name.CLEARED)
    with transaction.atomic():
        _take(actor, offloading, Name.CLEARED, what)


def remove(actor: Actor, offloading: Offloading) -> None:
    """Delete the configuration; the copies stay, read-only. Raises NotAllowed, Clash."""
    _after(actor, offloading, Name.REMOVED)
    check_here(actor, offloading)
    with transaction.atomic():
        if offloading.config is not None:
            configurations.delete(actor, offloading.config, copies="keep")
        _take(actor, offloading, Name.REMOVED, "the configuration is deleted, the copies stay")
    offloading.refresh_from_db()


def finish(actor: Actor, offloading: Offloading, *, editable: bool) -> Sequence[Resource]:
    """End the guide; `editable`: the copies become local resources, which are returned."""
    _after(actor, offloading, Name.EDITABLE)
    done: Sequence[Resource] = ()
    with transaction.atomic():
        if editable:
            found = Resource.objects.filter(among("id", offloading.resources), read_only=True)
            chosen = datamanager.Chosen(tuple(found.order_by("name", "id")))
            done = datamanager.make_editable(actor, chosen, reason="offloaded")
        what = f"{len(done)} copies made editable" if editable else "the copies stay read-only"
        _take(actor, offloading, Name.EDITABLE, what)
        _end(offloading)
    return done


def abandon(actor: Actor, offloading: Offloading) -> None:
    """End the guide where it is; nothing that was done is taken back. Raises NotAllowed."""
    require_synchronize(actor, offloading.category)
    with transaction.atomic():
        note(actor, offloading, "abandon", "left where it was")
        _end(offloading)


def _end(offloading: Offloading) -> None:
    offloading.ended_at = timezone.now()
    offloading.save(update_fields=["ended_at"])


def _config(actor: Actor, offloading: Offloading) -> SyncConfig:
    require_synchronize(actor, offloading.category)
    _refuse_ended(offloading)
    if offloading.config is None:
        raise Missing(
            f"The configuration of {offloading.name} was deleted.",
            next_step="Make it again, then begin this guide anew.",
        )
    return offloading.config


def _after(actor: Actor, offloading: Offloading, name: str) -> None:
    """Raise unless the actor may, and all steps before this one are done."""
    require_synchronize(actor, offloading.category)
    _refuse_ended(offloading)
    taken = steps_of(offloading)
    for before in ORDER[: ORDER.index(Name(name))]:
        step = taken.get(before)
        if step is None or not is_done(step):
            raise Clash(
                f"The step “{before.label}” is not done yet.",
                next_step="Take the steps in their order.",
            )


def _refuse_ended(offloading: Offloading) -> None:
    if offloading.ended_at is not None:
        raise Clash("This guide has ended.", next_step="Begin it anew.")


def _refuse_other(run: SyncRun, kind: str) -> None:
    if run.kind != kind:
        raise Clash(
            f"Run {run.pk} ({run.get_kind_display()}) is under way.",
            next_step="Wait for its end, or cancel it.",
        )


def _take(
    actor: Actor, offloading: Offloading, name: str, what: str, run: SyncRun | None = None
) -> None:
    """Store a step and note it, inside the caller's transaction. Taken twice, the first counts."""
    _step, is_new = OffloadingStep.objects.get_or_create(
        offloading=offloading,
        name=name,
        voided_at=None,
        defaults={"by": actor.name[:200], "note": what, "run": run},
    )
    if is_new:
        note(actor, offloading, name, what, run=run.pk if run else None)
