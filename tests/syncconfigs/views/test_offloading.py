"""The pages of the offloading guide."""

import pytest
from django.utils import timezone

from syncconfigs.models import FullReport, Offloading, OffloadingStep, RemoteServer, SyncRun
from tests.syncconfigs.views.conftest import make_run

OPENS_NOT = "The copy on this node cannot be opened by a modeling tool."


@pytest.fixture
def begun(manager, world):
    manager.post(f"/offloading/begin/{world.config.pk}/")
    return Offloading.objects.get()


@pytest.fixture
def of_cloud(world, manager):
    RemoteServer.objects.update(kind="teamwork-cloud")
    manager.post(f"/offloading/begin/{world.config.pk}/")
    return Offloading.objects.get()


def take(begun, *names, config=None):
    """Store steps as if they were taken; the comparison found all equal."""
    for name in names:
        run = None
        if name in {"synchronized", "compared"}:
            kind = "sync" if name == "synchronized" else "prove"
            run = make_run(config, kind=kind, state="succeeded")
        if name == "compared":
            FullReport.objects.create(run=run, is_equal=True, resources=["r1"], signed="{}")
        OffloadingStep.objects.create(offloading=begun, name=name, by="mara", run=run)


def test_the_list_offers_what_one_may_synchronize(manager, reviewer, stranger, world):
    where = f"/offloading/begin/{world.config.pk}/"
    assert where in manager.get("/offloading/").text
    assert where not in reviewer.get("/offloading/").text
    assert stranger.post(where).status_code == 404
    assert reviewer.post(where).status_code == 403


def test_the_configuration_leads_into_the_guide(manager, world):
    assert (
        f"/offloading/begin/{world.config.pk}/"
        in manager.get(f"/configurations/{world.config.pk}/").text
    )
    answer = manager.post(f"/offloading/begin/{world.config.pk}/", follow=True)
    assert "Offloading “Source r1”" in answer.text


def test_who_may_only_read_sees_it_and_takes_no_step(reviewer, stranger, begun):
    where = f"/offloading/{begun.pk}/"
    assert "takes this step" in reviewer.get(where).text
    assert reviewer.post(f"{where}synchronized/").status_code == 403
    assert stranger.get(where).status_code == 404
    assert stranger.post(f"{where}synchronized/").status_code == 404


def test_synchronizing_asks_for_a_run_and_shows_it(manager, begun):
    text = manager.post(f"/offloading/{begun.pk}/synchronized/", follow=True).text
    run = SyncRun.objects.get(state="queued")
    assert f"/runs/{run.pk}/" in text
    assert "Load the newest state" in text


def test_an_unknown_step_is_404(manager, begun):
    assert manager.post(f"/offloading/{begun.pk}/explode/").status_code == 404


def test_freezing_wants_to_know_who_says_so(manager, begun, world):
    take(begun, "synchronized", config=world.config)
    where = f"/offloading/{begun.pk}/frozen/"
    assert "This field is required" in manager.post(where, {"sure": "on"}).text
    manager.post(where, {"sure": "on", "who": "Bodo"})
    assert OffloadingStep.objects.get(name="frozen").note == "the source is frozen, says Bodo"


def test_a_cloud_gets_its_red_warning_and_its_ready_command_line(manager, of_cloud, world):
    take(of_cloud, "synchronized", config=world.config)
    text = manager.get(f"/offloading/{of_cloud.pk}/").text
    assert OPENS_NOT in text
    assert "datamanager -sgdr r1" in text


def test_a_node_gets_neither(manager, begun, world):
    take(begun, "synchronized", config=world.config)
    text = manager.get(f"/offloading/{begun.pk}/").text
    assert OPENS_NOT not in text
    assert "-sgdr" not in text


def test_the_page_says_what_the_comparison_does_not_prove(manager, begun, world):
    take(begun, "synchronized", "frozen", "compared", config=world.config)
    text = manager.get(f"/offloading/{begun.pk}/").text
    assert "It does not prove" in text
    assert "Download the signed report" in text


def test_no_delete_command_for_a_cloud_without_a_copy_that_opens(manager, of_cloud, world):
    steps = ("synchronized", "frozen", "compared", "understood")
    take(of_cloud, *steps, config=world.config)
    Offloading.objects.update(resources=["r1"])
    where = f"/offloading/{of_cloud.pk}/"
    assert "Show the command that deletes" not in manager.get(where).text
    said = manager.post(f"{where}line/", follow=True).text
    assert "State first where a copy is that opens" in said
    assert "datamanager -dr" not in said
    manager.post(f"{where}opens/", {"kind": "native", "where": "vault 7"})
    assert "Show the command that deletes" in manager.get(where).text


def test_a_source_that_cannot_be_asked_gets_no_command(manager, begun, world):
    steps = ("synchronized", "frozen", "compared", "understood")
    take(begun, *steps, config=world.config)
    Offloading.objects.update(resources=["r1"])
    said = manager.post(f"/offloading/{begun.pk}/line/", follow=True).text
    assert "datamanager -dr" not in said
    assert "alert-danger" in said


def test_the_copies_become_editable_after_their_number_was_typed(manager, begun, world):
    steps = ("synchronized", "frozen", "compared", "understood", "cleared", "removed")
    take(begun, *steps, config=world.config)
    Offloading.objects.update(resources=["r1"])
    world.config.delete()
    where = f"/offloading/{begun.pk}/editable/"
    assert "type this number" in manager.post(where, {"editable": "yes", "confirm": "7"}).text
    manager.post(where, {"editable": "yes", "confirm": "1"})
    world.resource.refresh_from_db()
    assert world.resource.read_only is False
    assert Offloading.objects.get().ended_at <= timezone.now()


def test_the_guide_can_be_ended_anywhere(manager, begun):
    text = manager.post(f"/offloading/{begun.pk}/abandon/", follow=True).text
    assert "This guide ended at" in text
