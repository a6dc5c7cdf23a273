"""A Teamwork Cloud through the engine: planned, applied, planned again; equal digests anywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Scope, Selection
from tcsync.repository import models, reading, snapshots, states
from tcsync.sources.twc import Sessions, TwcSource
from tcsync.sync.apply import Work, apply
from tcsync.sync.events import BatchDone, StepFailed
from tcsync.sync.plan import make_plan
from tcsync.sync.steps import Plan
from tests.fakes.twc import Habits, Put, StandIn, World, faults
from tests.fakes.twc.samples import sample
from tests.sources.twc.connecting import connect, walked

pytestmark = pytest.mark.django_db(transaction=True)


def plan_of(source: TwcSource, *names: str) -> Plan:
    world = World()
    picked = tuple(world.resource(name).id for name in names)
    scope = Scope(Selection(resources=picked), UNCATEGORIZED_ID, owner=1, version_policy="ignore")
    known = reading.known(models.Resource.objects.values_list("id", flat=True), listing=True)
    theirs = source.snapshot(scope.selection, known)
    return make_plan(scope, theirs, snapshots.around(theirs, (), 1))


def synchronize(source: TwcSource, *names: str) -> list[object]:
    return list(apply(plan_of(source, *names), source, Work(SYSTEM, 1, UNCATEGORIZED_ID)))


def digests(resource: str) -> list[tuple[int, str]]:
    rows = models.Revision.objects.filter(resource=resource).order_by("number")
    return list(rows.values_list("number", "digest"))


def failures(events: list[object]) -> list[StepFailed]:
    return [event for event in events if isinstance(event, StepFailed)]


def test_a_whole_server_arrives_and_planning_again_gives_an_empty_plan(source):
    events = synchronize(source, "Rover", "Library", "Notes")
    assert failures(events) == []
    assert sum(event.elements for event in events if isinstance(event, BatchDone)) > 10
    assert plan_of(source, "Rover", "Library", "Notes").is_empty


def test_each_revision_is_stored_as_a_full_walk_shows_it(source, world):
    synchronize(source, "Rover")
    rover = world.resource("Rover").id
    history = states.History(rover)
    for number, _digest in digests(rover):
        elements, entries = walked(source, rover, number)
        assert dict(history.elements(number)) == elements
        kept = {ref.id: (ref.name, ref.size) for ref in history.artifacts(number)}
        assert kept == {entry.id: (entry.name, entry.size) for entry in entries.values()}


def other(habits: Habits, version: str) -> Callable[[], World]:
    return lambda: sample(version, habits)


@pytest.mark.parametrize(
    "make",
    [
        other(Habits(wrapped_items=False, owner_form="list", zone=("CET", 1)), "2024x"),
        other(Habits(revision_roots=False, branch_pairs=False, dates="millis"), "2024x Refresh1"),
        other(Habits(revision_bodies=False, single_revision="object", dates="words"), "2026x"),
    ],
)
def test_the_same_history_has_the_same_digests_whatever_server_tells_it(source, sessions, make):
    synchronize(source, "Rover")
    rover = World().resource("Rover").id
    before = digests(rover)
    models.Revision.objects.filter(resource=rover).delete()
    models.Branch.objects.filter(resource=rover).delete()
    models.Resource.objects.filter(id=rover).delete()
    with StandIn(make()) as server, connect(server, sessions) as again:
        assert failures(synchronize(again, "Rover")) == []
    assert digests(rover) == before


def test_a_later_run_brings_what_is_new_and_keeps_what_was_there(source, world):
    synchronize(source, "Rover")
    rover = world.resource("Rover")
    before = digests(rover.id)
    rover.commit(put={"mast": Put("uml:Class", "model", "Mast")}, message="later")
    rover.rename("Lander")
    assert failures(synchronize(source, "Rover")) == []
    assert digests(rover.id)[:-1] == before
    assert models.Resource.objects.get(id=rover.id).name == "Lander"


def test_housekeeping_at_the_source_takes_nothing_away(source, world):
    synchronize(source, "Rover")
    rover = world.resource("Rover").delete_branch("side")
    before = digests(rover.id)
    assert failures(synchronize(source, "Rover")) == []
    assert digests(rover.id) == before
    assert plan_of(source, "Rover").is_empty


def test_a_history_that_was_rewritten_is_refused(source, world):
    synchronize(source, "Rover")
    world.resource("Rover").rewrite(2, put={"wheel": Put(name="X")}, message="never happened")
    (refusal,) = plan_of(source, "Rover").refusals
    assert refusal.code == "rewritten"


def test_an_author_who_was_renamed_made_no_other_history(source, world):
    synchronize(source, "Rover")
    rover = world.resource("Rover")
    rover.rewrite(2, put={"wheel": Put(name="Rad ø")}, message="the wheel", author="ada.b")
    assert plan_of(source, "Rover").refusals == ()


def test_one_resource_that_fails_holds_up_no_other(source, server, world):
    rover = world.resource("Rover")
    wheel = rover.element_id("wheel")
    is_rover = lambda r: rover.id in r.path and r.path.endswith("elements")  # noqa: E731
    server.faults.add(is_rover, faults.without(wheel), times=99)
    (failure,) = failures(synchronize(source, "Rover", "Library"))
    assert wheel in failure.error.message
    assert models.Revision.objects.filter(resource=rover.id).count() == 0
    assert models.Revision.objects.filter(resource=world.resource("Library").id).count() == 2


def test_a_session_that_expires_in_mid_run_is_opened_once_more(source, server, sessions: Sessions):
    server.faults.add("*/revisiondiff", faults.expire(), times=1, after=1)
    assert failures(synchronize(source, "Rover")) == []
    assert server.sessions.logins == 2
