"""Whom a TLS connection trusts: the CA store of the system and the CA of the endpoint; and the
certificate that it shows itself.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from tcsync.errors import TlsRefused
from tcsync.outbound import keystores
from tcsync.outbound.deadline import TimedTlsSocket
from tcsync.outbound.keystores import Keystore


def context(ca_certificate: str, keystore: Keystore | None = None) -> ssl.SSLContext:
    """Return a context for TLS 1.2 or newer that verifies, and shows the keystore's certificate.

    Raises TlsRefused for a wrong CA (PEM), KeystoreRefused.

    `ssl.create_default_context` is not used: it obeys SSL_CERT_FILE, SSL_CERT_DIR and
    SSLKEYLOGFILE.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.sslsocket_class = TimedTlsSocket
    _load_system_store(made)
    if ca_certificate.strip():
        _load_ca(made, ca_certificate)
    if keystore is not None:
        keystores.show(made, keystores.read(keystore))
    return made


def check_ca(ca_certificate: str) -> None:
    """Raise TlsRefused for a text that is not one or more certificates (PEM)."""
    _load_ca(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ca_certificate)


def _load_ca(made: ssl.SSLContext, ca_certificate: str) -> None:
    try:
        made.load_verify_locations(cadata=ca_certificate)
    except (OSError, TypeError, ValueError) as error:
        raise TlsRefused(
            "The additional CA certificate of this server is not a PEM certificate.",
            next_step="Paste the certificate with its BEGIN and END lines.",
        ) from error


def _load_system_store(made: ssl.SSLContext) -> None:
    places = ssl.get_default_verify_paths()
    if Path(places.openssl_cafile).is_file():
        made.load_verify_locations(cafile=places.openssl_cafile)
    if Path(places.openssl_capath).is_dir():
        made.load_verify_locations(capath=places.openssl_capath)
