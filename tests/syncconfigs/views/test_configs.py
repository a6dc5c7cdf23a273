"""Pages of configurations."""

import pytest

from syncconfigs.models import SyncConfig, SyncRun
from tcsync.repository.models import Resource
from tests.syncconfigs.views.conftest import make_config, make_run


def act(client, action, *pks, **more):
    return client.post("/configurations/act/", {"config": pks, "action": action, **more})


def test_several_are_paused_and_resumed_at_once(administrator, world):
    pks = [world.config.pk, world.hidden_config.pk]
    SyncConfig.objects.update(trigger="manual")
    act(administrator, "pause", *pks)
    assert SyncConfig.objects.filter(paused=True).count() == 2
    act(administrator, "resume", *pks)
    assert not SyncConfig.objects.filter(paused=True).exists()


def test_synchronizing_queues_one_run_whoever_clicks_how_often(manager, world):
    act(manager, "synchronize", world.config.pk)
    act(manager, "synchronize", world.config.pk)
    (run,) = SyncRun.objects.filter(config=world.config, state="queued")
    assert (run.trigger, run.requested_by) == ("manual", "mara")


def test_one_that_is_hidden_stops_the_whole_selection(manager, world):
    assert act(manager, "pause", world.config.pk, world.hidden_config.pk).status_code == 404
    assert not SyncConfig.objects.filter(paused=True).exists()


@pytest.mark.parametrize("pk", ["", "x", "-1", "9" * 40, "\u0661", "1 OR 1", "\0"])
def test_a_forged_selection_does_nothing(manager, world, pk):
    answer = manager.post("/configurations/act/", {"config": pk, "action": "pause"}, follow=True)
    assert answer.status_code == 200
    assert "Select at least one configuration" in answer.text


def test_an_unknown_deed_does_nothing(manager, world):
    assert act(manager, "explode", world.config.pk).status_code == 302
    assert not SyncRun.objects.filter(state="queued").exists()


def test_acting_leads_back_on_this_host_only(manager, world):
    own = f"/configurations/{world.config.pk}/"
    assert act(manager, "pause", world.config.pk, next=own).url == own
    elsewhere = act(manager, "pause", world.config.pk, next="https://evil.example/")
    assert elsewhere.url == "/configurations/"


def test_only_those_that_one_may_synchronize_can_be_selected(manager, reviewer, world):
    assert 'name="config"' in manager.get("/configurations/").text
    assert 'name="config"' not in reviewer.get("/configurations/").text


def test_the_page_says_the_policy_the_reason_and_what_it_owns(reviewer, world):
    SyncConfig.objects.filter(pk=world.config.pk).update(status="error", reason="A cut cable.")
    text = reviewer.get(f"/configurations/{world.config.pk}/").text
    for words in ("On every new commit", "Flight / Avionics", "A cut cable.", "Radio", "Error"):
        assert words in text


def test_the_delete_page_lists_what_goes(manager, world):
    text = manager.get(f"/configurations/{world.config.pk}/delete/").text
    assert "Radio" in text
    assert "Hidden" not in text


def test_deleting_the_configuration_only_keeps_the_copies(manager, world):
    manager.post(f"/configurations/{world.config.pk}/delete/", {"copies": "keep"})
    assert not SyncConfig.objects.filter(pk=world.config.pk).exists()
    assert Resource.objects.get(id="r1").read_only


def test_deleting_everything_takes_the_copies_along(manager, world):
    manager.post(f"/configurations/{world.config.pk}/delete/", {"copies": "delete"})
    assert list(Resource.objects.values_list("id", flat=True)) == ["h1"]


def test_nothing_is_deleted_while_a_run_goes_on(manager, world):
    run = make_run(world.config, state="running")
    answer = manager.post(f"/configurations/{world.config.pk}/delete/", {"copies": "delete"})
    assert f"Run {run.pk}" in answer.text
    assert Resource.objects.filter(id="r1").exists()


@pytest.mark.parametrize("copies", ["", "both", "\0"])
def test_deleting_needs_one_of_the_two_choices(manager, world, copies):
    answer = manager.post(f"/configurations/{world.config.pk}/delete/", {"copies": copies})
    assert "copies" in answer.context["form"].errors
    assert SyncConfig.objects.filter(pk=world.config.pk).exists()


def test_the_list_comes_in_pages_of_fifty(administrator, world):
    for number in range(60):
        make_config(world.server, f"many-{number}", world.flight)
    first = administrator.get("/configurations/")
    assert len(first.context["rows"]) == 50
    assert "?page=2" in first.text
    assert len(administrator.get("/configurations/?page=2").context["rows"]) == 12


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 400, "\0"])
def test_a_page_that_does_not_exist_shows_the_nearest_one(administrator, page):
    assert administrator.get("/configurations/", {"page": page}).status_code == 200
