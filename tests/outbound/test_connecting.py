"""Connecting: failures with a sentence each, forbidden addresses, connections that are kept."""

from __future__ import annotations

import socket
import ssl
import time

import pytest

from tcsync.errors import AddressRefused, BadAnswer, Unreachable
from tests.outbound.servers import Server, answer, ask, client, reset, say

OWN_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.8.9.10",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "0x7f000001",
    "localhost",
    "[::1]",
    "[0:0::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0",
    "[::]",
    "[::ffff:0.0.0.0]",
]


@pytest.fixture
def closed_port():
    """Return a port that is taken, but that nothing listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def _answers(monkeypatch, *addresses):
    """Let each name resolve to some addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)


@pytest.mark.parametrize("host", ["no.such.name.invalid", "a" * 70, "a." * 140 + "b", "[2001:db8"])
def test_a_name_that_does_not_resolve(host):
    with pytest.raises((Unreachable, AddressRefused), match=r"does not resolve|wrong host name"):
        ask(f"http://{host}:80")


def test_a_name_service_that_does_not_answer_ends_at_the_deadline(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: time.sleep(0.4) or [])
    with pytest.raises(Unreachable, match="name service did not answer in time"):
        ask("http://slow.example", deadline=0.1)


def test_a_port_that_nothing_listens_on(closed_port):
    with pytest.raises(Unreachable, match=f"127.0.0.1:{closed_port} .*: nothing listens"):
        ask(f"http://127.0.0.1:{closed_port}")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_takes_no_connection_in_time(scheme):
    with socket.socket() as full, socket.socket() as first:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        first.connect(full.getsockname())
        with pytest.raises(Unreachable, match="did not take the connection in time"):
            ask(f"{scheme}://127.0.0.1:{full.getsockname()[1]}", deadline=0.2)


def test_a_connection_that_is_reset_before_the_answer():
    with pytest.raises(Unreachable, match="was reset"):
        say(reset)


def test_a_connection_that_is_closed_before_the_answer():
    with pytest.raises(Unreachable, match="closed the connection without an answer"):
        say(b"")


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200,
        b"HTTP/1.1 200 " + b"x" * 70_000,
    ],
    ids=["ssh", "tls-alert", "status", "headers", "line"],
)
def test_a_server_that_does_not_speak_http(said):
    with pytest.raises(BadAnswer, match="does not speak HTTP on this port"):
        say(said)


def test_what_the_caller_was_handling_already_is_not_taken_for_the_reason(closed_port):
    try:
        raise ssl.SSLError("earlier")
    except ssl.SSLError:
        with pytest.raises(Unreachable, match="nothing listens"):
            ask(f"http://127.0.0.1:{closed_port}")


@pytest.mark.parametrize("host", OWN_SPELLINGS)
def test_this_machine_is_refused_before_anything_is_sent(host):
    with Server(answer()) as server:
        with pytest.raises(AddressRefused, match="this machine itself"):
            ask(f"http://{host}:{server.port}", allow_loopback=False)
        assert server.connections == 0


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "localhost"])
def test_loopback_is_allowed_where_the_endpoint_says_so(host):
    with Server(answer()) as server:
        assert ask(f"http://{host}:{server.port}") == {}


def test_a_name_for_a_forbidden_address_is_refused(monkeypatch):
    _answers(monkeypatch, ("169.254.169.254", 80))
    with pytest.raises(AddressRefused, match="link-local or metadata"):
        ask("http://innocent.example")


def test_the_allowed_ones_of_several_addresses_are_tried(monkeypatch):
    with Server(answer()) as server:
        places = [("169.254.1.1", 80), ("127.0.0.1", 1), ("127.0.0.1", server.port)]
        _answers(monkeypatch, *places)
        assert ask(f"http://several.example:{server.port}") == {}


def test_an_address_that_says_nothing_leaves_time_for_the_next(monkeypatch):
    with Server(answer()) as server, socket.socket() as full, socket.socket() as first:
        full.bind(("127.0.0.2", 0))
        full.listen(0)
        first.connect(full.getsockname())
        _answers(monkeypatch, full.getsockname(), ("127.0.0.1", server.port))
        assert ask("http://two.example", deadline=1.5) == {}


def test_the_name_is_looked_up_once_so_that_it_cannot_change_after_the_check(monkeypatch):
    with Server(answer()) as server:
        looked_up = []
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **_o: looked_up.append(a) or found)
        ask(f"http://changing.example:{server.port}")
        assert len(looked_up) == 1
        assert b"Host: changing.example:" in server.requests[0]


def test_a_connection_is_kept_for_the_next_request():
    with Server(answer(), per_connection=5) as server, client(server) as made:
        assert [made.json("GET", "/x"), made.json("POST", "/x", body=[1])] == [{}, {}]
        assert server.connections == 1
        assert server.requests[1].endswith(b"[1]")


def _close_late(connection):
    """Close a connection that was kept only when the next request has arrived on it."""
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("ending", [_close_late, reset])
@pytest.mark.parametrize(("method", "reads"), [("GET", False), ("POST", True)])
def test_a_read_is_sent_again_where_the_kept_connection_went_stale(ending, method, reads):
    with (
        Server(answer(b"1"), ending, answer(b"2"), per_connection=2) as server,
        client(server, only_reads=reads) as made,
    ):
        assert made.json("GET", "/x") == 1
        assert made.json(method, "/x") == 2
        assert server.connections == 2


def test_a_connection_that_was_closed_meanwhile_is_replaced_for_every_method():
    with Server(answer(), per_connection=1) as server, client(server) as made:
        made.json("GET", "/x")
        time.sleep(0.05)
        assert made.json("POST", "/x") == {}


def test_a_request_that_may_change_something_is_not_sent_again():
    with Server(answer(), _close_late, per_connection=2) as server, client(server) as made:
        made.json("GET", "/x")
        with pytest.raises(Unreachable, match="without an answer"):
            made.json("POST", "/x")
        assert len(server.requests) == 2


def test_a_read_is_sent_again_only_once_and_only_on_a_kept_connection():
    with Server(answer(), _close_late, per_connection=2) as server, client(server) as made:
        made.json("GET", "/x")
        with pytest.raises(Unreachable, match="without an answer"):
            made.json("GET", "/x")
        assert len(server.requests) == 3


def test_closing_twice_is_fine():
    with Server(answer(), per_connection=2) as server:
        made = client(server)
        made.json("GET", "/x")
        made.close()
        made.close()
