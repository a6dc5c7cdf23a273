"""Texts and values in the form in which they are recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcsync.audit.texts import escape, plain, shorten


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("one\ntwo\r", r"one\x0atwo\x0d"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("a\u2028b\u202ec\u2066", r"a\u2028b\u202ec\u2066"),
        ("lone \ud800", r"lone \ud800"),
        ("Größe 模型 👩‍🚀", "Größe 模型 👩‍🚀"),
    ],
)
def test_control_characters_are_escaped_and_letters_kept(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text(alphabet=st.characters()))
def test_escaped_text_is_one_line_of_encodable_characters(text: str) -> None:
    escaped = escape(text)
    assert len(escaped.splitlines()) <= 1
    assert "\x00" not in escaped
    escaped.encode()


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"


def test_whole_numbers_lose_their_point_because_postgresql_does_that_too() -> None:
    assert json.dumps(plain([1e22, -0.0, 0.5, True])) == "[10000000000000000000000, 0, 0.5, true]"


def test_what_json_does_not_know_becomes_text() -> None:
    value = {1: datetime(2026, 1, 2, tzinfo=UTC), "a\n": (float("nan"), b"x", {"only"})}
    assert plain(value) == {"1": "2026-01-02 00:00:00+00:00", r"a\x0a": ["nan", "b'x'", ["only"]]}
