"""Canonical JSON: golden vectors, and the fast paths give what the slow ones give."""

from __future__ import annotations

import enum
import json
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcsync.errors import NotCanonical
from tcsync.packs import NumberToken, canonical, canonical_value, loads

VECTORS = json.loads((Path(__file__).parent / "golden" / "canonical.json").read_bytes())
ACCEPTED = [vector for vector in VECTORS if "canonical" in vector]
REFUSED = [vector for vector in VECTORS if "refused" in vector]

numbers = st.from_regex(r"\A-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,9})?([eE][-+]?[0-9]{1,3})?\Z")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()) | numbers.map(NumberToken),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def named(vector):
    return vector["name"]


@pytest.mark.parametrize("vector", ACCEPTED, ids=named)
def test_golden_text(vector):
    expected = vector["canonical"].encode()
    assert canonical(vector["input"].encode()) == expected
    assert canonical(expected) == expected
    assert canonical_value(loads(vector["input"].encode())) == expected


@pytest.mark.parametrize("vector", REFUSED, ids=named)
def test_golden_refusal(vector):
    for function in (canonical, loads):
        with pytest.raises(NotCanonical, match=vector["refused"]):
            function(vector["input"].encode())


@given(values)
def test_canonical_text_of_a_value_is_canonical(value):
    text = canonical_value(value)
    assert canonical(text) == text
    assert canonical_value(loads(text)) == text


@given(values)
def test_blanks_and_escapes_make_no_difference(value):
    text = canonical_value(value)
    tokens = json.loads(text, parse_int=NumberToken, parse_float=NumberToken)
    assert canonical_value(tokens) == text
    assert canonical(b" \n" + text + b"\t") == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_float_keeps_its_token_whoever_wrote_it(number):
    for text in (repr(number).encode(), orjson.dumps(number)):
        assert canonical(text) == text
        assert canonical_value(loads(text)) == text
        assert canonical_value(loads(b'{"a":[' + text + b"]}")) == b'{"a":[' + text + b"]}"


def test_plain_numbers_are_plain_and_others_are_tokens():
    value = loads(b"[1,1.5,18446744073709551615,18446744073709551616,1.50,-0]")
    assert [type(number) for number in value] == [int, float, int, *[NumberToken] * 3]


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_depth_of_128_is_the_most(opening):
    closing = opening.replace('"a":', "")[::-1].translate(str.maketrans("[{", "]}"))
    levels = 128 // len(closing)
    text = (opening * levels + "1" + closing * levels).encode()
    assert canonical(text) == canonical_value(loads(text)) == text
    for function in (canonical, loads):
        with pytest.raises(NotCanonical, match="deeper"):
            function(b"[" + text + b"]")


def test_empty_containers_count_as_levels():
    assert canonical(b"[" * 128 + b"]" * 128)
    with pytest.raises(NotCanonical, match="deeper"):
        canonical(b"[" * 129 + b"]" * 129)


@pytest.mark.parametrize("depth", [300, 2000, 200_000])
def test_recursion_never_escapes(depth):
    for function in (canonical, loads):
        with pytest.raises(NotCanonical, match="deeper"):
            function(b"[ " * depth + b"]" * depth)


def test_value_that_holds_itself_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(NotCanonical, match="deeper"):
        canonical_value(value)


def test_brackets_inside_text_are_no_levels():
    text = b'"' + b"[{" * 500 + b'"'
    assert canonical(text) == text


def test_text_beyond_the_limit_is_refused():
    with pytest.raises(NotCanonical, match="67108865 bytes"):
        canonical(b" " * 67_108_865)


def test_invalid_utf8_is_named_with_its_place():
    with pytest.raises(NotCanonical, match="UTF-8 at byte 2"):
        canonical(b'"a\xff"')


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1: 2}, {None: 1}, b"x", {1}, object()]
)
def test_value_without_json_text_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical_value([value])


def test_integer_too_long_for_python_says_what_to_do():
    with pytest.raises(NotCanonical, match="NumberToken"):
        canonical_value(10**5000)


def test_surrogates_that_make_a_pair_become_one_character():
    assert canonical_value("\ud83d\ude00") == '"\U0001f600"'.encode()
    with pytest.raises(NotCanonical, match="twice"):
        canonical_value({"\ud83d\ude00": 1, "\U0001f600": 2})


def test_subclasses_are_written_as_what_they_are():
    number = enum.IntEnum("Number", {"ONE": 1})
    assert canonical_value((number.ONE, True, NumberToken("1.00"))) == b"[1,true,1.00]"


@pytest.mark.parametrize("token", ["", "01", "1.", ".5", "+1", "1e", "NaN", "1\n", "\u0661"])
def test_token_that_is_no_number_is_refused(token):
    with pytest.raises(NotCanonical, match="no JSON number"):
        NumberToken(token)
