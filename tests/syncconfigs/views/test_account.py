"""The own account: signing in with a code, sessions that end, passwords, tokens."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tcsync.access import guessing, second_factor
from tcsync.access.models import ApiToken, ClientSession, Role, RoleGrant, User
from tcsync.access.tokens import authenticate_token, create_token
from tcsync.audit.models import AuditEntry
from tests.access.test_second_factor import beside, set_up

PASSWORD = "correct horse battery"
TYPED = {"username": "rita", "password": PASSWORD}


@pytest.fixture
def rita(db) -> User:
    return User.objects.create_user("rita", password=PASSWORD)


@pytest.fixture
def browser(rita) -> Client:
    """A browser in which Rita has signed in."""
    client = Client()
    assert client.post("/sign-in/", TYPED).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def program() -> Client:
    """Return a client of /osmc with nothing but the cookies of a login."""
    said = base64.b64encode(f"rita:{PASSWORD}".encode()).decode()
    client = Client()
    client.cookies = Client(headers={"authorization": f"Basic {said}"}).get("/osmc/login").cookies
    return client


# Sessions


def test_the_session_is_another_one_after_the_sign_in(rita):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["tcsync_session"] = planted
    client.post("/sign-in/", TYPED)
    assert client.cookies["tcsync_session"].value != planted
    stolen = Client()
    stolen.cookies["tcsync_session"] = planted
    assert not is_in(stolen)


def test_the_session_is_over_at_the_sign_out_for_whoever_kept_the_cookie(browser):
    kept = Client()
    kept.cookies["tcsync_session"] = browser.cookies["tcsync_session"].value
    assert is_in(kept)
    browser.post("/sign-out/")
    assert not is_in(kept)


@pytest.mark.parametrize("change", ["password", "disabled", "ended", "deleted"])
def test_every_session_ends_with_the_password_and_the_account(browser, rita, change):
    token, client = create_token(rita, "script"), program()
    if change == "deleted":
        rita.delete()
    elif change == "ended":
        Client(headers={}).get("/")
        browser.post("/account/sessions/")
    elif change == "password":
        rita.set_password("another one")
        rita.save()
    else:
        rita.is_active = False
        rita.save()
    assert not is_in(browser)
    assert client.get("/osmc/version").status_code == 401
    is_token_good = authenticate_token(token) is not None
    assert is_token_good is (change in {"password", "ended"})


def test_sessions_do_not_come_back_with_an_account_that_is_enabled_again(browser, rita):
    client = program()
    for is_active in (False, True):
        rita.is_active = is_active
        rita.save(update_fields=["is_active"])
    assert not is_in(browser)
    assert client.get("/osmc/version").status_code == 401


def test_an_idle_session_ends_and_the_person_is_told(browser):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        is_in(browser)
        clock.shift(timedelta(minutes=59))
        assert is_in(browser)
        clock.shift(timedelta(minutes=62))
        answer = browser.get("/account/", follow=True)
    assert answer.request["PATH_INFO"] == "/sign-in/"
    assert "nothing happened for 60 minutes" in answer.text
    assert "user.session_ended" in AuditEntry.objects.values_list("action", flat=True)


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(browser):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(12 * 2):
            assert is_in(browser)
            clock.shift(timedelta(minutes=30, seconds=1))
        answer = browser.get("/account/", follow=True)
    assert "signed in for 12 hours" in answer.text


def test_a_page_that_asks_by_itself_keeps_no_session_alive(browser):
    polled = {"HX-Request": "true"}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        is_in(browser)
        for _ in range(7):
            clock.shift(timedelta(minutes=10))
            browser.get("/?live=1", headers=polled)
        answer = browser.get("/?live=1", headers=polled)
    assert "HX-Redirect" in answer.headers


def test_a_clients_session_ends_after_twelve_hours_too(rita):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = program()
        for _ in range(12 * 6 - 1):
            clock.shift(timedelta(minutes=10))
            said = client.get("/osmc/version").status_code
        assert said == 200
        clock.shift(timedelta(minutes=10))
        assert client.get("/osmc/version").status_code == 401


# The password


def change(client, old=PASSWORD, **more):
    new = {"new_password1": "staple battery horse", "new_password2": "staple battery horse"}
    return client.post("/account/password/", {"old_password": old, **new, **more})


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(browser, rita):
    other, client = Client(), program()
    other.post("/sign-in/", TYPED)
    assert change(browser).status_code == 302
    assert (is_in(browser), is_in(other)) == (True, False)
    assert client.get("/osmc/version").status_code == 401
    entry = AuditEntry.objects.filter(action="user.change").first()
    assert (entry.actor, entry.details) == ("rita", {"password": "changed"})


def test_tokens_go_with_the_old_password_where_that_is_wanted(browser, rita):
    token = create_token(rita, "script")
    change(browser)
    assert authenticate_token(token)
    browser.post("/sign-out/")
    browser.post("/sign-in/", {**TYPED, "password": "staple battery horse"})
    again = {"new_password1": PASSWORD + "!", "new_password2": PASSWORD + "!"}
    change(browser, "staple battery horse", **again, revoke_tokens="on")
    assert authenticate_token(token) is None


def test_who_found_an_open_session_cannot_guess_the_password(browser):
    said = [change(browser, "wrong").status_code for _ in range(guessing.OF_ACCOUNT.count)]
    answer = change(browser)
    assert set(said) == {200}
    assert "Sign-ins are refused" in answer.text


def test_the_administration_has_no_page_for_passwords_of_its_own(browser, rita):
    rita.is_staff = True
    rita.save()
    assert browser.get("/admin/password_change/").url == "/account/password/"


# The second factor


def test_it_is_set_up_with_a_picture_and_confirmed_by_a_code(browser, rita):
    browser.post("/account/second-factor/", {"begin": "1", "password": PASSWORD})
    page = browser.get("/account/second-factor/")
    secret = re.search(r'<p class="id">([A-Z2-7]{32})</p>', page.text)[1]
    assert 'src="data:image/svg+xml' in page.text
    code = pyotp.TOTP(secret).now()
    done = browser.post("/account/second-factor/", {"confirm": "1", "code": code})
    assert len(re.findall(r"<li>([a-z2-9-]{24})</li>", done.text)) == 10
    assert (is_in(browser), second_factor.is_on(rita)) == (True, True)
    assert secret not in browser.get("/account/second-factor/").text


def test_setting_it_up_takes_the_password_and_a_post(browser, rita):
    browser.get("/account/second-factor/")
    browser.post("/account/second-factor/", {"begin": "1", "password": "wrong"})
    assert second_factor.begun(rita) is None


def test_setting_it_up_ends_all_other_sessions(browser, rita):
    client = program()
    set_up(rita)
    assert not is_in(browser)
    assert client.get("/osmc/version").status_code == 401


def test_signing_in_then_takes_a_code_and_comes_back_to_where_one_wanted(rita):
    totp, _codes = set_up(rita)
    client = Client()
    first = client.post("/sign-in/?next=/runs/", TYPED)
    assert first.url == "/sign-in/code/?next=%2Fruns%2F"
    assert not is_in(client)
    last = client.post(first.url, {"code": totp.now(), "next": "/runs/"})
    assert (last.url, is_in(client)) == ("/runs/", True)


def test_a_wrong_code_does_not_let_in(rita):
    set_up(rita)
    client = Client()
    client.post("/sign-in/", TYPED)
    said = [client.post("/sign-in/code/", {"code": "x"}).status_code for _ in range(6)]
    assert said == [200] * 5 + [429]
    assert not is_in(client)


def test_a_code_without_the_password_before_it_is_nothing(rita):
    totp, _codes = set_up(rita)
    client = Client()
    assert client.post("/sign-in/code/", {"code": totp.now()}).url == "/sign-in/"
    assert not is_in(client)


@pytest.mark.parametrize("change", ["late", "password", "disabled"])
def test_the_password_before_the_code_counts_for_a_while_only(rita, change):
    totp, _codes = set_up(rita)
    client = Client()
    client.post("/sign-in/", TYPED)
    later = timezone.now() + timedelta(minutes=6 if change == "late" else 0)
    if change == "password":
        rita.set_password("another one")
    rita.is_active = change != "disabled"
    rita.save()
    with time_machine.travel(later):
        assert client.post("/sign-in/code/", {"code": totp.now()}).url == "/sign-in/"


def test_a_password_alone_is_not_enough_for_programs_but_a_token_is(rita):
    assert program().get("/osmc/version").status_code == 200
    set_up(rita)
    said = base64.b64encode(f"rita:{PASSWORD}".encode()).decode()
    answer = Client(headers={"authorization": f"Basic {said}"}).get("/osmc/login")
    assert (answer.status_code, "API token" in answer.text) == (401, True)
    token = f"Token {create_token(rita, 'script')}"
    assert Client(headers={"authorization": token}).get("/osmc/login").status_code == 204


def test_it_is_removed_with_a_code(browser, rita):
    totp, _codes = set_up(rita)
    browser.post("/sign-in/", TYPED)
    browser.post("/sign-in/code/", {"code": beside(totp, -1)})
    browser.post("/account/second-factor/", {"remove": "1", "code": "wrong"})
    assert second_factor.is_on(rita)
    browser.post("/account/second-factor/", {"remove": "1", "code": totp.now()})
    assert not second_factor.is_on(rita)


@pytest.fixture
def asked(rita, settings) -> User:
    """Rita administers, and the node asks administrators for a second factor."""
    settings.TCSYNC_ADMINISTRATORS_NEED_TOTP = True
    RoleGrant.objects.create(user=rita, role=Role.ADMINISTRATOR)
    rita.is_staff = True
    rita.save()
    return rita


@pytest.mark.parametrize("page", ["/", "/servers/", "/admin/", "/account/tokens/", "/accounts/"])
def test_an_administrator_who_needs_it_is_led_to_it(asked, browser, page):
    assert browser.get(page).url == "/account/second-factor/"
    assert browser.get("/account/second-factor/").status_code == 200
    assert program().get("/osmc/version").status_code == 401


def test_others_need_none(rita, browser, settings):
    settings.TCSYNC_ADMINISTRATORS_NEED_TOTP = True
    assert browser.get("/").status_code == 200


# API tokens


def test_a_token_is_made_and_shown_once(browser, rita):
    sent = {"name": "backup", "scope": "read", "days": "30"}
    page = browser.post("/account/tokens/", sent)
    text = re.search(r"tcs_[\w-]{43}", page.text)[0]
    assert authenticate_token(text) == rita
    assert text not in browser.get("/account/tokens/").text
    token = ApiToken.objects.get()
    assert (token.scope, (token.expires - timezone.now()).days) == ("read", 29)


def test_one_sees_and_revokes_the_own_ones_only(browser, rita):
    paul = User.objects.create(username="paul")
    create_token(rita, "mine")
    create_token(paul, "foreign")
    page = browser.get("/account/tokens/").text
    assert ("mine" in page, "foreign" in page) == (True, False)
    mine, foreign = (ApiToken.objects.get(name=name).pk for name in ("mine", "foreign"))
    assert browser.post(f"/account/tokens/{foreign}/revoke/").status_code == 404
    assert browser.post(f"/account/tokens/{mine}/revoke/").status_code == 302
    assert list(ApiToken.objects.values_list("name", flat=True)) == ["foreign"]


def test_an_administrator_sees_all_of_them_and_how_everybody_signs_in(browser, rita):
    RoleGrant.objects.create(user=rita, role=Role.ADMINISTRATOR)
    paul = User.objects.create(username="paul")
    create_token(paul, "foreign")
    set_up(paul)
    assert "foreign" in browser.get("/account/tokens/").text
    assert f"/accounts/{paul.pk}/second-factor/" in browser.get("/accounts/").text
    browser.post(f"/accounts/{paul.pk}/second-factor/", {"reason": "phone lost"})
    assert not second_factor.is_on(paul)


def test_nobody_else_sees_everybody(browser, rita):
    assert browser.get("/accounts/").status_code == 403
    assert browser.post(f"/accounts/{rita.pk}/second-factor/", {"reason": "x"}).status_code == 403
    assert ClientSession.objects.count() == 0
