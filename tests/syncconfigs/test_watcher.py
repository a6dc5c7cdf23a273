"""The watcher: news become runs, silence becomes a sentence, nothing stops it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from django.db import connections

from syncconfigs import runs
from syncconfigs.models import Claim, Heartbeat, RemoteServer, SyncConfig, SyncRun
from syncconfigs.runs.lease import claim
from syncconfigs.watcher import ServerWatch, Watcher, affected
from tcsync.audit.models import AuditHead
from tcsync.audit.recording import SYSTEM, record
from tcsync.domain import Changes
from tcsync.errors import LoginRefused, Unreachable
from tcsync.sources.base import Delivery
from tests.syncconfigs.runs.working import OPERATOR, synchronize

pytestmark = pytest.mark.both_databases


def news(*resources: str, cursor: int = 9, epoch: str = "e", tree: bool = False) -> Changes:
    return Changes(epoch, cursor, resources, tree_changed=tree, complete=True)


@pytest.fixture
def watch(config, source, monkeypatch) -> ServerWatch:
    """A watch over a server whose feed says what `source.feed` says; all is synchronized."""
    synchronize(config)
    source.feed = news(epoch=source.whole.epoch)
    monkeypatch.setattr(source, "changes", lambda _after: _said(source.feed))
    watch = ServerWatch(config.server_id)
    watch.turn()
    return watch


def _said(feed: Changes | Exception) -> Changes:
    if isinstance(feed, Exception):
        raise feed
    return feed


def requested() -> list[str]:
    return list(SyncRun.objects.exclude(trigger="test").values_list("trigger", flat=True))


def test_without_news_nothing_is_asked_for(watch):
    watch.turn()
    assert requested() == []
    assert RemoteServer.objects.get().feed_cursor == 9


def test_a_new_revision_becomes_a_run(watch, source):
    source.feed = replace(source.feed, resources=("rover",), cursor=10)
    watch.turn()
    assert requested() == ["feed"]
    assert RemoteServer.objects.get().feed_cursor == 10


def test_news_during_a_run_become_another_run_after_it(watch, config, source):
    run = runs.request(config, OPERATOR, "test")
    claim(run.pk, "worker")
    source.feed = replace(source.feed, resources=("rover",), cursor=10)
    watch.turn()
    source.feed = replace(source.feed, resources=())
    watch.turn()
    assert requested() == []
    SyncRun.objects.filter(pk=run.pk).update(state="succeeded")
    watch.turn()
    assert requested() == ["feed"]


def test_a_paused_configuration_gets_no_run(watch, source):
    SyncConfig.objects.update(paused=True)
    source.feed = replace(source.feed, resources=("rover",), cursor=10)
    watch.turn()
    assert requested() == []


def test_a_manual_configuration_is_only_shown_as_behind(watch, source):
    SyncConfig.objects.update(trigger="manual")
    rover = next(r for r in source.whole.resources if r.id == "rover")
    others = tuple(r for r in source.whole.resources if r.id != "rover")
    source.whole = replace(source.whole, resources=(*others, replace(rover, name="Rover 2")))
    source.feed = replace(source.feed, resources=("rover",), cursor=10)
    watch.turn()
    assert requested() == []
    assert SyncConfig.objects.get().status == "partially_synchronized"


def test_a_full_look_finds_what_the_feed_did_not_say(watch, source):
    source.whole = replace(
        source.whole,
        resources=tuple(replace(r, name=f"New {r.name}") for r in source.whole.resources),
    )
    watch._full_look_at = None
    watch.turn()
    watch.turn()
    assert requested() == ["feed"]


def test_a_full_look_at_what_is_equal_confirms_it_without_a_run(watch, config):
    SyncConfig.objects.update(checked_at=None)
    watch._full_look_at = None
    watch.turn()
    config.refresh_from_db()
    assert config.checked_at is not None
    assert config.status == "synchronized"
    assert requested() == []


def test_another_epoch_is_looked_at_in_full(watch, source):
    SyncConfig.objects.update(checked_at=None)
    source.whole = replace(source.whole, epoch="restored")
    source.feed = news(cursor=3, epoch="restored")
    watch.turn()
    assert SyncConfig.objects.get().checked_at is not None
    assert RemoteServer.objects.get().feed_cursor == 3


def test_a_silent_server_is_asked_more_and_more_slowly(watch, source):
    source.feed = Unreachable("bodo cannot be reached.")
    assert [watch.turn() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert "bodo cannot be reached" in RemoteServer.objects.get().last_error


def test_a_server_that_answers_again_is_asked_often_again(watch, source):
    feed, source.feed = source.feed, Unreachable("cut")
    for _ in range(3):
        watch.turn()
    source.feed = feed
    assert watch.turn() == 0.5
    assert RemoteServer.objects.get().last_error == ""


def test_a_refused_login_is_not_asked_again_until_somebody_changes_the_server(watch, source):
    source.feed = LoginRefused("bodo answered 401.")
    watch.turn()
    stop = threading.Event()
    ServerWatch(watch.pk).run(stop)  # returns at once: nothing is to be asked
    assert RemoteServer.objects.get().waits_for_person


def test_a_refused_plan_is_said_of_its_configuration_and_not_of_the_server(
    watch, config, source, settings
):
    settings.TCSYNC_MAJOR_VERSION = "2024x"
    source.whole = replace(source.whole, major_version="2026x")
    watch._full_look_at = None
    watch.turn()
    config.refresh_from_db()
    assert config.status == "error"
    assert RemoteServer.objects.get().last_error == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (news(), []),
        (news("rover"), ["a"]),
        (news("stranger"), ["a", "b"]),
        (news("picked"), ["a", "b", "c"]),
        (news(tree=True), ["a", "b"]),
    ],
)
def test_a_change_concerns_its_owner_or_what_it_may_have_joined(server, config, changes, expected):
    SyncConfig.objects.update(source_name="a")
    for name, kind in (("b", "category"), ("c", "resource")):
        SyncConfig.objects.create(
            server=server,
            kind=kind,
            source_id="picked" if kind == "resource" else name,
            source_name=name,
            target_category=config.target_category,
        )
    Claim.objects.create(resource="rover", config=config)
    found = affected(SyncConfig.objects.order_by("pk"), changes)
    assert [one.source_name for one in found] == expected


def test_the_watcher_beats_sweeps_and_stops_at_once(watch):
    watcher = Watcher()
    thread = threading.Thread(target=lambda: (watcher.run(), connections.close_all()))
    thread.start()
    until = time.monotonic() + 5
    while not Heartbeat.objects.filter(name="watcher").exists() and time.monotonic() < until:
        time.sleep(0.02)
    began = time.monotonic()
    watcher.stop.set()
    thread.join()
    for other in watcher._threads.values():
        other.join(5)
    assert Heartbeat.objects.filter(name="watcher").exists()
    assert time.monotonic() - began < 2


def test_a_source_without_a_feed_of_its_own_is_followed_by_what_the_watch_remembers(watch, source):
    source.delivery = Delivery.CHANGES
    source.feed = news(cursor=1, epoch="of this process")
    watch.turn()
    asked = watch._full_look_at
    source.feed = news("rover", cursor=2, epoch="of this process")
    watch.turn()
    assert (requested(), watch._full_look_at) == (["feed"], asked)
    assert RemoteServer.objects.get().feed_cursor == 9


@pytest.mark.django_db
def test_the_newest_entry_is_written_to_the_log_every_hour(caplog):
    now = [0.0]
    watcher = Watcher(clock=lambda: now[0])
    record(SYSTEM, "node.start")
    with caplog.at_level("INFO", logger="tcsync.audit.anchors"):
        for moment in (0.0, 3599.0, 3601.0):
            now[0] = moment
            watcher.look()
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"Newest entry of the audit record: {AuditHead.objects.get()}"] * 2


@pytest.mark.django_db
def test_a_record_without_its_head_does_not_end_the_watcher(caplog):
    AuditHead.objects.all().delete()
    Watcher().look()
    assert "audit_verify" in caplog.text
