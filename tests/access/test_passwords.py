"""Passwords that are random and readable."""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import validate_password

from tcsync.access.passwords import make_password


def test_a_password_is_five_groups_without_look_alikes() -> None:
    assert re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){4}", make_password())


def test_no_two_passwords_are_equal() -> None:
    assert len({make_password() for _ in range(1000)}) == 1000


def test_a_fresh_password_is_accepted_by_the_rules_for_passwords() -> None:
    validate_password(make_password())
