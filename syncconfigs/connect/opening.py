"""Sources of this process: made from a server's row, kept alive, lent to one user at a time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings

from syncconfigs.models import RemoteServer
from tcsync.domain import (
    Changes,
    Chronicle,
    HeadUses,
    Identity,
    Known,
    RevisionRecord,
    Selection,
    Snapshot,
)
from tcsync.errors import Missing
from tcsync.outbound import Endpoint, Keystore, KeystoreRefused, Pulse
from tcsync.sources.base import (
    Absent,
    Arriving,
    ArrivingBytes,
    ArtifactEntry,
    ArtifactPut,
    ArtifactWant,
    ChangeSource,
    Delivery,
    ElementsPut,
    PackSource,
    Source,
    States,
    Telling,
    Want,
)
from tcsync.sources.peer import PeerSource
from tcsync.sources.twc import SESSIONS, TwcSource, usual_address

T = TypeVar("T")

IDLE_SECONDS = {Delivery.PACKS: 60.0, Delivery.CHANGES: 2 * 86_400.0}
"""How long a source is kept that nobody uses. One that tells changes holds no connection (its
session ends by itself), but remembers what its polls have seen: longer than any interval."""
Key = tuple[int, str]


def endpoint(server: RemoteServer) -> Endpoint:
    """Return what is needed to talk to a server. Raises SecretUnreadable, KeystoreRefused."""
    server = whole(server)
    # A node knows tokens alone; at a Teamwork Cloud a user name says that it is a password.
    is_token = server.kind == RemoteServer.Kind.NODE or not server.username
    token = {"Authorization": f"Token {server.secret}"} if is_token and server.secret else {}
    return Endpoint(
        server.address,
        headers=token,
        basic=None if is_token else (server.username, server.secret),
        ca_certificate=server.ca_certificate,
        allow_loopback=settings.TCSYNC_ALLOW_LOOPBACK,
        keystore=keystore(server),
    )


def whole(server: RemoteServer) -> RemoteServer:
    """Return a server with its secrets, all of it read at once. Raises SecretUnreadable, Missing.

    A secret that is read later than the address may belong to the next address already.
    """
    if not server.get_deferred_fields():
        return server
    row = RemoteServer.objects.filter(pk=server.pk).first()
    if row is None:
        raise Missing(f"The server {server.name} was deleted.", next_step="Add it again.")
    return row


def keystore(server: RemoteServer) -> Keystore | None:
    """Return the client keystore of a server, None where it has none. Raises KeystoreRefused."""
    if not server.client_keystore:
        return None
    try:
        data = base64.b64decode(server.client_keystore, validate=True)
    except (binascii.Error, ValueError):
        raise KeystoreRefused("The client keystore is no Base64 text.") from None
    return Keystore(server.client_keystore_type, data, server.client_keystore_password)


def _open_node(server: RemoteServer) -> Source:
    return PeerSource(endpoint(server))


def _open_cloud(server: RemoteServer) -> Source:
    return TwcSource(endpoint(server), folder=Path(settings.TCSYNC_DATA))


OPENERS: dict[str, Callable[[RemoteServer], Source]] = {
    RemoteServer.Kind.NODE.value: _open_node,
    RemoteServer.Kind.TEAMWORK_CLOUD.value: _open_cloud,
}
"""How each kind of server is opened."""


def open_source(server: RemoteServer) -> LentSource:
    """Return a source to read; `close` (or `with`) gives it back. Connects at the first question.

    For one thread at a time.
    """
    server = whole(server)
    if not server.waits_for_person:
        forgive(server)
    key = (server.pk, fingerprint(server))
    source = _POOL.take(key)
    return LentSource(OPENERS[server.kind](server) if source is None else source, key)


def open_unpooled(server: RemoteServer) -> Source:
    """Return a source of its own, to be closed by the caller: for a server that has no row yet."""
    forgive(server)
    return OPENERS[server.kind](server)


def forgive(server: RemoteServer) -> None:
    """Let a login be tried that this process saw refused: whoever mended it said so in the row."""
    if server.kind == RemoteServer.Kind.TEAMWORK_CLOUD:
        way = endpoint(server)
        SESSIONS.forgive(replace(way, address=usual_address(way.address)))


def fingerprint(server: RemoteServer) -> str:
    """Return what changes with anything that decides where a source leads, and as whom."""
    names = (*("kind", "address", "username", "ca_certificate"), *RemoteServer.SECRETS)
    parts = [str(getattr(server, name)) for name in names]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(slots=True)
class _Pool:
    """Sources that nobody uses now; those that were idle for a minute are closed."""

    clock: Callable[[], float] = time.monotonic
    _idle: dict[Key, list[tuple[float, Source]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: Key) -> Source | None:
        """Return an idle source for this key, None when there is none."""
        with self._lock:
            self._drop_old()
            found = self._idle.get(key)
            return found.pop()[1] if found else None

    def put(self, key: Key, source: Source) -> None:
        """Keep a source for the next who asks."""
        with self._lock:
            self._drop_old()
            self._idle.setdefault(key, []).append((self.clock(), source))

    def clear(self) -> None:
        """Close all."""
        with self._lock:
            for entries in self._idle.values():
                for _since, source in entries:
                    source.close()
            self._idle.clear()

    def _drop_old(self) -> None:
        for key, entries in list(self._idle.items()):
            kept = [entry for entry in entries if not self._is_old(*entry)]
            for entry in entries:
                if entry not in kept:
                    entry[1].close()
            self._idle[key] = kept
            if not kept:
                del self._idle[key]

    def _is_old(self, since: float, source: Source) -> bool:
        return since < self.clock() - IDLE_SECONDS[source.delivery]


_POOL = _Pool()


def close_idle() -> None:
    """Close every connection that nobody uses."""
    _POOL.clear()


class LentSource:
    """A Source out of the pool. After an error it is closed instead of given back."""

    def __init__(self, source: Source, key: Key) -> None:
        self._source = source
        self._key = key
        self._is_open = True
        self._failed = False

    def __enter__(self) -> LentSource:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give it back."""
        if not self._is_open:
            return
        self._is_open = False
        self._source.heed(None)
        if self._failed:
            self._source.close()
        else:
            _POOL.put(self._key, self._source)

    @property
    def failed(self) -> bool:
        """Whether something went wrong while it was asked."""
        return self._failed

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._failed = True
            raise

    @property
    def delivery(self) -> Delivery:
        """How it hands revisions over."""
        return self._source.delivery

    def heed(self, pulse: Pulse | None) -> Pulse | None:
        """Tell this pulse of what arrives, until it is given back; return the one before."""
        return self._source.heed(pulse)

    def identity(self) -> Identity:
        """Return who it is."""
        with self._watched():
            return self._source.identity()

    def snapshot(self, selection: Selection | None, known: Mapping[str, Known] | None) -> Snapshot:
        """Return what it holds within the selection."""
        with self._watched():
            return self._source.snapshot(selection, known)

    def uses(self, resources: Sequence[str]) -> Mapping[str, tuple[HeadUses, ...]] | None:
        """Return what these use at the heads of their branches."""
        with self._watched():
            return self._source.uses(resources)

    def changes(self, after: int | None) -> Changes:
        """Return what changed after a cursor."""
        with self._watched():
            return self._source.changes(after)

    def records_of(self, resource: str, numbers: Sequence[int]) -> Sequence[RevisionRecord]:
        """Return what it tells of these revisions."""
        with self._watched():
            return self._source.records_of(resource, numbers)

    def packs(self, wants: Sequence[Want]) -> AbstractContextManager[Iterator[Arriving | Absent]]:
        """Open one stream of revisions."""
        return self._stream(cast(PackSource, self._source).packs(wants))

    def artifacts(
        self, wants: Sequence[ArtifactWant]
    ) -> AbstractContextManager[Iterator[ArrivingBytes]]:
        """Open one stream of artifact bytes."""
        return self._stream(cast(PackSource, self._source).artifacts(wants))

    def changesets(
        self, wants: Sequence[Want], states: States
    ) -> AbstractContextManager[Iterator[Telling | Absent]]:
        """Open one stream of revisions that are told change by change."""
        return self._stream(cast(ChangeSource, self._source).changesets(wants, states))

    def walk(
        self, resource: str, number: int
    ) -> AbstractContextManager[Iterator[ElementsPut | ArtifactEntry]]:
        """Read everything that lives at a revision anew."""
        return self._stream(self._source.walk(resource, number))

    def chronicles(
        self, resources: Sequence[str]
    ) -> AbstractContextManager[Iterator[Chronicle | Absent]]:
        """Open one stream of what listings show of these resources."""
        return self._stream(self._source.chronicles(resources))

    def artifact_bytes(
        self, resource: str, number: int, ids: Sequence[str]
    ) -> AbstractContextManager[Iterator[ArtifactPut]]:
        """Read artifacts of a revision anew."""
        return self._stream(cast(ChangeSource, self._source).artifact_bytes(resource, number, ids))

    @contextmanager
    def _stream(self, stream: AbstractContextManager[Iterator[T]]) -> Iterator[Iterator[T]]:
        with self._watched(), stream as items:
            yield items
