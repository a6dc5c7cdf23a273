"""Exclusions: copies that no configuration brings back by itself, until somebody says so."""

from __future__ import annotations

from django.db import transaction

from syncconfigs.models import Exclusion
from syncconfigs.rights import require, require_synchronize
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, record


def take_back(actor: Actor, exclusion: Exclusion) -> None:
    """Let a copy come again with the next run that selects it; twice changes nothing.

    It takes the right to synchronize where its configuration leads; where that is gone, to
    administer. Raises NotAllowed.
    """
    if exclusion.config is None:
        require(actor, Action.ADMINISTER)
    else:
        require_synchronize(actor, exclusion.config.target_category_id)
    with transaction.atomic():
        gone, _by_model = Exclusion.objects.filter(pk=exclusion.pk).delete()
        if gone:
            record(
                actor,
                "exclusion.remove",
                target_kind="resource",
                target_id=exclusion.resource,
                target_name=exclusion.name,
                summary=f"{exclusion} may be synchronized again; it was excluded by"
                f" {exclusion.by or 'nobody named'}: {exclusion.reason}",
            )
