"""Pages of configurations."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from syncconfigs.models import Claim, RemoteServer, SyncConfig, SyncRun
from tcsync.access.models import Role, RoleGrant, User
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
    sent = {"copies": "delete", "confirm": "1"}
    manager.post(f"/configurations/{world.config.pk}/delete/", sent)
    assert list(Resource.objects.values_list("id", flat=True)) == ["h1"]


def test_the_delete_page_says_sizes_as_all_pages_do_and_what_they_leave_out(manager, world):
    Resource.objects.filter(pk="r1").update(stored_bytes=2048)
    text = manager.get(f"/configurations/{world.config.pk}/delete/").text
    assert text.count("2.0\xa0kB") == 2
    assert "without the bytes of artifacts" in text


def test_nothing_is_deleted_while_a_run_goes_on(manager, world):
    run = make_run(world.config, state="running")
    sent = {"copies": "delete", "confirm": "1"}
    answer = manager.post(f"/configurations/{world.config.pk}/delete/", sent)
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


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 400])
def test_a_page_that_does_not_exist_shows_the_nearest_one(administrator, page):
    assert administrator.get("/configurations/", {"page": page}).status_code == 200


def names(answer):
    return [row.config.source_name for row in answer.context["rows"]]


def look(client, **query):
    return client.get("/configurations/", query)


def test_the_list_is_searched_and_filtered(administrator, world):
    more = {"status": "error", "trigger": "manual", "paused": True, "source_name": "Pump"}
    other = RemoteServer.objects.create(name="Site B", address="http://b:1")
    SyncConfig.objects.filter(pk=world.config.pk).update(**more, server=other)
    wanted = [{"q": "pum"}, {"status": "error"}, {"status": "attention"}, {"trigger": "manual"}]
    for query in [*wanted, {"paused": "yes"}, {"server": other.pk}, {"q": "r1"}]:
        assert names(look(administrator, **query)) == ["Pump"], query
    assert names(look(administrator, status="error", paused="no")) == []


def test_late_is_a_status_of_its_own(administrator, world):
    now = timezone.now()
    SyncConfig.objects.update(status="synchronized", checked_at=now)
    SyncConfig.objects.filter(pk=world.config.pk).update(checked_at=now - timedelta(days=1))
    assert names(look(administrator, status="late")) == ["Source r1"]
    assert names(look(administrator, status="synchronized")) == ["Source h1"]


@pytest.mark.parametrize("by", ["name", "status", "behind", "success"])
def test_the_list_is_sorted_both_ways(administrator, world, by):
    more = {"source_name": "Z", "behind": 7, "status": "synchronized"}
    SyncConfig.objects.filter(pk=world.config.pk).update(**more, succeeded_at=timezone.now())
    there = names(look(administrator, sort=by))
    assert there == ["Source h1", "Z"]
    assert names(look(administrator, sort=f"-{by}")) == there[::-1]


def test_a_wrong_filter_says_so_and_hides_nothing(administrator, world):
    answer = look(administrator, status="floppy", server="9" * 40, q="x" * 999, sort="; DROP")
    assert sorted(answer.context["form"].errors) == ["q", "server", "sort", "status"]
    assert len(names(answer)) == 2


def test_servers_of_hidden_configurations_are_not_offered(manager, world):
    hidden = RemoteServer.objects.create(name="Hidden site", address="http://b:1")
    SyncConfig.objects.filter(pk=world.hidden_config.pk).update(server=hidden)
    assert "Hidden site" not in look(manager).text


def test_the_last_run_stands_in_the_list(administrator, world):
    newest = make_run(world.config, state="queued")
    assert newest in [row.last_run.run for row in look(administrator).context["rows"]]


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    administrator, world, django_assert_max_num_queries
):
    for number in range(60):
        make_run(make_config(world.server, f"c{number}", world.flight), state="queued")
    with django_assert_max_num_queries(25):
        assert len(names(look(administrator))) == 50


def test_deleting_several_is_asked_first_and_lists_what_goes(administrator, world):
    pks = [world.config.pk, world.hidden_config.pk]
    answer = act(administrator, "delete", *pks, from_list="1")
    assert SyncConfig.objects.count() == 2
    assert answer.context["total"].copies == 1
    assert "Radio" in answer.text


def test_several_are_deleted_and_what_runs_is_left_and_named(administrator, world):
    run = make_run(world.config, state="running")
    pks = [world.config.pk, world.hidden_config.pk]
    answer = act(administrator, "delete", *pks, copies="keep", follow=True)
    assert list(SyncConfig.objects.values_list("pk", flat=True)) == [world.config.pk]
    told = [message.message for message in get_messages(answer.wsgi_request)]
    assert told[0].startswith(f"Source r1: Run {run.pk} of ")
    assert told[1] == "1 configuration is deleted."


@pytest.mark.parametrize("typed", ["", "0", "2", "everything", "x" * 99, "\0"])
def test_everything_goes_only_with_the_number_of_copies(manager, world, typed):
    sent = {"copies": "delete", "confirm": typed}
    answer = manager.post(f"/configurations/{world.config.pk}/delete/", sent)
    assert list(answer.context["form"].errors) == ["confirm"]
    assert "1 copies" not in answer.text
    assert Resource.objects.filter(id="r1").exists()


def test_one_that_may_not_be_changed_stops_the_whole_deletion(manager, world):
    RoleGrant.objects.create(user=User.objects.get(username="mara"), role=Role.REVIEWER)
    pks = [world.config.pk, world.hidden_config.pk]
    assert act(manager, "delete", *pks, copies="keep").status_code == 403
    assert SyncConfig.objects.count() == 2


def test_verifying_asks_for_a_verification(manager, world):
    act(manager, "verify", world.config.pk)
    assert SyncRun.objects.get(state="queued").kind == "verify"


def test_the_policy_is_changed_on_its_page(manager, world):
    where = f"/configurations/{world.config.pk}/edit/"
    assert "On specific commit tag" in manager.get(where).text
    sent = {"trigger": "commit_tag", "tags": "v1, release-*,v1", "allow_equal_names": "on"}
    assert manager.post(where, sent).url == f"/configurations/{world.config.pk}/"
    row = SyncConfig.objects.get(pk=world.config.pk)
    assert (row.trigger, row.tags) == ("commit_tag", ["v1", "release-*"])
    assert row.allow_equal_names


def test_a_tag_that_is_too_long_is_told_at_its_field(manager, world):
    sent = {"trigger": "commit_tag", "tags": "v" * 201}
    answer = manager.post(f"/configurations/{world.config.pk}/edit/", sent)
    assert "at most 200 characters" in answer.text
    assert SyncConfig.objects.get(pk=world.config.pk).trigger != "commit_tag"


def test_a_reader_changes_no_policy(reviewer, world):
    where = f"/configurations/{world.config.pk}/edit/"
    assert reviewer.get(where).status_code == 403
    assert reviewer.post(where, {"trigger": "manual"}).status_code == 403


def test_what_it_owns_is_searched_by_name_and_state(manager, world):
    Claim.objects.create(resource="r2", config=world.config, state="released", damage="rot")
    where = f"/configurations/{world.config.pk}/"
    for query, found in ({"q": "rad"}, "r1"), ({"q": "R2"}, "r2"), ({"state": "damaged"}, "r2"):
        claims = manager.get(where, query).context["claims"]
        assert [claim.resource for claim, _resource in claims] == [found]


def test_names_of_hidden_resources_are_not_searched(manager, world):
    Claim.objects.create(resource="h1", config=world.config)
    assert manager.get(f"/configurations/{world.config.pk}/", {"q": "Hidd"}).context["claims"] == []
