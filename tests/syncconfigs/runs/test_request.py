"""Asking for runs: one active run per configuration, whoever asks how often."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from syncconfigs import runs
from syncconfigs.models import Doorbell, SyncConfig, SyncRun
from syncconfigs.runs.request import TASK
from tcsync.audit.models import AuditEntry
from tcsync.errors import Missing
from tests.syncconfigs.runs.working import OPERATOR, at_once

pytestmark = pytest.mark.both_databases


def test_a_request_leaves_a_run_a_rung_bell_an_audit_row_and_one_message(config):
    run = runs.request(config, OPERATOR, "test")
    assert (run.state, run.requested_by) == ("queued", "olga")
    assert Doorbell.objects.get(run=run).rings == 1
    assert AuditEntry.objects.filter(action="run.request", target_id=str(run.pk)).count() == 1
    assert OrmQ.objects.get().func() == TASK


def test_the_message_carries_the_run_number_and_nothing_else(config):
    run = runs.request(config, OPERATOR, "test")
    task = OrmQ.objects.get().task
    assert (task["args"], task["kwargs"]) == ((run.pk,), {})


def test_the_task_that_messages_name_exists():
    assert callable(import_string(TASK))


def test_asking_twice_gives_the_same_run(config):
    first = runs.request(config, OPERATOR, "test")
    assert runs.request(config, OPERATOR, "again") == first
    assert OrmQ.objects.count() == 1


def test_fifty_requests_at_once_make_one_active_run(config):
    got = at_once(50, lambda: runs.request(config, OPERATOR, "test").pk)
    assert len(set(got)) == 1
    assert SyncRun.objects.count() == 1
    assert AuditEntry.objects.filter(action="run.request").count() == 1


def test_the_database_itself_refuses_a_second_active_run(config):
    SyncRun.objects.create(config=config, config_name="x", trigger="test")
    with pytest.raises(IntegrityError):
        SyncRun.objects.create(config=config, config_name="x", trigger="test", state="running")


def test_after_the_end_of_a_run_there_can_be_another(config):
    SyncRun.objects.create(config=config, config_name="x", trigger="test", state="failed")
    assert runs.request(config, OPERATOR, "test").is_active


def test_a_deleted_configuration_has_no_runs(config):
    SyncConfig.objects.filter(pk=config.pk).delete()
    with pytest.raises(Missing, match="was deleted"):
        runs.request(config, OPERATOR, "test")
    assert not SyncRun.objects.exists()


def test_a_request_that_is_rolled_back_leaves_no_message(config):
    with transaction.atomic():
        runs.request(config, OPERATOR, "test")
        transaction.set_rollback(True)
    assert not OrmQ.objects.exists()


def test_a_queued_run_is_cancelled_at_once(config):
    run = runs.request(config, OPERATOR, "test")
    runs.cancel(run, OPERATOR)
    run.refresh_from_db()
    config.refresh_from_db()
    assert (run.state, run.code, config.status) == ("cancelled", "cancelled", "not_synchronized")
    assert not Doorbell.objects.exists()


def test_cancelling_twice_or_too_late_changes_and_records_nothing(config):
    run = runs.request(config, OPERATOR, "test")
    runs.cancel(run, OPERATOR)
    runs.cancel(run, OPERATOR)
    assert AuditEntry.objects.filter(action="run.cancel").count() == 1


def test_a_cancelled_verification_leaves_the_status_alone(config):
    SyncConfig.objects.update(status="synchronized")
    runs.cancel(runs.request(config, OPERATOR, "test", "verify"), OPERATOR)
    config.refresh_from_db()
    assert config.status == "synchronized"
