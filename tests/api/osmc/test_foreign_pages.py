"""What another site's page has a browser send, with the password that the browser remembers."""

import pytest

from tests.api.osmc.conftest import PASSWORD

FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
    {"origin": "http://[broken"},
]
OWN = [{"sec-fetch-site": "same-origin", "origin": "http://testserver"}, {"sec-fetch-site": "none"}]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_cannot_write(writer, world, headers):
    answer = writer.ask("DELETE", world.path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    world.pump.refresh_from_db()
    assert world.pump.removed_at is None


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_cannot_sign_in(writer, headers):
    form = {"username": "cleo", "password": PASSWORD}
    answer = writer.post("/osmc/login", form, headers=headers)
    assert answer.status_code == 403
    assert not answer.cookies


@pytest.mark.parametrize("headers", OWN)
def test_a_page_of_the_node_can_write(writer, world, headers):
    assert writer.ask("DELETE", world.path, headers=headers).status_code == 204


def test_a_link_on_another_sites_page_can_be_followed(reader):
    headers = {"sec-fetch-site": "cross-site"}
    assert reader.get("/osmc/resources", headers=headers).status_code == 200


def test_a_trusted_origin_can_write(writer, world, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://models.example"]
    headers = {"origin": "https://models.example"}
    assert writer.ask("DELETE", world.path, headers=headers).status_code == 204
