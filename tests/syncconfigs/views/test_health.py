"""/healthz."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from syncconfigs.models import Heartbeat, SyncRun
from tests.syncconfigs.views.conftest import make_run


@pytest.fixture
def watcher(db):
    return Heartbeat.objects.create(name="watcher", at=timezone.now())


def ask():
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


def test_a_node_that_works_answers_200_without_sign_in(watcher):
    status, said = ask()
    assert (status, said["status"], said["database"]) == (200, "ok", "ok")
    assert said["queue"] == {"oldest_waiting_seconds": None}
    assert 0 <= said["watcher"]["age_seconds"] < 30


def test_it_says_which_node_answers(watcher, settings):
    settings.TCSYNC_NODE_NAME = "Site B"
    _status, said = ask()
    assert said["name"] == "Site B"
    assert said["node"]


def test_a_watcher_that_never_showed_itself_is_unhealthy(db):
    status, said = ask()
    assert (status, said["status"]) == (503, "degraded")
    assert said["watcher"]["age_seconds"] is None


def test_a_watcher_that_stopped_is_unhealthy(watcher):
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    assert ask()[0] == 503


def test_a_run_that_waits_for_long_is_unhealthy(watcher, world):
    make_run(world.config)
    SyncRun.objects.update(created=timezone.now() - timedelta(hours=1))
    status, said = ask()
    assert status == 503
    assert said["queue"]["oldest_waiting_seconds"] >= 3600


def test_a_run_that_is_to_wait_is_no_sign_of_illness(watcher, world):
    make_run(world.config, not_before=timezone.now() + timedelta(hours=1))
    SyncRun.objects.update(created=timezone.now() - timedelta(hours=1))
    assert ask()[0] == 200


def test_it_costs_three_small_queries(watcher):
    with CaptureQueriesContext(connection) as queries:
        ask()
    assert len(queries) == 3
