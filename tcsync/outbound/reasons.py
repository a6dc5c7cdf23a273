"""What went wrong on the way to a server, as an error of ours with a sentence for the operator."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import HTTPError, IncompleteRead, InvalidHeader

from tcsync.errors import BadAnswer, SourceError, TlsRefused, Unreachable
from tcsync.outbound.connecting import CutHandshake, NoNameService, NotTaken, Unresolved

_CERTIFICATE = (
    ("certificate has expired", "has expired", "Ask its administrator to renew it."),
    ("not yet valid", "is not valid yet", "Check the clocks of both machines."),
    ("Hostname mismatch", "is for another name", "Use the name that is in the certificate."),
    ("IP address mismatch", "is for another name", "Use the name that is in the certificate."),
    ("self-signed", "is self-signed, or its CA is not known here", "Add its CA certificate."),
    ("self signed", "is self-signed, or its CA is not known here", "Add its CA certificate."),
    (
        "unable to get local issuer",
        "was signed by an unknown CA, or comes without the certificates in between",
        "Add the certificate of that CA.",
    ),
    ("too small", "has a key too short to trust", "Ask its administrator for a new one."),
    ("too weak", "has a signature too weak to trust", "Ask its administrator for a new one."),
)
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER", "PACKET_LENGTH_TOO_LONG")
_OLD_TLS = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_PROTOCOLS")
# Alerts: what the server says about the certificate that we show, or do not show.
_OURS = (
    (
        "ALERT_CERTIFICATE_REQUIRED",
        "asks for a client certificate",
        "Add a client keystore to this server.",
    ),
    (
        "ALERT_HANDSHAKE_FAILURE",
        "broke off the TLS handshake: it asks for a client certificate, or has no safe cipher",
        "Add a client keystore to this server, or ask its administrator.",
    ),
    ("ALERT_CERTIFICATE_EXPIRED", "says that our client certificate has expired", "Renew it."),
    (
        "ALERT_UNKNOWN_CA",
        "does not know the CA of our client certificate",
        "Choose a keystore with a certificate of a CA that it trusts.",
    ),
    *(
        (
            f"ALERT_{mark}",
            "does not accept our client certificate",
            "Choose another client keystore, or ask its administrator.",
        )
        for mark in (
            *("BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN", "CERTIFICATE_REVOKED"),
            *("UNSUPPORTED_CERTIFICATE", "ACCESS_DENIED", "DECRYPT_ERROR"),
        )
    ),
)
_CUT = (
    http.client.IncompleteRead,
    IncompleteRead,
    requests.exceptions.ChunkedEncodingError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)
_DROPPED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ssl.SSLEOFError)
# The first kind that is found counts, so the narrower stand before the wider.
_CONNECTION: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    ((Unresolved,), "the host name does not resolve", "dns"),
    ((NoNameService,), "the name service did not answer in time", "dns"),
    ((NotTaken,), "it did not take the connection in time", "tcp"),
    ((ConnectionRefusedError,), "nothing listens on that port", "tcp"),
    ((http.client.RemoteDisconnected,), "it closed the connection without an answer", "http"),
    ((ConnectionResetError, BrokenPipeError), "the connection was reset", "http"),
    (_CUT, "the answer was cut off", "http"),
    ((TimeoutError, requests.exceptions.Timeout), "it did not answer in time", "http"),
)


def translate(error: requests.RequestException | HTTPError | OSError, where: str) -> SourceError:
    """Return our error for one of the HTTP library; texts of the other side are not repeated."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _CUT):
            return _tls(cause, where)
    in_handshake = any(isinstance(cause, CutHandshake) for cause in causes)
    for kinds, sentence, stage in _CONNECTION:
        if any(isinstance(cause, kinds) for cause in causes):
            reached = "tls" if in_handshake else stage
            return _unreachable(f"{where} cannot be reached: {sentence}.", reached)
    if any(isinstance(cause, http.client.HTTPException | InvalidHeader) for cause in causes):
        return BadAnswer(
            f"{where} does not speak HTTP on this port (a TLS server on a plain address?).",
            next_step="Check the port, and whether the address must begin with https://.",
        )
    return _unreachable(f"{where} cannot be reached ({type(causes[-1]).__name__}).", "tcp")


def _unreachable(sentence: str, stage: str) -> Unreachable:
    error = Unreachable(sentence)
    error.stage = stage
    return error


def was_dropped(error: BaseException) -> bool:
    """Return whether the other side closed the connection before it answered."""
    return any(isinstance(cause, _DROPPED) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it was made of: requests and urllib3 wrap in several ways.

    `__context__` is left out: it leads on to what the caller was handling already.
    """
    seen: list[int] = []
    rest: list[object] = [error]
    while rest:
        found = rest.pop(0)
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.append(id(found))
        yield found
        rest += [*found.args, getattr(found, "reason", None), found.__cause__]


def _tls(error: ssl.SSLError, where: str) -> SourceError:
    text = f"{getattr(error, 'verify_message', '')} {error}"
    for mark, sentence, next_step in _CERTIFICATE:
        if mark in text:
            return TlsRefused(f"The certificate of {where} {sentence}.", next_step=next_step)
    for mark, sentence, next_step in _OURS:
        if mark in text:
            return TlsRefused(f"{where} {sentence}.", next_step=next_step)
    if any(mark in text for mark in _NO_TLS):
        return TlsRefused(
            f"{where} does not speak TLS on this port.",
            next_step="Check the port, or write http:// if the server offers plain HTTP only.",
        )
    if any(mark in text for mark in _OLD_TLS):
        return TlsRefused(
            f"{where} offers no TLS that is safe (1.2 or newer).",
            next_step="Ask its administrator to switch on TLS 1.2 or 1.3.",
        )
    return TlsRefused(f"The TLS handshake with {where} failed ({error.reason or 'no reason'}).")
