"""Roots, children and the way up: as they stand, as they lack, and as they go in circles."""

from __future__ import annotations

import pytest

from tcsync.errors import ContentError, Missing
from tcsync.repository.browsing import Lines, Outline, children, path_to, roots
from tcsync.repository.models import Revision
from tests.repository.browsing.models import Model, family, fresh, stored

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ids(lines: Lines) -> list[str]:
    return [line.id for line in lines.lines]


def test_roots_are_those_that_the_revision_lists_in_its_order():
    row = Model().write(1, None, {"x": stored("x"), "a": stored("a")}, root_ids=("x", "a"))
    assert ids(roots(fresh(), row)) == ["x", "a"]


def test_roots_of_a_revision_that_lists_none_are_what_has_no_owner():
    row = Model().write(1, None, {**family(), "b2": stored("b2", data={"owner": None})})
    assert ids(roots(fresh(), row)) == ["b2", "root"]


def test_roots_are_found_where_a_text_looks_like_a_missing_owner():
    trap = stored("t", owner="root", data={"text": '"owner":null,"type":'})
    nested = stored("u", owner="root", data={"x": {"owner": None, "type": "a:B"}})
    row = Model().write(1, None, {**family(children=()), "t": trap, "u": nested})
    assert ids(roots(fresh(), row)) == ["root"]


def test_children_come_in_the_order_of_their_owner():
    Model().write(1, None, family(children=("c", "a", "b")))
    found = children(fresh(), 1, "root")
    assert (ids(found), found.total, found.next_offset) == (["c", "a", "b"], 3, None)
    assert found.lines[0] == Outline("c", "a:B", "Name c", "root", 0)


def test_children_come_in_parts():
    Model().write(1, None, family(children="abcde"))
    first = children(fresh(), 1, "root", limit=2)
    assert (ids(first), first.total, first.next_offset) == (["a", "b"], 5, 2)
    last = children(fresh(), 1, "root", offset=4, limit=2)
    assert (ids(last), last.next_offset) == (["e"], None)
    assert children(fresh(), 1, "root", offset=10**30).lines == ()


def test_a_child_that_does_not_exist_has_a_line_without_a_type():
    Model().write(1, None, {"root": stored("root", children=["nowhere", "\ud800"])})
    found = children(fresh(), 1, "root")
    assert found.lines == (Outline.absent("nowhere"), Outline.absent("\\ud800"))
    assert found.lines[0].type == ""


@pytest.mark.parametrize("id_", ["nowhere", "", "a/b", "\0", "\ud800"])
def test_children_of_what_does_not_exist_are_missing(id_):
    Model().write(1, None, family())
    with pytest.raises(Missing, match="Revision 1 of resource r1 has no element"):
        children(fresh(), 1, id_)


def test_children_of_what_was_removed_are_missing_from_then_on():
    model = Model()
    model.write(1, None, family())
    model.write(2, 1, removes=["root"])
    model.write(3, 2, {"root": stored("root", children=["b"])})
    assert ids(children(fresh(), 1, "root")) == ["b", "a"]
    with pytest.raises(Missing):
        children(fresh(), 2, "root")
    assert ids(children(fresh(), 3, "root")) == ["b"]


def test_the_path_leads_from_the_root_to_the_owner():
    chain = {"a": stored("a"), "b": stored("b", owner="a"), "c": stored("c", owner="b")}
    Model().write(1, None, chain)
    assert [line.id for line in path_to(fresh(), 1, "c")] == ["a", "b"]
    assert path_to(fresh(), 1, "a") == path_to(fresh(), 1, "nowhere") == ()


def test_owners_that_go_in_a_circle_end():
    Model().write(1, None, {"a": stored("a", owner="b"), "b": stored("b", owner="a")})
    assert [line.id for line in path_to(fresh(), 1, "a")] == ["b"]
    Model().write(2, 1, {"self": stored("self", owner="self")})
    assert path_to(fresh(), 2, "self") == ()


def test_an_owner_that_does_not_exist_ends_the_path():
    Model().write(1, None, {"a": stored("a", owner="gone"), "b": stored("b", owner="a")})
    assert [line.id for line in path_to(fresh(), 1, "b")] == ["a"]


def test_endless_owners_are_cut_at_a_hundred():
    chain = {f"{n:03}": stored(f"{n:03}", owner=f"{n - 1:03}") for n in range(1, 150)}
    Model().write(1, None, chain)
    assert len(path_to(fresh(), 1, "149")) == 100


@pytest.mark.parametrize("number", [7, 2**70, -1])
def test_a_revision_that_does_not_exist_is_missing(number):
    Model().write(1, None, family())
    with pytest.raises(Missing):
        children(fresh(), number, "root")


def test_a_pack_that_is_not_there_any_more_is_a_content_error():
    Model().write(1, None, family())
    Revision.objects.update(place=10**9)
    with pytest.raises(ContentError):
        children(fresh(), 1, "root")
