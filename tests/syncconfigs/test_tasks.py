"""What the queue calls, and what its workers do before."""

import gc

import pytest
from django.db import connection
from django_q.signals import post_spawn

from syncconfigs import tasks


@pytest.fixture
def fresh_process():
    """As if nothing ran here yet; afterwards the collector is as it was."""
    before = gc.get_threshold()
    tasks.make_ready.cache_clear()
    gc.unfreeze()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    tasks.make_ready.cache_clear()


@pytest.mark.django_db
def test_a_worker_is_ready_before_its_first_run(fresh_process):
    post_spawn.send(sender="django_q", proc_name="a worker")
    assert gc.get_freeze_count()
    assert connection.connection is not None


@pytest.mark.django_db
def test_a_run_that_is_not_there_any_more_is_no_error(fresh_process):
    tasks.run_sync(4711)
    assert gc.get_freeze_count()
