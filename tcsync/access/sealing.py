"""Secrets of accounts, encrypted at rest with TCSYNC_FIELD_KEYS and bound to whom they belong."""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from tcsync.errors import TcsyncError


class SealBroken(TcsyncError):
    """A stored secret does not open with any of the keys, or belongs to something else."""

    code = "secret_unreadable"
    default_next_step = "Restore TCSYNC_FIELD_KEYS, or have the second factor reset."


def seal(owner: str, secret: str) -> str:
    """Return the secret, encrypted by the first key, for this owner only."""
    return _box(tuple(settings.TCSYNC_FIELD_KEYS)).encrypt(f"{owner}\0{secret}".encode()).decode()


def unseal(owner: str, sealed: str) -> str:
    """Return what was sealed for this owner. Raises SealBroken."""
    try:
        text = _box(tuple(settings.TCSYNC_FIELD_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("A stored secret cannot be decrypted.") from error
    found, _, secret = text.partition("\0")
    if found != owner:
        raise SealBroken("A stored secret belongs to another account.")
    return secret


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
