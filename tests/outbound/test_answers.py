"""Statuses, refusals and JSON: what a server says becomes the right error with a clean sentence."""

from __future__ import annotations

import json

import pytest

from tcsync.errors import BadAnswer, Gone, LoginRefused, Unreachable
from tests.outbound.servers import Server, answer, ask, say

PROBLEM = "application/problem+json"


def problem(status, detail, **headers):
    return answer(json.dumps({"detail": detail}).encode(), status, PROBLEM, **headers)


def test_json_of_a_good_answer_is_returned():
    assert say(answer(b'{"a": [1]}')) == {"a": [1]}
    assert say(answer(b"1", content_type="application/hal+json; charset=utf-8")) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadAnswer),
        (401, LoginRefused),
        (403, LoginRefused),
        (404, Gone),
        (410, Gone),
        (429, Unreachable),
        (500, Unreachable),
        (503, Unreachable),
        (201, BadAnswer),
        (204, BadAnswer),
        (206, BadAnswer),
        (304, BadAnswer),
    ],
)
def test_each_status_is_an_error_of_ours_that_names_server_and_status(status, kind):
    with Server(answer(status=status)) as server, pytest.raises(kind) as caught:
        ask(server)
    assert type(caught.value) is kind
    assert f"{server.netloc} answered {status}" in caught.value.message


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [("5", 5), ("0", 0), ("86400", 3600), ("9" * 400, 3600), ("-1", None), ("soon", None)],
)
def test_retry_after_is_taken_where_it_is_a_number_of_seconds_and_capped(status, said, seconds):
    with pytest.raises(Unreachable) as caught:
        say(answer(status=status, Retry_After=said))
    assert caught.value.retry_after == seconds


def test_without_retry_after_nothing_was_asked():
    with pytest.raises(Unreachable) as caught:
        say(answer(status=503))
    assert caught.value.retry_after is None


def test_the_detail_of_a_problem_is_shown():
    with pytest.raises(LoginRefused, match="answered 401: The account is locked"):
        say(problem(401, "The account is locked."))


@pytest.mark.parametrize(
    "mark", ["\0", "\n", "\x1b[31m", "\x85", "\u202e", "\u2066", "\u200b", "\u2028", "\ufeff"]
)
def test_marks_that_cannot_be_seen_are_taken_out_of_a_detail(mark):
    with pytest.raises(Gone) as caught:
        say(problem(404, f"left{mark}right"))
    assert "left" in caught.value.message
    assert caught.value.message.isprintable()


def test_a_detail_is_cut_to_a_line():
    with pytest.raises(Gone) as caught:
        say(problem(404, "x" * 10_000))
    assert "xxx" in caught.value.message
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    "page",
    [
        answer(b"<h1>canary</h1>", 500, "text/html"),
        answer(b'{"detail": "canary"}', 500, "text/html"),
        answer(b'{"detail": ["canary"]}', 500, PROBLEM),
        answer(b'["canary"]', 500, PROBLEM),
        answer(b'{"detail": "canary', 500, PROBLEM),
        answer(b'{"detail": "canary' + b"." * 2_000_000 + b'"}', 500, PROBLEM),
        answer(b"[" * 60_000, 500, PROBLEM),
        answer(b'{"detail": "canary"}', 500, PROBLEM, Content_Length=50),
    ],
    ids=["html", "type", "list", "shape", "broken", "huge", "deep", "cut"],
)
def test_an_error_without_a_readable_problem_shows_its_status_only(page):
    with pytest.raises(Unreachable, match="answered 500") as caught:
        say(page, max_bytes=10 << 20)
    assert "canary" not in caught.value.message


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "", "application/jsonp"])
def test_something_other_than_json_is_no_server_of_this_kind(kind):
    with pytest.raises(BadAnswer, match="instead of JSON: it is not a server of this kind"):
        say(answer(b"<html>", content_type=kind))


def test_a_wild_media_type_is_shown_clean_and_short():
    with pytest.raises(BadAnswer) as caught:
        say(answer(content_type="text/\x1b[31m\x85" + "x" * 5000))
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"NaN",
        b"[Infinity]",
        b'"\\ud800"',
        b"\xff",
        b"{} {}",
        b'"\0"',
    ],
    ids=["empty", "broken", "deep", "deep-objects", "nan", "inf", "surrogate", "utf", "two", "nul"],
)
def test_json_that_is_none_is_refused(text):
    with pytest.raises(BadAnswer, match="JSON that cannot be read"):
        say(answer(text))


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:1/",
        "https://elsewhere.example/x",
        "file:///etc/passwd",
        "gopher://h/",
        "/y",
        "//[",
        "",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status, to):
    with Server(answer(status=status, Location=to)) as server:
        with pytest.raises(BadAnswer, match="redirects are not followed"):
            ask(server)
        assert len(server.requests) == 1


@pytest.mark.parametrize("to", ["/y", "caf\xe9", "http://[", "http://a:b/"])
def test_the_body_of_a_redirect_is_not_read(to):
    def send(connection):
        connection.sendall(answer(b"", 302, Location=to, Content_Length=1 << 40))
        while True:
            connection.sendall(b"x" * 65536)

    with pytest.raises(BadAnswer, match="redirects are not followed"):
        say(send, deadline=0.5)


def test_a_redirect_to_another_server_carries_no_account_there():
    with Server(answer()) as other:
        with pytest.raises(BadAnswer, match=rf"redirects to {other.netloc};"):
            say(answer(status=302, Location=f"{other.url}/x"), headers={"Authorization": "Token t"})
        assert other.requests == []


def test_a_post_carries_its_body_as_json():
    with Server(answer(b"7")) as server:
        ask(server, method="POST")
        assert server.requests[0].startswith(b"POST /x HTTP/1.1\r\n")
        assert b"Content-Type" not in server.requests[0]
