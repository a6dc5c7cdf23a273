"""What only a person can decide about a plan: much changes at once, or a history was rewritten."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.configurations.noting import note
from syncconfigs.connect import asked_live
from syncconfigs.connect.patience import SECONDS
from syncconfigs.models import Claim, Decision, Exclusion, SyncConfig, SyncRun
from syncconfigs.rights import COMMAND, require_synchronize
from syncconfigs.runs import planning
from tcsync.audit.recording import Actor
from tcsync.errors import Clash, Missing, TcsyncError
from tcsync.repository.models import Branch, Resource
from tcsync.sync.steps import Plan, Refusal

LONGEST_REASON = 2000


def plan_of(actor: Actor, config: SyncConfig) -> Plan:
    """Return what a run would do now; the source is asked, nothing is written.

    Raises NotAllowed, PlanRefused, SourceError: TooSlow after some seconds, but for commands.
    """
    require_synchronize(actor, config.target_category_id)
    with asked_live(config.server, patience_of(actor)) as source:
        return planning.plan(config, source)


def patience_of(actor: Actor) -> float | None:
    """Return how many seconds somebody waits for a source; who runs a command waits for its end."""
    return None if actor.origin == COMMAND else SECONDS


def confirm_change(actor: Actor, config: SyncConfig, digest: str, reason: str) -> SyncRun:
    """Let the next run make exactly this change, however many copies it concerns; ask for it.

    `digest` is that of the plan's too_much_change, as it was shown; the source is asked once more.
    Raises NotAllowed, SourceError, and Clash when the change is another one by now.
    """
    reason = _checked(reason)
    found = plan_of(actor, config).too_much
    if found is None or found.digest != digest:
        raise Clash(
            "What would change is not what was shown: the source went on meanwhile.",
            next_step="Look at the preview again, then decide.",
        )
    with transaction.atomic():
        Decision.objects.create(
            config=config,
            kind=Decision.Kind.CHANGE,
            digest=digest,
            details=sorted(found.changes),
            reason=reason,
            by=actor.name[:200],
        )
        counts = {"renamed": found.renamed, "moved": found.moved, "dropped": found.dropped}
        details = {**counts, "copies": found.copies, "digest": digest, "reason": reason}
        what = f"{config.source_name}: a change of {len(found.changes)} copies is confirmed"
        note(actor, "configuration.confirm-change", config, what, details)
    return runs.request(config, actor, "confirmed")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed to decide about a copy: its name, as a check, and the reason."""

    name: str
    reason: str


def accept_history(
    actor: Actor, config: SyncConfig, resource: str, history: str, typed: Typed
) -> SyncRun:
    """Let the source's history take the place of ours: the copy is deleted and fetched anew.

    Nothing is deleted before the run that is asked for has seen that the source still shows the
    same. `history` is that of the refusal, as it was shown. Raises NotAllowed, Missing,
    SourceError, Clash when the histories part in another way by now, and TcsyncError when the
    name is not that of the copy.
    """
    require_synchronize(actor, config.target_category_id)
    copy = _copy_of(config, resource)
    require_synchronize(actor, copy.category_id)
    reason = _checked_name(copy, typed)
    with asked_live(config.server, patience_of(actor)) as source:
        refusal = planning.refusal_of(config, source, resource)
    if refusal is None or refusal.facts.get("history") != history:
        raise Clash(
            f"The histories of {copy.name} do not part any more as it was shown.",
            next_step="Look at both again, then decide.",
        )
    with transaction.atomic():
        Decision.objects.create(
            config=config,
            kind=Decision.Kind.HISTORY,
            resource=resource,
            digest=history,
            reason=reason,
            by=actor.name[:200],
        )
        what = f"{copy.name}: the source's history takes the place of ours"
        note(actor, "copy.accept-history", config, what, _said(copy, refusal, reason))
    return runs.request(config, actor, "confirmed")


def keep_copy(actor: Actor, config: SyncConfig, resource: str, typed: Typed) -> None:
    """Keep a copy as it is, read-only, and follow it no longer: its exclusion says why.

    Raises NotAllowed, Missing, Clash while a run of the configuration is under way, and
    TcsyncError when the name is not that of the copy.
    """
    require_synchronize(actor, config.target_category_id)
    copy = _copy_of(config, resource)
    require_synchronize(actor, copy.category_id)
    reason = _checked_name(copy, typed)
    with transaction.atomic():
        # Locked: from here on nobody can ask for a run of it any more.
        SyncConfig.objects.select_for_update().get(pk=config.pk)
        _refuse_active(config)
        Claim.objects.filter(resource=resource, config=config).delete()
        # Who takes the exclusion away later has not decided for the source's history by that.
        open_ones = Decision.objects.filter(config=config, resource=resource, settled_at=None)
        open_ones.update(settled_at=timezone.now())
        Exclusion.objects.update_or_create(
            resource=resource,
            defaults={
                "name": copy.name,
                "reason": reason,
                "by": actor.name[:200],
                "config": config,
            },
        )
        what = f"{copy.name} is kept as it is, and no longer synchronized"
        note(actor, "copy.detach", config, what, {"resource": resource, "reason": reason})


def take_over(actor: Actor, config: SyncConfig) -> None:
    """Let a configuration work with this person's role from now on. Raises NotAllowed."""
    require_synchronize(actor, config.target_category_id)
    with transaction.atomic():
        rows = SyncConfig.objects.filter(pk=config.pk)
        before = config.created_by
        rows.update(maker=actor.user_id, created_by=actor.name[:200])
        what = f"{config.source_name}: taken over by {actor.name} from {before or 'nobody'}"
        note(actor, "configuration.take-over", config, what)
    config.maker, config.created_by = actor.user_id, actor.name[:200]


def _checked(reason: str) -> str:
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise TcsyncError(
            "Such a decision needs a reason: it stands in the audit record.",
            next_step="Say in a few words why this is right.",
        )
    return reason


def _checked_name(copy: Resource, typed: Typed) -> str:
    if typed.name.strip() != copy.name.strip():
        raise TcsyncError(
            "What was typed is not the name of the copy.",
            next_step=f"Type {copy.name} to confirm that it is this one.",
        )
    return _checked(typed.reason)


def _copy_of(config: SyncConfig, resource: str) -> Resource:
    claimed = config.claims.filter(resource=resource)
    copy = Resource.objects.filter(id__in=claimed.values("resource"), read_only=True).first()
    if copy is None:
        raise Missing(
            f"The configuration {config.source_name} has no copy with the Resource ID {resource}.",
            next_step="Look at the list of resources that it owns.",
        )
    return copy


def _said(copy: Resource, refusal: Refusal, reason: str) -> dict[str, object]:
    """Return what the audit record keeps of a history that goes: its heads, by their digests."""
    heads = Branch.objects.filter(resource=copy, head__isnull=False).order_by("uid")
    ours = [f"{b.name} {b.head} {b.head_digest}" for b in heads]
    gone = {"revisions": copy.revision_count, "heads": ours}
    return {"resource": copy.pk, **gone, "reason": reason, "parted": dict(refusal.facts)}


def _refuse_active(config: SyncConfig) -> None:
    active = SyncRun.objects.filter(config=config.pk, state__in=SyncRun.ACTIVE).first()
    if active is not None:
        raise Clash(
            f"Run {active.pk} of {config.source_name} is under way.",
            next_step="Cancel it, or wait for its end.",
        )
