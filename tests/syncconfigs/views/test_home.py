"""The dashboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs import standing
from syncconfigs.models import RemoteServer, SyncConfig
from tests.syncconfigs.views.conftest import make_config, make_run


def look(client):
    return client.get("/").context


def update(config, **values):
    SyncConfig.objects.filter(pk=config.pk).update(**values)


@pytest.mark.parametrize("status", ["error", "conflict", "missing_at_source"])
def test_a_stopped_configuration_needs_a_person(administrator, world, status):
    update(world.config, status=status, reason="Nobody answers there.")
    answer = administrator.get("/")
    assert [cause.configs for cause in answer.context["causes"]] == [[world.config]]
    assert "Nobody answers there." in answer.text


def test_a_success_that_was_not_checked_for_long_is_late(administrator, world):
    old = timezone.now() - timedelta(days=1)
    update(world.config, status="synchronized", checked_at=old)
    (cause,) = look(administrator)["causes"]
    assert (cause.standing.word, cause.filter) == ("Late", "late")


def test_a_paused_configuration_is_not_late(administrator, world):
    update(world.config, status="synchronized", checked_at=None, paused=True)
    assert look(administrator)["troubled_count"] == 0


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


def test_what_stopped_for_the_same_reason_is_one_entry(administrator, world):
    for number in range(20):
        more = {"status": "conflict", "reason": f"The name 'Probe {number}' is taken."}
        make_config(world.server, f"c{number}", world.flight, **more)
    (cause,) = look(administrator)["causes"]
    assert (cause.count, len(cause.configs), cause.more) == (20, 3, 17)


def test_a_server_that_is_down_is_one_entry_with_what_it_stops_counted(administrator, world):
    RemoteServer.objects.update(last_error="The port is closed.")
    for number in range(20):
        make_config(world.server, f"c{number}", world.flight, status="error", reason=f"{number}")
    found = look(administrator)
    assert [(one.row.server, one.behind) for one in found["silent"]] == [(world.server, 22)]
    assert (found["causes"], found["troubled_count"]) == ([], 0)


def test_a_conflict_is_told_also_while_its_server_is_down(administrator, world):
    RemoteServer.objects.update(last_error="The port is closed.")
    update(world.config, status="conflict", reason="A name is taken.")
    assert look(administrator)["troubled_count"] == 1


def test_a_refused_login_comes_before_a_server_that_is_down(administrator, world):
    RemoteServer.objects.update(last_error="The port is closed.")
    more = {"last_error": "401", "waits_for_person": True}
    refused = RemoteServer.objects.create(name="Zed", address="http://z:1", **more)
    assert [one.row.server for one in look(administrator)["silent"]] == [refused, world.server]


def test_runs_that_found_nothing_to_do_are_only_counted(administrator, world):
    for _ in range(3):
        make_run(world.config, state="succeeded", found_nothing=True)
    busy = make_run(world.config, state="succeeded", revisions_done=1)
    found = look(administrator)
    assert found["idle_count"] == 3
    assert busy in [row.run for row in found["recent"]]
    assert "3 more runs found nothing to do." in administrator.get("/").text


def test_the_part_that_changes_is_asked_for_alone(administrator, world):
    run = make_run(world.config, state="running")
    answer = administrator.get("/?live=1", headers={"HX-Request": "true"})
    assert [row.run for row in answer.context["active"]] == [run]
    assert "<html" not in answer.text
    assert "<html" in administrator.get("/?live=1").text


def test_a_large_node_takes_as_few_queries_as_a_small_one(
    administrator, world, django_assert_max_num_queries
):
    for number in range(100):
        more = {"status": "error", "reason": f"{number} is odd" if number % 2 else "Even."}
        make_run(make_config(world.server, f"c{number}", world.flight, **more), state="queued")
    with django_assert_max_num_queries(47):
        assert administrator.get("/").status_code == 200


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
