"""Signing in: Basic, tokens, cookies; how long a session lives and what ends it."""

import base64
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tcsync.access import guessing, sessions
from tcsync.access.models import ApiToken, ClientSession, User
from tcsync.access.tokens import create_token
from tcsync.audit.models import AuditEntry
from tests.api.osmc.conftest import PASSWORD, Caller, account

USER, SESSION = "twc-rest-current-user", "twc-rest-session-id"


@pytest.fixture
def rita(db) -> User:
    return account("rita")


def basic(name: str, password: str) -> dict[str, str]:
    said = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"authorization": f"Basic {said}"}


def signed_in(name: str = "rita") -> Client:
    """Return a client that has nothing but the cookies of a login."""
    client = Client()
    client.cookies = Caller(name).get("/osmc/login").cookies
    return client


def status(client: Client, **more: object) -> int:
    return client.get("/osmc/version", **more).status_code


def test_a_login_answers_nothing_and_two_cookies_in_order(rita):
    answer = Caller("rita").get("/osmc/login")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Content-Type"] == "application/json"
    assert list(answer.cookies) == [USER, SESSION]
    assert [c["path"] for c in answer.cookies.values()] == ["/osmc", "/osmc"]


def test_a_name_of_any_letters_fits_into_a_cookie(db):
    account("Zoë 🚀@x.org")
    said = basic("Zoë 🚀@x.org", PASSWORD)
    answer = Client().get("/osmc/login", headers=said)
    assert answer.cookies[USER].value == "Zo%C3%AB%20%F0%9F%9A%80@x.org"


def test_a_password_in_latin_1_lets_in_too(rita):
    rita.set_password("pässword")
    rita.save()
    said = base64.b64encode("rita:pässword".encode("latin-1")).decode()
    assert status(Client(), headers={"authorization": f"Basic {said}"}) == 200


def test_cookies_alone_let_in(rita):
    client = signed_in()
    assert client.cookies[USER].value == "rita"
    assert status(client) == 200


def test_a_call_with_a_password_opens_a_session_too(rita):
    answer = Caller("rita").get("/osmc/version")
    assert list(answer.cookies) == [USER, SESSION]
    client = Client()
    client.cookies = answer.cookies
    assert status(client) == 200


def test_a_call_with_cookies_opens_none(rita):
    client = signed_in()
    answer = client.get("/osmc/version", headers=basic("rita", PASSWORD))
    assert not answer.cookies
    assert ClientSession.objects.count() == 1


def test_a_token_lets_in_and_its_end_ends_the_session(rita):
    said = f"Token {create_token(rita, 'script')}"
    answer = Client().get("/osmc/login", headers={"authorization": said})
    client = Client()
    client.cookies = answer.cookies
    assert (answer.status_code, status(client)) == (204, 200)
    ApiToken.objects.update(expires=timezone.now())
    assert status(client) == 401


def test_a_login_by_a_form(rita):
    asked = {"username": "rita", "password": PASSWORD}
    assert list(Client().post("/osmc/login", asked).cookies) == [USER, SESSION]
    query = f"/osmc/login?username=rita&password={PASSWORD}"
    assert Client().post(query).status_code == 204
    assert Client().post("/osmc/login", {**asked, "password": "x"}).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("rita", "wrong"),
        basic("nobody", PASSWORD),
        {"authorization": "Basic ÿ"},
        {"authorization": "Token tcs_x"},
        {"authorization": f"Bearer {PASSWORD}"},
        {"cookie": f"{SESSION}=nonsense"},
    ],
)
def test_nobody_else_comes_in(rita, headers):
    answer = Client().get("/osmc/resources", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="Teamwork Cloud", Token'
    assert answer.json()["message"]
    assert not answer.cookies


def test_a_logout_ends_the_session_and_takes_the_cookies_away(rita):
    client = signed_in()
    kept = client.cookies[SESSION].value
    answer = client.get("/osmc/logout")
    assert (answer.status_code, answer["Content-Type"]) == (204, "application/json")
    assert [c["max-age"] for c in answer.cookies.values()] == [0, 0]
    assert status(Client(), headers={"cookie": f"{SESSION}={kept}"}) == 401


def test_a_session_ends_after_fifteen_idle_minutes(rita):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in()
        for _call in range(3):
            clock.shift(timedelta(minutes=14))
            assert status(client) == 200
        clock.shift(timedelta(minutes=16))
        assert status(client) == 401


def test_cookies_are_renewed_while_they_are_used(rita):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in()
        clock.shift(timedelta(minutes=1))
        assert list(client.get("/osmc/version").cookies) == [USER, SESSION]


@pytest.mark.parametrize("change", ["password", "disabled", "deleted"])
def test_a_session_ends_with_the_account_or_its_password(rita, change):
    client = signed_in()
    if change == "deleted":
        rita.delete()
    else:
        rita.is_active = change != "disabled"
        rita.set_password("another one")
        rita.save()
    assert status(client) == 401


def test_a_session_is_not_in_the_database_as_the_client_has_it(rita):
    client = signed_in()
    row = ClientSession.objects.get()
    assert client.cookies[SESSION].value not in str(vars(row))
    assert len(row.digest) == 64


def test_credentials_of_somebody_else_beside_the_cookies_count(rita):
    account("paul")
    client = signed_in()
    answer = client.get("/osmc/admin/currentUser", headers=basic("paul", PASSWORD))
    assert answer["Location"].endswith("/admin/users/paul")
    assert status(signed_in(), headers=basic("paul", "wrong")) == 401


def test_a_password_is_hashed_once_and_recorded_once(rita):
    for _call in range(3):
        assert status(Caller("rita")) == 200
    assert AuditEntry.objects.filter(action="user.sign_in").count() == 1


def test_a_password_that_was_remembered_ends_with_its_change(rita):
    assert status(Caller("rita")) == 200
    rita.set_password("another one")
    rita.save()
    assert status(Caller("rita")) == 401


def test_guessing_is_stopped_before_anything_is_hashed(rita):
    for _guess in range(guessing.OF_NAME_AND_SITE.count):
        assert status(Client(), headers=basic("rita", "wrong")) == 401
    answer = Client().get("/osmc/login", headers=basic("rita", PASSWORD))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 30
    assert status(Client(), headers=basic("paul", "wrong")) == 401


def test_one_password_tried_on_many_names_is_stopped_and_not_recorded(rita):
    for n in range(guessing.OF_SITE.count):
        assert status(Client(), headers=basic(f"name{n}", "wrong")) == 401
    failed = AuditEntry.objects.filter(action="user.sign_in_failed")
    before = failed.count()
    assert status(Client(), headers=basic("rita", "wrong")) == 429
    assert failed.count() == before
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert status(elsewhere, headers=basic("rita", PASSWORD)) == 200


def test_one_account_cannot_fill_the_table(rita):
    oldest = signed_in()
    now = timezone.now()
    ClientSession.objects.bulk_create(
        ClientSession(user=rita, digest=f"{n}", last_used=now)
        for n in range(1, sessions.SESSIONS_AT_MOST)
    )
    newest = signed_in()
    assert ClientSession.objects.count() == sessions.SESSIONS_AT_MOST
    assert (status(oldest), status(newest)) == (401, 200)


def test_sessions_that_are_over_are_cleared_away(rita):
    signed_in()
    ClientSession.objects.update(last_used=timezone.now() - timedelta(hours=1))
    signed_in()
    assert ClientSession.objects.count() == 1
