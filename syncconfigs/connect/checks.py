"""The test of a connection, step by step, so that whoever repairs it knows where to look."""

from __future__ import annotations

from dataclasses import dataclass

from syncconfigs.connect.opening import open_source
from syncconfigs.connect.standing import note_answer, note_failure
from syncconfigs.models import RemoteServer
from tcsync.domain import Identity, Snapshot
from tcsync.errors import AddressRefused, LoginRefused, TcsyncError, TlsRefused, Unreachable
from tcsync.repository import reading

STEPS = ("dns", "tcp", "tls", "http", "login", "version", "permission")
_SENTENCES = (
    ("the host name does not resolve", "dns"),
    ("the name service did not answer", "dns"),
    ("nothing listens", "tcp"),
    ("did not take the connection", "tcp"),
    ("cannot be reached (", "tcp"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """A step of the test; `ok` is None when the test did not come that far."""

    name: str
    ok: bool | None
    detail: str


def check(server: RemoteServer) -> list[Check]:
    """Connect, and return how each of STEPS went. What was learned is kept on the server's row."""
    try:
        with open_source(server) as source:
            who = source.identity()
            note_answer(server, who)
            held = source.snapshot(None, None)
    except TcsyncError as error:
        note_failure(server, error)
        return _failed(_step_of(error), error)
    return [
        *_passed(server, who),
        _version(who, reading.identity()),
        _permission(who, held),
    ]


def _failed(step: str, error: TcsyncError) -> list[Check]:
    at = STEPS.index(step)
    before = [Check(name, True, "") for name in STEPS[:at]]
    after = [Check(name, None, "not reached") for name in STEPS[at + 1 :]]
    return [*before, Check(step, False, str(error)), *after]


def _step_of(error: TcsyncError) -> str:
    if isinstance(error, AddressRefused):
        return "dns"
    if isinstance(error, TlsRefused):
        return "tls"
    if isinstance(error, LoginRefused):
        return "login"
    return _step_of_sentence(error.message) if isinstance(error, Unreachable) else "http"


def _step_of_sentence(message: str) -> str:
    """Outbound keeps no causes, for they repeat what the server sent; its sentences tell."""
    return next((step for words, step in _SENTENCES if words in message), "http")


def _passed(server: RemoteServer, who: Identity) -> list[Check]:
    encrypted = server.address.startswith("https:")
    return [
        Check("dns", True, "the host name resolves"),
        Check("tcp", True, "the port takes connections"),
        Check("tls", True, "encrypted" if encrypted else "plain HTTP: not encrypted"),
        Check("http", True, f"{who.name} is a {server.get_kind_display()}"),
        Check("login", True, f"signed in as {who.account}" if who.account else "signed in"),
    ]


def _version(theirs: Identity, ours: Identity) -> Check:
    if not theirs.major_version or not ours.major_version:
        return Check("version", True, f"it says {theirs.major_version or 'none'}")
    if theirs.major_version == ours.major_version:
        return Check("version", True, f"both are {ours.major_version}")
    sentence = f"it is {theirs.major_version}, this node stands for {ours.major_version}"
    return Check("version", False, sentence)


def _permission(who: Identity, held: Snapshot) -> Check:
    if not held.categories and not held.resources:
        name = who.account or "This account"
        return Check("permission", False, f"{name} may read nothing there: give it a role to read")
    present = sum(not resource.removed for resource in held.resources)
    return Check(
        "permission", True, f"may read {present} resources in {len(held.categories)} categories"
    )
