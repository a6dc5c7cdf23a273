"""Reports that this node signs, so that whoever holds one can tell that nobody changed it.

A signed report is a JSON object: `{"format": "tcsync-signed-1", "report": {...}, "signature":
{"algorithm": "Ed25519", "public_key": ..., "value": ...}}`, both values in Base64. What is signed
(RFC 8032) is the line "tcsync-signed-1" and then the report's canonical JSON
(docs/formats/element.md), so that blanks and the order of keys do not count.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from tcsync.errors import ContentError, NotCanonical
from tcsync.packs.canonical import canonical, canonical_value

FORMAT = "tcsync-signed-1"
ALGORITHM = "Ed25519"


class SignatureRefused(ContentError):
    """A report is not what was signed, or is no signed report at all."""

    code = "signature_refused"
    default_next_step = "Get the report again from whoever made it, as a file, unchanged."


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    algorithm: str
    public_key: str
    value: str


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    report: msgspec.Raw
    signature: _Signature


def public_key() -> str:
    """Return the node's public key: 32 bytes in Base64."""
    return _encoded(_private_key().public_key().public_bytes_raw())


def fingerprint(key: str) -> str:
    """Return what two people compare by telephone: the start of the key's SHA-256, in fours."""
    digest = hashlib.sha256(_decoded(key)).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def sign(report: Mapping[str, object]) -> bytes:
    """Return the signed report as UTF-8 JSON. Raises NotCanonical for what JSON cannot hold."""
    body = canonical_value(dict(report))
    value = _encoded(_private_key().sign(_signed_bytes(body)))
    signature = _Signature(ALGORITHM, public_key(), value)
    return msgspec.json.encode(_Envelope(FORMAT, msgspec.Raw(body), signature)) + b"\n"


def check(signed: bytes, key: str | None = None) -> str:
    """Return the public key that signed the report. Raises SignatureRefused.

    With `key` the report must be signed by that one: a signature alone proves no origin, since
    anybody can make a key.
    """
    envelope = _opened(signed)
    given = envelope.signature
    if key is not None and not hmac.compare_digest(_decoded(key), _decoded(given.public_key)):
        raise SignatureRefused(
            f"The report is signed by another key: {fingerprint(given.public_key)}.",
            next_step="Ask the node that made it for its key (manage.py node_key).",
        )
    try:
        body = canonical(bytes(envelope.report))
        public = Ed25519PublicKey.from_public_bytes(_decoded(given.public_key))
        public.verify(_decoded(given.value), _signed_bytes(body))
    except (InvalidSignature, NotCanonical, ValueError) as error:
        raise SignatureRefused("The report is not what was signed.") from error
    return given.public_key


def _opened(signed: bytes) -> _Envelope:
    try:
        envelope = msgspec.json.decode(signed, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SignatureRefused(f"This is no signed report: {error}.") from error
    if envelope.format != FORMAT or envelope.signature.algorithm != ALGORITHM:
        raise SignatureRefused(
            f"The report has the form {envelope.format[:40]!r} and a signature of the kind"
            f" {envelope.signature.algorithm[:40]!r}, which this version does not know.",
            next_step=f"Use a version that knows them; this one reads {FORMAT}, {ALGORITHM}.",
        )
    return envelope


def _signed_bytes(body: bytes) -> bytes:
    return FORMAT.encode() + b"\n" + body


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.TCSYNC_SIGNING_KEY))


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused(
            f"{text[:80]!r} is no Base64.",
            next_step="Give the key as manage.py node_key prints it.",
        ) from error
