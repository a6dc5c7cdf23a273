"""From which address a request comes: the connection's, or what a proxy of ours says of it.

Only what a trusted proxy says counts (TCSYNC_TRUSTED_PROXIES). Of X-Forwarded-For each proxy adds
the address that it saw at the right, so that all but the rightmost is what the caller likes to say.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase

IPV6_SITE_BITS = 64
"""An IPv6 connection owns at least so large a network: its addresses are one caller."""
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class CallerAddress:
    """Middleware, the first of all: puts the caller's address into REMOTE_ADDR for everybody else.

    What others than our proxies say about forwarding is taken out, so that nothing can believe it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on with the address settled."""
        meta, proxies = request.META, trusted(tuple(settings.TCSYNC_TRUSTED_PROXIES))
        peer = _parse(meta.get("REMOTE_ADDR", ""))
        if peer is not None and _is_in(peer, proxies):
            meta["REMOTE_ADDR"] = str(_behind(peer, meta.get(FORWARDED[0], ""), proxies))
        else:
            for name in FORWARDED:
                meta.pop(name, None)
        return self._get_response(request)


def caller_address(request: HttpRequest | None) -> str:
    """Return the address of whoever sent a request, empty where there is none."""
    return str(request.META.get("REMOTE_ADDR", "")) if request else ""


def site_of(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, or the network of an IPv6 one."""
    parsed = _parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))
    return str(parsed or address)


@lru_cache(maxsize=4)
def trusted(proxies: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the networks of our proxies. Raises ImproperlyConfigured."""
    try:
        return tuple(ipaddress.ip_network(text.strip()) for text in proxies if text.strip())
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TCSYNC_TRUSTED_PROXIES: {error}. Give addresses or networks, such as 10.0.0.0/24."
        ) from error


def _behind(peer: Address, forwarded: str, proxies: Sequence[Network]) -> Address:
    """Return the nearest address that is no proxy of ours; what cannot be read ends the way."""
    nearest = peer
    for text in reversed(forwarded.split(",")):
        said = _parse(text.strip())
        if said is None:
            break
        nearest = said
        if not _is_in(said, proxies):
            break
    return nearest


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _parse(text: str) -> Address | None:
    """Return an address. A port behind it, as some proxies say (`[::1]:80`), goes."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
