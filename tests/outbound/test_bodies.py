"""Texts that are sent as they are, answers to a login, cookies, and redirects on one server."""

from __future__ import annotations

import pytest

from tcsync.errors import BadAnswer
from tcsync.outbound import Redirected, Text
from tests.outbound.servers import Server, answer, client

COOKIE = "twc-rest-session-id=5f31; Path=/osmc; Expires=Wed, 16 Sep 2020 12:00:00 GMT"


def knock(*says, **options):
    with Server(*says) as server, client(server, **options) as made:
        return made.knock("/osmc/login", deadline=5.0)


def redirect(to, **options):
    """Return the error that a redirect to a place is."""
    with Server(answer(status=307, Location=to)) as server, client(server, **options) as made:
        with pytest.raises(Redirected) as caught:
            made.json("GET", "/x", deadline=5.0)
        return caught.value


def test_a_text_goes_out_as_it_is_with_its_media_type():
    with Server(answer()) as server, client(server) as made:
        made.json("POST", "/x", body=Text(b"a,b", "text/plain"))
    assert server.requests[0].endswith(b"a,b")
    assert b"content-type: text/plain\r\n" in server.requests[0].lower()


@pytest.mark.parametrize("status", [200, 204, 401, 503])
def test_a_knock_tells_the_status_whatever_it_is(status):
    assert knock(answer(b"", status, "application/octet-stream")).status == status


def test_a_knock_brings_the_cookies_of_the_answer():
    found = knock(answer(b"", 204, Set_Cookie=COOKIE))
    assert found.cookies == {"twc-rest-session-id": "5f31"}


def test_a_knock_reads_the_start_of_a_page_and_nothing_that_repeats_a_secret():
    assert knock(answer(b"no licence", 403)).body == b"no licence"
    assert knock(answer(b"swordfish?", 403), basic=("u", "swordfish")).body == b""
    assert len(knock(answer(b"x" * (1 << 20), 403)).body) <= 16 << 10


@pytest.mark.parametrize("line", ["", "=5", "a b=5", "a=\x01", "a=\u00e9", "a=b\\c", "a=b,c"])
def test_a_cookie_that_could_not_be_sent_back_is_left_out(line):
    assert knock(answer(b"", 204, Set_Cookie=line)).cookies == {}


def test_only_cookies_that_were_set_on_purpose_are_sent():
    with Server(answer(Set_Cookie="b=2")) as server, client(server) as made:
        made.json("GET", "/x")
        made.cookies = {"a": "1", "c": "3"}
        made.json("GET", "/x")
    assert b"cookie:" not in server.requests[0].lower()
    assert b"cookie: a=1; c=3\r\n" in server.requests[1].lower()


@pytest.mark.parametrize("to", ["/osmc/admin/users/me?a=1", "osmc/admin/users/me?a=1"])
def test_a_redirect_on_the_same_server_says_where_to(to):
    error = redirect(to)
    assert (error.path, error.status) == ("/osmc/admin/users/me?a=1", 307)


@pytest.mark.parametrize("to", ["http://other.example/x", "//other.example/x", "http://[/"])
def test_a_redirect_to_another_server_leads_nowhere(to):
    error = redirect(to)
    assert isinstance(error, BadAnswer)
    assert error.path == ""
