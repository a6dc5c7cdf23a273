"""Random passwords that can be read out and typed."""

from __future__ import annotations

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without look-alikes: no i, l, o, 0 and 1."""
GROUPS, GROUP_CHARACTERS = 5, 4


def make_password() -> str:
    """Return a fresh password of 99 bits, like `k7pw-3hxd-mq4t-z9fa-c2ev`."""
    groups = (
        "".join(secrets.choice(ALPHABET) for _ in range(GROUP_CHARACTERS)) for _ in range(GROUPS)
    )
    return "-".join(groups)
