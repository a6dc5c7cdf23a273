"""Whom a TLS connection trusts: the CA store of the system and the CA of the endpoint."""

from __future__ import annotations

import ssl
from pathlib import Path

from tcsync.errors import TlsRefused
from tcsync.outbound.deadline import TimedTlsSocket


def context(ca_certificate: str) -> ssl.SSLContext:
    """Return a context for TLS 1.2 or newer that verifies. Raises TlsRefused for a wrong CA (PEM).

    `ssl.create_default_context` is not used: it obeys SSL_CERT_FILE, SSL_CERT_DIR and
    SSLKEYLOGFILE.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.sslsocket_class = TimedTlsSocket
    _load_system_store(made)
    if ca_certificate.strip():
        try:
            made.load_verify_locations(cadata=ca_certificate)
        except (OSError, TypeError, ValueError) as error:
            raise TlsRefused(
                "The additional CA certificate of this server is not a PEM certificate.",
                next_step="Paste the certificate with its BEGIN and END lines.",
            ) from error
    return made


def _load_system_store(made: ssl.SSLContext) -> None:
    places = ssl.get_default_verify_paths()
    if Path(places.openssl_cafile).is_file():
        made.load_verify_locations(cafile=places.openssl_cafile)
    if Path(places.openssl_capath).is_dir():
        made.load_verify_locations(capath=places.openssl_capath)
