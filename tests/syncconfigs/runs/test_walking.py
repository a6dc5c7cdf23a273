"""Runs from a source without digests: which heads are walked, and what a walk decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.connect import opening
from syncconfigs.models import Claim, RemoteServer, SyncConfig, SyncRun
from syncconfigs.runs import planning, standing
from tcsync.audit.models import AuditEntry
from tcsync.domain import UNCATEGORIZED_ID, Tag
from tcsync.errors import BadAnswer, Cancelled, Gone, LoginRefused
from tcsync.repository.models import Resource, Walk
from tests.fakes.captured_source import become_another_node
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History, element
from tests.syncconfigs.runs.working import OPERATOR, synchronize

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def source() -> TellingSource:
    """Rover with two revisions and Probe, in a Teamwork Cloud; this node holds nothing."""
    History("probe").commit(1, None, {"x": {"v": 1}})
    rover = History("rover")
    rover.commit(1, None, {"a": {"v": 1}})
    rover.commit(2, 1, {"a": {"v": 2}})
    captured = TellingSource()
    become_another_node()
    return captured


@pytest.fixture
def server(source, monkeypatch):
    monkeypatch.setitem(opening.OPENERS, "teamwork-cloud", lambda _server: source)
    yield RemoteServer.objects.create(name="TWC", kind="teamwork-cloud", address="http://twc:8111")
    opening.close_idle()


@pytest.fixture
def config(server) -> SyncConfig:
    return SyncConfig.objects.create(
        server=server,
        kind="resource",
        source_id="rover",
        source_name="Name rover",
        target_category_id=UNCATEGORIZED_ID,
    )


def commit_another(source: TellingSource) -> None:
    source.commit("rover", 3, 2, {"a": element("a", v=3)})


@pytest.fixture
def everything(config) -> SyncConfig:
    """All that the source has, instead of Rover alone."""
    config.kind, config.source_id = SyncConfig.Kind.CATEGORY, UNCATEGORIZED_ID
    config.save()
    return config


def look(config: SyncConfig, source: TellingSource) -> None:
    """Compare without a run, as the watcher does."""
    standing.settle(config, planning.plan(config, source))
    config.refresh_from_db()


def verify(config: SyncConfig) -> SyncRun:
    run = runs.request(config, OPERATOR, "test", kind=SyncRun.Kind.VERIFY)
    runs.execute(run.pk)
    run.refresh_from_db()
    config.refresh_from_db()
    return run


def test_a_first_copy_is_green_after_its_head_was_walked(config, source):
    run = synchronize(config)
    assert (run.state, run.verified, config.status) == ("succeeded", "head_walk", "synchronized")
    assert source.walked == [("rover", 2)]
    rover = Resource.objects.get(id="rover")
    assert (rover.verified_level, rover.verified_revision) == ("head_walk", 2)


def test_a_walk_says_as_whom_the_source_was_read(config):
    synchronize(config)
    walk = Walk.objects.get()
    assert (walk.number, walk.account, walk.elements, walk.differing) == (2, "reader", 1, 0)
    assert AuditEntry.objects.filter(action="resource.walked", target_id="rover").count() == 1


def test_a_head_that_differs_marks_the_copy_and_is_never_green(config, source):
    source.lie("rover", 2, {**source.states["rover", 2], "b": element("b", v=1)})
    run = synchronize(config)
    assert (config.status, run.code) == ("error", "verification")
    assert "element b is at the source and not here" in Claim.objects.get().damage
    assert synchronize(config).state == "incomplete"
    assert Resource.objects.get(id="rover").verified_level == "received"


def test_a_copy_that_differs_is_not_walked_again_by_itself(config, source):
    source.lie("rover", 2, {})
    synchronize(config)
    synchronize(config)
    assert len(source.walked) == 1


def test_a_later_revision_leaves_the_last_walk_as_it_is(config, source):
    synchronize(config)
    commit_another(source)
    run = synchronize(config)
    rover = Resource.objects.get(id="rover")
    assert (config.status, run.verified) == ("synchronized", "head_walk")
    assert (rover.head_number, rover.verified_revision) == (3, 2)
    assert source.walked == [("rover", 2)]


def test_a_head_whose_walk_is_old_is_walked_again(config, source):
    synchronize(config)
    Walk.objects.update(at=timezone.now() - timedelta(days=8))
    commit_another(source)
    synchronize(config)
    assert source.walked == [("rover", 2), ("rover", 3)]
    assert Resource.objects.get(id="rover").verified_revision == 3


def test_the_budget_bounds_the_walks_that_are_not_due_at_once(config, source, settings):
    synchronize(config)
    Walk.objects.update(at=timezone.now() - timedelta(days=8))
    commit_another(source)
    settings.TCSYNC_WALK_SECONDS = 0.0
    synchronize(config)
    assert source.walked == [("rover", 2)]


def test_a_configuration_for_once_walks_every_head_it_brought(config, source):
    synchronize(config)
    SyncConfig.objects.update(trigger="once")
    config.refresh_from_db()
    commit_another(source)
    synchronize(config)
    assert source.walked == [("rover", 2), ("rover", 3)]


def test_a_verification_walks_every_head_again_once(config, source):
    synchronize(config)
    run = verify(config)
    assert (run.state, run.verified) == ("succeeded", "head_walk")
    assert source.walked == [("rover", 2), ("rover", 2)]


def test_a_verification_finds_what_a_walk_shows_and_takes_it_back_when_it_is_mended(config, source):
    synchronize(config)
    whole = source.lie("rover", 2, {})
    assert verify(config).code == "verification"
    source.lie("rover", 2, whole)
    assert verify(config).state == "succeeded"
    assert Claim.objects.get().damage == ""


def test_a_verification_finds_history_that_was_rewritten(config, source):
    synchronize(config)
    record = source.records["rover", 1]
    source.records["rover", 1] = replace(record, message="another one")
    run = verify(config)
    assert run.code == "verification"
    assert "revision 1 is another one at the source" in run.reason


def test_an_interrupted_verification_leaves_the_mark_of_a_walk(config, source):
    source.lie("rover", 2, {})
    synchronize(config)
    source.walk_faults["rover"] = Cancelled("enough")
    verify(config)
    look(config, source)
    assert config.status == "error"
    assert Claim.objects.get().damage


def test_a_copy_whose_first_walk_failed_is_not_synchronized_and_is_walked_by_the_next_run(
    config, source
):
    source.walk_faults["rover"] = BadAnswer("cut")
    assert synchronize(config).code == "steps_failed"
    look(config, source)
    assert config.status == "not_synchronized"
    assert planning.has_work(config, planning.plan(config, source))
    source.walk_faults.clear()
    synchronize(config)
    assert config.status == "synchronized"


@pytest.mark.parametrize("status", [None, 403])
def test_a_walk_that_the_source_cannot_give_holds_up_no_other(everything, source, status):
    error = Gone("no longer there") if status is None else LoginRefused("forbidden")
    error.status = status
    source.walk_faults["probe"] = error
    run = synchronize(everything)
    assert (run.state, run.code) == ("incomplete", "steps_failed")
    assert source.walked == [("rover", 2)]
    assert not RemoteServer.objects.get().waits_for_person


def test_a_refused_login_in_a_walk_ends_the_run(everything, source):
    source.walk_faults["probe"] = LoginRefused("wrong password")
    assert synchronize(everything).code == "login_refused"
    assert source.walked == []


def test_a_verification_is_not_troubled_by_what_is_new_at_the_source(config, source):
    synchronize(config)
    (rover,) = [r for r in source.whole.resources if r.id == "rover"]
    tagged = replace(rover, tags=(Tag("t1", "late", 1),))
    others = [r for r in source.whole.resources if r.id != "rover"]
    source.whole = replace(source.whole, resources=(tagged, *others))
    assert verify(config).state == "succeeded"
    assert Claim.objects.get().damage == ""
