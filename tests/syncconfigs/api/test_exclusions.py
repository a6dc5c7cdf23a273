"""Exclusions and upgrades over the API."""

from syncconfigs.models import Exclusion, RemoteServer
from tests.syncconfigs.api.conftest import problem


def test_exclusions_are_listed_and_taken_back(world, administrator):
    Exclusion.objects.create(resource="r9", name="Old", reason="Why.", by="ada")
    (said,) = administrator.get("exclusions/").json()["results"]
    assert (said["resource"], said["reason"], said["configuration"]) == ("r9", "Why.", None)
    assert administrator.delete("exclusions/r9/").status_code == 204
    problem(administrator.delete("exclusions/r9/"), 404, "not_found")


def test_an_upgrade_is_acknowledged(world, administrator):
    RemoteServer.objects.update(upgraded_from="2024x")
    where = f"servers/{world.server.pk}/"
    assert administrator.get(where).json()["upgraded_from"] == "2024x"
    assert administrator.post(f"{where}acknowledge-upgrade/").status_code == 204
    assert administrator.get(where).json()["upgraded_from"] == ""
