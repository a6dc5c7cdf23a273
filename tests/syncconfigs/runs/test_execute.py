"""Working on runs: what arrives, how it ends, what the configuration says afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs import configurations, runs
from syncconfigs.connect import opening
from syncconfigs.models import (
    Claim,
    Doorbell,
    RunAttempt,
    RunLine,
    RunStep,
    StoredPlan,
    SyncConfig,
    SyncRun,
)
from syncconfigs.runs.lease import claim
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import LoginRefused, Unreachable
from tcsync.repository import writing
from tcsync.repository.models import Resource, Revision
from tests.repository.histories import History
from tests.syncconfigs.runs.working import OPERATOR, expire, synchronize

pytestmark = pytest.mark.both_databases


def test_a_run_brings_everything_and_the_comparison_after_it_makes_it_green(config):
    run = synchronize(config)
    assert (run.state, run.verified, config.status) == ("succeeded", "content", "synchronized")
    assert (run.resources_done, run.revisions_done, run.revisions_total) == (2, 5, 5)
    assert Revision.objects.count() == 5
    assert config.succeeded_at is not None


def test_what_a_run_did_can_be_read_afterwards(config):
    run = synchronize(config)
    assert set(run.steps.values_list("resource", "state", "revisions_done")) == {
        ("rover", "done", 3),
        ("probe", "done", 2),
    }
    assert StoredPlan.objects.get(run=run).document["totals"]["revisions"] == 5
    assert RunAttempt.objects.get(run=run).outcome == "succeeded"
    assert not Doorbell.objects.exists()


def test_the_log_says_what_the_source_was_asked(config):
    run = synchronize(config)
    answered = [text for text in run.lines.values_list("text", flat=True) if "answered" in text]
    assert [text.rpartition(", and answered")[0] for text in answered] == [
        "The source was asked what it holds",
        "The source was asked again, to compare",
    ]


def test_every_change_of_state_of_a_run_is_recorded_once(config):
    run = synchronize(config)
    entries = AuditEntry.objects.filter(target_kind="run", target_id=str(run.pk)).order_by("seq")
    assert list(entries.values_list("action", flat=True)) == ["run.request", "run.start", "run.end"]


def test_a_second_run_asks_once_finds_nothing_and_writes_no_revision(config, source):
    synchronize(config)
    sent = list(source.sent)
    run = synchronize(config)
    assert (run.state, run.revisions_done, config.status) == ("succeeded", 0, "synchronized")
    assert source.sent == sent


def test_resources_are_claimed(config):
    synchronize(config)
    assert set(Claim.objects.values_list("resource", "state", "config")) == {
        ("rover", "followed", config.pk),
        ("probe", "followed", config.pk),
    }


def test_a_second_delivery_of_the_message_does_nothing(config):
    run = synchronize(config)
    runs.execute(run.pk)
    assert RunAttempt.objects.count() == 1


def test_a_run_that_somebody_has_is_left_alone(config):
    run = runs.request(config, OPERATOR, "test")
    claim(run.pk, "other")
    runs.execute(run.pk)
    assert not Revision.objects.exists()


def test_a_name_that_is_taken_is_a_conflict_and_holds_up_nothing_else(config):
    History("mine", name="Name rover").commit(1, None, {"m": {"v": 1}})
    run = synchronize(config)
    assert (run.state, run.code, config.status) == ("incomplete", "name_taken", "conflict")
    refused = RunStep.objects.get(run=run, state="refused")
    assert refused.resource == "rover"
    assert Resource.objects.filter(id="probe").exists()


def test_what_another_configuration_owns_is_left_out_without_a_conflict(config, server):
    other = SyncConfig.objects.create(
        server=server,
        kind="resource",
        source_id="rover",
        source_name="Rover",
        target_category_id=UNCATEGORIZED_ID,
    )
    synchronize(other)
    synchronize(config)
    assert config.status == "synchronized"
    assert "Left out" in config.reason
    assert Claim.objects.get(resource="rover").config == other


def test_a_cut_connection_keeps_what_came_and_lets_the_run_wait(config, source):
    source.fail_after, source.failure = 3, Unreachable("bodo cannot be reached.")
    run = synchronize(config)
    assert (run.state, run.code) == ("queued", "unreachable")
    assert run.not_before is not None
    assert Revision.objects.count() == 3
    assert config.server.__class__.objects.get().last_error.startswith("bodo cannot")


def test_the_waiting_run_goes_on_from_what_arrived(config, source):
    source.fail_after, source.failure = 3, Unreachable("cut")
    run = synchronize(config)
    source.fail_after, before = None, list(source.sent)
    SyncRun.objects.update(not_before=None)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.revisions_done) == ("succeeded", 5)
    assert not set(source.sent[len(before) :]) & set(before)


def test_after_eight_attempts_without_progress_a_run_fails(config, source):
    source.fail_after, source.failure = 0, Unreachable("gone")
    run = synchronize(config)
    for _ in range(7):
        SyncRun.objects.update(not_before=None)
        runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.code) == ("failed", "unreachable")
    assert SyncConfig.objects.get().status == "error"


def test_a_refused_login_is_not_tried_again(config, source):
    source.fail_after, source.failure = 0, LoginRefused("bodo answered 401.")
    run = synchronize(config)
    assert (run.state, run.code, config.status) == ("failed", "login_refused", "error")
    assert config.server.__class__.objects.get().waits_for_person


def test_a_defect_ends_the_run_with_its_type_and_without_its_text(config, source):
    source.fail_after, source.failure = 0, ZeroDivisionError("password=hunter2")
    run = synchronize(config)
    assert (run.state, run.code) == ("failed", "defect")
    assert "ZeroDivisionError" in run.reason
    assert not RunLine.objects.filter(text__contains="hunter2").exists()


def test_a_damaged_pack_fails_its_step_and_the_others_go_on(config, source):
    data = bytearray(source.bytes["rover", 2])
    data[60] ^= 1
    source.bytes["rover", 2] = bytes(data)
    run = synchronize(config)
    assert (run.state, run.code, config.status) == ("incomplete", "steps_failed", "error")
    assert set(run.steps.values_list("resource", "state")) == {
        ("rover", "failed"),
        ("probe", "done"),
    }


def test_a_worker_that_was_overtaken_while_reading_writes_nothing(config, source):
    run = runs.request(config, OPERATOR, "test")

    class Slow:
        def __getattr__(self, name):
            return getattr(source, name)

        def snapshot(self, *asked):
            expire(run)
            claim(run.pk, "another worker")
            return source.snapshot(*asked)

    opening.OPENERS["tcsync"] = lambda _server: Slow()
    runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.token) == ("running", 2)
    assert not Revision.objects.exists()
    assert not Claim.objects.exists()


def test_a_selection_that_is_gone_at_the_source_is_missing_and_deletes_nothing(config, source):
    rover = SyncConfig.objects.create(
        server=config.server,
        kind="resource",
        source_id="rover",
        source_name="Rover",
        target_category_id=UNCATEGORIZED_ID,
    )
    synchronize(rover)
    source.whole = replace(source.whole, resources=())
    synchronize(rover)
    assert rover.status == "missing_at_source"
    assert Resource.objects.filter(id="rover", read_only=True).exists()


def test_a_resource_that_leaves_the_scope_is_released_and_its_copy_stays(config, source):
    synchronize(config)
    kept = tuple(r for r in source.whole.resources if r.id != "rover")
    source.whole = replace(source.whole, resources=kept)
    synchronize(config)
    assert Claim.objects.get(resource="rover").state == "released"
    assert Resource.objects.filter(id="rover").exists()
    assert config.status == "synchronized"


def test_a_tag_trigger_that_nothing_matches_is_not_green(config):
    SyncConfig.objects.update(trigger="commit_tag", tags=["release-*"])
    config.refresh_from_db()
    run = synchronize(config)
    assert (run.code, config.status) == ("empty_scope", "not_synchronized")
    assert not Revision.objects.exists()


def test_a_tag_trigger_brings_the_ancestors_of_what_is_tagged(config):
    SyncConfig.objects.update(trigger="commit_tag", tags=["v*"])
    config.refresh_from_db()
    synchronize(config)
    assert sorted(Revision.objects.values_list("resource", "number")) == [
        ("rover", 1),
        ("rover", 2),
    ]
    assert config.status == "synchronized"


def test_a_renamed_category_renames_its_configuration(config, source):
    categories = tuple(
        replace(c, name="Orbit") if c.id == config.source_id else c for c in source.whole.categories
    )
    source.whole = replace(source.whole, categories=categories)
    synchronize(config)
    assert config.source_name == "Orbit"


def test_a_new_configuration_adopts_the_copies_that_another_left(config, source, server, space):
    synchronize(config)
    configurations.delete(OPERATOR, config)
    sent = list(source.sent)
    again = SyncConfig.objects.create(
        server=server,
        kind="category",
        source_id=space,
        source_name="Space",
        target_category_id=UNCATEGORIZED_ID,
    )
    synchronize(again)
    assert (again.status, source.sent) == ("synchronized", sent)
    assert Claim.objects.filter(config=again).count() == 2


@pytest.mark.parametrize(("rights", "refusals"), [("", ["copy_elsewhere"] * 2), ("hidden", [])])
def test_copies_elsewhere_are_adopted_only_by_who_may_synchronize_there(
    config, server, space, rights, refusals
):
    hidden = writing.make_category(SYSTEM, "Hidden")
    own = writing.make_category(SYSTEM, "Own")
    SyncConfig.objects.update(target_category_id=hidden.id)
    config.refresh_from_db()
    synchronize(config)
    before = set(Resource.objects.values_list("id", "category"))
    configurations.delete(OPERATOR, config)
    mallory = User.objects.create(username="mallory")
    for category in (own.id, hidden.id if rights else own.id):
        RoleGrant.objects.get_or_create(
            user=mallory, role=Role.SYNCHRONIZATION_MANAGER, category=category
        )
    again = SyncConfig.objects.create(
        server=server,
        kind="category",
        source_id=space,
        source_name="Space",
        target_category_id=own.id,
        created_by="mallory",
    )
    run = synchronize(again)
    assert [one["code"] for one in run.plan.document["refusals"]] == refusals
    assert Claim.objects.count() == 2 - len(refusals)
    assert (set(Resource.objects.values_list("id", "category")) == before) is bool(refusals)


def test_a_once_configuration_closes_itself(config):
    SyncConfig.objects.update(trigger="once")
    config.refresh_from_db()
    synchronize(config)
    assert (config.status, config.paused) == ("closed", False)
    assert config.succeeded_at is not None
    assert Resource.objects.filter(read_only=True).count() == 2


def test_a_run_whose_configuration_was_deleted_is_skipped(config):
    run = runs.request(config, OPERATOR, "test")
    SyncConfig.objects.all().delete()
    runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.code) == ("skipped", "gone")


def test_another_major_version_fails_the_run_with_its_reason(config, source, settings):
    settings.TCSYNC_MAJOR_VERSION = "2024x"
    source.whole = replace(source.whole, major_version="2026x")
    run = synchronize(config)
    assert (run.state, run.code) == ("failed", "other_major_version")
    assert "2026x" in config.reason
