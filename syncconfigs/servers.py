"""Remote servers: add, change, delete. Permission, transaction, audit: in this order."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.rights import require
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, changes, record
from tcsync.errors import Clash, Missing
from tcsync.outbound import check_address

FIELDS = ("name", "kind", "address", "username", "secret", "ca_certificate")
SECRET = frozenset({"secret"})
LEARNED = ("node_uuid", "epoch", "node_name", "major_version", "last_error")
"""What the server said of itself: forgotten together with its address."""
AT_MOST_NAMED = 5


def create(actor: Actor, **fields: Any) -> RemoteServer:
    """Add a server; `fields` are those of FIELDS. Raises NotAllowed, Clash, AddressRefused."""
    require(actor, Action.SERVERS)
    server = RemoteServer(**_known(fields))
    server.address = check_address(server.address)
    with transaction.atomic():
        _save(server)
        record(
            actor,
            "server.create",
            target_kind="server",
            target_id=str(server.pk),
            target_name=server.name,
            summary=f"server {server.name} at {server.address} added",
            details=changes({}, _values(server), SECRET),
        )
    return server


def update(actor: Actor, server: RemoteServer, **fields: Any) -> RemoteServer:
    """Change a server. Another address clears the secret unless a new one comes with it."""
    require(actor, Action.SERVERS)
    given = _known(fields)
    with transaction.atomic():
        row = _locked(server)
        before = _values(row)
        for name, value in given.items():
            setattr(row, name, value)
        # Whatever was mended: it may be asked again.
        row.waits_for_person = False
        row.address = check_address(row.address)
        if row.address != before["address"]:
            _forget(row, keep_secret=bool(given.get("secret")))
        _save(row)
        _record_update(actor, row, before)
    return row


def _record_update(actor: Actor, row: RemoteServer, before: dict[str, object]) -> None:
    details = changes(before, _values(row), SECRET)
    record(
        actor,
        "server.update",
        target_kind="server",
        target_id=str(row.pk),
        target_name=row.name,
        summary=f"server {row.name}: {', '.join(sorted(details)) or 'nothing'} changed",
        details=details,
    )


def delete(actor: Actor, server: RemoteServer) -> None:
    """Delete a server that no configuration reads. Raises NotAllowed, Clash."""
    require(actor, Action.SERVERS)
    with transaction.atomic():
        row = _locked(server)
        _check_unused(row)
        target_id = str(row.pk)
        try:
            row.delete()
        except ProtectedError as error:
            raise Clash(f"A configuration of {row.name} was made just now.") from error
        record(
            actor,
            "server.delete",
            target_kind="server",
            target_id=target_id,
            target_name=row.name,
            summary=f"server {row.name} deleted",
        )


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise TypeError(f"a server has no field {', '.join(unknown)}")
    return fields


def _values(server: RemoteServer) -> dict[str, object]:
    return {name: getattr(server, name) for name in FIELDS}


def _locked(server: RemoteServer) -> RemoteServer:
    row = RemoteServer.objects.select_for_update().filter(pk=server.pk).first()
    if row is None:
        raise Missing(f"The server {server.name} was deleted.", next_step="Add it again.")
    return row


def _forget(row: RemoteServer, *, keep_secret: bool) -> None:
    # A secret belongs to the host it was entered for: otherwise whoever may change the address
    # could have it sent elsewhere.
    if not keep_secret:
        row.secret = ""
    for name in LEARNED:
        setattr(row, name, "")
    row.feed_cursor = row.last_seen_at = None
    row.waits_for_person = False


def _save(server: RemoteServer) -> None:
    try:
        with transaction.atomic():
            server.save()
    except IntegrityError as error:
        raise Clash(
            f"There is a server called {server.name!r} already.", next_step="Choose another name."
        ) from error


def _check_unused(server: RemoteServer) -> None:
    using = SyncConfig.objects.filter(server=server).order_by("source_name")
    names = list(using.values_list("source_name", flat=True))
    if names:
        shown = ", ".join(names[:AT_MOST_NAMED])
        more = f" and {len(names) - AT_MOST_NAMED} more" if len(names) > AT_MOST_NAMED else ""
        raise Clash(
            f"{server.name} is read by {len(names)} configurations: {shown}{more}.",
            next_step="Delete these configurations first.",
        )
