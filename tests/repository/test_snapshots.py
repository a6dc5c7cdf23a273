"""Our repository as a snapshot; what another side lacks, compared with a plain model of it."""

from __future__ import annotations

from dataclasses import dataclass

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from tcsync import domain
from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Known, KnownHead, Selection, Tag
from tcsync.repository import models, reading, snapshots, writing
from tests.repository.histories import TIME, History, describe

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@dataclass(frozen=True)
class Node:
    """A revision of the model; `parent` of one after a hole names a revision that is not there."""

    number: int
    branch: str
    parent: int | None
    merged: tuple[int, ...] = ()
    hole: bool = False

    @property
    def digest(self) -> str:
        return f"digest {self.number}"


@st.composite
def graphs(draw, *, holes: bool) -> dict[int, Node]:
    """Draw a history of up to three branches, with merges and holes; numbers rise in gaps."""
    nodes: dict[int, Node] = {}
    heads: dict[str, int] = {}
    number = 0
    for _ in range(draw(st.integers(1, 12))):
        number += draw(st.integers(2, 3))
        branch = draw(st.sampled_from(["b0", "b1", "b2"]))
        others = sorted(nodes)
        parent = heads.get(branch) or (draw(st.sampled_from(others)) if others else None)
        hole = holes and parent is not None and draw(st.integers(0, 3)) == 0
        merged = draw(st.sets(st.sampled_from(others), max_size=2)) if others else set()
        above = number - 1 if hole else parent
        nodes[number] = Node(number, branch, above, tuple(sorted(merged - {parent})), hole)
        heads[branch] = number
    return nodes


def store(nodes: dict[int, Node]) -> models.Resource:
    """Write the rows of a history in place of the one before."""
    models.Resource.objects.all().delete()
    row = models.Resource.objects.create(
        id="r1",
        project_id="P",
        name="N",
        category_id=UNCATEGORIZED_ID,
        revision_count=len(nodes),
    )
    models.Revision.objects.bulk_create(
        models.Revision(
            resource=row,
            number=n.number,
            branch=n.branch,
            parent=n.parent,
            merged=list(n.merged),
            hole_before=n.hole,
            digest=n.digest,
            time=TIME,
            **dict.fromkeys(("place", "length", "raw_bytes", "added", "edited", "removed"), 0),
            total=0,
        )
        for n in nodes.values()
    )
    return row


def branches_of(nodes: dict[int, Node]) -> tuple[domain.Branch, ...]:
    heads = {n.branch: n for n in sorted(nodes.values(), key=lambda n: n.number)}
    return tuple(domain.Branch(b, b, None, n.number, n.digest) for b, n in heads.items())


def closure(nodes: dict[int, Node], numbers: set[int]) -> set[int]:
    """Return these revisions and all their ancestors."""
    found: set[int] = set()
    rest = list(numbers)
    while rest:
        number = rest.pop()
        if number in nodes and number not in found:
            found.add(number)
            rest += [n for n in (nodes[number].parent, *nodes[number].merged) if n is not None]
    return found


def lacking(nodes: dict[int, Node], held: set[int]) -> list[int]:
    """Return what `lack` says to somebody who holds these revisions."""
    row = store(nodes)
    below = {n for number in held for n in (nodes[number].parent, *nodes[number].merged)}
    digests = {row.number: row.digest for row in models.Revision.objects.all()}
    ends = (KnownHead(nodes[n].branch, n, digests[n]) for n in sorted(held - below))
    known = Known(tuple(ends), len(held))
    found = snapshots.lack(row, branches_of(nodes), known)
    assert found.divergences == ()
    return [ref.number for ref in found.revisions]


properties = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@properties
@given(nodes=graphs(holes=True), data=st.data())
def test_somebody_who_holds_the_older_revisions_lacks_the_newer_ones(nodes, data):
    numbers = sorted(nodes)
    count = data.draw(st.integers(0, len(numbers)))
    assert lacking(nodes, set(numbers[:count])) == numbers[count:]


@properties
@given(nodes=graphs(holes=False), data=st.data())
def test_somebody_who_holds_the_ancestors_of_some_revisions_lacks_the_rest(nodes, data):
    held = closure(nodes, data.draw(st.sets(st.sampled_from(sorted(nodes)))))
    assert lacking(nodes, held) == sorted(nodes.keys() - held)


def test_below_a_hole_somebody_lacks_what_they_do_not_hold():
    """Tags on 1, 6 and 9 brought 1, 6 and 9, not the side branch's 3."""
    nodes = {
        1: Node(1, "b0", None),
        3: Node(3, "b1", 1),
        6: Node(6, "b0", 1),
        9: Node(9, "b0", 8, hole=True),
    }
    assert lacking(nodes, {1, 6, 9}) == [3]


@properties
@given(nodes=graphs(holes=False), data=st.data())
def test_heads_that_are_not_ours_diverge_and_the_others_count(nodes, data):
    row, heads = store(nodes), branches_of(nodes)
    wrong = data.draw(st.sampled_from(heads))
    good = [b for b in heads if b != wrong]
    known = tuple(KnownHead(b.id, b.head, b.head_digest) for b in good)
    other = KnownHead(wrong.id, wrong.head, "other")
    found = snapshots.lack(row, heads, Known((*known, other), len(nodes)))
    expected = nodes.keys() - closure(nodes, {b.head for b in good})
    assert [ref.number for ref in found.revisions] == sorted(expected)
    assert found.divergences == (
        domain.Divergence(wrong.id, wrong.head, "other", wrong.head_digest),
    )


def test_a_known_head_that_does_not_exist_here_diverges():
    nodes = {1: Node(1, "b0", None), 2: Node(2, "b0", 1)}
    known = Known((KnownHead("b0", 7, "x"),), 7)
    found = snapshots.lack(store(nodes), branches_of(nodes), known)
    assert found.divergences == (domain.Divergence("b0", 7, "x", None),)
    assert [ref.number for ref in found.revisions] == [1, 2]


def test_a_known_head_below_ours_does_not_diverge():
    nodes = {1: Node(1, "b0", None), 2: Node(2, "b0", 1)}
    found = snapshots.lack(
        store(nodes), branches_of(nodes), Known((KnownHead("b0", 1, "digest 1"),), 1)
    )
    assert found.divergences == ()
    (ref,) = found.revisions
    assert (ref.number, ref.branch, ref.parent, ref.digest) == (2, "b0", 1, "digest 2")


@pytest.fixture
def place() -> dict[str, str]:
    """Categories Top > Below and Other with a resource each; their ids by name."""
    top = writing.make_category(SYSTEM, "Top")
    below = writing.make_category(SYSTEM, "Below", top.id)
    other = writing.make_category(SYSTEM, "Other")
    for id_, category in (("r1", top), ("r2", below), ("r3", other)):
        History(id_, category=category.id).commit(1, None)
    return {"Top": top.id, "Below": below.id, "Other": other.id}


def ids(snapshot: domain.Snapshot) -> list[str]:
    return sorted(resource.id for resource in snapshot.resources)


@pytest.mark.usefixtures("place")
def test_everything_is_there_without_a_selection():
    whole = snapshots.snapshot(None)
    assert ids(whole) == ["r1", "r2", "r3"]
    assert len(whole.categories) == 4
    assert all(resource.revisions == () for resource in whole.resources)


def test_a_category_is_followed_with_all_below_it(place):
    found = snapshots.snapshot(Selection(categories=(place["Top"],)))
    assert ids(found) == ["r1", "r2"]
    assert {category.name for category in found.categories} == {"Top", "Below"}


def test_a_single_resource_is_followed_without_its_category():
    History("r1").commit(1, None)
    found = snapshots.snapshot(Selection(resources=("r1",)))
    assert (ids(found), found.categories, found.missing) == (["r1"], (), ())


def test_what_may_not_be_read_is_missing_like_what_does_not_exist(place):
    selection = Selection(("r1", "r3", "nowhere"), (place["Top"], "no category"))
    found = snapshots.snapshot(selection, readable=lambda id_: id_ == place["Other"])
    assert ids(found) == ["r3"]
    assert found.missing == tuple(sorted(("r1", "nowhere", place["Top"], "no category")))
    assert found.categories == ()


def test_below_a_readable_category_what_is_hidden_stays_hidden(place):
    found = snapshots.snapshot(
        Selection(categories=(place["Top"],)), readable=lambda id_: id_ != place["Below"]
    )
    assert ids(found) == ["r1"]
    assert [category.name for category in found.categories] == ["Top"]


def test_what_the_other_side_lacks_is_listed_for_each_resource():
    for number in (1, 2, 5):
        History("r1").commit(number, {1: None, 2: 1, 5: 2}[number])
    old = reading.known(["r1"])["r1"]
    History("r1").commit(6, 5)
    (found,) = snapshots.snapshot(None, {"r1": old}).resources
    assert [ref.number for ref in found.revisions] == [6]
    (whole,) = snapshots.snapshot(None, {}).resources
    assert [ref.number for ref in whole.revisions] == [1, 2, 5, 6]


def test_a_resource_is_described_with_branches_tags_and_origin():
    digest = History("r1", origin="node").commit(3, None)
    writing.put_tag(SYSTEM, "r1", Tag("t", "v1", 3, "text"))
    (found,) = snapshots.snapshot(None).resources
    assert found.branches == (domain.Branch("trunk", "trunk", None, 3, digest),)
    assert found.tags == (Tag("t", "v1", 3, "text"),)
    assert (found.origin, found.read_only, found.revision_count) == ("node", False, 1)


def test_a_resource_marked_as_deleted_is_told_to_who_follows_it_and_offered_to_nobody(place):
    models.Resource.objects.filter(id="r1").update(removed_at="2024-01-01T00:00:00Z")
    selection = Selection(("r1",), (place["Top"],))
    told = {r.id: r.removed for r in snapshots.snapshot(selection, {}).resources}
    assert told == {"r1": True, "r2": False}
    assert "r1" not in ids(snapshots.snapshot(None))


@pytest.mark.usefixtures("place")
def test_around_gives_what_could_be_met_by_id_project_id_or_name():
    History("far", name="Far", project_id="P-far").commit(1, None)
    theirs = (
        describe("r1", name="x", project_id="y"),
        describe("n1", name="Name r2", project_id="z"),
        describe("n2", name="x", project_id="P-r3"),
    )
    source = domain.Snapshot("n", "e", "name", "", resources=theirs)
    found = snapshots.around(source, (), 1)
    assert ids(found) == ["r1", "r2", "r3"]
    assert ids(snapshots.around(source, ("far",), 1)) == ["far", "r1", "r2", "r3"]
    assert len(found.categories) == 4


@pytest.mark.usefixtures("place")
def test_around_gives_what_is_marked_as_deleted_too():
    models.Resource.objects.filter(id="r1").update(removed_at="2024-01-01T00:00:00Z")
    source = domain.Snapshot("n", "e", "name", "", resources=(describe("r1"),))
    (found,) = snapshots.around(source, (), 1).resources
    assert found.removed
