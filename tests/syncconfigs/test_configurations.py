"""Making, pausing and deleting configurations."""

from __future__ import annotations

import pytest

from syncconfigs import configurations, runs
from syncconfigs.configurations import Picked, Policy
from syncconfigs.models import Claim, SyncConfig, SyncRun
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM, Actor
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Clash, Missing, NotAllowed, TcsyncError
from tcsync.repository import writing
from tcsync.repository.models import Resource
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize

ROVER = Picked("resource", "rover", "Rover")
PROBE = Picked("resource", "probe", "Probe")


def make(actor, server, *picked, **policy):
    return configurations.create(actor, server, picked, UNCATEGORIZED_ID, Policy(**policy))


def test_each_thing_picked_gets_a_configuration_a_run_and_an_audit_row(carol, server):
    made = make(carol, server, ROVER, PROBE)
    assert [config.source_id for config in made] == ["rover", "probe"]
    assert SyncRun.objects.filter(trigger="created").count() == 2
    assert AuditEntry.objects.filter(action="configuration.create", actor="carol").count() == 2


def test_a_manual_configuration_waits_to_be_asked(carol, server):
    make(carol, server, ROVER, trigger="manual")
    assert not SyncRun.objects.exists()


def test_who_may_only_read_makes_none(rob, server):
    with pytest.raises(NotAllowed, match="rob may not"):
        make(rob, server, ROVER)
    assert not SyncConfig.objects.exists()


def test_what_is_followed_already_is_refused_and_nothing_is_made(carol, server):
    make(carol, server, ROVER)
    with pytest.raises(Clash, match="followed by configuration"):
        make(carol, server, PROBE, ROVER)
    assert SyncConfig.objects.count() == 1


def test_a_resource_that_a_category_brought_is_refused(carol, config, server):
    synchronize(config)
    with pytest.raises(Clash, match=f"already synchronized by configuration {config.pk}, Space"):
        make(carol, server, ROVER)


@pytest.mark.parametrize("selection", [ROVER, "category"])
def test_a_configuration_that_one_may_not_see_is_not_named(config, server, space, selection):
    synchronize(config)
    own = writing.make_category(SYSTEM, "Own")
    mallory = User.objects.create(username="mallory")
    RoleGrant.objects.create(user=mallory, role=Role.SYNCHRONIZATION_MANAGER, category=own.id)
    picked = Picked("category", space, "Space") if selection == "category" else selection
    with pytest.raises(Clash) as caught:
        configurations.create(Actor("mallory", mallory.pk, "web"), server, [picked], own.id)
    assert "by another configuration" in str(caught.value)


def test_copies_that_lie_where_one_may_not_synchronize_are_not_deleted(config):
    synchronize(config)
    away = writing.make_category(SYSTEM, "Away")
    own = writing.make_category(SYSTEM, "Own")
    Resource.objects.filter(id="rover").update(category=away.id)
    SyncConfig.objects.update(target_category_id=own.id)
    config.refresh_from_db()
    mallory = User.objects.create(username="mallory")
    RoleGrant.objects.create(user=mallory, role=Role.SYNCHRONIZATION_MANAGER, category=own.id)
    with pytest.raises(NotAllowed):
        configurations.delete(Actor("mallory", mallory.pk, "web"), config, copies="delete")
    assert SyncConfig.objects.exists()
    assert Resource.objects.count() == 2


def test_a_tag_trigger_without_tags_is_refused(carol, server):
    with pytest.raises(TcsyncError, match="names no tag"):
        make(carol, server, ROVER, trigger="commit_tag", tags=[""])


def test_pausing_is_recorded_once_and_resuming_asks_for_a_run(carol, config):
    configurations.pause(carol, config)
    configurations.pause(carol, config)
    configurations.resume(carol, config)
    actions = AuditEntry.objects.filter(action__startswith="configuration.").order_by("seq")
    assert [a.action for a in actions] == ["configuration.paused", "configuration.resumed"]
    assert SyncRun.objects.get().trigger == "resumed"


def test_who_may_only_read_pauses_and_deletes_nothing(rob, config):
    for deed in (configurations.pause, configurations.resume, configurations.delete):
        with pytest.raises(NotAllowed):
            deed(rob, config)
    assert not SyncConfig.objects.get().paused


def test_deleting_the_configuration_only_keeps_read_only_copies(carol, config):
    run = synchronize(config)
    configurations.delete(carol, config)
    assert Resource.objects.filter(read_only=True).count() == 2
    assert not Claim.objects.exists()
    run.refresh_from_db()
    assert (run.config, run.config_name) == (None, "Space (Bodo's node)")


def test_deleting_everything_takes_the_copies_along(carol, config):
    synchronize(config)
    configurations.delete(carol, config, copies="delete")
    assert not Resource.objects.exists()
    assert AuditEntry.objects.filter(action="configuration.delete").count() == 1


def test_an_active_run_keeps_its_configuration(carol, config):
    run = runs.request(config, OPERATOR, "test")
    with pytest.raises(Clash, match=f"Run {run.pk} of Space is under way"):
        configurations.delete(carol, config)
    runs.cancel(run, OPERATOR)
    configurations.delete(carol, config)
    assert not SyncConfig.objects.exists()


def test_a_changed_policy_is_recorded_and_followed(carol, config):
    configurations.change(carol, config, Policy("commit_tag", ["v1"], allow_equal_names=True))
    row = SyncConfig.objects.get()
    assert (row.trigger, row.tags, row.allow_equal_names) == ("commit_tag", ["v1"], True)
    entry = AuditEntry.objects.get(action="configuration.change")
    assert entry.details["trigger"] == {"before": "every_commit", "after": "commit_tag"}
    assert SyncRun.objects.get().trigger == "changed"


@pytest.mark.parametrize("quiet", [{"trigger": "manual"}, {"tags": []}])
def test_nothing_runs_when_nothing_changes_or_all_is_by_hand(carol, config, quiet):
    configurations.change(carol, config, Policy(**quiet))
    assert not SyncRun.objects.exists()


def test_a_run_under_way_is_left_when_the_policy_changes(carol, config):
    run = runs.request(config, OPERATOR, "test")
    configurations.change(carol, config, Policy(allow_equal_names=True))
    assert [run.pk] == list(SyncRun.objects.values_list("pk", flat=True))


def test_a_policy_without_its_tag_changes_nothing(carol, config):
    with pytest.raises(TcsyncError, match="names no tag"):
        configurations.change(carol, config, Policy("commit_tag"))
    assert SyncConfig.objects.get().trigger == "every_commit"


def test_who_may_only_read_changes_no_policy(rob, config):
    with pytest.raises(NotAllowed):
        configurations.change(rob, config, Policy())


def test_the_policy_of_a_deleted_configuration_is_not_changed(carol, config):
    configurations.delete(carol, SyncConfig.objects.get())
    with pytest.raises(Missing):
        configurations.change(carol, config, Policy())


def test_what_a_configuration_brought_is_weighed(carol, config, server):
    synchronize(config)
    other = SyncConfig.objects.create(
        server=server, kind="resource", source_id="x", target_category_id=UNCATEGORIZED_ID
    )
    found = configurations.weights([config, other])
    assert (found[config.pk].copies, found[config.pk].revisions) == (2, 5)
    assert found[config.pk].bytes > 0
    assert found[other.pk] == configurations.Weight()
