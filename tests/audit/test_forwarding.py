"""Forwarding to syslog: every entry, in order, also over connections that break."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from tcsync.audit.forwarding import ARRIVED_SECONDS, Forwarder
from tcsync.audit.models import AuditEntry, AuditForward
from tcsync.audit.recording import Actor, record
from tcsync.audit.syslog import DATAGRAM_BYTES, Target, message, parse_target
from tests.audit.conftest import add_entries
from tests.audit.receiver import TcpReceiver, number, parsed, until


class Sender(Forwarder):
    """A forwarder whose time a test moves on."""

    now = 0.0
    made: ClassVar[list[Sender]] = []

    def __init__(self, target: str) -> None:
        super().__init__(target, clock=lambda: type(self).now)
        self.made.append(self)

    def later(self) -> None:
        """Let the time pass after which what was sent has arrived."""
        type(self).now += ARRIVED_SECONDS
        self.turn()


def kept() -> int:
    """Return up to which entry everything has arrived."""
    return AuditForward.objects.get().seq


@pytest.fixture(autouse=True)
def _hung_up() -> Iterator[None]:
    yield
    while Sender.made:
        Sender.made.pop().close()


@pytest.fixture
def receiver() -> Iterator[TcpReceiver]:
    receiver = TcpReceiver()
    yield receiver
    receiver.cut()


def test_a_message_has_the_form_of_rfc_5424(db: None) -> None:
    with transaction.atomic():
        entry = record(Actor('x"]\\', origin="web ::1"), "a b.ä" * 20, summary="Ä\n")
    said = parsed(message(entry, "node one"))
    assert (said["pri"], said["app"], said["host"]) == (b"109", b"tcsync", b"node_one")
    assert b'actor="x\\"\\]\\\\"' in said["data"]
    told = json.loads(said["text"])
    assert (told["hash"], told["summary"]) == (entry.hash, "Ä\\x0a")


def test_a_message_that_is_too_long_for_a_datagram_leaves_its_details_out(db: None) -> None:
    with transaction.atomic():
        entry = record(Actor("x"), "a.b", summary="s" * 9000, details={"much": "é" * 50_000})
    short = message(entry, "node", DATAGRAM_BYTES)
    assert len(short) <= DATAGRAM_BYTES
    assert json.loads(parsed(short)["text"])["details"] == {"left_out": "too long"}
    assert len(message(entry, "node")) > DATAGRAM_BYTES


def test_all_entries_come_in_order_then_the_new_ones(
    entries: list[AuditEntry], receiver: TcpReceiver
) -> None:
    sender = Sender(receiver.address)
    sender.turn()
    assert until(lambda: len(receiver.messages) == 12)
    assert (receiver.numbers(), kept()) == (list(range(1, 13)), 0)
    sender.later()
    assert kept() == 12
    add_entries(2)
    sender.turn()
    assert until(lambda: receiver.numbers()[12:] == [13, 14])


def test_what_a_broken_connection_may_have_lost_is_sent_again(
    entries: list[AuditEntry], receiver: TcpReceiver
) -> None:
    sender = Sender(receiver.address)
    sender.turn()
    assert until(lambda: len(receiver.messages) == 12)
    sender.later()
    add_entries(3)
    sender.turn()
    assert until(lambda: len(receiver.messages) == 15)
    receiver.cut()
    sender.later()
    assert kept() == 12
    again = TcpReceiver(receiver.port)
    assert until(lambda: sender.turn() is not None and len(again.messages) == 3)
    sender.later()
    assert (again.numbers(), kept()) == ([13, 14, 15], 15)
    again.cut()


def test_a_receiver_that_is_away_is_told_of_once_and_asked_more_and_more_slowly(
    entries: list[AuditEntry], receiver: TcpReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.cut()
    sender = Sender(receiver.address)
    assert [sender.turn() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert caplog.text.count("does not take entries") == 1


def test_another_process_goes_on_where_the_last_one_was(
    entries: list[AuditEntry], receiver: TcpReceiver
) -> None:
    first = Sender(receiver.address)
    first.turn()
    first.later()
    add_entries(1)
    Sender(receiver.address).turn()
    assert until(lambda: receiver.numbers() == [*range(1, 13), 13])


def test_datagrams_arrive_and_a_closed_port_is_noticed(entries: list[AuditEntry]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taker:
        taker.bind(("127.0.0.1", 0))
        sender = Sender(f"udp://127.0.0.1:{taker.getsockname()[1]}")
        sender.turn()
        assert [number(taker.recv(65_536)) for _ in range(12)] == list(range(1, 13))
        sender.later()
    add_entries(1)
    sender.turn()
    sender.later()
    assert kept() == 12


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_socket_of_this_machine(
    entries: list[AuditEntry], tmp_path: Path, kind: socket.SocketKind
) -> None:
    with socket.socket(socket.AF_UNIX, kind) as taker:
        taker.bind(str(tmp_path / "log"))
        if kind is socket.SOCK_STREAM:
            taker.listen()
        sender = Sender(f"unix://{tmp_path}/log")
        taker.settimeout(5)
        threading.Thread(target=sender._connected().send, args=(b"x",)).start()
        end = taker.accept()[0] if kind is socket.SOCK_STREAM else taker
        assert end.recv(100) == (b"1 x" if kind is socket.SOCK_STREAM else b"x")
        sender.close()
        end.close()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("udp://10.0.0.1", Target("udp", "10.0.0.1", 514)),
        ("tcp://[::1]:601", Target("tcp", "::1", 601)),
        ("unix:///dev/log", Target("unix", "/dev/log")),
    ],
)
def test_places_that_can_be_named(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text", ["syslog", "http://x", "udp://", "tcp://x:y", "unix:log", "tcp://x/y"]
)
def test_what_is_no_place_is_refused_in_words(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TCSYNC_SYSLOG"):
        parse_target(text)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_it_runs_beside_the_writers_until_it_is_stopped(receiver: TcpReceiver) -> None:
    forwarder = Forwarder(receiver.address)
    thread = threading.Thread(target=forwarder.run)
    thread.start()
    add_entries(5)
    assert until(lambda: len(receiver.messages) == 5)
    forwarder.stop.set()
    thread.join(10)
    assert not thread.is_alive()
    connection.close()
