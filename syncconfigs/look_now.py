"""Look-now addresses: a server's administrator may have it call us when something changes there.

A call only ever means "look now": what it says is not read, and the answer tells nothing. The
secret is the last part of the address; only its SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from syncconfigs.models import RemoteServer
from syncconfigs.rights import require
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, record

KEY_BYTES = 32
AT_MOST_EVERY = timedelta(seconds=2)
"""A flood of calls asks the source no more often, and none of them is lost."""


def make_key(actor: Actor, server: RemoteServer) -> str:
    """Give a server a new key and return it: the only time that anybody sees it.

    The one before stops working. Raises NotAllowed.
    """
    require(actor, Action.SERVERS)
    key = secrets.token_urlsafe(KEY_BYTES)
    _set(actor, server, _digest(key), "server.look-now-made", "made")
    return key


def forget_key(actor: Actor, server: RemoteServer) -> None:
    """Let the look-now address of a server end. Raises NotAllowed."""
    require(actor, Action.SERVERS)
    _set(actor, server, "", "server.look-now-ended", "ended")


def _set(actor: Actor, server: RemoteServer, digest: str, action: str, done: str) -> None:
    with transaction.atomic():
        RemoteServer.objects.filter(pk=server.pk).update(look_key_digest=digest)
        record(
            actor,
            action,
            target_kind="server",
            target_id=str(server.pk),
            target_name=server.name,
            summary=f"look-now address of {server.name} {done}",
        )


def asked(key: str) -> None:
    """Take a call. An unknown key is no error, and the work for it is the same.

    A call that comes soon after another one counts a little later, together with all that follow
    until then.
    """
    rows = RemoteServer.objects.filter(look_key_digest=_digest(key))
    long_ago = Q(look_asked_at=None) | Q(look_asked_at__lt=Now() - AT_MOST_EVERY)
    is_first = rows.filter(long_ago).update(look_asked_at=Now())
    if not is_first:
        later = F("look_asked_at") + AT_MOST_EVERY
        rows.filter(look_asked_at__lte=Now()).update(look_asked_at=later)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
