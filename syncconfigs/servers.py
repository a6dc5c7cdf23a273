"""Remote servers: add, change, test, delete. Permission, transaction, audit: in this order."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q, QuerySet

from syncconfigs import connect
from syncconfigs.models import Comparison, RemoteServer, SyncConfig
from syncconfigs.models.secrets import SecretUnreadable
from syncconfigs.rights import require
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, changes, record
from tcsync.errors import AddressRefused, Clash, Missing
from tcsync.outbound import check_address, check_ca
from tcsync.outbound.keystores import read as read_keystore

KEYSTORE = ("client_keystore_type", "client_keystore", "client_keystore_password")
"""The client certificate: its type (RemoteServer.Keystore), the file as Base64, its password."""
FIELDS = (
    *("name", "kind", "address", "username", "secret", "ca_certificate", "poll_seconds"),
    *KEYSTORE,
)
SECRET = frozenset(RemoteServer.SECRETS)
LEARNED = ("node_uuid", "epoch", "node_name", "major_version", "last_error")
"""What the server said of itself: forgotten together with its address."""
AT_MOST_NAMED = 5
TWC_PORT = 8111
"""Where a Teamwork Cloud has its REST API unless it was set up otherwise (REST reference, 1)."""
RACES = 3


def address_of(typed: str, secure: bool | None = None, kind: str = "") -> str:
    """Return the address of a server as people type it: with a scheme, or as `host` or `host:port`.

    `secure` ("Use secure connection (TLS)") gives the scheme that was not typed; None is yes.
    Where no port was typed, a Teamwork Cloud has its usual one. Raises AddressRefused, also where
    what was typed says the contrary.
    """
    text = typed.strip()
    scheme = "http" if secure is False else "https"
    if "://" not in text:
        return _with_port(check_address(f"{scheme}://{_in_brackets(text)}"), kind)
    address = _with_port(check_address(text), kind)
    if secure is not None and not address.startswith(f"{scheme}:"):
        says, wants = address.partition(":")[0], "is" if secure else "is not"
        raise AddressRefused(
            f"The address begins with {says}://, and a secure connection (TLS) {wants} asked for.",
            next_step="Change one of the two.",
        )
    return address


def _with_port(address: str, kind: str) -> str:
    is_bare = urlsplit(address).port is None
    return (
        f"{address}:{TWC_PORT}" if is_bare and kind == RemoteServer.Kind.TEAMWORK_CLOUD else address
    )


def _in_brackets(host: str) -> str:
    """Return an IPv6 address that was typed alone as addresses have it."""
    try:
        return f"[{ipaddress.IPv6Address(host)}]"
    except ValueError:
        return host


def draft(actor: Actor, server: RemoteServer | None = None, **fields: Any) -> RemoteServer:
    """Return a server as it would be after `create`, or `update` of one, to be tested unsaved.

    Raises NotAllowed, AddressRefused, TlsRefused, KeystoreRefused.
    """
    require(actor, Action.SERVERS)
    if server is None:
        return _made(fields)
    row = _opened(RemoteServer.objects.all(), server)
    _change(row, fields)
    return row


def test(actor: Actor, server: RemoteServer) -> list[connect.Check]:
    """Connect to a server and return how each step went. Raises NotAllowed."""
    require(actor, Action.SERVERS)
    return connect.check(server)


def create(actor: Actor, **fields: Any) -> RemoteServer:
    """Add a server; `fields` are those of FIELDS.

    Raises NotAllowed, Clash, AddressRefused, TlsRefused for a wrong CA, KeystoreRefused.
    """
    require(actor, Action.SERVERS)
    server = _made(fields)
    with transaction.atomic():
        _save(server)
        record(
            actor,
            "server.create",
            target_kind="server",
            target_id=str(server.pk),
            target_name=server.name,
            summary=f"server {server.name} at {server.address} added",
            details=changes({}, {n: v for n, v in _values(server).items() if v}, SECRET),
        )
    return server


def update(actor: Actor, server: RemoteServer, **fields: Any) -> RemoteServer:
    """Change a server. Another address clears secret and keystore that do not come with it.

    Raises what `create` raises, and Missing.
    """
    require(actor, Action.SERVERS)
    with transaction.atomic():
        row = _locked(server)
        before = _values(row)
        _change(row, fields)
        _save(row)
        _record_update(actor, row, before)
    return row


def _made(fields: dict[str, Any]) -> RemoteServer:
    server = RemoteServer(**_known(fields))
    server.address = check_address(server.address)
    _check_trust(server)
    return server


def _change(row: RemoteServer, fields: dict[str, Any]) -> None:
    address = row.address
    for name, value in _known(fields).items():
        setattr(row, name, value)
    # Whatever was mended: it may be asked again.
    row.waits_for_person = False
    row.address = check_address(row.address)
    if row.address != address:
        _forget(row, fields)
    _check_trust(row)


def _check_trust(server: RemoteServer) -> None:
    """Refuse certificates that cannot be used, and keep what may be shown of the client's."""
    if server.ca_certificate.strip():
        check_ca(server.ca_certificate)
    if server.get_deferred_fields() & {"client_keystore", "client_keystore_password"}:
        return
    keystore = connect.keystore(server)
    if keystore is None:
        server.client_keystore_type = server.client_keystore_password = ""
        server.client_certificate = ""
    else:
        server.client_certificate = read_keystore(keystore).chain.decode()


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


def acknowledge_upgrade(actor: Actor, server: RemoteServer) -> None:
    """Note that somebody knows of a server's new major version; twice changes nothing.

    Raises NotAllowed.
    """
    require(actor, Action.SERVERS)
    with transaction.atomic():
        rows = RemoteServer.objects.filter(pk=server.pk).exclude(upgraded_from="")
        if rows.update(upgraded_from=""):
            record(
                actor,
                "server.acknowledge_upgrade",
                target_kind="server",
                target_id=str(server.pk),
                target_name=server.name,
                summary=f"{server.name} runs {server.major_version}, before"
                f" {server.upgraded_from}: seen",
            )


def delete(actor: Actor, server: RemoteServer) -> None:
    """Delete a server that no configuration and no comparison reads. Raises NotAllowed, Clash."""
    require(actor, Action.SERVERS)
    with transaction.atomic():
        row = _locked(server)
        _check_unused(row)
        target_id = str(row.pk)
        try:
            row.delete()
        except ProtectedError as error:
            raise Clash(f"Something that reads {row.name} was made just now.") from error
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
    sealed = server.get_deferred_fields()
    return {name: None if name in sealed else getattr(server, name) for name in FIELDS}


def _locked(server: RemoteServer) -> RemoteServer:
    """Return the row. Secrets that no key opens stay deferred: untouched until a new one comes."""
    return _opened(RemoteServer.objects.select_for_update(), server)


def _opened(rows: QuerySet[RemoteServer], server: RemoteServer) -> RemoteServer:
    """Return the row with those secrets that a key opens, all of them those of its address."""
    for _change in range(RACES):
        row = rows.defer(*RemoteServer.SECRETS).filter(pk=server.pk).first()
        if row is None:
            raise Missing(f"The server {server.name} was deleted.", next_step="Add it again.")
        same = rows.filter(pk=row.pk, address=row.address)
        with suppress(RemoteServer.DoesNotExist):
            for name in RemoteServer.SECRETS:
                with suppress(SecretUnreadable):
                    setattr(row, name, same.values_list(name, flat=True).get())
            return row
    raise Clash(f"The server {server.name} is being changed.", next_step="Try again.")


def _forget(row: RemoteServer, given: dict[str, Any]) -> None:
    # A secret belongs to the host it was entered for: otherwise whoever may change the address
    # could have it sent elsewhere.
    if not given.get("secret"):
        row.secret = ""
    if not given.get("client_keystore"):
        row.client_keystore = ""
    for name in LEARNED:
        setattr(row, name, "")
    row.feed_cursor = row.last_seen_at = None
    row.look_key_digest = ""
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
    compared = Comparison.objects.filter(Q(one=server) | Q(other=server)).order_by("name")
    if found := list(compared.values_list("name", flat=True)[:AT_MOST_NAMED]):
        raise Clash(
            f"{server.name} is compared by {', '.join(found)}.",
            next_step="Delete these comparisons first.",
        )
    using = SyncConfig.objects.filter(server=server).order_by("source_name")
    names = list(using.values_list("source_name", flat=True))
    if names:
        shown = ", ".join(names[:AT_MOST_NAMED])
        more = f" and {len(names) - AT_MOST_NAMED} more" if len(names) > AT_MOST_NAMED else ""
        raise Clash(
            f"{server.name} is read by {len(names)} configurations: {shown}{more}.",
            next_step="Delete these configurations first.",
        )
