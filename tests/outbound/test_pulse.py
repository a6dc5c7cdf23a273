"""The pulse: who waits is asked again and again, and an exchange ends when it says so."""

from __future__ import annotations

import threading
import time

import pytest
import trustme

from tcsync.errors import Cancelled, Unreachable
from tcsync.outbound.deadline import SLICE_SECONDS
from tests.outbound.servers import Server, answer, client, drip, server_context

BODY = bytes(range(256)) * 4096


class Pulse:
    """Counts what it is told; with a server it raises once that has been asked."""

    def __init__(self, server: Server | None = None) -> None:
        self.bytes = 0
        self.waits = 0
        self._server = server

    def __call__(self, count: int) -> None:
        self.bytes += count
        self.waits += not count
        if self._server is not None and self._server.requests and not count:
            raise Cancelled("enough")


def ask(server, pulse, **options):
    with client(server, **options) as made:
        made.pulse = pulse
        return made.json_text("POST", "/x", body="x", deadline=20, max_bytes=2 << 20)


@pytest.fixture
def over():
    event = threading.Event()
    yield event
    event.set()


def test_a_silent_server_is_left_as_soon_as_the_pulse_raises(over):
    began = time.monotonic()
    with Server(lambda _connection: over.wait(10)) as server:
        with pytest.raises(Cancelled):
            ask(server, Pulse(server))
        assert time.monotonic() - began < 4 * SLICE_SECONDS + 1
        over.set()


def test_a_drip_is_left_too(over):
    def send(connection):
        connection.sendall(answer(b"", Content_Length=1000))
        drip(b" " * 100, 0.02)(connection)

    def stop(_count):
        if time.monotonic() - began > 0.3:
            raise Cancelled("enough")

    began = time.monotonic()
    with Server(send) as server, pytest.raises(Cancelled):
        ask(server, stop)


def test_a_server_that_takes_nothing_in_is_left(over):
    deaf = Server(lambda _connection: over.wait(10), reads=False)
    with deaf, client(deaf) as made:
        made.pulse = Pulse(deaf)
        with pytest.raises(Cancelled):
            made.json("POST", "/x", body="x" * (16 << 20), deadline=20)
        over.set()


def slowly(connection):
    """Send an answer in three parts with pauses longer than a slice."""
    data = answer(BODY)
    for start, end in ((0, 40), (40, 500_000), (500_000, len(data))):
        connection.sendall(data[start:end])
        time.sleep(1.3 * SLICE_SECONDS)


def test_nothing_is_lost_between_two_slices():
    pulse = Pulse()
    with Server(slowly) as server:
        assert ask(server, pulse) == BODY
    assert pulse.bytes > len(BODY)
    assert pulse.waits


def test_nothing_is_lost_between_two_slices_over_tls():
    authority = trustme.CA()
    pulse = Pulse()
    with Server(slowly, tls=server_context(authority.issue_cert("127.0.0.1"))) as server:
        trusted = authority.cert_pem.bytes().decode()
        assert ask(server, pulse, ca_certificate=trusted) == BODY
    assert pulse.bytes > len(BODY)
    assert pulse.waits


def test_the_deadline_holds_with_a_pulse_too(over):
    with Server(lambda _connection: over.wait(10)) as server, client(server) as made:
        made.pulse = Pulse()
        with pytest.raises(Unreachable, match="in time"):
            made.json("GET", "/x", deadline=1.2 * SLICE_SECONDS)
        over.set()


def test_a_client_can_be_used_again_after_it_was_stopped(over):
    with Server(lambda _connection: over.wait(1), answer()) as server, client(server) as made:
        made.pulse = Pulse(server)
        with pytest.raises(Cancelled):
            made.json("GET", "/x")
        made.pulse = None
        assert made.json("GET", "/x") == {}
