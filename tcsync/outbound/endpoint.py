"""What is needed to talk to one server."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tcsync.errors import LoginRefused
from tcsync.outbound.keystores import Keystore

SHORTEST_SECRET = 4
"""Anything shorter stands in every other text by chance."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server and the account to talk to it by. Its repr shows no secret."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    ca_certificate: str = field(default="", repr=False)
    allow_loopback: bool = False
    keystore: Keystore | None = field(default=None, repr=False)


def account_headers(endpoint: Endpoint) -> dict[str, str]:
    """Return the headers that name the account.

    Raises LoginRefused, without showing them, for values that cannot be sent: the HTTP library
    would repeat them in its own error.
    """
    headers = dict(endpoint.headers)
    if endpoint.basic is not None:
        user, password = endpoint.basic
        if ":" in user:
            raise LoginRefused(
                f"The user name for {endpoint.address} contains a colon: it cannot be sent so."
            )
        both = f"{user}:{password}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(both).decode("ascii")
    if any(not _can_be_sent(name) or not _can_be_sent(value) for name, value in headers.items()):
        raise LoginRefused(
            f"The token or password for {endpoint.address} has characters that cannot be sent"
            " (line breaks, spaces at an end, or letters outside Latin-1)."
        )
    return headers


def secrets_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the texts that no message may repeat, whoever said them. Raises LoginRefused."""
    values = account_headers(endpoint).values()
    found = {part for value in values for part in (value, value.rpartition(" ")[2])}
    if endpoint.basic is not None:
        found.add(endpoint.basic[1])
    return told_apart(found)


def told_apart(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return those secrets that are long enough to be known again in a text."""
    return tuple(text for text in secrets if len(text) >= SHORTEST_SECRET)


def _can_be_sent(text: str) -> bool:
    is_latin = all(" " <= c <= "~" or "\xa0" <= c <= "\xff" for c in text)
    return is_latin and text == text.strip()
