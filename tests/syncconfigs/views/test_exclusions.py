"""Pages of exclusions, and of a server that was upgraded."""

import pytest

from syncconfigs.models import Exclusion, RemoteServer
from tcsync.audit.models import AuditEntry


@pytest.fixture
def exclusion(world):
    return Exclusion.objects.create(resource="r9/x", name="<b>Old</b>", config=world.config)


def test_they_are_listed_and_one_comes_back(exclusion, manager):
    page = manager.get("/configurations/exclusions/").text
    assert "&lt;b&gt;Old" in page
    assert (
        "/configurations/exclusions/" in manager.get(f"/configurations/{exclusion.config.pk}/").text
    )
    manager.post("/configurations/exclusions/r9/x/")
    assert not Exclusion.objects.exists()


def test_who_may_only_read_takes_none_back(exclusion, reviewer, stranger):
    assert reviewer.post("/configurations/exclusions/r9/x/").status_code == 403
    assert stranger.post("/configurations/exclusions/r9/x/").status_code == 404
    assert Exclusion.objects.exists()


def test_one_without_a_configuration_is_for_administrators(world, manager, administrator):
    Exclusion.objects.create(resource="r1", name="Radio")
    assert manager.post("/configurations/exclusions/r1/").status_code == 403
    administrator.post("/configurations/exclusions/r1/")
    assert not Exclusion.objects.exists()


def test_an_upgrade_is_one_line_until_it_was_seen(world, administrator, manager):
    RemoteServer.objects.update(upgraded_from="2024x", major_version="2026x")
    where = f"/servers/{world.server.pk}/acknowledge-upgrade/"
    assert "it was 2024x" in administrator.get("/").text
    assert manager.post(where).status_code == 403
    administrator.post(where)
    assert "it was 2024x" not in administrator.get("/").text
    assert AuditEntry.objects.filter(action="server.acknowledge_upgrade").count() == 1
