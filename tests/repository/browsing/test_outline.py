"""An element as a line: whatever its stored form holds, the line can be shown."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from tcsync.repository.browsing import Outline
from tcsync.repository.browsing.stored import child_ids
from tests.repository.browsing.models import stored

TEXTS = st.text(st.characters())
"""Lone surrogates too."""


def shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@example(name=None, type_="", owner=None, children=[",", "a"])
@example(name=None, type_="", owner=None, children=["a,", ',"', '",'])
@given(name=st.none() | TEXTS, type_=TEXTS, owner=st.none() | TEXTS, children=st.lists(TEXTS))
def test_a_line_says_what_the_stored_form_says(name, type_, owner, children):
    traps = {"name": '"name":', "x": '],"data":', "owner": {"children": ["a", "b"]}}
    body = stored("i", name=name, type=type_, owner=owner, children=children, data=traps)
    line = Outline.of("i", body)
    assert line.name == (None if name is None else shown(name))
    assert (line.type, line.owner) == (shown(type_), shown(owner) if owner else None)
    assert line.child_count == len(children)
    assert [shown(id_) for id_ in child_ids(body)] == [shown(id_) for id_ in children]


def test_a_long_name_is_cut_with_a_mark():
    line = Outline.of("i", stored("i", name="x" * 1_000_000))
    assert line.name == "x" * 1_000 + " […]"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"name":', b'"name":7']
)
def test_what_is_no_element_has_a_line_without_a_type(body):
    assert Outline.of("i", body) == Outline.absent("i")
    assert child_ids(body) == []


def test_keys_of_another_kind_than_they_should_have_are_left_out():
    odd = b'{"children":[1,{"x":1},"a"],"data":7,"id":1,"name":[],"nsURI":1,"owner":{},"type":7}'
    assert Outline.of("i", odd).name is None
    assert child_ids(odd) == ["a"]
