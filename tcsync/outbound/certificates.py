"""What a certificate says of itself, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Facts:
    """Whose certificate it is, who signed it, and until when it is valid."""

    subject: str
    issuer: str
    expires: datetime

    @property
    def has_expired(self) -> bool:
        """Whether it is too old."""
        return self.expires <= datetime.now(UTC)


def facts(pem: str) -> list[Facts]:
    """Return the facts of each certificate in a PEM text; none for what is no such text."""
    if not pem.strip():
        return []
    try:
        return [_facts(one) for one in x509.load_pem_x509_certificates(pem.encode())]
    except (ValueError, x509.InvalidVersion):
        return []


def facts_of_der(der: bytes) -> Facts | None:
    """Return the facts of one certificate as a server shows it; None for what is none."""
    try:
        return _facts(x509.load_der_x509_certificate(der))
    except (ValueError, x509.InvalidVersion):
        return None


def _facts(one: x509.Certificate) -> Facts:
    return Facts(_name(one.subject), _name(one.issuer), one.not_valid_after_utc)


def _name(name: x509.Name) -> str:
    text = "".join(c if c.isprintable() else " " for c in name.rfc4514_string())
    return text[:LONGEST_NAME] or "-"
