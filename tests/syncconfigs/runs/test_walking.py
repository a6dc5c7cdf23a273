"""Runs from a source without digests: which heads are walked, and what a walk decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.connect import opening
from syncconfigs.models import Claim, RemoteServer, SyncConfig, SyncRun
from tcsync.audit.models import AuditEntry
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.repository.models import Resource, Walk
from tests.fakes.captured_source import become_another_node
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History, element
from tests.syncconfigs.runs.working import OPERATOR, synchronize

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def source() -> TellingSource:
    """Rover with two revisions, read from a Teamwork Cloud; this node holds nothing."""
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


def test_a_verification_compares_tags_and_names_with_the_listing(config, source):
    synchronize(config)
    Resource.objects.update(name="Another name")
    run = verify(config)
    assert run.code == "verification"
    assert "name: Name rover at the source, Another name here" in run.reason
