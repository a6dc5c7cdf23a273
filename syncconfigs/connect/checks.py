"""The test of a connection, step by step, so that whoever repairs it knows where to look."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlsplit

from syncconfigs.connect.opening import (
    LentSource,
    endpoint,
    forgive,
    open_source,
    open_unpooled,
)
from syncconfigs.connect.standing import note_answer, note_failure
from syncconfigs.models import RemoteServer
from tcsync.domain import Identity, Snapshot
from tcsync.errors import SourceError, TcsyncError
from tcsync.outbound import certificate_of, reach
from tcsync.outbound.certificates import Facts
from tcsync.repository import reading
from tcsync.sources.base import Source

STEPS = ("dns", "tcp", "tls", "http", "login", "version", "permission")
NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Check:
    """A step of the test; `ok` is None when the test did not come that far."""

    name: str
    ok: bool | None
    detail: str


def check_way(server: RemoteServer) -> list[Check]:
    """Return STEPS with the first of them passed: a server can be reached. Asks and writes nothing.

    Empty where that fails: the whole check says why.
    """
    try:
        certificate = reach(endpoint(server))
    except TcsyncError:
        return []
    way = _way(server, said=_said_of(certificate))
    return [*way, *(Check(name, None, NOT_REACHED) for name in STEPS[len(way) :])]


def check(server: RemoteServer) -> list[Check]:
    """Connect, and return how each of STEPS went. What was learned is kept on the server's row."""
    try:
        forgive(server)
        source = open_source(server)
    except TcsyncError as error:
        note_failure(server, error)
        return _failed(server, error, asked=False)
    with source:
        return _ask(server, source, is_draft=False)


def check_draft(server: RemoteServer) -> list[Check]:
    """Do the same with a server that has no row yet, or another one than it has; write nothing."""
    try:
        source = open_unpooled(server)
    except TcsyncError as error:
        return _failed(server, error, asked=False)
    with closing(source):
        return _ask(server, source, is_draft=True)


def _ask(server: RemoteServer, source: Source | LentSource, *, is_draft: bool) -> list[Check]:
    try:
        who = source.identity()
        if not is_draft:
            note_answer(server, who)
        held = source.snapshot(None, None)
    except TcsyncError as error:
        if not is_draft:
            note_failure(server, error)
        return _failed(server, error, asked=True)
    return [
        *_way(server, said=_certificate(server)),
        Check("http", True, f"{who.name or server.name} is a {server.get_kind_display()}."),
        Check("login", True, f"Signed in as {who.account}." if who.account else "Signed in."),
        _version(who, reading.identity()),
        _permission(who, held),
    ]


def _failed(server: RemoteServer, error: TcsyncError, *, asked: bool) -> list[Check]:
    """Return the checks up to the one that failed; nothing is known of them if nobody was asked."""
    at = STEPS.index(error.stage if isinstance(error, SourceError) else "http")
    way = {check.name: check for check in _way(server)} if asked else {}
    before = [way.get(name) or Check(name, asked or None, "") for name in STEPS[:at]]
    after = [Check(name, None, NOT_REACHED) for name in STEPS[at + 1 :]]
    return [*before, Check(STEPS[at], False, str(error)), *after]


def _way(server: RemoteServer, said: str = "") -> list[Check]:
    """Return the checks of the connection itself, all of them passed."""
    parts = urlsplit(server.address)
    host = parts.hostname or ""
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    plain = "Plain HTTP: everything, the password included, can be read on the way."
    return [
        Check("dns", True, f"{host} has an address."),
        Check("tcp", True, f"Port {port} takes connections."),
        Check("tls", True, (said or "Encrypted.") if is_secure else plain),
    ]


def _certificate(server: RemoteServer) -> str:
    return _said_of(certificate_of(endpoint(server)))


def _said_of(facts: Facts | None) -> str:
    if facts is None:
        return ""
    until = facts.expires.astimezone(UTC).date().isoformat()
    return f"Encrypted. Its certificate was signed by {facts.issuer} and is valid until {until}."


def _version(theirs: Identity, ours: Identity) -> Check:
    if not theirs.major_version:
        return Check("version", True, "It does not say which major version it stands for.")
    if not ours.major_version or theirs.major_version == ours.major_version:
        return Check("version", True, f"Its major version is {theirs.major_version}.")
    return Check(
        "version",
        False,
        f"Its major version is {theirs.major_version}, this node stands for {ours.major_version}."
        " Both ends need the same one: ask the administrators of both.",
    )


def _permission(who: Identity, held: Snapshot) -> Check:
    if not held.categories and not held.resources:
        name = who.account or "This account"
        return Check(
            "permission",
            False,
            f"{name} may read nothing there. Ask its administrator for a role to read.",
        )
    present = sum(not resource.removed for resource in held.resources)
    detail = f"May read {present:,} resources in {len(held.categories):,} categories."
    return Check("permission", True, detail)
