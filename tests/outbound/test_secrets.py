"""What leaves this node: nothing of the environment, no cookie, and no secret in any text."""

from __future__ import annotations

import base64
import json
import traceback

import pytest

from tcsync.errors import LoginRefused, TcsyncError
from tcsync.outbound import Endpoint
from tests.outbound.servers import Server, answer, ask, client, reset, say

CANARY = "canary-51d0e7"
TOKEN = {"Authorization": f"Token {CANARY}"}
PROBLEM = "application/problem+json"
ECHO = json.dumps({"detail": f"Token {CANARY} is wrong"}).encode()


@pytest.fixture(params=["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def proxy(request, monkeypatch):
    with Server(answer(b'"proxy"')) as server:
        monkeypatch.setenv(request.param, server.url)
        monkeypatch.setenv("NO_PROXY", "")
        yield server


def test_a_proxy_of_the_environment_is_not_used(proxy):
    assert say(answer(b'"server"')) == "server"
    assert proxy.connections == 0


def test_netrc_is_not_read(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text(f"default login joe password {CANARY}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Server(answer()) as server:
        ask(server)
        assert b"Authorization" not in server.requests[0]


@pytest.mark.parametrize("path", ["@127.0.0.1:{}/x", ".example/x", ":80/x", "x", ""])
def test_a_path_cannot_name_another_host(path):
    with Server(answer()) as other:
        with (
            client("http://a.invalid", headers=TOKEN) as made,
            pytest.raises(ValueError, match="slash"),
        ):
            made.json("GET", path.format(other.port))
        assert other.connections == 0


def test_the_account_is_sent_with_each_request():
    with Server(answer(), per_connection=2) as server, client(server, headers=TOKEN) as made:
        made.json("GET", "/x")
        made.json("POST", "/x")
        assert all(f"Token {CANARY}".encode() in request for request in server.requests)


def test_a_password_may_have_any_letters():
    with Server(answer()) as server:
        ask(server, basic=("jöe", "pä:€"))
        sent = base64.b64encode("jöe:pä:€".encode())
        assert b"Authorization: Basic " + sent + b"\r\n" in server.requests[0]


def test_cookies_of_a_server_are_not_sent_back():
    with (
        Server(answer(Set_Cookie="a=b; Path=/"), per_connection=2) as server,
        client(server) as made,
    ):
        made.json("GET", "/x")
        made.json("GET", "/x")
        assert not any(b"Cookie" in request for request in server.requests)


def test_the_repr_of_an_endpoint_shows_no_secret():
    shown = repr(Endpoint("https://a", TOKEN, ("joe", CANARY), f"-----BEGIN {CANARY}"))
    assert "https://a" in shown
    assert CANARY not in shown


@pytest.mark.parametrize(
    "said",
    [
        answer(ECHO, 401, PROBLEM),
        answer(ECHO, 400, PROBLEM),
        answer(ECHO, 200, f"text/{CANARY}"),
        answer(b"{" + ECHO),
        answer(status=302, Location=f"https://{CANARY}.example/{CANARY}"),
        answer(status=302, Location=f"https://joe:{CANARY}@b.example/"),
        f"{CANARY}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: {CANARY}\r\n\r\n".encode(),
        f"HTTP/1.1 {CANARY} OK\r\n\r\n".encode(),
        answer(CANARY.encode(), Content_Length=None, Transfer_Encoding="chunked"),
        answer(Content_Encoding=CANARY),
        answer(Content_Length=99, X=CANARY),
        reset,
        b"",
    ],
)
@pytest.mark.parametrize(
    "account", [{"headers": TOKEN}, {"basic": ("joe", CANARY)}, {"secrets": (CANARY,)}]
)
def test_no_error_repeats_a_secret_whatever_the_server_says(said, account):
    with Server(said) as server, pytest.raises(TcsyncError) as caught:
        ask(server, **account)
    assert CANARY not in f"{caught.value} {caught.value.next_step} {caught.value!r}"
    assert CANARY not in _messages(caught.value)


@pytest.mark.parametrize("value", [CANARY, f'"{CANARY}"'])
def test_no_error_repeats_a_cookie_that_was_sent(value):
    with Server(answer(ECHO, 400, PROBLEM)) as server, client(server) as made:
        made.cookies = {"session": value}
        with pytest.raises(TcsyncError) as caught:
            made.json("GET", "/x")
    assert CANARY not in _messages(caught.value)


def test_no_error_of_a_connection_repeats_a_secret():
    with pytest.raises(TcsyncError) as caught:
        ask("http://no.such.name.invalid", headers=TOKEN)
    assert CANARY not in _messages(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\nX: y", "\0", " ", "\u20ac", "\x7f"])
def test_a_token_that_cannot_be_sent_is_refused_without_repeating_it(end):
    with pytest.raises(LoginRefused, match="cannot be sent") as caught:
        client("http://a.example", headers={"Authorization": f"Token {CANARY}{end}"})
    assert CANARY not in _messages(caught.value)


def test_a_user_name_with_a_colon_is_refused():
    with pytest.raises(LoginRefused, match="colon"):
        client("http://a.example", basic=("joe:x", CANARY))


def _messages(error):
    """Return what a log would show of an error, without the lines of code."""
    shown = traceback.TracebackException.from_exception(error)
    parts = []
    while shown:
        parts += shown.format_exception_only()
        hides = shown.__suppress_context__
        shown = shown.__cause__ or (None if hides else shown.__context__)
    return "".join(parts)
