"""Which addresses may be typed, and which may be connected to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from tcsync.errors import AddressRefused

LONGEST_ADDRESS = 500
HIGHEST_PORT = 65535
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_address(address: str) -> str:
    """Return the address of a server in its usual form, without a slash at the end.

    A host name without a dot is valid (`https://twc:8111`). Raises AddressRefused saying what is
    wrong; looks at the text only.
    """
    text = address.strip()
    # First, and without showing the text: what stands here may be a password or a token.
    if "@" in text:
        raise _refused("", "must not contain a user name or password: they have their own fields")
    if "?" in text or "#" in text:
        raise _refused("", "must not contain ? or #")
    if not text or len(text) > LONGEST_ADDRESS or " " in text or not text.isprintable():
        raise _refused(text, "is not the address of a server")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _refused(text, f"has a wrong host name or port (1 to {HIGHEST_PORT})") from error
    if parts.scheme not in {"http", "https"}:
        raise _refused(text, "does not begin with https:// or http://")
    host = parts.hostname or ""
    is_host = _is_ipv6(host) if "[" in parts.netloc else _HOST.fullmatch(host)
    if not is_host or port == 0:
        raise _refused(text, "has no valid host name and port")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return "%" not in host


def _refused(text: str, what: str) -> AddressRefused:
    return AddressRefused(
        f"{text[:80]!r} {what}." if text else f"The address {what}.",
        next_step="Write it like https://models.example.com:8000.",
    )


# IPv6 networks whose last 32 bits are the IPv4 address that is meant.
_WRAPPING = tuple(
    ipaddress.IPv6Network(text)
    for text in ("::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "::/96")
)
_FIRST_WRAPPED = 2
"""`::` and `::1` lie in ::/96 and mean themselves."""


def plain(address: str) -> IpAddress:
    """Return an IP address; one that wraps an IPv4 address (mapped, NAT64 ...) as that."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return found
    inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
    is_wrapping = int(found) >= _FIRST_WRAPPED and any(found in network for network in _WRAPPING)
    if inner is None and is_wrapping:
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return inner or found


# Where clouds keep the credentials of the machine, beside 169.254.169.254.
_METADATA = {
    ipaddress.ip_address(text)
    for text in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
}
_THIS_HOST = ipaddress.IPv4Network("0.0.0.0/8")
_BROADCAST = ipaddress.IPv4Address("255.255.255.255")


def check_connected(address: str, *, allow_loopback: bool) -> None:
    """Raise AddressRefused for an address that this node must never talk to.

    Private networks are allowed: that is where these servers live.
    """
    what = _forbidden(plain(address), allow_loopback=allow_loopback)
    if what:
        raise AddressRefused(
            f"The server's address {address} is {what}; this node does not connect there.",
            next_step="Enter another one (TCSYNC_ALLOW_LOOPBACK=1 allows loopback, for trials).",
        )


def _forbidden(ip: IpAddress, *, allow_loopback: bool) -> str:
    """Return what kind of forbidden address it is, "" for an allowed one."""
    if ip.is_loopback:
        return "" if allow_loopback else "this machine itself"
    if ip.is_link_local or ip in _METADATA:
        return "link-local or metadata"
    if ip.is_unspecified or ip in _THIS_HOST:
        return "this machine itself"
    return "no single server" if ip.is_multicast or ip == _BROADCAST else ""
