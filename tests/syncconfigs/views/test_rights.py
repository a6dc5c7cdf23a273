"""Who gets which answer: 404 for what one may not see, 403 for what one may not do."""

from urllib.parse import quote

import pytest
from django.test import Client

from tcsync.access.models import Role, RoleGrant, User
from tcsync.repository.models import Category

PEOPLE = ("administrator", "manager", "reviewer", "stranger")
# What these four get, in this order.
GETS = {
    "/": (200, 200, 200, 200),
    "/servers/": (200, 200, 403, 403),
    "/servers/{server}/": (200, 200, 404, 404),
    "/servers/add/": (200, 403, 403, 403),
    "/servers/{server}/edit/": (200, 403, 404, 404),
    "/servers/{server}/delete/": (200, 403, 404, 404),
    "/comparisons/": (200, 403, 403, 403),
    "/comparisons/add/": (200, 403, 403, 403),
    "/account/": (200, 200, 200, 200),
    "/account/password/": (200, 200, 200, 200),
    "/account/second-factor/": (200, 200, 200, 200),
    "/account/tokens/": (200, 200, 200, 200),
    "/accounts/": (200, 403, 403, 403),
    "/accounts/9999/second-factor/": (404, 403, 403, 403),
    "/configurations/": (200, 200, 200, 200),
    "/configurations/new/": (302, 302, 403, 403),
    "/configurations/new/{server}/": (302, 302, 403, 403),
    "/configurations/new/unknown/source/": (302, 302, 403, 403),
    "/configurations/{config}/": (200, 200, 200, 404),
    "/configurations/{config}/edit/": (200, 200, 403, 404),
    "/configurations/{config}/delete/": (200, 200, 403, 404),
    "/configurations/{config}/preview/": (200, 200, 403, 404),
    "/configurations/{hidden_config}/preview/": (200, 404, 404, 404),
    "/configurations/{config}/histories/r1/": (200, 200, 403, 404),
    "/configurations/{hidden_config}/histories/h1/": (404, 404, 404, 404),
    "/configurations/{hidden_config}/edit/": (200, 404, 404, 404),
    "/configurations/{hidden_config}/": (200, 404, 404, 404),
    "/configurations/{hidden_config}/delete/": (200, 404, 404, 404),
    "/runs/": (200, 200, 200, 200),
    "/runs/{run}/": (200, 200, 200, 404),
    "/runs/{run}/progress/": (286, 286, 286, 404),
    "/runs/{hidden_run}/": (200, 404, 404, 404),
    "/runs/{hidden_run}/progress/": (286, 404, 404, 404),
    "/repository/": (200, 200, 200, 200),
    "/repository/categories/avionics/": (200, 200, 200, 404),
    "/repository/categories/secret/": (200, 404, 404, 404),
    "/repository/resources/r1/": (200, 200, 200, 404),
    "/repository/revisions/1/of/r1/": (200, 200, 200, 404),
    "/repository/revisions/2/of/r1/": (404, 404, 404, 404),
    "/repository/resources/h1/": (200, 404, 404, 404),
    "/repository/branches/avionics/": (200, 200, 200, 404),
    "/repository/branches/secret/": (200, 404, 404, 404),
    "/repository/difference/r1/?after=9": (200, 200, 200, 404),
    "/repository/revisions/1/search/of/r1/": (200, 200, 200, 404),
    "/repository/revisions/1/artifacts/of/r1/": (200, 200, 200, 404),
    "/repository/change/r1/": (403, 403, 403, 404),
    "/repository/change/h1/": (403, 404, 404, 404),
}
POSTS = {
    "/account/tokens/": (200, 200, 200, 200),
    "/account/tokens/9999/revoke/": (404, 404, 404, 404),
    "/account/sessions/": (302, 302, 302, 302),
    "/accounts/9999/second-factor/": (404, 403, 403, 403),
    "/servers/add/": (200, 403, 403, 403),
    "/servers/{server}/test/": (200, 403, 404, 404),
    "/servers/{server}/delete/": (302, 403, 404, 404),
    "/configurations/act/?{config}": (302, 302, 403, 404),
    "/configurations/act/?{hidden_config}": (302, 404, 404, 404),
    "/configurations/{config}/edit/": (200, 200, 403, 404),
    "/configurations/{config}/delete/": (200, 200, 403, 404),
    "/configurations/{config}/confirm-change/": (302, 302, 403, 404),
    "/configurations/{config}/take-over/": (302, 302, 403, 404),
    "/configurations/{hidden_config}/take-over/": (302, 404, 404, 404),
    "/runs/{run}/cancel/": (302, 302, 403, 404),
    "/runs/{run}/retry/": (302, 302, 403, 404),
    "/runs/{hidden_run}/retry/": (302, 404, 404, 404),
    "/repository/change/r1/": (403, 403, 403, 404),
    "/repository/change/h1/": (403, 404, 404, 404),
}


def matrix(table):
    return [
        pytest.param(path, person, status, id=f"{person} {path}")
        for path, statuses in table.items()
        for person, status in zip(PEOPLE, statuses, strict=True)
    ]


def address(world, path):
    names = ("server", "config", "hidden_config", "run", "hidden_run")
    return path.format(**{name: getattr(world, name).pk for name in names})


@pytest.mark.parametrize(("path", "person", "status"), matrix(GETS))
def test_each_page_answers_to_each_person_as_their_role_says(request, world, path, person, status):
    client = request.getfixturevalue(person)
    assert client.get(address(world, path)).status_code == status


@pytest.mark.parametrize(("path", "person", "status"), matrix(POSTS))
def test_each_deed_answers_to_each_person_as_their_role_says(request, world, path, person, status):
    client = request.getfixturevalue(person)
    where, _mark, pk = address(world, path).partition("?")
    sent = {"config": pk, "action": "pause"} if pk else {}
    assert client.post(where, sent).status_code == status


@pytest.mark.parametrize("path", GETS)
def test_who_is_not_signed_in_is_asked_to_and_comes_back(world, path):
    where = address(world, path)
    answer = Client().get(where)
    assert answer.status_code == 302
    assert answer.url == f"/sign-in/?next={quote(where, safe='/')}"


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_its_csrf_token_is_refused(administrator, world, path):
    administrator.handler.enforce_csrf_checks = True
    where = address(world, path).partition("?")[0]
    answer = administrator.post(where)
    assert answer.status_code == 403
    assert "The form is too old" in answer.text


@pytest.mark.parametrize("path", ["/configurations/act/", "/runs/{run}/cancel/", "/sign-out/"])
def test_what_changes_something_is_not_done_by_a_link(administrator, world, path):
    assert administrator.get(address(world, path)).status_code == 405


def test_a_refusal_says_who_could_help(reviewer):
    answer = reviewer.get("/servers/")
    assert "Ask an administrator for the role" in answer.text


def test_categories_above_that_one_may_not_see_are_not_named(world):
    Category.objects.filter(id="flight").update(name="Project Secret Wing")
    user = User.objects.create(username="below")
    RoleGrant.objects.create(
        user=user, role=Role.SYNCHRONIZATION_MANAGER, category=world.avionics.id
    )
    client = Client()
    client.force_login(user)
    page = client.get(f"/configurations/{world.config.pk}/").text
    assert "Avionics" in page
    assert "Secret Wing" not in page
