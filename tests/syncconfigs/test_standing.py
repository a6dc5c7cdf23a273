"""How configurations stand: the badge, the filter and the promise say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs import configurations, standing
from syncconfigs.configurations import Policy, finding
from syncconfigs.models import Claim, RemoteServer, SyncConfig, SyncRun
from syncconfigs.watcher import ServerWatch, watched_servers
from tcsync.domain import Changes
from tcsync.errors import Clash
from tests.syncconfigs.runs.working import OPERATOR, synchronize

pytestmark = pytest.mark.both_databases
LONG_AGO, JUST_NOW = timedelta(hours=5), timedelta(seconds=5)


def leave(source, *names: str) -> None:
    """Let resources be gone from what the source shows."""
    left = tuple(r for r in source.whole.resources if r.id not in names)
    source.whole = replace(source.whole, resources=left)


@pytest.mark.parametrize(
    ("values", "seconds", "word"),
    [
        ({"status": "synchronized", "checked_at": JUST_NOW}, None, "Synchronized"),
        ({"status": "synchronized", "checked_at": LONG_AGO}, None, "Late"),
        ({"status": "synchronized", "checked_at": None}, None, "Late"),
        ({"status": "synchronized", "checked_at": LONG_AGO}, 86400, "Synchronized"),
        ({"status": "synchronized", "checked_at": LONG_AGO, "paused": True}, None, "Paused"),
        ({"status": "synchronized", "checked_at": JUST_NOW, "next_at": LONG_AGO}, None, "Late"),
        ({"status": "partially_synchronized", "next_at": LONG_AGO}, None, "Late"),
        (
            {"status": "partially_synchronized", "next_at": LONG_AGO},
            86400,
            "Partially synchronized",
        ),
        (
            {"status": "partially_synchronized", "next_at": -LONG_AGO},
            None,
            "Partially synchronized",
        ),
        (
            {"status": "partially_synchronized", "checked_at": LONG_AGO},
            None,
            "Partially synchronized",
        ),
        ({"status": "error", "checked_at": LONG_AGO, "next_at": LONG_AGO}, None, "Error"),
        ({"status": "closed", "checked_at": LONG_AGO}, None, "Closed"),
    ],
)
def test_the_badge_and_the_filter_agree_on_what_is_late(config, values, seconds, word):
    now = timezone.now()
    moments = {k: now - v if isinstance(v, timedelta) else v for k, v in values.items()}
    SyncConfig.objects.update(**moments)
    RemoteServer.objects.update(poll_seconds=seconds)
    row = SyncConfig.objects.get()
    assert standing.of_config(row, now).word == word
    statuses = [*SyncConfig.Status.values, finding.LATE]
    found = [s for s in statuses if SyncConfig.objects.filter(finding.with_status(s, now)).exists()]
    assert found == ([] if word == "Paused" else [word.lower().replace(" ", "_")])


def test_paused_ones_are_found_by_that_whatever_else_they_are(config):
    SyncConfig.objects.update(paused=True, status="error")
    assert SyncConfig.objects.filter(finding.with_status(finding.PAUSED, timezone.now())).exists()


def test_it_says_how_much_is_done_and_how_much_is_behind(config):
    run = SyncRun(state="running", raw_done=430, raw_total=1000)
    config.status = "synchronizing"
    assert standing.of_config(config, timezone.now(), run).detail == "43 %"
    config.status, config.behind = "partially_synchronized", 3
    assert standing.of_config(config, timezone.now()).detail == "3 revisions behind"


def test_where_every_member_left_it_is_no_longer_synchronized(config, source):
    synchronize(config)
    leave(source, "rover", "probe")
    synchronize(config)
    assert config.status == "no_longer_synchronized"
    assert Claim.objects.filter(state="released").count() == 2


def test_one_member_that_left_does_not_hold_up_the_others_and_is_found(config, source):
    synchronize(config)
    leave(source, "rover")
    synchronize(config)
    now = timezone.now()
    assert config.status == "synchronized"
    gone = finding.with_status("no_longer_synchronized", now)
    assert SyncConfig.objects.filter(gone).exists()


def test_what_left_and_returns_is_followed_again(config, source):
    synchronize(config)
    whole = source.whole
    leave(source, "rover", "probe")
    synchronize(config)
    source.whole = whole
    synchronize(config)
    assert config.status == "synchronized"
    assert set(Claim.objects.values_list("state", flat=True)) == {"followed"}


class TestOnce:
    """A configuration that closes itself."""

    @pytest.fixture
    def once(self, config):
        SyncConfig.objects.update(trigger="once")
        config.refresh_from_db()
        return config

    def test_a_failed_transfer_leaves_it_open(self, once, source):
        key = next(iter(source.bytes))
        source.bytes[key] = b"x" * len(source.bytes[key])
        synchronize(once)
        assert once.status == "error"
        assert watched_servers() == [once.server_id]

    def test_a_refused_member_leaves_it_open(self, once, source):
        synchronize(once)
        SyncConfig.objects.update(status="synchronized")
        rover = next(r for r in source.whole.resources if r.id == "rover")
        others = tuple(r for r in source.whole.resources if r.id != "rover")
        faulty = replace(rover, fault="It cannot be read.")
        source.whole = replace(source.whole, resources=(*others, faulty))
        synchronize(once)
        assert once.status == "error"

    def test_closed_it_is_not_watched_nor_synchronized_and_says_why(self, once):
        synchronize(once)
        assert watched_servers() == []
        with pytest.raises(Clash, match="is closed"):
            configurations.synchronize(OPERATOR, once)
        with pytest.raises(Clash, match="is closed"):
            configurations.resume(OPERATOR, once)

    def test_closed_it_can_be_verified_and_deleted(self, once):
        synchronize(once)
        assert synchronize(once, "verify").state == "succeeded"
        assert once.status == "closed"
        configurations.delete(OPERATOR, once)
        assert not SyncConfig.objects.exists()

    def test_another_trigger_opens_it_again(self, once):
        synchronize(once)
        configurations.change(OPERATOR, once, Policy("every_commit"))
        once.refresh_from_db()
        assert once.status == "in_queue"
        assert SyncRun.objects.filter(state="queued").exists()

    def test_open_it_is_tried_again_by_the_watcher(self, once, source, monkeypatch):
        said = Changes(source.whole.epoch, 9, (), tree_changed=False, complete=True)
        monkeypatch.setattr(source, "changes", lambda _after: said)
        watch = ServerWatch(once.server_id)
        watch.turn()
        watch.turn()
        assert SyncRun.objects.get().trigger == "feed"
