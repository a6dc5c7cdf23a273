"""Client certificates: read from the keystores in which people have them, and shown to a server.

A key is in clear only in memory: neither a disk nor a message ever sees it.
"""

from __future__ import annotations

import os
import ssl
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)

from tcsync.errors import TlsRefused

PKCS12 = "PKCS12"
PEM = "PEM"
LARGEST_BYTES = 200_000
_JAVA = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
"""How a JKS and a JCEKS begin."""
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)


class KeystoreRefused(TlsRefused):
    """A client keystore cannot be used."""

    code = "keystore_refused"
    default_next_step = "Choose the keystore again, and enter its password."


@dataclass(frozen=True, slots=True)
class Keystore:
    """A keystore as somebody has it. Its repr shows nothing of it."""

    type: str
    data: bytes = field(repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate with those above it, and its key; PEM."""

    chain: bytes
    key: bytes = field(repr=False)


def read(keystore: Keystore) -> ClientCertificate:
    """Return what is in a keystore. Raises KeystoreRefused saying what is wrong with it."""
    if keystore.data.startswith(_JAVA) or keystore.type not in {PKCS12, PEM}:
        raise KeystoreRefused(
            "A client keystore is PKCS12 or PEM; a Java keystore (JKS) is read by Java only.",
            next_step="Convert it: keytool -importkeystore -srckeystore client.jks"
            " -destkeystore client.p12 -deststoretype PKCS12",
        )
    if len(keystore.data) > LARGEST_BYTES:
        raise KeystoreRefused(f"A client keystore has no more than {LARGEST_BYTES:,} bytes.")
    if "\0" in keystore.password:  # the library below would not survive it
        raise KeystoreRefused("The password of the keystore is wrong: it contains a NUL.")
    is_pem = b"-----BEGIN " in keystore.data
    if is_pem != (keystore.type == PEM):
        found = PEM if is_pem else "no PEM"
        raise KeystoreRefused(f"This file is {found}.", next_step="Choose its type accordingly.")
    key, certificates = _from_pem(keystore) if is_pem else _from_pkcs12(keystore)
    try:
        return ClientCertificate(
            b"".join(one.public_bytes(Encoding.PEM) for one in _in_order(key, certificates)),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )
    except _UNREADABLE:
        raise KeystoreRefused("The keystore holds a kind of key that cannot be used.") from None


def _from_pkcs12(keystore: Keystore) -> tuple[PrivateKeyTypes, list[x509.Certificate]]:
    found = None
    # "No password" and "an empty one" are two different things in PKCS #12.
    for password in [keystore.password.encode()] if keystore.password else [None, b""]:
        with suppress(*_UNREADABLE), warnings.catch_warnings():
            # What Java and Windows write is often not DER to the letter; it is read all the same.
            warnings.simplefilter("ignore", UserWarning)
            found = pkcs12.load_pkcs12(keystore.data, password)
            break
    if found is None:
        raise KeystoreRefused("The password of the keystore is wrong, or the file is damaged.")
    if found.key is None:
        raise KeystoreRefused("The keystore holds no private key.", next_step="Export it with one.")
    entries = [found.cert, *found.additional_certs]
    return found.key, [entry.certificate for entry in entries if entry]


def _from_pem(keystore: Keystore) -> tuple[PrivateKeyTypes, list[x509.Certificate]]:
    if b"PRIVATE KEY-----" not in keystore.data:
        raise KeystoreRefused(
            "The PEM file holds no private key.",
            next_step="Put the certificate and its key into one file.",
        )
    try:
        key = load_pem_private_key(keystore.data, keystore.password.encode() or None)
    except TypeError:
        if keystore.password:  # the key is not encrypted: the password is for nothing
            return _from_pem(Keystore(PEM, keystore.data))
        raise KeystoreRefused("The private key has a password: enter it.") from None
    except _UNREADABLE:
        raise KeystoreRefused("The password of the key is wrong, or the file is damaged.") from None
    try:
        return key, x509.load_pem_x509_certificates(keystore.data)
    except _UNREADABLE:
        raise KeystoreRefused("The PEM file holds no certificate that can be read.") from None


def _in_order(
    key: PrivateKeyTypes, certificates: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """Return the certificate of the key first. Raises KeystoreRefused where there is none."""
    wanted = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for number, one in enumerate(certificates):
        public = one.public_key()
        if public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == wanted:
            return [one, *certificates[:number], *certificates[number + 1 :]]
    raise KeystoreRefused("The keystore holds no certificate that belongs to its key.")


def show(context: ssl.SSLContext, client: ClientCertificate) -> None:
    """Let a context show a client certificate. Raises KeystoreRefused.

    OpenSSL's interface takes files only: this one lies in memory, and is gone afterwards.
    """
    file = os.memfd_create("client", os.MFD_CLOEXEC)
    try:
        with open(file, "wb", closefd=False) as out:
            out.write(client.key + client.chain)
        context.load_cert_chain(f"/proc/self/fd/{file}")
    except ssl.SSLError as error:
        raise KeystoreRefused(
            f"The client certificate cannot be used ({error.reason or 'no reason'})."
        ) from None
    finally:
        os.close(file)
