"""The dashboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.views import home, standing
from tests.syncconfigs.views.conftest import make_run


def look(client):
    return client.get("/").context


def update(config, **values):
    SyncConfig.objects.filter(pk=config.pk).update(**values)


@pytest.mark.parametrize("status", ["error", "conflict", "missing_at_source"])
def test_a_stopped_configuration_needs_a_person(administrator, world, status):
    update(world.config, status=status, reason="Nobody answers there.")
    answer = administrator.get("/")
    assert [row.config for row in answer.context["troubled"]] == [world.config]
    assert "Nobody answers there." in answer.text


def test_a_success_that_was_not_checked_for_long_is_late(administrator, world):
    old = timezone.now() - timedelta(days=1)
    update(world.config, status="synchronized", checked_at=old)
    (row,) = look(administrator)["troubled"]
    assert row.standing.word == "Late"


def test_a_paused_configuration_is_not_late(world):
    update(world.config, status="synchronized", checked_at=None, paused=True)
    assert not home.needing_a_person(SyncConfig.objects.all(), timezone.now()).exists()


def test_a_fresh_success_is_synchronized(world):
    world.config.status, world.config.checked_at = "synchronized", timezone.now()
    assert standing.of_config(world.config, timezone.now()).word == "Synchronized"


def test_a_server_that_does_not_answer_is_named_with_its_reason(administrator, world):
    RemoteServer.objects.update(last_error="The port is closed.")
    assert "The port is closed." in administrator.get("/").text


def test_what_others_do_is_not_shown(manager, world):
    update(world.hidden_config, status="error", reason="A hidden reason")
    answer = manager.get("/")
    assert answer.context["troubled_count"] == 0
    assert "A hidden reason" not in answer.text
    assert answer.context["counts"]["resources"] == 1


def test_a_run_that_goes_on_is_shown_apart(administrator, world):
    run = make_run(world.config, state="running")
    found = look(administrator)
    assert [row.run for row in found["active"]] == [run]
    assert run not in [row.run for row in found["recent"]]


def test_the_first_steps_are_offered_while_nothing_is_configured(administrator, world):
    SyncConfig.objects.all().delete()
    RemoteServer.objects.all().delete()
    assert "/servers/add/" in administrator.get("/").text
    assert look(administrator)["first_use"] is not None


def test_a_watcher_that_never_ran_is_said_to_administrators_only(administrator, manager):
    assert "The watcher has never run" in administrator.get("/").text
    assert "The watcher has never run" not in manager.get("/").text
