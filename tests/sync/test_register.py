"""The traces of all elements of a revision are found, whatever their ids look like."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest

from tcsync.sync.register import Register, trace_of
from tests.repository.histories import element

SPACE = UUID(int=5)
# The same first half; upper case is another id; no dashes; a text.
ALIKE = [f"00000000-0000-4000-8000-{n:012x}" for n in range(3)]
ODD = [ALIKE[0].replace("8", "A"), "0" * 32, "e1", "é", f"{ALIKE[0]}{ALIKE[1]}"]


def filled(ids: list[str], at_once: int, made: Register) -> Register:
    ordered = sorted(ids, key=str.encode)
    for start in range(0, len(ordered), at_once):
        some = ordered[start : start + at_once]
        made.take(some, [element(id_, f"owner {len(id_)}") for id_ in some])
    return made


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_each_element_is_found_with_its_mark_and_owner(at_once):
    ids = [str(uuid5(SPACE, str(n))) for n in range(500)] + ALIKE + ODD
    made = filled(ids, at_once, Register())
    assert len(made) == len(ids)
    for id_ in ids:
        assert made.find(id_) == trace_of(element(id_, f"owner {len(id_)}"))


def test_what_is_not_there_is_not_found():
    made = filled(ALIKE[:2], 2, Register())
    others = [ALIKE[2], *ODD, "", ALIKE[0].upper() + "\ud800", str(UUID(int=2**128 - 1))]
    assert [made.find(id_) for id_ in others] == [None] * len(others)


def test_an_owner_that_other_texts_of_the_element_seem_to_name_is_not_taken():
    body = element("a", "m", text='","owner":"x","type":"', name='","owner":"y')
    assert trace_of(body).owner == "m"
    assert trace_of(element("a")).owner is None


def test_too_many_elements_are_not_kept():
    made = filled([str(uuid5(SPACE, str(n))) for n in range(100)], 5, Register(10))
    assert made.is_too_large
    assert len(made) == 15
