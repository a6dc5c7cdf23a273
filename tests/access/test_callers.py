"""The caller's address: only our proxies are believed, and of what they say the rightmost."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from tcsync.access.callers import CallerAddress, site_of

PROXY, CALLER = "10.0.0.2", "203.0.113.7"


def seen(request: HttpRequest, **headers: str) -> HttpRequest:
    """Send a request through the middleware and return what the views would see."""
    request.META |= headers
    CallerAddress(lambda _: HttpResponse())(request)
    return request


def address(remote: str, forwarded: str) -> str:
    """Return the caller's address for a connection and its header."""
    return str(
        seen(HttpRequest(), REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded).META["REMOTE_ADDR"]
    )


@pytest.fixture(autouse=True)
def _proxies(settings) -> None:
    settings.TCSYNC_TRUSTED_PROXIES = ["10.0.0.0/24", "::1"]


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        (CALLER, CALLER),
        (f"1.1.1.1, {CALLER}", CALLER),
        (f"1.1.1.1, {CALLER}, 10.0.0.9", CALLER),
        (f"{CALLER}:55001", CALLER),
        ("[2001:db8::7]:443", "2001:db8::7"),
        (f"::ffff:{CALLER}", CALLER),
        ("", PROXY),
        ("1.1.1.1, nonsense", PROXY),
        ("1.1.1.1, nonsense, 10.0.0.9", "10.0.0.9"),
        ("10.0.0.7, 10.0.0.9", "10.0.0.7"),
    ],
)
def test_a_trusted_proxy_names_the_caller(forwarded: str, found: str) -> None:
    assert address(PROXY, forwarded) == found


@pytest.mark.parametrize("remote", [CALLER, "", "unix:"])
def test_what_anybody_else_says_is_not_believed(remote: str) -> None:
    assert address(remote, "1.1.1.1") == remote


def test_a_stranger_cannot_claim_tls_or_leave_a_trace_of_it() -> None:
    told = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "1.1.1.1"}
    assert not set(told) & set(seen(HttpRequest(), REMOTE_ADDR=CALLER, **told).META)
    assert set(told) <= set(seen(HttpRequest(), REMOTE_ADDR=PROXY, **told).META)


def test_without_trusted_proxies_nobody_is_believed(settings) -> None:
    settings.TCSYNC_TRUSTED_PROXIES = []
    assert address(PROXY, CALLER) == PROXY


def test_a_setting_that_is_no_network_is_named(settings) -> None:
    settings.TCSYNC_TRUSTED_PROXIES = ["the proxy"]
    with pytest.raises(ImproperlyConfigured, match="TCSYNC_TRUSTED_PROXIES"):
        address(PROXY, CALLER)


def test_the_addresses_of_one_ipv6_network_are_one_caller() -> None:
    assert site_of("2001:db8::7") == site_of("2001:db8::ffff:1") != site_of("2001:db8:0:1::7")
    assert site_of("10.0.0.1") != site_of("10.0.0.2")
