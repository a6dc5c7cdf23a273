"""A password hasher that counts how often it hashes: time classes without a clock."""

from __future__ import annotations

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """As quick as the one that the tests have; `count` is how often anything was hashed."""

    algorithm = "md5"
    count = 0

    def encode(self, password: str, salt: str) -> str:
        """Hash, and count it."""
        type(self).count += 1
        return super().encode(password, salt)


def hashes() -> int:
    """Return how many were counted since the last call."""
    count, CountingHasher.count = CountingHasher.count, 0
    return count
