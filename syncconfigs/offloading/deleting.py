"""Command lines for the source's administrator. Nothing at a source is ever deleted from here.

For a Teamwork Cloud there is one that deletes only when somebody states that a copy exists which a
modeling tool opens, and where: the copy on this node is none.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from syncconfigs.models import Claim, Offloading, OffloadingStep, RemoteServer
from syncconfigs.offloading.stages import Name, is_done, steps_of
from syncconfigs.offloading.voiding import check_source, note
from syncconfigs.rights import require_synchronize
from tcsync.audit.recording import Actor
from tcsync.errors import Clash

KINDS = {
    "cloud": "another Teamwork Cloud, which compared equal",
    "native": "a native file, whose restore was tried",
}
"""The copies that a modeling tool opens."""


@dataclass(frozen=True, slots=True)
class Line:
    """A command line for the source's administrator, and what has to be known about it."""

    text: str
    about: str


def freeze_line(offloading: Offloading) -> Line | None:
    """Return what denies editing at a Teamwork Cloud; None for a node, which has no such line."""
    if offloading.server_kind != RemoteServer.Kind.TEAMWORK_CLOUD:
        return None
    return Line(
        _line("-sgdr", _ids(offloading)),
        "Its administrator runs this in Teamwork Cloud's Data Manager, with Teamwork Cloud stopped"
        " as its documentation says; `datamanager -help` there shows how that version spells it,"
        " and -lgdr lists afterwards what is denied.",
    )


def state_opens(actor: Actor, offloading: Offloading, kind: str, where: str) -> None:
    """Note that a copy exists which a modeling tool opens, and where. Raises NotAllowed, Clash."""
    require_synchronize(actor, offloading.category)
    _refuse_early(offloading)
    what = f"{KINDS[kind]}: {where}"
    with transaction.atomic():
        OffloadingStep.objects.get_or_create(
            offloading=offloading,
            name=Name.OPENS,
            voided_at=None,
            defaults={"by": actor.name[:200], "note": what},
        )
        note(actor, offloading, Name.OPENS, f"a copy that opens exists: {what}")


def delete_line(actor: Actor, offloading: Offloading) -> Line:
    """Return the command line that deletes at the source, after asking it once more.

    Raises NotAllowed, Clash where it must not be shown, Voided, SourceError.
    """
    require_synchronize(actor, offloading.category)
    _refuse_early(offloading)
    is_cloud = offloading.server_kind == RemoteServer.Kind.TEAMWORK_CLOUD
    if is_cloud and Name.OPENS not in steps_of(offloading):
        raise Clash(
            "A modeling tool cannot open the copy on this node, so that no command to delete the"
            " original is shown.",
            next_step="State first where a copy is that opens.",
        )
    check_source(actor, offloading)
    with transaction.atomic():
        note(actor, offloading, "delete_line", "the command that deletes at the source was shown")
    about = (
        "For Teamwork Cloud's Data Manager, with Teamwork Cloud stopped and after a backup of its"
        " database: this cannot be undone."
        if is_cloud
        else "On the machine of that node: it marks the resources as deleted, -urd takes that back,"
        " and -drd deletes for good all that is marked."
    )
    return Line(_line("-dr", offloading.resources), about)


def _refuse_early(offloading: Offloading) -> None:
    step = steps_of(offloading).get(Name.UNDERSTOOD)
    if step is None or not is_done(step):
        raise Clash(
            "Nothing was compared in full yet, or it no longer counts.",
            next_step="Take the steps in their order.",
        )


def _ids(offloading: Offloading) -> Sequence[str]:
    if offloading.resources or offloading.config is None:
        return list(offloading.resources)
    claims = offloading.config.claims.filter(state=Claim.State.FOLLOWED)
    return list(claims.order_by("resource").values_list("resource", flat=True))


def _line(option: str, ids: Sequence[str]) -> str:
    return shlex.join(["datamanager", option, *ids])
