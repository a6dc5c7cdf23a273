"""What is sent with a request, and what comes with an answer beside its body: texts and cookies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from tcsync.errors import SourceError

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[!-+\--:<-\[\]-~ ]*")


class Readable(Protocol):
    """An answer, as the client gives it."""

    status: int
    cookies: dict[str, str]

    def read(self, n: int) -> bytes:
        """Return at most n bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Text:
    """The body of a request that is sent as it is."""

    data: bytes
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Knocked:
    """An answer of which only little counts: its status, its cookies, the start of its body.

    `body` is empty where it repeats a secret of ours.
    """

    status: int
    cookies: Mapping[str, str] = field(repr=False)
    body: bytes = b""

    @classmethod
    def of(cls, answer: Readable, secrets: Sequence[str]) -> Self:
        """Read an answer; a body that is cut, slow or too long is as good as none."""
        body = bytearray()
        try:
            while piece := answer.read(4096):
                body += piece
        except SourceError:
            pass
        tells = any(secret.encode() in body for secret in secrets)
        return cls(answer.status, answer.cookies, b"" if tells else bytes(body))


def given(lines: Sequence[str]) -> dict[str, str]:
    """Return the cookies that an answer sets, by name; what could not be sent back is left out.

    Domain and path do not count: they go back to the server that set them, and nowhere else.
    """
    cookies: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(";")[0].strip().partition("=")
        if _NAME.fullmatch(name) and _VALUE.fullmatch(value.strip()):
            cookies[name] = value.strip()
    return cookies


def pair_text(cookies: Mapping[str, str]) -> str:
    """Return the header that sends cookies."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
