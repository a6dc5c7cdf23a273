"""What a server shows: the tree, resources, and revisions beside those that are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcsync.domain import (
    UNCATEGORIZED_ID,
    Known,
    Listed,
    Resource,
    RevisionRecord,
    Selection,
    listing_fingerprint,
)
from tcsync.sources.twc.comparing import compared
from tcsync.sources.twc.listings import Listing
from tests.fakes.twc import Habits, Put, StandIn, World, faults
from tests.fakes.twc.samples import sample
from tests.sources.twc.connecting import connect, looked_at


@pytest.fixture
def rover(world: World):
    return world.resource("Rover")


def tree(source) -> dict[str, str | None]:
    """Return the names of all categories with those of their parents."""
    shown = source.snapshot(None, None)
    names = {c.id: c.name for c in shown.categories}
    return {c.name: names.get(c.parent) for c in shown.categories}


def held(resource, **authors: str) -> Known:
    """Return all that a listing shows, as if it were held here."""
    refs = resource.revisions
    names = [authors.get(str(ref.number), "userid") for ref in refs]
    listed = (Listed(r.number, r.digest, name) for r, name in zip(refs, names, strict=True))
    return Known((), len(refs), tuple(listed))


def test_the_catalogue_costs_two_requests_and_has_the_tree(source, server):
    source.identity()
    before = len(server.statistics.asked)
    assert tree(source) == {"Space": None, "Engines": "Space", "Uncategorized": None}
    assert len(server.statistics.asked) == before + 2


@pytest.mark.parametrize(
    "habits",
    [
        Habits(workspace_bodies=False),
        Habits(nested_categories=False),
        Habits(workspace_bodies=False, nested_categories=False),
    ],
)
def test_the_tree_is_the_same_however_the_list_shows_it(sessions, habits):
    with StandIn(sample(habits=habits)) as server, connect(server, sessions) as source:
        assert tree(source) == {"Space": None, "Engines": "Space", "Uncategorized": None}
        sessions.close()


def test_a_resource_is_described(source, world, rover):
    rover.description = "Six wheels"
    (shown,) = (r for r in source.snapshot(None, None).resources if r.id == rover.id)
    assert (shown.name, shown.project_id) == ("Rover", rover.metadata["PROJECT_ID"])
    assert (shown.category, shown.trunk) == (world.categories["Space"].id, rover.trunk)
    assert (shown.description, shown.removed) == ("Six wheels", False)


def test_a_document_keeps_its_suffix_and_lies_in_uncategorized(source):
    (notes,) = (r for r in source.snapshot(None, None).resources if "Notes" in r.name)
    assert (notes.name, notes.category) == ("Notes.CC", UNCATEGORIZED_ID)


def test_a_resource_in_no_category_lies_in_uncategorized(source, rover):
    rover.move(None)
    (shown,) = (r for r in source.snapshot(None, None).resources if r.id == rover.id)
    assert shown.category == UNCATEGORIZED_ID


def test_a_followed_category_holds_what_is_nested_in_it(source, world):
    ids = {title: category.id for title, category in world.categories.items()}
    shown = source.snapshot(Selection(categories=(ids["Space"],)), {})
    assert {r.name for r in shown.resources} == {"Rover", "Library"}
    assert {c.name for c in shown.categories} == {"Space", "Engines"}
    shown = source.snapshot(Selection(categories=(ids["Engines"],)), {})
    assert {r.name for r in shown.resources} == {"Library"}


def test_picks_that_are_not_there_are_missing(source, rover):
    shown = source.snapshot(Selection(resources=(rover.id, "ghost"), categories=("none",)), {})
    assert [r.id for r in shown.resources] == [rover.id]
    assert shown.missing == ("ghost", "none")


def test_a_resource_that_may_not_be_read_is_missing_where_it_was_picked(sessions):
    world = sample(habits=Habits(lists_forbidden=True))
    secret = world.resource("Secret").id
    with StandIn(world) as server, connect(server, sessions) as source:
        shown = looked_at(source, secret, world.resource("Rover").id)
        assert shown.missing == (secret,)
        assert [r.name for r in shown.resources] == ["Rover"]
        shown = source.snapshot(Selection(categories=(world.categories["Space"].id,)), {})
        assert shown.missing == ()
        sessions.close()


def test_revisions_keep_numbers_holes_and_parents(source, rover):
    (shown,) = looked_at(source, rover.id).resources
    assert [(r.number, r.parent) for r in shown.revisions] == [
        *((1, None), (2, 1), (3, 2), (4, 3), (7, 2)),
    ]
    assert shown.revision_count == 5


def test_branches_start_outside_of_themselves_and_end_at_their_newest_revision(source, rover):
    (shown,) = looked_at(source, rover.id).resources
    assert {b.name: (b.start, b.head) for b in shown.branches} == {
        "trunk": (None, 7),
        "side": (2, 4),
    }


def test_tags_are_shown_and_a_moved_one_moves(source, rover):
    (shown,) = looked_at(source, rover.id).resources
    assert {t.name: t.revision for t in shown.tags} == {"v1": 2, "v2": 7}
    rover.tag("v1", 4, "later")
    rover.untag("v2")
    (shown,) = looked_at(source, rover.id).resources
    assert [(t.name, t.revision, t.description) for t in shown.tags] == [("v1", 4, "later")]


def test_only_what_is_not_held_is_listed(source, rover):
    (shown,) = looked_at(source, rover.id).resources
    known = held(replace(shown, revisions=shown.revisions[:3]), **{"2": "ada"})
    (again,) = looked_at(source, rover.id, known={rover.id: known}).resources
    assert [r.number for r in again.revisions] == [4, 7]
    assert again.divergences == ()


def test_a_message_that_changed_is_a_divergence(source, rover):
    (shown,) = looked_at(source, rover.id).resources
    known = {rover.id: held(replace(shown, revisions=shown.revisions[2:3]))}
    rover.rewrite(3, message="another")
    (again,) = looked_at(source, rover.id, known=known).resources
    (found,) = again.divergences
    assert (found.number, found.expected) == (3, shown.revisions[2].digest)
    assert found.found not in (None, found.expected)


RECORD = RevisionRecord("r", 2, "b", 1, 5, "ada", "m", "", "")


def beside(*listed: Listed, records: tuple[RevisionRecord, ...] = (RECORD,)):
    listing = Listing("r", {record.number: record for record in records}, {})
    return compared(Resource("r", "p", "n", "c", ""), listing, Known((), 1, listed), (), ())


def test_an_author_who_was_renamed_is_no_divergence():
    before = replace(RECORD, author="ada lovelace")
    listed = Listed(2, listing_fingerprint(before), "ada lovelace")
    assert beside(listed).divergences == ()


def test_a_revision_that_is_no_longer_listed_is_gone_once():
    gone, known_gone = Listed(1, "f", "ada"), Listed(3, "f", "ada", gone=True)
    assert beside(gone, known_gone).gone_revisions == (1,)


def test_a_trunk_that_nobody_names_is_that_of_the_first_revision():
    assert beside().trunk == "b"


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: [*entries, entries[0]],
        lambda entries: [{**entries[0], "directParent": entries[0]["ID"]}],
        lambda entries: [{**entries[0], "createdDate": "soon"}],
        lambda entries: [{**entries[0], "branchID": ""}],
        lambda entries: [{**entries[0], "ID": 1 << 60}],
        lambda _entries: [],
        lambda _entries: {"revisions": 3},
    ],
)
def test_a_listing_that_contradicts_itself_is_a_fault(source, server, rover, change):
    server.faults.add("*/revisions", faults.reshaped(change))
    (shown,) = looked_at(source, rover.id).resources
    assert "cannot be understood" in shown.fault
    assert shown.revisions == shown.branches == ()


def test_a_branch_made_again_under_its_name_is_another_branch(source, rover):
    (before,) = looked_at(source, rover.id).resources
    rover.delete_branch("side")
    rover.branches.pop(rover.element_id("branch side"))
    rover.element_id = lambda key, make=rover.element_id: make(f"new {key}")
    rover.branch("side", at=2)
    (after,) = looked_at(source, rover.id, known={rover.id: held(before)}).resources
    ids = [{b.id for b in r.branches if b.name == "side"} for r in (before, after)]
    assert ids[0].isdisjoint(ids[1])
    assert after.gone_revisions == (3, 4)


def test_the_project_id_is_asked_for_where_the_list_shows_none(source, server, rover):
    bare = faults.reshaped(lambda entries: [{**e, "metadata": None} for e in entries])
    server.faults.add("GET /osmc/resources", bare)
    (shown,) = looked_at(source, rover.id).resources
    assert shown.project_id == rover.metadata["PROJECT_ID"]


@pytest.mark.parametrize("code", [403, 404])
def test_a_project_id_that_may_not_be_asked_for_is_not_replaced(source, server, rover, code):
    bare = faults.reshaped(lambda entries: [{**e, "metadata": None} for e in entries])
    server.faults.add("GET /osmc/resources", bare)
    server.faults.add(f"*/{rover.id}", faults.status(code))
    (shown,) = looked_at(source, "none", "of", "these", rover.id).resources
    assert f"the Project ID of {rover.id} may not be read" in shown.fault


def test_a_commit_between_two_looks_is_seen(source, rover):
    looked_at(source, rover.id)
    rover.commit(put={"arm": Put(name="Boom")})
    (shown,) = looked_at(source, rover.id).resources
    assert shown.revisions[-1].number == 8


def test_the_id_of_a_category_is_one_part_of_a_path(source, server):
    odd = faults.reshaped(lambda rows: [{**rows[0], "categoryID": "../a?b#c%d"}])
    server.faults.add("*/resources", odd)
    source.snapshot(None, None)
    # The stand-in shows paths unquoted: what was one part is still whole.
    assert "GET /osmc/workspaces/../a?b#c%d/resources" in server.statistics.asked
