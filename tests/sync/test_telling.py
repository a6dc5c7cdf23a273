"""A source that tells changes: the same history gives the same digests as packs do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Branch, Scope, Selection
from tcsync.errors import BadAnswer, LoginRefused
from tcsync.repository import models, reading, snapshots, upkeep, writing
from tcsync.repository import states as here
from tcsync.sync.apply import Work, apply
from tcsync.sync.events import StepFailed
from tcsync.sync.plan import make_plan
from tcsync.sync.steps import Mark
from tests.fakes.captured_source import become_another_node
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def source() -> TellingSource:
    """Two resources, one with a branch, a removed element and an artifact that goes away."""
    space = writing.make_category(SYSTEM, "Space")
    branches = (Branch("trunk", "trunk", None, None), Branch("side", "side", 1, None))
    rover = History("rover", category=space.id, branches=branches)
    rover.commit(1, None, {"a": {"v": 1}, "z": {"v": 1}}, artifacts={"d1": b"one", "d2": b"two"})
    rover.commit(2, 1, {"b": {"v": 1}}, branch="side")
    rover.commit(5, 1, {"a": {"v": 2}}, ["z"], artifacts={"d1": b"three", "d2": None})
    probe = History("probe", category=space.id)
    probe.commit(1, None, {"x": {"v": 1}})
    probe.commit(2, 1, {"x": {"v": 2}})
    captured = TellingSource()
    become_another_node()
    return captured


def plan_of(source: TellingSource):
    (space,) = [c.id for c in source.whole.categories if c.name == "Space"]
    chosen = Scope(
        Selection(categories=(space,)),
        UNCATEGORIZED_ID,
        owner=1,
        category_copies=reading.category_copies(1),
    )
    ids = models.Resource.objects.values_list("id", flat=True)
    theirs = source.snapshot(chosen.selection, reading.known(ids, listing=True))
    return make_plan(chosen, theirs, snapshots.around(theirs, (), 1))


def synchronize(source: TellingSource) -> list[object]:
    return list(apply(plan_of(source), source, Work(SYSTEM, 1, UNCATEGORIZED_ID)))


def digests() -> dict[tuple[str, int], str]:
    rows = models.Revision.objects.values_list("resource", "number", "digest")
    return {(resource, number): digest for resource, number, digest in rows}


def test_told_changes_give_the_digests_of_the_packs_that_others_send(source):
    synchronize(source)
    assert digests() == {key: record.digest for key, record in source.records.items()}
    assert upkeep.verify_resource("rover") == []


def test_planning_again_gives_an_empty_plan(source):
    synchronize(source)
    assert plan_of(source).is_empty


def test_told_more_than_changed_gives_the_same_digests(source):
    source.as_whole = {("rover", 5), ("rover", 2)}
    synchronize(source)
    assert digests() == {key: record.digest for key, record in source.records.items()}


def test_a_new_copy_counts_as_received_until_its_heads_were_walked(source):
    synchronize(source)
    assert models.Resource.objects.get(id="rover").verified_level == "received"


def test_a_later_run_leaves_the_last_verification_as_it_is(source):
    late = {key: source.records.pop(key) for key in [("rover", 5)]}
    synchronize(source)
    writing.record_verification(SYSTEM, "rover", "head_walk")
    source.records |= late
    synchronize(source)
    rover = models.Resource.objects.get(id="rover")
    assert (rover.verified_level, rover.verified_revision) == ("head_walk", 2)
    assert rover.head_number == 5


def test_an_answer_that_is_wrong_fails_its_resource_and_holds_up_no_other(source):
    source.faults["rover", 2] = BadAnswer("Element b is missing in the answer.")
    events = synchronize(source)
    (failed,) = [event for event in events if isinstance(event, StepFailed)]
    assert (failed.resource, failed.error.message) == (
        "rover",
        "Element b is missing in the answer.",
    )
    assert set(digests()) == {("rover", 1), ("probe", 1), ("probe", 2)}


def test_after_a_fault_the_changes_of_later_revisions_are_not_read(source):
    source.faults["rover", 2] = BadAnswer("no")
    synchronize(source)
    assert ("rover", 5) not in source.sent


def test_a_refused_login_ends_the_run(source):
    source.faults["rover", 2] = LoginRefused("no")
    with pytest.raises(LoginRefused):
        synchronize(source)


def test_a_resource_that_may_not_be_read_is_a_failed_step(source):
    source.absent = {"rover"}
    events = synchronize(source)
    assert [event.resource for event in events if isinstance(event, StepFailed)] == ["rover"]
    assert set(digests()) == {("probe", 1), ("probe", 2)}


def test_a_revision_that_vanished_is_kept_and_marked_once(source):
    synchronize(source)
    del source.records["rover", 1]
    (step,) = plan_of(source).resources
    assert step.marks == (Mark.GONE,)
    synchronize(source)
    gone = models.Revision.objects.filter(gone_at_source=True)
    assert list(gone.values_list("resource", "number")) == [("rover", 1)]
    assert plan_of(source).is_empty


def test_a_child_of_a_vanished_revision_that_is_here_is_the_difference_to_it(source):
    late = source.records.pop(("rover", 5))
    synchronize(source)
    source.records["rover", 5] = late
    del source.records["rover", 1]
    synchronize(source)
    assert digests()["rover", 5] == late.digest


def test_a_child_of_a_revision_that_never_was_here_begins_anew_after_a_hole(source):
    del source.records["rover", 1]
    synchronize(source)
    row = models.Revision.objects.get(resource="rover", number=5)
    assert row.hole_before
    assert dict(here.History("rover").elements(5)) == source.states["rover", 5]


def test_another_author_or_message_under_the_same_number_is_rewritten_history(source):
    synchronize(source)
    record = source.records["probe", 2]
    source.records["probe", 2] = replace(record, message="another one")
    (refusal,) = plan_of(source).refusals
    assert (refusal.resource, refusal.code) == ("probe", "rewritten")


def test_a_listing_that_changed_between_plan_and_telling_fails_its_resource(source):
    plan = plan_of(source)
    source.records["probe", 2] = replace(source.records["probe", 2], message="another one")
    events = list(apply(plan, source, Work(SYSTEM, 1, UNCATEGORIZED_ID)))
    assert [event.resource for event in events if isinstance(event, StepFailed)] == ["probe"]
