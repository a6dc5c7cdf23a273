"""Cancelling: within five seconds, whatever the worker is doing, and nothing half visible."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections, transaction
from django.db.models import F

from syncconfigs import runs
from syncconfigs.connect import opening
from syncconfigs.models import Doorbell, RunAttempt, SyncConfig, SyncRun
from syncconfigs.runs import planning
from syncconfigs.runs.lease import claim
from tcsync.audit.models import AuditEntry
from tcsync.errors import Cancelled
from tcsync.outbound import Endpoint
from tcsync.repository.models import Node, Revision
from tcsync.sources.peer import PeerSource
from tests.outbound.servers import Server, answer
from tests.syncconfigs.runs.working import OPERATOR, expire, synchronize

pytestmark = pytest.mark.both_databases
PROMISED_SECONDS = 5.0


@pytest.fixture
def run(config: SyncConfig) -> SyncRun:
    return runs.request(config, OPERATOR, "test")


@contextmanager
def worker(run: SyncRun) -> Iterator[threading.Thread]:
    """Let another thread work on the run; it must have ended when the block does."""

    def work() -> None:
        try:
            runs.execute(run.pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    thread.join(10)
    assert not thread.is_alive()


def wait_until(is_so: Callable[[], object], seconds: float = PROMISED_SECONDS) -> float:
    """Return how long it took until something was so."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def is_cancelled(run: SyncRun) -> bool:
    return SyncRun.objects.filter(pk=run.pk, state="cancelled").exists()


def cancel_and_wait(run: SyncRun) -> SyncRun:
    runs.cancel(run, OPERATOR)
    wait_until(lambda: is_cancelled(run))
    run.refresh_from_db()
    return run


def silence(over: threading.Event) -> Callable[[object], None]:
    return lambda _connection: over.wait(60)  # type: ignore[return-value]


def drip(over: threading.Event) -> Callable[[object], None]:
    """An answer that goes on for ever, a little at a time."""

    def send(connection: object) -> None:
        connection.sendall(answer(b"", Content_Length=1 << 20))  # type: ignore[attr-defined]
        while not over.wait(0.05):
            connection.sendall(b" " * 400)  # type: ignore[attr-defined]

    return send


@pytest.mark.parametrize("says", [silence, drip], ids=["silent", "drips"])
def test_while_a_slow_server_is_waited_for(run, monkeypatch, says):
    over = threading.Event()
    with Server(says(over)) as server:
        endpoint = Endpoint(server.url, allow_loopback=True)
        monkeypatch.setitem(opening.OPENERS, "tcsync", lambda _server: PeerSource(endpoint))
        with worker(run):
            wait_until(lambda: server.requests)
            cancel_and_wait(run)
            over.set()
    assert run.reason == "Cancelled by olga; what had arrived stays."
    assert RunAttempt.objects.get().outcome == "cancelled"


def test_in_the_middle_of_a_large_pack_nothing_of_it_is_kept(run, source, config):
    data = source.bytes["rover", 2]
    reached = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield data[:50]
        reached.set()
        while True:
            time.sleep(0.05)
            yield b""

    plain = source._arriving
    source._arriving = lambda wants: (
        item if item.record.number != 2 else type(item)(*_parts(item), pieces())
        for item in plain(wants)
    )
    with worker(run):
        assert reached.wait(5)
        cancel_and_wait(run)
    held = set(Revision.objects.values_list("resource", "number"))
    assert held <= {("probe", 1), ("rover", 1)}
    config.refresh_from_db()
    assert config.status == "not_synchronized"


def _parts(item):
    return item.record, item.length, item.pack_digest


def test_while_resources_are_counted_and_nothing_is_claimed(run, source, config):
    lease, told = claim(run.pk, "worker"), []

    def seen(count: int) -> None:
        told.append(count)
        if count:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        planning.plan_and_claim(config, source, lease, OPERATOR, seen)
    assert told == [0, 0, 1]
    assert not config.claims.exists()


def test_while_the_database_is_locked_by_somebody_else(run, source):
    reached, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Node.objects.filter(id=1).update(last_change=F("last_change"))
            reached.set()
            free.wait(1.5)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    assert reached.wait(5)
    with worker(run):
        runs.cancel(run, OPERATOR)
        # Who gets the lock first is left open: it may also have ended by itself.
        wait_until(lambda: not SyncRun.objects.filter(state__in=SyncRun.ACTIVE).exists())
    other.join()


def test_a_worker_deep_in_a_call_is_left_behind_and_writes_nothing_more(run, source):
    asked, over = threading.Event(), threading.Event()
    plain = source.snapshot

    def deaf(*question):
        asked.set()
        over.wait(20)
        return plain(*question)

    source.snapshot = deaf
    with worker(run):
        assert asked.wait(5)
        cancel_and_wait(run)
        over.set()
    run.refresh_from_db()
    assert (run.state, run.revisions_done) == ("cancelled", 0)
    assert not Revision.objects.exists()
    assert not SyncConfig.objects.get().claims.exists()


def test_a_new_run_may_begin_while_the_deaf_worker_still_hangs(run, config):
    claim(run.pk, "deaf")
    runs.cancel(run, OPERATOR)
    expire(run)
    runs.sweep()
    assert runs.request(config, OPERATOR, "again").pk != run.pk


def test_cancelling_a_run_that_waits_ends_it_at_once(run):
    runs.cancel(run, OPERATOR)
    run.refresh_from_db()
    assert (run.state, run.reason) == ("cancelled", "Cancelled by olga before it began.")
    assert not Doorbell.objects.exists()


def test_cancelling_a_run_whose_worker_died_ends_it_at_once(run):
    claim(run.pk, "dead")
    expire(run)
    runs.cancel(run, OPERATOR)
    assert is_cancelled(run)


def test_cancelling_again_helps_when_the_worker_dies_meanwhile(run):
    claim(run.pk, "dying")
    runs.cancel(run, OPERATOR)
    assert not is_cancelled(run)
    expire(run)
    runs.cancel(run, OPERATOR)
    assert is_cancelled(run)
    assert AuditEntry.objects.filter(action="run.cancel").count() == 1


def test_a_run_that_let_go_just_when_it_was_to_stop_is_not_worked_on_again(run):
    SyncRun.objects.update(cancel_requested=True, cancelled_by="olga")
    assert claim(run.pk, "eager") is None
    runs.sweep()
    assert is_cancelled(run)


def test_a_source_that_is_given_back_no_longer_heeds_the_worker(config, source):
    synchronize(config)
    assert source.pulse is None
