"""Asking for runs: one active run per configuration, whoever asks how often."""

from __future__ import annotations

import logging

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django_q.tasks import async_task

from syncconfigs.models import Comparison, Doorbell, SyncConfig, SyncRun
from syncconfigs.rights import require, require_synchronize
from syncconfigs.runs import holding, verdict
from syncconfigs.runs.lease import expired
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, record
from tcsync.errors import Clash, Missing

log = logging.getLogger(__name__)
TASK = "syncconfigs.tasks.run_sync"


def request(
    config: SyncConfig,
    actor: Actor,
    trigger: str,
    kind: str = SyncRun.Kind.SYNC,
    retry_of: SyncRun | None = None,
) -> SyncRun:
    """Return the active run of a configuration, a new one if there is none; a worker is rung for.

    In a blackout it waits for the end of the window. The unique constraint decides between those
    who ask at the same time. Raises Missing when the configuration was deleted, Clash when it is
    closed. Whether the actor may, `configurations.synchronize` has checked: the
    watcher and a new configuration ask here.
    """
    for _attempt in range(3):
        active = SyncRun.objects.filter(config=config, state__in=SyncRun.ACTIVE).first()
        if active is not None:
            return active
        try:
            with transaction.atomic():
                return _create(config, actor, trigger, kind, retry_of)
        except IntegrityError:
            # Another request came first, or the configuration went away before our commit.
            _check_open(config, kind)
    raise DatabaseError("Runs of this configuration come and go too quickly.")


def request_comparison(
    comparison: Comparison, actor: Actor, trigger: str, retry_of: SyncRun | None = None
) -> SyncRun:
    """Return the active run of a comparison, a new one if there is none; a worker is rung for.

    Raises Missing when it was deleted. Whether the actor may, `comparisons.run` has checked.
    """
    for _attempt in range(3):
        active = SyncRun.objects.filter(comparison=comparison, state__in=SyncRun.ACTIVE).first()
        if active is not None:
            return active
        try:
            with transaction.atomic():
                return _create_comparing(comparison, actor, trigger, retry_of)
        except IntegrityError:
            if not Comparison.objects.filter(pk=comparison.pk).exists():
                raise Missing(
                    f"The comparison {comparison.name} was deleted.", next_step="Make it again."
                ) from None
    raise DatabaseError("Runs of this comparison come and go too quickly.")


def _create_comparing(
    comparison: Comparison, actor: Actor, trigger: str, retry_of: SyncRun | None
) -> SyncRun:
    run = SyncRun.objects.create(
        comparison=comparison,
        config_name=comparison.name,
        kind=SyncRun.Kind.COMPARE,
        trigger=trigger,
        requested_by=actor.name[:200],
        retry_of=retry_of,
    )
    Doorbell.objects.create(run=run)
    _record(actor, "run.request", run, f"run {run.pk} of {comparison} asked for ({trigger})")
    transaction.on_commit(lambda: ring(run.pk))
    return run


def _check_open(config: SyncConfig, kind: str) -> None:
    status = SyncConfig.objects.filter(pk=config.pk).values_list("status", flat=True).first()
    if status is None:
        raise Missing(
            f"The configuration {config.source_name} was deleted.", next_step="Make it again."
        )
    if status == SyncConfig.Status.CLOSED and kind == SyncRun.Kind.SYNC:
        raise Clash(
            f"The configuration {config.source_name} is closed: what it was made for is done.",
            next_step="Choose another trigger for it to follow the source again.",
        )


def _create(
    config: SyncConfig, actor: Actor, trigger: str, kind: str, retry_of: SyncRun | None
) -> SyncRun:
    _check_open(config, kind)
    held = holding.columns(config)
    run = SyncRun.objects.create(
        **held,
        config=config,
        config_name=str(config)[:1300],
        kind=kind,
        trigger=trigger,
        requested_by=actor.name[:200],
        retry_of=retry_of,
    )
    Doorbell.objects.create(run=run)
    if kind == SyncRun.Kind.SYNC:
        waits = {"reason": f"{held['reason']} {held['next_step']}"} if held else {}
        SyncConfig.objects.filter(pk=config.pk).update(status=SyncConfig.Status.IN_QUEUE, **waits)
    _record(actor, "run.request", run, f"run {run.pk} of {config} asked for ({trigger})")
    if not held:
        # The sweep rings for the others when their time has come.
        transaction.on_commit(lambda: ring(run.pk))
    return run


def ring(run_id: int) -> None:
    """Tell the queue about a run. It may get lost: the sweep rings again.

    Its message goes first: a new revision must not wait for our own bookkeeping.
    """
    try:
        async_task(TASK, run_id, save=False)
        Doorbell.objects.filter(run=run_id).update(rung_at=Now(), rings=F("rings") + 1)
    except DatabaseError:
        log.warning("The queue could not be told about run %s; it is rung again.", run_id)


def cancel(run: SyncRun, actor: Actor) -> None:
    """Ask for a run to stop: at once while it waits or when its worker died, else within seconds.

    Asking twice, or for a run that has ended, changes nothing. Raises NotAllowed.
    """
    _require(actor, run)
    with transaction.atomic():
        rows = SyncRun.objects.filter(pk=run.pk, state__in=SyncRun.ACTIVE)
        is_new = rows.filter(cancel_requested=False).update(
            cancel_requested=True, cancelled_by=actor.name[:200]
        )
        if is_new:
            _record(actor, "run.cancel", run, f"run {run.pk} of {run.config_name} is to stop")
        nobody_works = Q(state=SyncRun.State.QUEUED) | expired()
        for held in rows:
            verdict.pass_on(held, verdict.cancelled(held), nobody_works)


def retry(run: SyncRun, actor: Actor) -> SyncRun | None:
    """Return a new run of the same configuration or comparison, or the one that is active; None
    when that is gone. Raises NotAllowed.
    """
    _require(actor, run)
    if run.comparison is not None:
        return request_comparison(run.comparison, actor, "retry", run)
    if run.config is None:
        return None
    return request(run.config, actor, "retry", run.kind, run)


def _require(actor: Actor, run: SyncRun) -> None:
    """Runs whose configuration was deleted belong to no category: to the administrators.

    Comparisons belong to whoever may manage servers.
    """
    if run.kind == SyncRun.Kind.COMPARE:
        require(actor, Action.SERVERS)
    elif run.config is None:
        require(actor, Action.ADMINISTER)
    else:
        require_synchronize(actor, run.config.target_category_id)


def _record(actor: Actor, action: str, run: SyncRun, summary: str) -> None:
    record(
        actor,
        action,
        target_kind="run",
        target_id=str(run.pk),
        target_name=run.config_name,
        summary=summary,
    )
