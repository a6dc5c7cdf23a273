"""Stalls: what waits is read from the database, how long is told by our own clock."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from syncconfigs.models import Doorbell, Heartbeat, SyncRun
from syncconfigs.supervisor.part import Part, Program
from syncconfigs.supervisor.stalls import Check, Stillness, queue_waiting, watcher_waiting


def messages(*names: str) -> frozenset[str]:
    return frozenset(names)


def queued_run(**values: object) -> SyncRun:
    run = SyncRun.objects.create(config_name="a category", trigger="test", **values)
    Doorbell.objects.create(run=run, rings=1, rung_at=timezone.now())
    return run


def test_what_waits_without_anything_being_taken_is_still() -> None:
    stillness = Stillness()
    assert stillness.seconds(messages("a"), 100.0) == 0.0
    assert stillness.seconds(messages("a", "b"), 121.0) == 21.0


def test_one_taken_thing_is_movement() -> None:
    stillness = Stillness()
    stillness.seconds(messages("a", "b"), 100.0)
    assert stillness.seconds(messages("b", "c"), 121.0) == 0.0


def test_nothing_waiting_is_never_still() -> None:
    stillness = Stillness()
    stillness.seconds(messages(), 100.0)
    assert stillness.seconds(messages(), 1000.0) == 0.0
    assert stillness.seconds(messages("a"), 1001.0) == 0.0


def test_a_part_that_was_just_started_is_given_time() -> None:
    part = Part(Program("queue", ("true",), os.environ), lambda *_: None)
    check = Check(part, lambda: messages("a"), 20.0, "nothing for {seconds} s")
    check.complain(100.0)
    part.started_at = 110.0
    assert check.complain(125.0) is None
    assert check.complain(131.0) == "nothing for 21 s"


@pytest.mark.django_db
def test_an_unlocked_message_and_a_rung_run_wait(settings) -> None:
    past, name = timezone.now() - timedelta(seconds=1), settings.Q_CLUSTER["name"]
    message = OrmQ.objects.create(key=name, payload="x", lock=past)
    OrmQ.objects.create(key=name, payload="x", lock=timezone.now() + timedelta(hours=1))
    run = queued_run()
    assert queue_waiting() == messages(f"message {message.pk}", f"run {run.pk}")


@pytest.mark.django_db
def test_a_run_whose_time_has_not_come_does_not_wait() -> None:
    queued_run(not_before=timezone.now() + timedelta(minutes=1))
    assert queue_waiting() == messages()


@pytest.mark.django_db
def test_nothing_waits_while_every_worker_holds_a_lease(settings) -> None:
    settings.TCSYNC_WORKERS = 1
    queued_run()
    lease = timezone.now() + timedelta(seconds=30)
    SyncRun.objects.create(config_name="b", trigger="test", state="running", lease_until=lease)
    assert queue_waiting() == messages()


@pytest.mark.django_db
def test_a_run_without_a_live_lease_leaves_its_worker_free(settings) -> None:
    settings.TCSYNC_WORKERS = 1
    queued_run()
    lease = timezone.now() - timedelta(seconds=1)
    SyncRun.objects.create(config_name="b", trigger="test", state="running", lease_until=lease)
    assert queue_waiting()


@pytest.mark.django_db
def test_a_new_heartbeat_is_movement() -> None:
    stillness, beat = Stillness(), timezone.now()
    Heartbeat.objects.create(name="watcher", at=beat)
    stillness.seconds(watcher_waiting(), 100.0)
    assert stillness.seconds(watcher_waiting(), 131.0) == 31.0
    Heartbeat.objects.update(at=beat + timedelta(seconds=1))
    assert stillness.seconds(watcher_waiting(), 132.0) == 0.0
