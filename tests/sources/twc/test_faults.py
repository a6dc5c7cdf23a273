"""One resource with strange answers: it is told with its fault, and holds up no other."""

from __future__ import annotations

import pytest

from tcsync.domain import Selection, Snapshot
from tcsync.errors import BadAnswer
from tcsync.sources.twc import TwcSource
from tests.fakes.twc import World, faults

HTML = faults.html()


@pytest.fixture
def rover(world: World):
    return world.resource("Rover")


def everything(source: TwcSource, world: World) -> Snapshot:
    """Return all that lies in a category."""
    return source.snapshot(Selection(categories=(world.categories["Space"].id,)), {})


def faulty(shown: Snapshot) -> dict[str, bool]:
    return {resource.name: bool(resource.fault) for resource in shown.resources}


def changed(key: str, value: object) -> faults.Fault:
    """Let one key of a branch or tag have another value."""
    return faults.reshaped(
        lambda told: [{**one, key: value} if isinstance(one, dict) else one for one in told]
    )


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("*/{}/revisions", faults.reshaped(lambda _entries: [])),
        ("*/{}/revisions", faults.reshaped(lambda told: [*told, told[0]])),
        ("*/{}/revisions", changed("createdDate", "soon")),
        ("*/{}/branches", HTML),
        ("*/{}/tags", HTML),
    ],
)
def test_a_strange_listing_is_a_fault_of_its_resource_alone(
    source, server, world, rover, path, fault
):
    server.faults.add(path.format(rover.id), fault)
    shown = everything(source, world)
    assert faulty(shown) == {"Rover": True, "Library": False}
    (told,) = (r for r in shown.resources if r.name == "Rover")
    assert (told.id, told.revisions, told.gone_revisions) == (rover.id, (), ())
    assert not any(faulty(everything(source, world)).values())


def test_a_resource_that_is_listed_twice_is_a_fault_of_its_own(source, server, world, rover):
    twice = lambda rows: [*rows, *({**r, "removed": True} for r in rows if rover.id in str(r))]  # noqa: E731
    server.faults.add("GET /osmc/resources", faults.reshaped(twice))
    shown = everything(source, world)
    assert faulty(shown) == {"Rover": True, "Library": False}
    assert [(r.removed, r.revisions) for r in shown.resources if r.fault] == [(False, ())]


def test_a_resource_whose_place_is_not_known_is_not_let_go(source, server, world, rover):
    bare = faults.reshaped(
        lambda rows: [{"@id": rover.id} if rover.id in str(row) else row for row in rows]
    )
    server.faults.add("GET /osmc/resources", bare)
    server.faults.add(f"*/{rover.id}", HTML)
    shown = everything(source, world)
    assert {r.id for r in shown.resources if r.fault} == {rover.id}
    assert len(shown.resources) == 2


def test_a_picked_resource_with_a_strange_answer_is_a_fault_of_its_own(
    source, server, world, rover
):
    server.faults.add(f"*/{rover.id}", HTML)
    picked = Selection(resources=(rover.id, world.resource("Library").id))
    shown = source.snapshot(picked, {})
    assert [bool(r.fault) for r in shown.resources] == [True, False]
    assert shown.missing == ()


def test_an_address_that_is_none_is_no_defect(source, server, world):
    odd = faults.reshaped(lambda rows: [{**row, "@base": "http://["} for row in rows])
    server.faults.add("GET /osmc/resources", odd)
    assert len(source.snapshot(None, None).resources) == 3


def test_a_row_without_an_id_fails_the_whole_answer(source, server):
    nameless = faults.reshaped(lambda rows: [*rows, {"dcterms:title": "x", "removed": False}])
    server.faults.add("GET /osmc/resources", nameless)
    with pytest.raises(BadAnswer, match="no id"):
        source.snapshot(None, None)


def test_a_login_that_is_strange_by_then_is_no_fault_of_a_resource(source, server, world):
    server.faults.add("*/revisions", faults.expire())
    server.faults.add("*/version", HTML, after=1)
    with pytest.raises(BadAnswer, match="instead of its version"):
        everything(source, world)
