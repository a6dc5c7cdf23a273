"""Searches find what is there, whatever the case, and go on where they stopped."""

from __future__ import annotations

import pytest

from tcsync.histories.identity import element_id, namespace
from tcsync.repository.browsing import Query, scanning, search
from tcsync.repository.browsing.matching import origin_id
from tcsync.repository.models import Revision
from tests.repository.browsing.models import Model, fresh, stored

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def names(text: str, *named: str | None) -> list[str | None]:
    bodies = {f"{n:03}": stored(f"{n:03}", name=name) for n, name in enumerate(named)}
    found = search(fresh(), Model().write(1, None, bodies), Query(text))
    assert found.after is None
    assert (found.searched, found.total) == (len(named), len(named))
    return [hit.name for hit in found.hits]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PUMP", "Main pump 2"),
        ("strasse", "Große Straße"),
        ("straße", "STRASSE"),
        ("kilo", "\N{KELVIN SIGN}ilogram"),
        ("圧力", "圧力センサ"),
        ('a "b"', 'A "B" c'),
        ("back\\slash", "Back\\Slash"),
        ("line\nbreak", "Line\nBreak"),
        ("\x01", "a\x01b"),
        ("😀", "so 😀"),
        ("null", "Nullable"),
    ],
)
def test_a_part_of_a_name_is_found_whatever_its_case(text, name):
    assert names(text, "other", name, None) == [name]


@pytest.mark.parametrize("text", ["nsURI", "null", 'e"', "ud800", "\\", "n", "\ud800"])
def test_what_only_the_stored_form_holds_is_not_found(text):
    assert names(text, "x\ty", "\x02", None, "\udc00") == []


def test_types_are_found_by_a_part():
    bodies = {
        "a": stored("a", type="uml:Class"),
        "b": stored("b", type="sysml:Block", name="Class"),
    }
    row = Model().write(1, None, bodies)
    assert [hit.id for hit in search(fresh(), row, Query("CLASS", "type")).hits] == ["a"]
    assert [hit.id for hit in search(fresh(), row, Query("class", "any")).hits] == ["a", "b"]


def test_ids_are_found_by_a_part_and_ids_at_the_origin_as_a_whole():
    bodies = {"Ab1": stored("Ab1", data={"ID": "_19_0"}), "c2": stored("c2", data={"x": "_19_0"})}
    row = Model().write(1, None, bodies)
    for text, field in [("aB", "id"), ("_19_0", "id"), ("_19_0", "any")]:
        assert [hit.id for hit in search(fresh(), row, Query(text, field)).hits] == ["Ab1"]
    for text in ("_19", "\ud800", "\0"):
        assert not search(fresh(), row, Query(text, "id")).hits


def test_a_deeper_id_of_the_same_text_is_not_the_id_at_the_origin():
    nested = stored("a", data={"ref": {"@id": "x", "ID": "_1"}, "ID": "_2"})
    assert origin_id(nested) == "_2"
    row = Model().write(1, None, {"a": nested, "b": stored("b", data={"ID": "_1"})})
    assert [hit.id for hit in search(fresh(), row, Query("_1", "id")).hits] == ["b"]


@pytest.mark.parametrize("field", ["id", "any"])
def test_a_whole_id_is_found_without_searching(field):
    made = element_id(namespace("r1"), "_19_0")
    row = Model().write(1, None, {made: stored(made, data={"ID": "_19_0"}), "z": stored("z")})
    for text in (made, "_19_0"):
        found = search(fresh(), row, Query(text, field), seconds=-1)
        assert ([hit.id for hit in found.hits], found.after) == ([made], None)


@pytest.fixture
def many(monkeypatch) -> Revision:
    """Two hundred elements in a few blocks: some removed, some renamed, some removed and back."""
    monkeypatch.setattr(scanning, "WINDOW_BYTES", 100_000)
    model, pad = Model(), {"pad": "x" * 5_000}
    ids = [f"{n:03}" for n in range(200)]
    model.write(1, None, {id_: stored(id_, name=f"old {id_}", data=pad) for id_ in ids})
    model.write(2, 1, {id_: stored(id_, name=f"new {id_}") for id_ in ids[::5]}, removes=ids[1::5])
    back = {id_: stored(id_, name=f"back {id_}") for id_ in ids[1::10]}
    return model.write(3, 2, {**back, "zzz": stored("zzz", name="new zzz")})


def through(row: Revision, query: Query, **bounds: float) -> tuple[list[str], list[int]]:
    hits, searched, after = [], [], ""
    while after is not None:
        found = search(fresh(), row, query, after, **bounds)
        hits += [hit.id for hit in found.hits]
        searched.append(found.searched)
        after = found.after
    return hits, searched


@pytest.mark.parametrize("bounds", [{}, {"limit": 7}, {"seconds": -1}, {"limit": 1, "seconds": 0}])
def test_a_search_in_parts_finds_what_one_search_finds(many, bounds):
    hits, searched = through(many, Query("new"), **bounds)
    assert hits == [*(f"{n:03}" for n in range(0, 200, 5)), "zzz"]
    assert searched == sorted(searched)
    assert searched[-1] == many.total == 181
    assert through(many, Query("back"), **bounds)[0] == [f"{n:03}" for n in range(1, 200, 10)]


def test_a_search_without_time_says_how_far_it_came(many):
    found = search(fresh(), many, Query("nowhere"), seconds=-1)
    assert 0 < found.searched < found.total
    assert found.after is not None


@pytest.mark.parametrize(
    "after", ["junk", ":", "9" * 30 + ":x", "-1:a", "5:", "999:", "\ud800", "\0"]
)
def test_a_cursor_that_we_never_gave_is_an_id_at_most(many, after):
    found = search(fresh(), many, Query("old"), after)
    assert found.searched <= found.total == 181
