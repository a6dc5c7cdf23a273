"""Guessing passwords: stopped before the hash, the same for every name, and locking nobody out."""

from __future__ import annotations

import base64
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from tcsync.access import guessing
from tcsync.access.models import KnownSite, SignInLimit, User
from tcsync.audit.models import AuditEntry
from tests.access.counting import CountingHasher, hashes

RIGHT, WRONG = "correct horse battery", "a wrong secret"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.1"
KINDS = ["active", "disabled", "without a password", "nobody"]


@pytest.fixture(autouse=True)
def _counted(settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.access.counting.CountingHasher"]
    CountingHasher.count = 0


@pytest.fixture
def people(db: None) -> None:
    """Somebody of each kind, by that name."""
    for name in KINDS[:3]:
        user = User(username=name, is_active=name != "disabled")
        user.set_password(None if name == "without a password" else RIGHT)
        user.save()
    hashes()


def form(name: str, password: str, at: str = HERE, client: Client | None = None) -> int:
    """Sign in at the portal; return the status: 302 in, 200 wrong, 429 too many."""
    sent = {"username": name, "password": password}
    return (client or Client()).post("/sign-in/", sent, REMOTE_ADDR=at).status_code


def basic(name: str, password: str, at: str = HERE) -> int:
    """Sign in to `/osmc`; return the status: 204 in, 401 wrong, 429 too many."""
    said = base64.b64encode(f"{name}:{password}".encode()).decode()
    return (
        Client(headers={"authorization": f"Basic {said}"}, REMOTE_ADDR=at)
        .get("/osmc/login")
        .status_code
    )


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("way", [form, basic])
def test_a_wrong_password_costs_one_hash_whoever_it_is(people: None, way, name: str) -> None:
    way(name, WRONG)
    assert hashes() == 1


@pytest.mark.parametrize("way", [form, basic])
def test_the_answers_are_the_same_whoever_it_is(people: None, way) -> None:
    tries = guessing.OF_NAME_AND_SITE.count + 2
    said = [
        [way(name, WRONG, at=f"192.0.2.{n}") for _ in range(tries)] for n, name in enumerate(KINDS)
    ]
    assert said[0][-2:] == [429, 429]
    assert all(one == said[0] for one in said)


@pytest.mark.parametrize("way", [form, basic])
def test_what_is_refused_is_not_hashed_not_even_the_right_password(people: None, way) -> None:
    for _ in range(guessing.OF_NAME_AND_SITE.count):
        way("active", WRONG)
    hashes()
    assert way("active", RIGHT) == 429
    assert hashes() == 0


def test_the_portal_and_osmc_have_one_limit(people: None) -> None:
    half = guessing.OF_NAME_AND_SITE.count // 2
    assert {form("active", WRONG) for _ in range(half)} == {200}
    assert {basic("active", WRONG) for _ in range(half)} == {401}
    assert (form("active", WRONG), basic("active", WRONG)) == (429, 429)


def test_one_password_on_many_names_is_stopped(people: None) -> None:
    said = [form(f"name{n}", WRONG) for n in range(guessing.OF_SITE.count + 1)]
    assert (said[-2:], form("active", RIGHT, at=ELSEWHERE)) == ([200, 429], 302)


def test_many_addresses_on_one_name_are_stopped(people: None) -> None:
    addresses = (f"203.0.{n}.1" for n in itertools.count())
    said = [form("active", WRONG, at=next(addresses)) for _ in range(guessing.OF_NAME.count + 1)]
    assert said[-2:] == [200, 429]


def _exhaust_here(name: str = "active", client: Client | None = None) -> None:
    """Guess until it is refused."""
    tries = guessing.OF_DEVICE.count + guessing.OF_NAME_AND_SITE.count + 1
    assert 429 in [form(name, WRONG, client=client) for _ in range(tries)]


def _exhaust_name(name: str = "active") -> None:
    """Guess from many addresses, until no more is left for this name."""
    for n in range(guessing.OF_NAME.count):
        guessing.attempt(RequestFactory(REMOTE_ADDR=f"203.0.{n}.1").get("/"), name)


def test_strangers_do_not_lock_out_an_address_where_people_sign_in(people: None) -> None:
    assert form("active", RIGHT) == 302
    _exhaust_name()
    assert form("active", RIGHT, at=ELSEWHERE) == 429
    assert (form("active", RIGHT), basic("active", RIGHT)) == (302, 204)


def test_strangers_at_the_same_address_do_not_lock_out_a_known_browser(people: None) -> None:
    known = Client()
    assert form("active", RIGHT, client=known) == 302
    known.post("/sign-out/")
    _exhaust_here()
    _exhaust_name()
    assert form("active", RIGHT, client=known) == 302
    assert form("active", RIGHT, at=ELSEWHERE, client=known) == 302


def test_a_known_browser_is_known_for_its_own_name_only(people: None) -> None:
    known = Client()
    form("active", RIGHT, client=known)
    known.post("/sign-out/")
    said = [form("nobody", WRONG, client=known) for _ in range(40)]
    assert said.count(200) == guessing.OF_NAME_AND_SITE.count


def test_a_known_browser_guesses_no_more_than_two_limits_together(people: None) -> None:
    known = Client()
    form("active", RIGHT, client=known)
    known.post("/sign-out/")
    said = [form("active", WRONG, client=known) for _ in range(40)]
    most = guessing.OF_DEVICE.count + guessing.OF_NAME_AND_SITE.count
    assert said.count(200) == most


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "\x00", "W10:1:x"])
def test_a_forged_browser_is_a_stranger(people: None, cookie: str) -> None:
    forged = Client()
    forged.cookies["tcsync_device"] = cookie
    _exhaust_here()
    assert form("active", RIGHT, client=forged) == 429


def test_an_address_is_known_to_every_name_alike(people: None) -> None:
    form("active", RIGHT)
    _exhaust_name("nobody")
    assert form("nobody", WRONG) == 200


def test_a_known_address_is_forgotten_after_a_month(people: None) -> None:
    form("active", RIGHT)
    later = timezone.now() + guessing.SITE_KNOWN + timedelta(days=1)
    with time_machine.travel(later, tick=False):
        _exhaust_name()
        assert form("active", RIGHT) == 429
        guessing.forget_old()
    assert not KnownSite.objects.exists()


def test_the_right_password_uses_nothing_up(people: None) -> None:
    said = {form("active", RIGHT) for _ in range(guessing.OF_SITE.count + 5)}
    assert said == {302}
    assert SignInLimit.objects.filter(full_ms__gt=timezone.now().timestamp() * 1000).count() == 0


def test_a_refusal_is_said_in_words_and_recorded_once(people: None) -> None:
    for _ in range(guessing.OF_NAME_AND_SITE.count + 5):
        form("active", WRONG)
    answer = Client().post("/sign-in/", {"username": "active", "password": RIGHT}, REMOTE_ADDR=HERE)
    assert "Sign-ins are refused for" in answer.text
    assert 0 < int(answer["Retry-After"]) <= 30
    assert AuditEntry.objects.filter(action="user.sign_in_limited").count() == 1


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_hashed_no_more_often_than_one_by_one() -> None:
    User.objects.create_user("active", password=RIGHT)
    hashes()

    def one(_: int) -> int:
        try:
            return basic("active", WRONG)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(one, range(30)))
    assert said.count(401) == hashes() == guessing.OF_NAME_AND_SITE.count
