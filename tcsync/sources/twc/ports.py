"""Ports that Teamwork Cloud listens on, and what a person most likely meant by one of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from tcsync.outbound import check_address

REST_PORT = 8111
_WHAT = {
    3579: "is where modeling tools connect to Teamwork Cloud without encryption",
    10002: "is where modeling tools connect to Teamwork Cloud over TLS",
    8443: "is Teamwork Cloud's web application platform (administration, settings, sign-in)",
    5555: "is where modeling tools of older versions connect to Teamwork Cloud over TLS",
    2552: "is how the nodes of a Teamwork Cloud cluster talk to each other",
    9042: "is the database of Teamwork Cloud",
}


def usual_address(address: str) -> str:
    """Return the address of a server's REST API: with port 8111 where none was typed.

    A path `/osmc` at the end is taken off. Raises AddressRefused.
    """
    checked = check_address(address)
    parts = urlsplit(checked)
    if parts.port is None and parts.path in {"", "/osmc"}:
        parts = parts._replace(netloc=f"{parts.netloc}:{REST_PORT}")
    return parts._replace(path=parts.path.removesuffix("/osmc")).geturl().rstrip("/")


def explain_port(address: str) -> str:
    """Return a sentence on a port that is not that of the REST API, "" for every other address."""
    try:
        port = urlsplit(address).port
    except ValueError:
        return ""
    if port not in _WHAT:
        return ""
    return f"Port {port} {_WHAT[port]}; its REST API usually listens on {REST_PORT}."
