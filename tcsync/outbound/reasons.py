"""What went wrong on the way to a server, as an error of ours with a sentence for the operator."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import HTTPError

from tcsync.errors import BadAnswer, SourceError, TlsRefused, Unreachable
from tcsync.outbound.connecting import Unresolved

_CERTIFICATE = (
    ("certificate has expired", "has expired", "Ask its administrator to renew it."),
    ("not yet valid", "is not valid yet", "Check the clocks of both machines."),
    ("Hostname mismatch", "is for another name", "Use the name that is in the certificate."),
    ("IP address mismatch", "is for another name", "Use the name that is in the certificate."),
    ("self-signed", "is self-signed, or its CA is not known here", "Add its CA certificate."),
    ("self signed", "is self-signed, or its CA is not known here", "Add its CA certificate."),
    (
        "unable to get local issuer",
        "was signed by an unknown CA",
        "Add the certificate of that CA.",
    ),
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it was made of: requests and urllib3 wrap in several ways."""
    seen: list[BaseException] = []
    rest: list[object] = [error]
    while rest:
        found = rest.pop(0)
        if not isinstance(found, BaseException) or found in seen:
            continue
        seen.append(found)
        yield found
        reason = getattr(found, "reason", None)
        rest += [*found.args, reason, found.__cause__, found.__context__]


def translate(error: requests.RequestException | HTTPError | OSError, where: str) -> SourceError:
    """Return our error for one of the HTTP library; texts of the other side are not repeated."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, SourceError):
            return cause
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _tls(cause, where)
    return _connection(causes, where)


def _tls(error: ssl.SSLError, where: str) -> SourceError:
    text = f"{getattr(error, 'verify_message', '')} {error}"
    for mark, sentence, next_step in _CERTIFICATE:
        if mark in text:
            return TlsRefused(f"The certificate of {where} {sentence}.", next_step=next_step)
    if any(mark in text for mark in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER")):
        return TlsRefused(
            f"{where} does not speak TLS on this port.",
            next_step="Check the port, or write http:// if the server offers plain HTTP only.",
        )
    return TlsRefused(f"The TLS handshake with {where} failed ({error.reason or 'no reason'}).")


_CONNECTION: tuple[tuple[type[BaseException], str], ...] = (
    (Unresolved, "the host name does not resolve"),
    (ConnectionRefusedError, "nothing listens on that port"),
    (ConnectionResetError, "the connection was reset"),
    (BrokenPipeError, "the connection was reset"),
    (requests.exceptions.ConnectTimeout, "it did not take the connection in time"),
    (requests.exceptions.ReadTimeout, "it did not answer in time"),
    (TimeoutError, "it did not answer in time"),
    (requests.exceptions.ChunkedEncodingError, "the answer was cut off"),
)


def _connection(causes: list[BaseException], where: str) -> SourceError:
    for kind, sentence in _CONNECTION:
        if any(isinstance(cause, kind) for cause in causes):
            return Unreachable(f"{where} cannot be reached: {sentence}.")
    texts = " ".join(str(cause) for cause in causes)
    if "IncompleteRead" in texts or "Remote end closed" in texts:
        return Unreachable(f"{where} cannot be reached: the answer was cut off.")
    if "BadStatusLine" in texts:
        return BadAnswer(
            f"{where} does not speak HTTP on this port (a TLS server on a plain address?).",
            next_step="Check the port, or write https://.",
        )
    return Unreachable(f"{where} cannot be reached ({type(causes[-1]).__name__}).")
