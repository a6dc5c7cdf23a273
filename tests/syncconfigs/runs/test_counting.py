"""The numbers of a run: exact after every accident, because they are written with the content."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from syncconfigs import runs
from syncconfigs.connect import opening
from syncconfigs.models import RunAttempt, RunStep, SyncRun
from syncconfigs.runs.heart import Heart
from syncconfigs.runs.journal import Journal
from syncconfigs.runs.lease import claim
from syncconfigs.runs.pace import WINDOW_SECONDS, Samples
from tcsync.errors import Unreachable
from tcsync.repository.models import Revision
from tcsync.sync.events import BatchDone
from tests.syncconfigs.runs.working import OPERATOR, expire, synchronize

pytestmark = pytest.mark.both_databases


def go_on(run: SyncRun) -> SyncRun:
    SyncRun.objects.filter(pk=run.pk).update(not_before=None)
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


def figures(run: SyncRun) -> tuple[int, int, int, int]:
    run.refresh_from_db()
    return run.resources_done, run.resources_total, run.revisions_done, run.revisions_total


def steps_done(run: SyncRun) -> int:
    return run.steps.aggregate(done=Sum("revisions_done"))["done"]


@pytest.mark.parametrize("sent", [0, 1, 2, 3, 4])
def test_wherever_the_connection_was_cut_nothing_is_counted_twice(config, source, sent):
    source.fail_after, source.failure = sent, Unreachable("cut")
    run = synchronize(config)
    assert figures(run)[2] == Revision.objects.count() == steps_done(run)
    source.fail_after = None
    go_on(run)
    assert figures(run) == (2, 2, 5, 5)
    assert set(run.steps.values_list("resource", "revisions_done", "revisions_total")) == {
        ("rover", 3, 3),
        ("probe", 2, 2),
    }
    assert sum(RunAttempt.objects.values_list("revisions", flat=True)) == 5


class Killed(BaseException):
    """What ends a worker without letting it write anything."""


def test_a_worker_killed_right_after_a_commit_has_counted_it(config, source):
    run = runs.request(config, OPERATOR, "test")

    class Died:
        """A source during whose last question, after all batches, the worker dies."""

        asked = 0

        def __getattr__(self, name):
            return getattr(source, name)

        def snapshot(self, *question):
            Died.asked += 1
            if Died.asked > 1:
                raise Killed
            return source.snapshot(*question)

    opening.OPENERS["tcsync"] = lambda _server: Died()
    with pytest.raises(Killed):
        runs.execute(run.pk)
    assert figures(run) == (2, 2, 5, 5)
    opening.OPENERS["tcsync"] = lambda _server: source
    expire(run)
    go_on(run)
    assert (run.state, *figures(run)) == ("succeeded", 2, 2, 5, 5)
    assert run.steps.filter(state="done").count() == 2


def test_a_batch_leaves_a_sample_of_the_pace(config):
    run = runs.request(config, OPERATOR, "test")
    lease = claim(run.pk, "one")
    journal = Journal(run, lease, OPERATOR)
    done = BatchDone({"rover": 2}, ("rover",), 3, 100, 300)
    journal.batch(done)
    run.refresh_from_db()
    assert (run.revisions_done, run.raw_done, run.bytes_done) == (2, 300, 100)
    assert [sample[1:] for sample in run.pace] == [[0, 0, 0, 0], [2, 3, 100, 300]]


def test_what_arrived_before_a_step_failed_counts_for_it(config, source):
    data = bytearray(source.bytes["rover", 2])
    data[60] ^= 1
    source.bytes["rover", 2] = bytes(data)
    run = synchronize(config)
    rover = RunStep.objects.get(run=run, resource="rover")
    assert (rover.state, rover.revisions_done, rover.revisions_total) == ("failed", 1, 3)
    assert steps_done(run) == run.revisions_done == 3


def test_bytes_before_compression_are_counted_to_the_planned_sum(config):
    run = synchronize(config)
    assert 0 < run.raw_done == run.raw_total


def test_a_run_that_finds_nothing_says_so_and_the_first_one_does_not(config):
    assert not synchronize(config).found_nothing
    assert synchronize(config).found_nothing


def test_the_samples_of_the_last_seconds_are_kept_with_one_before_them():
    now = [0.0]
    samples = Samples(clock=lambda: now[0])
    samples.begin()
    for second in range(1, 31):
        now[0] = second
        kept = samples.add(BatchDone({"r": 1}, (), 10, 100, 1000))
    assert kept[-1] == [30, 30, 300, 3000, 30000]
    assert kept[-1][0] - kept[0][0] == WINDOW_SECONDS


def test_the_heart_writes_down_what_the_worker_does(config):
    run = runs.request(config, OPERATOR, "test")
    lease = claim(run.pk, "one")
    with Heart(lease) as heart:
        heart.go_on("rover")
        heart.count(1240)
        heart.pulse(500)
        for _ in range(60):
            run.refresh_from_db()
            if run.counted:
                break
            heart._stop.wait(0.05)
    assert (run.resource_now, run.counted, run.bytes_arriving) == ("rover", 1240, 500)


def test_after_the_end_nothing_is_on_its_way(config):
    run = synchronize(config)
    assert (run.resource_now, run.bytes_arriving, run.phase) == ("", 0, "")
