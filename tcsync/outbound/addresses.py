"""Which addresses may be typed, and which may be connected to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from tcsync.errors import AddressRefused

LONGEST_ADDRESS = 500
HIGHEST_PORT = 65535
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_address(address: str) -> str:
    """Return the address of a server in its usual form, without a slash at the end.

    A host name without a dot is valid (`https://twc:8111`). Raises AddressRefused saying what is
    wrong; looks at the text only.
    """
    text = address.strip()
    if not text or len(text) > LONGEST_ADDRESS or any(ord(c) <= ord(" ") for c in text):
        raise _refused(text, "is not the address of a server")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _refused(text, f"has a wrong port (1 to {HIGHEST_PORT})") from error
    if parts.scheme not in {"http", "https"}:
        raise _refused(text, "does not begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise _refused("", "must not contain a user name or password: they have their own fields")
    if parts.query or parts.fragment:
        raise _refused(text, "must not contain ? or #")
    host = parts.hostname or ""
    if not (_HOST.fullmatch(host) or _is_ipv6(host)) or port == 0:
        raise _refused(text, "has no valid host name and port")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _is_ipv6(host: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address)
    except ValueError:
        return False


def _refused(text: str, what: str) -> AddressRefused:
    return AddressRefused(
        f"{text[:80]!r} {what}." if text else f"The address {what}.",
        next_step="Write it like https://models.example.com:8000.",
    )


def plain(address: str) -> IpAddress:
    """Return an IP address with a mapped, 6to4 or NAT64 one taken out of its wrapping."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        return inner or found
    return found


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_METADATA = {ipaddress.ip_address("fd00:ec2::254")}


def check_connected(address: str, *, allow_loopback: bool) -> None:
    """Raise AddressRefused for an address that this node must never talk to.

    Private networks are allowed: that is where these servers live.
    """
    ip = plain(address)
    if ip.is_loopback:
        if allow_loopback:
            return
        what = "this machine itself"
    elif ip.is_link_local or ip in _METADATA:
        what = "link-local or metadata"
    elif ip.is_multicast or ip.is_unspecified or int(ip) == 2**32 - 1:
        what = "no single server"
    elif isinstance(ip, ipaddress.IPv4Address) and ip in ipaddress.IPv4Network("0.0.0.0/8"):
        what = "this machine itself"
    else:
        return
    raise AddressRefused(
        f"The server's address {address} is {what}; this node does not connect there.",
        next_step="Enter another address (TCSYNC_ALLOW_LOOPBACK=1 allows loopback, for trials).",
    )
