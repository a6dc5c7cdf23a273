"""Applying a plan: whole revisions arrive verified, and whatever goes wrong leaves a prefix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Branch, Category, Scope, Selection, Tag
from tcsync.errors import Cancelled, LeaseLost, Unreachable
from tcsync.repository import models, reading, snapshots, upkeep, writing
from tcsync.sync.apply import Work, apply
from tcsync.sync.events import BatchDone, StepFailed, TimeUp
from tcsync.sync.plan import make_plan
from tests.fakes.captured_source import CapturedSource, become_another_node
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def source() -> CapturedSource:
    """Two resources below category Space, one with a branch, artifacts and tags."""
    space = writing.make_category(SYSTEM, "Space")
    branches = (Branch("trunk", "trunk", None, None), Branch("side", "side", 1, None))
    rover = History("rover", category=space.id, branches=branches)
    rover.commit(1, None, {"a": {"v": 1}}, artifacts={"d1": b"diagram"})
    rover.commit(2, 1, {"b": {"v": 1}}, branch="side")
    rover.commit(5, 1, {"a": {"v": 2}}, merged=(2,))
    writing.put_tag(SYSTEM, "rover", Tag("t1", "v1.0", 5))
    probe = History("probe", category=space.id)
    probe.commit(1, None, {"x": {"v": 1}})
    probe.commit(2, 1, {"x": {"v": 2}})
    captured = CapturedSource()
    become_another_node()
    return captured


def picked(source: CapturedSource) -> Scope:
    (space,) = [c.id for c in source.whole.categories if c.name == "Space"]
    return Scope(
        Selection(categories=(space,)),
        UNCATEGORIZED_ID,
        owner=1,
        category_copies=reading.category_copies(1),
    )


def plan_of(source: CapturedSource):
    chosen = picked(source)
    here = models.Resource.objects.values_list("id", flat=True)
    theirs = source.snapshot(chosen.selection, reading.known(here))
    return make_plan(chosen, theirs, snapshots.around(theirs, (), 1))


def synchronize(source: CapturedSource, **work: object) -> list[object]:
    return list(apply(plan_of(source), source, Work(SYSTEM, 1, UNCATEGORIZED_ID, **work)))


def digests() -> dict[tuple[str, int], str]:
    rows = models.Revision.objects.values_list("resource", "number", "digest")
    return {(resource, number): digest for resource, number, digest in rows}


def test_a_whole_history_arrives_with_equal_digests(source):
    events = synchronize(source)
    assert digests() == {key: record.digest for key, record in source.records.items()}
    finished = [resource for e in events if isinstance(e, BatchDone) for resource in e.finished]
    assert sorted(finished) == ["probe", "rover"]


def test_planning_again_after_apply_gives_an_empty_plan(source):
    synchronize(source)
    assert plan_of(source).is_empty


def test_copies_are_read_only_keep_origin_and_hops_and_lie_in_the_copied_tree(source):
    synchronize(source)
    rover = models.Resource.objects.get(id="rover")
    assert rover.read_only
    assert rover.origin == source.whole.node
    assert rover.hops == [{"node": source.whole.node, "name": source.whole.name}]
    assert rover.category.name == "Space"
    assert rover.category.parent_id == UNCATEGORIZED_ID


def test_branches_tags_and_artifacts_arrive(source):
    synchronize(source)
    rover = models.Resource.objects.get(id="rover")
    heads = dict(rover.branches.values_list("uid", "head"))
    assert heads == {"trunk": 5, "side": 2}
    assert list(rover.tags.values_list("name", "number")) == [("v1.0", 5)]
    assert upkeep.verify_resource("rover") == []


def test_everything_that_arrived_counts_as_verified_up_to_its_newest_revision(source):
    synchronize(source)
    rover = models.Resource.objects.get(id="rover")
    assert (rover.verified_level, rover.verified_revision) == ("content", 5)


def test_a_cut_connection_keeps_what_came_whole_and_the_next_run_goes_on_from_there(source):
    source.fail_after, source.failure = 3, Unreachable("cut")
    with pytest.raises(Unreachable):
        synchronize(source)
    assert len(digests()) == 3
    source.fail_after, before = None, list(source.sent)
    synchronize(source)
    assert digests() == {key: record.digest for key, record in source.records.items()}
    assert not set(source.sent[len(before) :]) & set(before)


def test_a_damaged_pack_fails_its_resource_and_holds_up_nothing_else(source):
    data = bytearray(source.bytes["rover", 2])
    data[60] ^= 1
    source.bytes["rover", 2] = bytes(data)
    events = synchronize(source)
    (failed,) = [e for e in events if isinstance(e, StepFailed)]
    assert failed.resource == "rover"
    assert sorted(digests()) == [("probe", 1), ("probe", 2), ("rover", 1)]


def test_a_pack_with_other_content_than_promised_is_refused(source):
    source.bytes["probe", 1] = source.bytes["rover", 1]
    source.pack_digests["probe", 1] = source.pack_digests["rover", 1]
    events = synchronize(source)
    assert [e.resource for e in events if isinstance(e, StepFailed)] == ["probe"]
    assert not models.Resource.objects.filter(id="probe").exists()


def test_a_record_that_was_tampered_with_is_refused(source):
    source.records["probe", 1] = replace(source.records["probe", 1], author="Somebody else")
    events = synchronize(source)
    assert "digest" in str([e.error for e in events if isinstance(e, StepFailed)])
    assert ("probe", 1) not in digests()


def test_a_lost_lease_writes_nothing(source):
    def lost() -> None:
        raise LeaseLost("taken over")

    with pytest.raises(LeaseLost):
        synchronize(source, guard=lost)
    assert not models.Resource.objects.exists()
    assert not models.Change.objects.exists()


def test_what_notes_a_batch_can_undo_it(source):
    noted = []

    def lost(done: BatchDone) -> None:
        noted.append(done)
        raise LeaseLost("taken over")

    with pytest.raises(LeaseLost):
        synchronize(source, note=lost)
    assert (noted[0].revisions, digests()) == ({"probe": 2, "rover": 3}, {})


def test_it_can_be_stopped_before_any_revision_and_within_its_pack(source):
    calls = []

    def stop(resource: str) -> None:
        calls.append(resource)
        if calls.count("rover") == 7:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        synchronize(source, go_on=stop)
    assert set(calls) == {"", "probe", "rover"}
    assert digests() == {}
    assert plan_of(source).revision_count == 5


def test_stopping_between_two_events_leaves_whole_batches(source):
    ticks = iter(range(0, 10_000, 2))
    work = Work(SYSTEM, 1, UNCATEGORIZED_ID, clock=lambda: next(ticks))
    run = apply(plan_of(source), source, work)
    while not isinstance(next(run), BatchDone):
        pass
    run.close()
    assert digests().items() <= {k: r.digest for k, r in source.records.items()}.items()
    synchronize(source)
    assert plan_of(source).is_empty


def test_when_the_time_is_up_it_stops_at_a_batch_and_the_rest_is_planned_again(source):
    events = synchronize(source, until=0.0, clock=lambda: 1.0)
    assert isinstance(events[-1], TimeUp)
    assert 0 < len(digests()) < 5
    synchronize(source)
    assert len(digests()) == 5


def test_a_local_resource_is_never_overwritten(source):
    History("rover").commit(1, None, {"mine": {"v": 1}})
    plan = plan_of(source)
    assert [refusal.code for refusal in plan.refusals] == ["resource_id_taken"]


def test_a_renamed_category_and_resource_arrive(source):
    synchronize(source)
    categories = tuple(
        Category(c.id, "Orbit", c.parent) if c.name == "Space" else c
        for c in source.whole.categories
    )
    resources = tuple(replace(r, name=f"New {r.name}") for r in source.whole.resources)
    chosen = picked(source)
    source.whole = replace(source.whole, categories=categories, resources=resources)
    theirs = source.snapshot(chosen.selection, reading.known(["rover", "probe"]))
    plan = make_plan(chosen, theirs, snapshots.around(theirs, (), 1))
    list(apply(plan, source, Work(SYSTEM, 1, UNCATEGORIZED_ID)))
    assert models.Category.objects.filter(name="Orbit").count() == 1
    assert models.Resource.objects.filter(name__startswith="New ").count() == 2
