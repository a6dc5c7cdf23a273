"""Which copies of a Teamwork Cloud were never proven by full walks: they are not Synchronized."""

from __future__ import annotations

from django.db.models import QuerySet

from syncconfigs.models import Claim, RemoteServer, SyncConfig
from tcsync.repository.models import Resource

UNPROVEN = ("none", "received")
WALKED = "A full walk of the head at the source: "
"""How the damage begins that a walk found; what another verification found stays."""
PROVEN = "A full comparison with the source: "
"""How the damage begins that a full comparison found; only another one takes it back."""


def unproven(config: SyncConfig) -> QuerySet[Resource]:
    """Return the followed copies that no walk has proven yet; none where the source has digests.

    One that is known to differ is not among them: that is told, and waits for a verification.
    """
    if config.server.kind != RemoteServer.Kind.TEAMWORK_CLOUD:
        return Resource.objects.none()
    followed = config.claims.filter(state=Claim.State.FOLLOWED, damage="").values("resource")
    return Resource.objects.filter(
        id__in=followed, revision_count__gt=0, verified_level__in=UNPROVEN
    )
