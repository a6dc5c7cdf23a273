"""A comparison as a run: resumed, taken over, cancelled; its notices, its schedule, its rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from syncconfigs import comparisons, runs, visible
from syncconfigs.models import (
    ComparedResource,
    Comparison,
    ComparisonNotice,
    ComparisonReport,
    SyncConfig,
    SyncRun,
)
from syncconfigs.runs.comparing import ComparisonWork
from syncconfigs.runs.heart import Heart
from syncconfigs.runs.journal import Journal
from syncconfigs.watcher import Watcher
from tcsync.access.models import Role, RoleGrant, User
from tcsync.errors import Cancelled, Clash, NotAllowed
from tests.syncconfigs.comparisons.comparing import compare, verdicts
from tests.syncconfigs.runs.working import OPERATOR, expire, synchronize

pytestmark = pytest.mark.both_databases


@pytest.fixture
def comparison(config) -> Comparison:
    """The captured node against this one, which holds its copies."""
    synchronize(config)
    return Comparison.objects.create(name="Bodo", one=config.server, categories=[config.source_id])


def rename(source, name):
    probe = next(r for r in source.whole.resources if r.id == "probe")
    others = tuple(r for r in source.whole.resources if r.id != "probe")
    source.whole = replace(source.whole, resources=(*others, replace(probe, name=name)))


def test_a_stretch_that_ends_goes_on_where_it_was(comparison):
    comparison.depth = "revisions"
    comparison.save()
    run = runs.request_comparison(comparison, OPERATOR, "test")
    lease = runs.claim(run.pk, "worker")
    run.refresh_from_db()
    ends = []
    with Heart(lease) as heart:
        while not any(ends):
            work = ComparisonWork(run, Journal(run, lease, OPERATOR), lease, heart)
            ends.append(work.run(until=0.0))
    assert dict(run.compared.values_list("name", "states")) == {"Name probe": 2, "Name rover": 3}
    assert set(verdicts(run).values()) == {"equal"}
    assert len(ends) > 4


def test_another_worker_goes_on_with_what_is_left(comparison, source):
    run = runs.request_comparison(comparison, OPERATOR, "test")
    assert runs.claim(run.pk, "dies") is not None
    expire(run)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.token, run.resources_done) == ("succeeded", 2, 2)


def test_cancelling_ends_it_and_keeps_no_report(comparison, source):
    run = runs.request_comparison(comparison, OPERATOR, "test")
    runs.cancel(run, OPERATOR)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert "Compare again" in run.next_step
    assert not visible.reports(User.objects.create(username="x", is_superuser=True)).exists()


def test_one_run_of_a_comparison_at_a_time(comparison):
    first = runs.request_comparison(comparison, OPERATOR, "test")
    assert runs.request_comparison(comparison, OPERATOR, "test") == first


def test_a_notice_is_given_once_when_something_equal_no_longer_is(comparison, source):
    compare(comparison)
    assert not ComparisonNotice.objects.exists()
    rename(source, "Other")
    run = compare(comparison)
    notice = ComparisonNotice.objects.get()
    assert (notice.run, notice.count, notice.names) == (run, 1, ["Other"])
    compare(comparison)
    assert ComparisonNotice.objects.count() == 1


def test_what_could_not_be_told_in_between_is_still_news(comparison, source):
    compare(comparison)
    probe = next(r for r in source.whole.resources if r.id == "probe")
    others = tuple(r for r in source.whole.resources if r.id != "probe")
    source.whole = replace(source.whole, resources=(*others, replace(probe, fault="Odd.")))
    assert compare(comparison).state == "incomplete"
    source.whole = replace(source.whole, resources=(*others, replace(probe, name="Other")))
    compare(comparison)
    assert ComparisonNotice.objects.get().count == 1


def test_a_notice_stands_until_a_person_acknowledges_it(comparison, carol, rob):
    notice = ComparisonNotice.objects.create(comparison=comparison, count=1)
    with pytest.raises(NotAllowed):
        comparisons.acknowledge(rob, notice)
    comparisons.acknowledge(carol, notice)
    notice.refresh_from_db()
    assert notice.acknowledged_by == "carol"


def test_the_watcher_starts_what_is_due_once(comparison):
    comparison.every_minutes, comparison.next_at = 60, timezone.now() - timedelta(hours=5)
    comparison.save()
    # Nothing to watch, so that no thread goes on after the test.
    SyncConfig.objects.update(paused=True)
    Watcher().look()
    Watcher().look()
    run = SyncRun.objects.get(comparison=comparison)
    comparison.refresh_from_db()
    assert (run.trigger, run.requested_by) == ("schedule", "tcsync")
    assert comparison.next_at > timezone.now()


def test_a_schedule_is_by_the_wall_clock_of_its_zone(comparison):
    wish = comparisons.Wish(None, comparison.one, "New", cron="30 2 * * *", time_zone="Asia/Tokyo")
    made = comparisons.create(OPERATOR, wish)
    assert made.next_at.astimezone(UTC).strftime("%H:%M") == "17:30"
    assert comparisons.start_due(datetime.now(UTC)) == 0


def test_a_scheduled_run_asks_no_server_that_waits_for_a_person(comparison):
    type(comparison.one).objects.update(waits_for_person=True, last_error="Wrong password.")
    comparison.refresh_from_db()
    run = runs.request_comparison(comparison, OPERATOR, "schedule")
    runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.code) == ("failed", "waits_for_person")


def test_pruning_keeps_the_newest_reports(comparison, carol):
    made = [compare(comparison) for _ in range(3)]
    assert comparisons.prune(carol, comparison, 1) == 2
    assert ComparisonReport.objects.get().run == made[-1]
    assert not made[0].compared.exists()
    assert comparisons.prune(carol, comparison, 0) == 0


def test_a_side_is_not_compared_with_itself(comparison):
    for side in (None, comparison.one):
        with pytest.raises(Clash):
            comparisons.create(OPERATOR, comparisons.Wish(side, side))


def test_who_manages_servers_compares_and_who_reads_does_not(comparison, carol, rob):
    wish = comparisons.Wish(comparison.one, None, "Mine")
    assert comparisons.create(carol, wish).created_by == "carol"
    for deed in (comparisons.run, comparisons.delete):
        with pytest.raises(NotAllowed):
            deed(rob, comparison)


@pytest.mark.parametrize(
    ("role", "category", "sees"),
    [
        (Role.ADMINISTRATOR, "", True),
        (Role.SYNCHRONIZATION_MANAGER, "", True),
        (Role.SYNCHRONIZATION_MANAGER, "space", False),
        (Role.AUDITOR, "", True),
        (Role.REVIEWER, "", False),
    ],
)
def test_reports_and_their_runs_are_seen_by_who_manages_servers_or_audits(
    comparison, role, category, sees
):
    compare(comparison)
    user = User.objects.create(username="somebody")
    RoleGrant.objects.create(user=user, role=role, category=category)
    assert visible.reports(user).exists() is sees
    assert visible.comparisons(user).exists() is sees
    assert visible.runs(user).filter(kind="compare").exists() is sees


def test_a_run_that_nobody_wants_any_more_stops_in_the_middle(comparison, source, monkeypatch):
    def stop(*_args):
        raise Cancelled("enough")

    monkeypatch.setattr(source, "chronicles", stop)
    run = compare(comparison)
    assert run.state == "cancelled"


def test_deleting_takes_the_reports_along_and_leaves_the_runs(comparison, carol):
    run = compare(comparison)
    comparisons.delete(carol, comparison)
    assert not ComparisonReport.objects.exists()
    assert SyncRun.objects.get(pk=run.pk).comparison is None


def test_what_was_begun_and_is_shown_no_more_does_not_pass_for_equal(comparison):
    comparison.depth = "heads"
    comparison.save()
    run = runs.request_comparison(comparison, OPERATOR, "test")
    ComparedResource.objects.create(run=run, resource="vanished", name="Vanished", walked=1)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, verdicts(run)["Vanished"]) == ("incomplete", "unknown")


def test_texts_that_a_database_refuses_end_no_run(comparison, source):
    comparison.categories = []
    comparison.save()
    odd = [replace(r, id=f"{r.id}\0{'x' * 300}", name="a\0b\ud800") for r in source.whole.resources]
    source.whole = replace(source.whole, resources=tuple(odd[:1]))
    run = compare(comparison)
    assert (run.state, run.code) == ("succeeded", "different")
    assert "a\ufffdb?" in verdicts(run)
