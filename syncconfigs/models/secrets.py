"""A text column that is encrypted with keys of its own, TCSYNC_FIELD_KEYS."""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from tcsync.errors import TcsyncError


class SecretUnreadable(TcsyncError):
    """A stored secret does not open with any of the keys."""

    code = "secret_unreadable"
    default_next_step = "Restore TCSYNC_FIELD_KEYS, or enter the password of the server again."


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class EncryptedTextField(models.TextField):
    """Text, encrypted at rest. The first key encrypts; every key decrypts."""

    def get_prep_value(self, value: str | None) -> str | None:
        if not value:
            return value
        return _box(tuple(settings.TCSYNC_FIELD_KEYS)).encrypt(value.encode()).decode()

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        if not value:
            return value
        try:
            return _box(tuple(settings.TCSYNC_FIELD_KEYS)).decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable("A stored secret cannot be decrypted.") from error
