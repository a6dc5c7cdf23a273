"""Full walks through models that are not as they should be: each element comes once."""

from __future__ import annotations

import pytest

from tcsync.errors import BadAnswer
from tcsync.sources.twc.assumptions import IDS_AT_ONCE
from tests.fakes.twc import Put, World, faults
from tests.sources.twc.connecting import walked


@pytest.fixture
def model(world: World):
    return world.resource("Model").commit(
        put={
            "root": Put("uml:Model", ""),
            "a": Put("uml:Package", "root"),
            "b": Put("uml:Package", "root"),
            "c": Put("uml:Class", "a"),
        }
    )


def keys(source, model) -> list[str]:
    names = {model.element_id(key): key for key in ("root", "a", "b", "c", "d")}
    return sorted(names[id_] for id_ in walked(source, model.id, model.newest)[0])


def test_an_element_that_a_stranger_lists_too_comes_once(source, model):
    model.commit(put={"b": Put(owned=["c"])})
    assert keys(source, model) == ["a", "b", "c", "root"]


def test_an_element_that_only_a_stranger_lists_lives_too(source, model):
    model.commit(put={"a": Put(owned=[]), "b": Put(owned=["c"])})
    assert keys(source, model) == ["a", "b", "c", "root"]


def test_what_such_an_element_owns_lives_too(source, model):
    model.commit(put={"d": Put("uml:Port", "c")})
    model.commit(put={"a": Put(owned=[]), "b": Put(owned=["c"])})
    assert keys(source, model) == ["a", "b", "c", "d", "root"]


def test_a_root_that_an_element_lists_comes_once(source, model):
    model.commit(put={"c": Put(owned=["root"])})
    assert keys(source, model) == ["a", "b", "c", "root"]


def test_a_cycle_ends(source, model):
    model.commit(put={"c": Put(owned=["a"])})
    assert keys(source, model) == ["a", "b", "c", "root"]


def test_an_element_that_owns_itself_comes_once(source, model):
    model.commit(put={"c": Put(owned=["c"])})
    assert keys(source, model) == ["a", "b", "c", "root"]


def test_an_element_that_is_listed_and_not_there_is_named(source, server, model):
    c = model.element_id("c")
    server.faults.add("*/elements", faults.without(c), times=9)
    with pytest.raises(BadAnswer, match=c):
        walked(source, model.id, model.newest)


def test_a_wide_model_is_read_in_batches(source, server, model):
    model.commit(put={f"w{n}": Put("uml:Class", "b") for n in range(2 * IDS_AT_ONCE + 5)})
    elements, _entries = walked(source, model.id, model.newest)
    assert len(elements) == 2 * IDS_AT_ONCE + 9
    assert len([path for path in server.statistics.asked if path.endswith("elements")]) <= 6


def test_a_deep_model_is_read_to_its_leaves(source, model):
    chain = {f"n{n}": Put("uml:Package", f"n{n - 1}" if n else "c") for n in range(40)}
    model.commit(put=chain)
    assert len(walked(source, model.id, model.newest)[0]) == 44


def test_artifacts_are_entries_with_their_sizes(source, model):
    model.commit(artifacts={"x": b"12345"})
    (entry,) = walked(source, model.id, model.newest)[1].values()
    assert (entry.id, entry.size) == (model.element_id("x"), 5)
