"""Addresses: which may be typed, and which may be connected to."""

from __future__ import annotations

import pytest

from tcsync.errors import AddressRefused
from tcsync.outbound import check_address
from tcsync.outbound.addresses import check_connected


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        ("https://twc:8111", "https://twc:8111"),
        ("https://twc", "https://twc"),
        (" https://TWC.Example.com/ \n", "https://twc.example.com"),
        ("HTTP://models.example.com:8000/osmc/", "http://models.example.com:8000/osmc"),
        ("https://my_host-1.example.com.", "https://my_host-1.example.com."),
        ("https://192.168.1.5:1", "https://192.168.1.5:1"),
        ("https://[2001:DB8::1]:65535", "https://[2001:db8::1]:65535"),
        ("https://twc:", "https://twc"),
    ],
)
def test_an_address_is_brought_into_its_usual_form(typed, usual):
    assert check_address(typed) == usual
    assert check_address(usual) == usual


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "not the address"),
        ("   ", "not the address"),
        ("https://a b", "not the address"),
        ("https://a\tb", "not the address"),
        ("https://a\r\nX: y", "not the address"),
        ("https://a\0b", "not the address"),
        ("https://a/\u202eb", "not the address"),
        ("https://" + "a" * 10_000, "not the address"),
        ("twc:8111", "does not begin with"),
        ("//twc", "does not begin with"),
        ("ftp://twc", "does not begin with"),
        ("file:///etc/passwd", "does not begin with"),
        ("javascript:alert(1)", "does not begin with"),
        ("https://", "no valid host name"),
        ("https:///x", "no valid host name"),
        ("https://:8111", "no valid host name"),
        ("https://a..b", "no valid host name"),
        ("https://.a", "no valid host name"),
        ("https://-a", "no valid host name"),
        ("https://*.a", "no valid host name"),
        ("https://a%2eb", "no valid host name"),
        ("https://a\\b", "no valid host name"),
        ("https://a,b", "no valid host name"),
        ("https://caf\xe9", "no valid host name"),
        ("https://[fe80::1%25eth0]", "no valid host name"),
        ("https://[::1", "wrong host name or port"),
        ("https://[v1.x]", "host name"),
        ("https://[twc]", "host name"),
        ("https://[127.0.0.1]", "host name"),
        ("https://a:0", "no valid host name and port"),
        ("https://a:65536", "wrong host name or port"),
        ("https://a:-1", "wrong host name or port"),
        ("https://a:8x", "wrong host name or port"),
        ("https://a:80:80", "wrong host name or port"),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(AddressRefused, match=sentence) as caught:
        check_address(typed)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200
    assert "https://" in caught.value.next_step


@pytest.mark.parametrize(
    "typed",
    [
        "https://user:canary@twc",
        "https://canary@twc",
        "https://@canary",
        "user:canary@twc",
        "https://user:ca nary@twc",
        "https://user:canary#x@twc",
        "https://user:canary/x@twc",
        "https://good.example\\@canary.example",
        "https://twc?token=canary",
        "https://twc/#canary",
        "https://twc/?",
    ],
)
def test_user_info_query_and_fragment_are_refused_without_repeating_them(typed):
    with pytest.raises(AddressRefused, match="must not contain") as caught:
        check_address(typed)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "febf::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "::ffff:0:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:5601:5601",
    ],
)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_link_local_and_metadata_are_always_refused(address, allow_loopback):
    with pytest.raises(AddressRefused, match="link-local or metadata"):
        check_connected(address, allow_loopback=allow_loopback)


@pytest.mark.parametrize(
    "address",
    ["0.1.2.3", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "::ffff:0.0.0.0"],
)
def test_addresses_of_no_single_server_are_always_refused(address):
    with pytest.raises(AddressRefused, match=r"no single server|this machine"):
        check_connected(address, allow_loopback=True)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)
def test_loopback_is_refused_unless_it_is_allowed(address):
    check_connected(address, allow_loopback=True)
    with pytest.raises(AddressRefused, match="this machine itself") as caught:
        check_connected(address, allow_loopback=False)
    assert address in caught.value.message


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.5.5", "192.168.1.1", "8.8.8.8", "fd12::1", "2001:db8::1", "2606:4700::1"],
)
def test_private_and_public_addresses_are_allowed(address):
    check_connected(address, allow_loopback=False)
