"""What a server said of itself and when it last answered: kept on its row, outside of any run."""

from __future__ import annotations

from django.db.models.functions import Now

from syncconfigs.models import RemoteServer
from tcsync.audit.recording import SYSTEM
from tcsync.domain import Identity, Snapshot
from tcsync.errors import AddressRefused, LoginRefused, TcsyncError, TlsRefused
from tcsync.repository import writing
from tcsync.repository.models import Node

WAITS_FOR_PERSON = (LoginRefused, TlsRefused, AddressRefused)
"""Asking again by itself cannot help, and a refused login that is repeated locks the account."""


def note_answer(server: RemoteServer, said: Identity | Snapshot) -> None:
    """Keep who answered, and take its major version over where this node stands for none yet.

    Another epoch makes the cursor of its feed void.
    """
    uuid = said.uuid if isinstance(said, Identity) else said.node
    if (uuid, said.epoch) != (server.node_uuid, server.epoch):
        server.feed_cursor = None
    server.node_uuid, server.epoch = uuid, said.epoch
    server.node_name, server.major_version = said.name[:200], said.major_version[:40]
    server.last_error, server.waits_for_person = "", False
    names = ("node_uuid", "epoch", "node_name", "major_version", "last_error", "waits_for_person")
    _update(server, feed_cursor=server.feed_cursor, **{n: getattr(server, n) for n in names})
    adopt_major_version(server)


def note_failure(server: RemoteServer, error: TcsyncError) -> None:
    """Keep why a server could not be read, and whether only a person can mend that."""
    server.last_error = str(error)
    server.waits_for_person = isinstance(error, WAITS_FOR_PERSON)
    RemoteServer.objects.filter(pk=server.pk, address=server.address).update(
        last_error=server.last_error, waits_for_person=server.waits_for_person
    )


def _update(server: RemoteServer, **values: object) -> None:
    # The address guards against an answer that comes after the row was changed to another server.
    rows = RemoteServer.objects.filter(pk=server.pk, address=server.address)
    rows.update(last_seen_at=Now(), **values)


def adopt_major_version(server: RemoteServer) -> None:
    """Let this node stand for the version of the first Teamwork Cloud it is connected to.

    A node's word is taken as well: it hands on what its own Teamwork Cloud said.
    """
    if not server.major_version or not Node.objects.filter(id=1, major_version="").exists():
        return
    with writing.unit(SYSTEM, "node.major-version") as work:
        if Node.objects.filter(id=1, major_version="").update(major_version=server.major_version):
            sentence = f"this node stands for {server.major_version}, as {server.name} does"
            work.target("node", "1", "", sentence)
