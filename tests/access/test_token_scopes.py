"""What an API token may do of what its account may: by the JSON API, /osmc and commands."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tcsync.access.models import ApiToken, ClientSession, Role, RoleGrant, User
from tcsync.access.tokens import create_token, revoke_token
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor
from tcsync.errors import NotAllowed

READ, SYNCHRONIZE, ALL = ApiToken.Scope


@pytest.fixture
def anna(db) -> User:
    user = User.objects.create(username="anna")
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
    return user


def client(user: User, scope: str) -> Client:
    return Client(headers={"authorization": f"Token {create_token(user, 'x', scope=scope)}"})


def status(caller: Client, method: str, path: str, body: str = "{}") -> int:
    return caller.generic(method, path, body, content_type="application/json").status_code


@pytest.mark.parametrize(
    ("call", "read", "synchronize", "everything"),
    [
        ("GET /api/v1/servers/", 200, 200, 200),
        ("GET /api/v1/audit/", 200, 200, 200),
        ("GET /api/v1/configurations/9/", 404, 404, 404),
        ("POST /api/v1/configurations/9/sync/", 403, 404, 404),
        ("POST /api/v1/configurations/9/verify/", 403, 404, 404),
        ("POST /api/v1/configurations/preview/", 403, 400, 400),
        ("POST /api/v1/runs/9/cancel/", 403, 404, 404),
        ("POST /api/v1/runs/9/retry/", 403, 404, 404),
        ("POST /api/v1/configurations/9/pause/", 403, 403, 404),
        ("DELETE /api/v1/configurations/9/", 403, 403, 404),
        ("POST /api/v1/servers/", 403, 403, 400),
        ("POST /api/v1/tokens/", 403, 403, 400),
        ("DELETE /api/v1/tokens/9/", 403, 403, 404),
        ("GET /osmc/resources", 200, 200, 200),
        ("PUT /osmc/workspaces", 200, 200, 200),
        ("POST /osmc/workspaces", 403, 403, 201),
    ],
)
def test_each_scope_opens_what_it_says(anna, call, read, synchronize, everything) -> None:
    method, path = call.split()
    bodies = {"POST /osmc/workspaces": '{"dcterms:title": "New"}', "PUT /osmc/workspaces": '["x"]'}
    body = bodies.get(call, "{}")
    said = [status(client(anna, scope), method, path, body) for scope in (READ, SYNCHRONIZE, ALL)]
    assert said == [read, synchronize, everything]


def test_a_refusal_names_the_token_and_what_to_do(anna) -> None:
    said = client(anna, READ).post("/api/v1/tokens/", {}, "application/json").json()
    assert said["detail"] == "This API token may only read."
    assert "page of your account" in said["next_step"]


def test_a_session_may_no_more_than_the_token_that_opened_it(anna) -> None:
    caller = client(anna, READ)
    session = Client()
    session.cookies = caller.get("/osmc/login").cookies
    assert ClientSession.objects.get().token.scope == READ
    assert status(session, "GET", "/osmc/resources") == 200
    assert status(session, "POST", "/osmc/workspaces", '{"dcterms:title": "New"}') == 403


def test_an_account_learns_what_its_token_may(anna) -> None:
    said = client(anna, READ).get("/api/v1/me/").json()
    assert said["token_scope"] == "read"
    assert said["rights"]["edit"] == {"everywhere": False, "categories": []}
    assert said["rights"]["read"]["everywhere"]


def test_tokens_are_made_listed_and_revoked_by_the_api(anna) -> None:
    caller = client(anna, ALL)
    sent = {"name": "backup", "scope": "read", "days": 7}
    text = caller.post("/api/v1/tokens/", sent, "application/json").json()["token"]
    listed = caller.get("/api/v1/tokens/").json()["results"]
    assert text not in str(listed)
    (made,) = [row for row in listed if row["name"] == "backup"]
    assert (made["scope"], made["account"], made["last_used"]) == ("read", "anna", None)
    assert status(caller, "DELETE", f"/api/v1/tokens/{made['id']}/") == 204
    assert Client(headers={"authorization": f"Token {text}"}).get("/api/v1/me/").status_code == 401


def test_foreign_tokens_are_not_there_but_for_administrators(anna) -> None:
    paul = User.objects.create(username="paul")
    own, foreign = client(paul, ALL), client(anna, ALL)
    assert own.get("/api/v1/tokens/").json()["count"] == 1
    assert foreign.get("/api/v1/tokens/").json()["count"] == 2
    token = ApiToken.objects.get(user=anna)
    assert status(own, "DELETE", f"/api/v1/tokens/{token.pk}/") == 404
    with pytest.raises(NotAllowed):
        revoke_token(token, Actor("paul", paul.pk, "api"))


def test_only_administrators_see_how_others_sign_in(anna) -> None:
    paul = User.objects.create(username="paul")
    assert client(paul, ALL).get("/api/v1/accounts/").status_code == 403
    rows = client(anna, READ).get("/api/v1/accounts/").json()["results"]
    assert [(row["username"], row["second_factor"]) for row in rows] == [
        ("anna", False),
        ("paul", False),
    ]
    reset = f"/api/v1/accounts/{paul.pk}/second-factor/reset/"
    assert status(client(paul, ALL), "POST", reset, '{"reason": "x"}') == 403
    assert status(client(anna, ALL), "POST", reset, '{"reason": "x"}') == 404


def test_a_command_lists_and_revokes(anna) -> None:
    call_command("create_api_token", "anna", name="ci", scope="read", stdout=io.StringIO())
    out = io.StringIO()
    call_command("api_tokens", stdout=out)
    number, account, name = out.getvalue().split("\t")[:3]
    assert (account, name) == ("anna", "ci")
    call_command("api_tokens", revoke=int(number))
    assert not ApiToken.objects.exists()
    entry = AuditEntry.objects.all()[0]
    assert (entry.action, entry.origin) == ("token.delete", "command")
    with pytest.raises(CommandError, match="no token"):
        call_command("api_tokens", revoke=int(number))
