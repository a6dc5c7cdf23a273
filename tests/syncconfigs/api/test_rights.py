"""Who gets which answer: 404 for what one may not see, 403 for what one may not do."""

import pytest
from django.test import Client

from tests.syncconfigs.api.conftest import V1, problem

PEOPLE = ("administrator", "manager", "contributor", "reviewer", "stranger")
# What these five get, in this order.
GETS = {
    "me/": (200, 200, 200, 200, 200),
    "node/": (200, 200, 200, 200, 200),
    "audit/": (200, 403, 403, 403, 403),
    "audit/export/": (200, 403, 403, 403, 403),
    "tokens/": (200, 200, 200, 200, 200),
    "accounts/": (200, 403, 403, 403, 403),
    "servers/": (200, 200, 403, 403, 403),
    "servers/{server}/": (200, 200, 404, 404, 404),
    "servers/{server}/catalogue/": (504, 504, 404, 404, 404),
    "categories/": (200, 200, 200, 200, 200),
    "categories/avionics/": (200, 200, 200, 200, 404),
    "categories/secret/": (200, 404, 404, 404, 404),
    "resources/": (200, 200, 200, 200, 200),
    "resources/r1/": (200, 200, 200, 200, 404),
    "resources/h1/": (200, 404, 404, 404, 404),
    "resources/r1/revisions/": (200, 200, 200, 200, 404),
    "resources/h1/revisions/": (200, 404, 404, 404, 404),
    "resources/r1/revisions/1/": (200, 200, 200, 200, 404),
    "resources/r1/revisions/2/": (404, 404, 404, 404, 404),
    "resources/r1/revisions/1/artifacts/": (200, 200, 200, 200, 404),
    "configurations/": (200, 200, 200, 200, 200),
    "configurations/{config}/": (200, 200, 200, 200, 404),
    "configurations/{config}/copies/": (200, 200, 200, 200, 404),
    "configurations/{config}/claims/": (200, 200, 200, 200, 404),
    "configurations/{config}/preview/": (504, 504, 403, 403, 404),
    "configurations/{config}/histories/r1/": (504, 504, 403, 403, 404),
    "configurations/{hidden_config}/histories/h1/": (404, 404, 404, 404, 404),
    "configurations/{hidden_config}/": (200, 404, 404, 404, 404),
    "configurations/{hidden_config}/preview/": (504, 404, 404, 404, 404),
    "runs/": (200, 200, 200, 200, 200),
    "runs/{run}/": (200, 200, 200, 200, 404),
    "runs/{run}/steps/": (200, 200, 200, 200, 404),
    "runs/{run}/log/": (200, 200, 200, 200, 404),
    "runs/{run}/plan/": (404, 404, 404, 404, 404),
    "runs/{hidden_run}/": (200, 404, 404, 404, 404),
    "runs/{hidden_run}/steps/": (200, 404, 404, 404, 404),
    "runs/{hidden_run}/log/": (200, 404, 404, 404, 404),
}
DEEDS = {
    "POST tokens/": (400, 400, 400, 400, 400),
    "DELETE tokens/999999/": (404, 404, 404, 404, 404),
    "POST accounts/999999/second-factor/reset/": (400, 403, 403, 403, 403),
    "POST servers/": (400, 403, 403, 403, 403),
    "POST servers/test/": (400, 403, 403, 403, 403),
    "PATCH servers/{server}/": (200, 403, 404, 404, 404),
    "POST servers/{server}/test/": (200, 403, 404, 404, 404),
    "DELETE servers/{server}/": (409, 403, 404, 404, 404),
    "POST categories/": (400, 400, 403, 403, 403),
    "PATCH resources/r1/": (200, 200, 200, 200, 404),
    "PATCH resources/h1/": (200, 404, 404, 404, 404),
    "POST configurations/": (400, 400, 403, 403, 403),
    "POST configurations/preview/": (400, 400, 403, 403, 403),
    "POST configurations/{config}/sync/": (202, 202, 403, 403, 404),
    "POST configurations/{config}/verify/": (202, 202, 403, 403, 404),
    "POST configurations/{config}/pause/": (200, 200, 403, 403, 404),
    "POST configurations/{config}/resume/": (200, 200, 403, 403, 404),
    "PATCH configurations/{config}/": (200, 200, 403, 403, 404),
    "DELETE configurations/{config}/": (204, 204, 403, 403, 404),
    "POST configurations/{config}/confirm-change/": (400, 400, 403, 403, 404),
    "POST configurations/{config}/histories/r1/accept/": (400, 400, 403, 403, 404),
    "POST configurations/{config}/histories/r1/keep/": (400, 400, 403, 403, 404),
    "POST configurations/{config}/take-over/": (200, 200, 403, 403, 404),
    "POST configurations/{hidden_config}/take-over/": (200, 404, 404, 404, 404),
    "POST configurations/{hidden_config}/sync/": (202, 404, 404, 404, 404),
    "DELETE configurations/{hidden_config}/": (204, 404, 404, 404, 404),
    "POST runs/{run}/cancel/": (202, 202, 403, 403, 404),
    "POST runs/{run}/retry/": (202, 202, 403, 403, 404),
    "POST runs/{hidden_run}/cancel/": (202, 404, 404, 404, 404),
    "POST runs/{hidden_run}/retry/": (202, 404, 404, 404, 404),
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
def test_each_thing_is_shown_to_whom_it_may_be_shown(request, world, path, person, status):
    client = request.getfixturevalue(person)
    assert client.get(address(world, path)).status_code == status


@pytest.mark.parametrize(("deed", "person", "status"), matrix(DEEDS))
def test_each_deed_is_done_for_whom_it_may_be_done(request, world, deed, person, status):
    method, path = deed.split()
    client = request.getfixturevalue(person)
    assert client.ask(method, address(world, path), {}).status_code == status


@pytest.mark.parametrize("deed", [*(f"GET {path}" for path in GETS), *DEEDS])
def test_nothing_is_answered_without_a_token(world, deed):
    method, path = deed.split()
    problem(Client().generic(method, V1 + address(world, path)), 401, "login_refused")


@pytest.mark.parametrize("path", ["resources/", "configurations/", "runs/", "categories/"])
def test_a_list_names_only_what_may_be_seen(world, reviewer, administrator, path):
    hidden = ("h1", "secret")
    assert any(word in administrator.get(path).text for word in hidden)
    assert not any(f'"{word}"' in reviewer.get(path).text for word in hidden)


def test_a_refusal_says_who_could_help(reviewer):
    body = problem(reviewer.get("audit/"), 403, "not_allowed")
    assert "Ask an administrator for the role Auditor" in body["next_step"]


def test_a_token_counts_no_longer_once_its_account_is_disabled(administrator):
    assert administrator.get("me/").status_code == 200
    administrator.user.is_active = False
    administrator.user.save()
    problem(administrator.get("me/"), 401, "login_refused")


@pytest.mark.parametrize("deed", [*(f"GET {path}" for path in GETS), *DEEDS])
def test_no_answer_holds_a_stored_secret(world, administrator, deed):
    method, path = deed.split()
    answer = administrator.ask(method, address(world, path), None)
    assert b"canary" not in answer.getvalue()
