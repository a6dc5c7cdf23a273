"""What a server said of itself and when it last answered: kept on its row, outside of any run."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from syncconfigs.models import RemoteServer
from tcsync.audit.recording import SYSTEM
from tcsync.domain import Identity, Snapshot
from tcsync.errors import AddressRefused, LoginRefused, TcsyncError, TlsRefused
from tcsync.repository import writing
from tcsync.repository.models import Node

WAITS_FOR_PERSON = (LoginRefused, TlsRefused, AddressRefused)
"""Asking again by itself cannot help, and a refused login that is repeated locks the account."""
SEEN_AGAIN = timedelta(seconds=20)
"""That a server answers as before is written down no more often than this."""


def note_answer(server: RemoteServer, said: Identity | Snapshot) -> None:
    """Keep who answered, and take its major version over where this node stands for none yet.

    Another epoch makes the cursor of its feed void.
    """
    uuid = said.uuid if isinstance(said, Identity) else said.node
    learned: dict[str, object] = {
        "node_uuid": uuid,
        "epoch": said.epoch,
        "node_name": said.name[:200],
        "major_version": said.major_version[:40],
        "last_error": "",
        "waits_for_person": False,
    }
    before = server.major_version
    if before and said.major_version and before != said.major_version[:40]:
        # One notice for the server, whatever number of configurations it concerns.
        learned["upgraded_from"] = server.upgraded_from or before
    if (uuid, said.epoch) != (server.node_uuid, server.epoch):
        learned["feed_cursor"] = None
    last = server.last_seen_at
    is_news = any(getattr(server, name) != value for name, value in learned.items())
    if not is_news and last is not None and timezone.now() - last < SEEN_AGAIN:
        return
    for name, value in learned.items():
        setattr(server, name, value)
    _update(server, **learned)
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
