"""Who may look into what: fragments and files answer like the pages they belong to."""

import pytest
from django.test import Client

from tests.syncconfigs.views.looking import ID, NEWER, Writer, part, write_rover

PEOPLE = ("administrator", "manager", "reviewer", "stranger")
READ = (200, 200, 200, 404)
HIDDEN = (200, 404, 404, 404)
PAGES = (
    "resources/{id}/",
    "difference/{id}/",
    "difference/{id}/?after=1",
    "revisions/1/of/{id}/",
    "revisions/1/elements/of/{id}/",
    "revisions/1/elements/of/{id}/?at=b",
    "revisions/1/element/of/{id}/?id=b",
    "revisions/1/children/of/{id}/?id=b",
    "revisions/1/history/of/{id}/?id=b",
    "revisions/1/search/of/{id}/",
    "revisions/1/search/of/{id}/?q=b",
    "revisions/1/artifacts/of/{id}/",
    "revisions/1/artifact/of/{id}/?id=d1",
    "revisions/1/element.json/of/{id}/?id=b",
    "revisions/1/elements.jsonl/of/{id}/",
)


@pytest.fixture
def models(world):
    """Rover in Avionics, and a vault in Secret."""
    write_rover(world.avionics)
    vault = Writer("vault", world.secret, name="Vault")
    vault.write(1, None, {"b": part("b", "Key")}, artifacts={"d1": ("x.svg", NEWER)})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_what_one_may_not_see_is_not_there(request, models, page, headers):
    for place, person in enumerate(PEOPLE):
        client = request.getfixturevalue(person)
        for id_, statuses in ((ID, READ), ("vault", HIDDEN)):
            answer = client.get("/repository/" + page.format(id=id_), headers=headers)
            assert answer.status_code == statuses[place], (person, id_)


@pytest.mark.parametrize("page", [*PAGES, "change/{id}/", "branches/flight/"])
def test_who_is_not_signed_in_is_asked_to(models, page):
    answer = Client().get("/repository/" + page.format(id=ID))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("page", PAGES)
def test_looking_is_not_a_deed(administrator, models, page):
    assert administrator.post("/repository/" + page.format(id=ID)).status_code == 405


@pytest.mark.parametrize("number", ["3", "0", "9" * 30, "9" * 5000])
def test_a_revision_of_another_number_is_not_there(reviewer, models, number):
    for page in PAGES:
        where = page.format(id=ID).replace("revisions/1/", f"revisions/{number}/")
        if "revisions/" in where:
            assert reviewer.get("/repository/" + where).status_code == 404


def test_an_address_with_a_nul_is_refused(reviewer, models):
    for page in ("revisions/1/element/of/rover/1/?id=%00", "?q=%00", "difference/r1/?after=%00"):
        assert reviewer.get("/repository/" + page).status_code == 400
