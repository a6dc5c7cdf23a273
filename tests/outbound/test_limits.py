"""Deadlines, caps and cuts: an answer arrives whole and in time, or is an error."""

from __future__ import annotations

import time

import pytest

from tcsync.errors import AnswerTooLarge, BadAnswer, Unreachable
from tests.outbound.servers import Server, answer, ask, client, drip, say

CHUNKED = {"Content_Length": None, "Transfer_Encoding": "chunked"}
UNFRAMED = answer(b"frames", Content_Length=None)


@pytest.fixture
def takes():
    """Return what says how long it was since the test began."""
    began = time.monotonic()
    return lambda: time.monotonic() - began


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 " + b"O" * 100, b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Type: application/json"],
    ids=["status-line", "headers"],
)
def test_a_drip_before_the_body_ends_at_the_deadline(head, takes):
    with pytest.raises(Unreachable, match="did not answer in time"):
        say(drip(head), deadline=0.3)
    assert takes() < 2


def test_endless_interim_answers_end_at_the_deadline(takes):
    def send(connection):
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    with pytest.raises(Unreachable, match="in time"):
        say(send, deadline=0.2)
    assert takes() < 2


@pytest.mark.parametrize("framing", [{"Content_Length": 500}, CHUNKED], ids=["length", "chunks"])
def test_a_drip_in_the_body_ends_at_the_deadline(framing, takes):
    def send(connection):
        connection.sendall(answer(b"", **framing))
        drip(b"1\r\n \r\n" * 100)(connection)

    with pytest.raises(Unreachable, match=r"in time|deadline"):
        say(send, deadline=0.3)
    assert takes() < 2


def test_a_silent_server_ends_at_the_deadline():
    with pytest.raises(Unreachable, match="did not answer in time"):
        say(lambda _connection: time.sleep(0.5), deadline=0.2)


def test_a_server_that_takes_no_request_in_ends_at_the_deadline(takes):
    deaf = Server(lambda _connection: time.sleep(0.5), reads=False)
    with deaf, client(deaf) as made, pytest.raises(Unreachable, match="in time"):
        made.json("POST", "/x", body="x" * (16 << 20), deadline=0.2)
    assert takes() < 2


def test_a_kept_connection_is_under_the_deadline_of_the_new_request():
    with Server(answer(), drip(answer()), per_connection=2) as server, client(server) as made:
        made.json("GET", "/x", deadline=60)
        with pytest.raises(Unreachable, match="in time"):
            made.json("GET", "/x", deadline=0.2)
        assert server.connections == 1


def test_a_stream_keeps_its_deadline_while_others_are_asked():
    with (
        Server(answer(b"x" * 9), answer()) as server,
        client(server) as made,
        made.stream("GET", "/x", max_bytes=9, deadline=5) as stream,
    ):
        made.json("GET", "/x", deadline=0.05)
        time.sleep(0.06)
        assert stream.read(9) == b"x" * 9


def test_the_deadline_counts_bytes_that_have_arrived_already():
    now = [0.0]
    with (
        Server(answer(b"x" * 100)) as server,
        client(server, clock=lambda: now[0]) as made,
        made.stream("GET", "/x", max_bytes=100, deadline=10) as stream,
    ):
        stream.read(10)
        now[0] = 11.0
        with pytest.raises(Unreachable, match="deadline"):
            stream.read(10)


def test_headers_end_in_their_own_time_although_the_body_has_longer():
    now = [0.0]

    def send(connection):
        now[0] += 121
        connection.sendall(answer())

    with (
        Server(send) as server,
        client(server, clock=lambda: now[0]) as made,
        pytest.raises(Unreachable, match="in time"),
    ):
        made.json("GET", "/x", deadline=3600)


def test_the_reason_of_a_refusal_is_not_waited_for():
    now = [0.0]

    def send(connection):
        body = b'{"detail": "late"}'
        head = answer(b"", 500, "application/problem+json", Content_Length=len(body))
        connection.sendall(head)
        time.sleep(0.2)
        now[0] += 6
        connection.sendall(body)

    with (
        Server(send) as server,
        client(server, clock=lambda: now[0]) as made,
        pytest.raises(Unreachable, match=r"answered 500\. "),
    ):
        made.json("GET", "/x", deadline=3600)


def test_a_body_slower_than_the_lowest_rate_is_ended():
    now = [0.0]

    def send(connection):
        connection.sendall(answer(b"", Content_Length=9))
        for _ in range(9):
            now[0] += 20
            drip(b"x", 0.02)(connection)

    with (
        Server(send) as server,
        client(server, clock=lambda: now[0]) as made,
        made.stream("GET", "/x", max_bytes=100) as stream,
        pytest.raises(Unreachable, match="too slowly"),
    ):
        list(iter(lambda: stream.read(1), b""))


@pytest.mark.parametrize("body", [b"1;", b"1\r\n7\r\n0\r\n"], ids=["mark", "trailer"])
def test_a_drip_beside_the_body_is_ended_as_too_slow(body):
    now = [0.0]

    def send(connection):
        connection.sendall(answer(b"", **CHUNKED) + body)
        for _ in range(50):
            now[0] += 20
            drip(b"x", 0.01)(connection)

    with Server(send) as server, pytest.raises(Unreachable, match="too slowly"):
        ask(server, deadline=1e6, clock=lambda: now[0])
    assert now[0] < 500


def test_a_slow_reader_is_not_taken_for_a_slow_server():
    now = [0.0]
    with (
        Server(answer(b"x" * 9)) as server,
        client(server, clock=lambda: now[0]) as made,
        made.stream("GET", "/x", max_bytes=100) as stream,
    ):
        for _ in range(9):
            now[0] += 60
            assert stream.read(1) == b"x"


def test_the_cap_itself_is_allowed_and_one_byte_more_is_not():
    body = b'"12345678"'
    assert say(answer(body), max_bytes=10) == "12345678"
    with pytest.raises(AnswerTooLarge, match="9 bytes"):
        say(answer(body), max_bytes=9)


def test_chunks_without_end_stop_at_the_cap():
    def send(connection):
        connection.sendall(answer(b"", **CHUNKED))
        while True:
            connection.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    with pytest.raises(AnswerTooLarge):
        say(send, max_bytes=100_000)


@pytest.mark.parametrize(
    "cut",
    [
        answer(b"{", Content_Length=2),
        answer(b"", Content_Length=2),
        answer(b"2\r\n{}\r\n", **CHUNKED),
        answer(b"2\r\n{", **CHUNKED),
        answer(b"-5\r\n{}\r\n0\r\n\r\n", **CHUNKED),
        answer(b"zz\r\n{}", **CHUNKED),
    ],
    ids=["length", "nothing", "between-chunks", "in-chunk", "negative-chunk", "no-chunk"],
)
def test_a_cut_body_is_unreachable(cut):
    with pytest.raises(Unreachable, match="cut off"):
        say(cut)


@pytest.mark.parametrize(
    "framing",
    [
        {"Content_Length": None},
        {"Content_Length": -1},
        {"Content_Length": "many"},
        {"Content_Length": None, "Transfer_Encoding": "chunked, identity"},
        {"Content_Length": None, "Transfer_Encoding": "gzip, chunked"},
    ],
)
def test_a_body_whose_end_cannot_be_told_is_refused(framing):
    with pytest.raises(BadAnswer, match=r"how long|coding"):
        say(answer(**framing))


def test_two_lengths_are_refused():
    with pytest.raises(BadAnswer):
        say(answer(X="y\r\nContent-Length: 1"))


def test_a_body_with_a_mark_at_its_own_end_needs_no_length():
    with (
        Server(UNFRAMED) as server,
        client(server) as made,
        made.stream("POST", "/x", max_bytes=10, ends_itself=True) as stream,
    ):
        assert stream.read(10) + stream.read(10) == b"frames"


def test_a_stream_that_was_left_does_not_look_like_one_that_ended():
    with (
        Server(answer(b"x" * 9)) as server,
        client(server) as made,
    ):
        with made.stream("GET", "/x", max_bytes=10) as stream:
            stream.read(1)
        with pytest.raises(Unreachable, match="closed"):
            stream.read(1)


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_answer_is_refused(coding):
    with pytest.raises(BadAnswer, match="compressed"):
        say(answer(Content_Encoding=coding))


def test_no_compression_is_asked_for_whatever_the_endpoint_says():
    with Server(answer()) as server:
        ask(server, headers={"accept-encoding": "gzip"})
    assert b"Accept-Encoding: identity\r\n" in server.requests[0]
    assert b"gzip" not in server.requests[0]
