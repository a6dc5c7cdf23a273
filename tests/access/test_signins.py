"""Sign-ins, failed ones and sign-outs are on record."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse

from tcsync.access.models import User
from tcsync.audit.models import AuditEntry

PASSWORD = "correct horse battery"


@pytest.fixture
def carol(db: None) -> User:
    """Somebody with a password who may enter Django's administration."""
    return User.objects.create_user("carol", password=PASSWORD, is_staff=True)


def sign_in(client: Client, name: str, password: str) -> None:
    """Use the sign-in page, which is that of the administration too."""
    client.post(reverse("sign-in"), {"username": name, "password": password})


def test_a_sign_in_is_recorded_with_its_address(client: Client, carol: User) -> None:
    sign_in(client, "carol", PASSWORD)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.actor_id) == ("user.sign_in", "carol", carol.pk)
    assert entry.origin == "web 127.0.0.1"


def test_the_administration_has_no_sign_in_of_its_own(client: Client, carol: User) -> None:
    led = client.post(reverse("admin:login"), {"username": "carol", "password": PASSWORD})
    assert led.url == f"{reverse('sign-in')}?next={reverse('admin:index')}"
    assert client.get(reverse("admin:index"), follow=True).request["PATH_INFO"] == "/sign-in/"


def test_who_may_not_enter_the_administration_is_told_and_not_sent_round(
    client: Client, db: None
) -> None:
    client.force_login(User.objects.create(username="dora"))
    answer = client.get(reverse("admin:index"), follow=True)
    assert (answer.status_code, len(answer.redirect_chain)) == (403, 1)


def test_a_sign_out_is_recorded(client: Client, carol: User) -> None:
    client.force_login(carol)
    client.logout()
    newest = AuditEntry.objects.first()
    assert newest is not None
    assert (newest.action, newest.actor) == ("user.sign_out", "carol")


@pytest.mark.django_db
def test_the_sign_out_of_a_visitor_is_no_event(client: Client) -> None:
    client.logout()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["carol", "nobody"])
def test_a_failed_sign_in_records_the_name_alone(client: Client, carol: User, name: str) -> None:
    sign_in(client, name, "a wrong secret")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_name, entry.target_id) == ("user.sign_in_failed", name, "")
    assert (entry.actor, entry.actor_id, entry.origin) == ("anonymous", None, "web 127.0.0.1")
    assert "wrong secret" not in repr(AuditEntry.objects.values_list())


def test_a_name_cannot_forge_a_line(carol: User) -> None:
    authenticate(username="x\n1 user.sign_in carol\x1b[2K", password="wrong")
    entry = AuditEntry.objects.get()
    assert entry.target_name == r"x\x0a1 user.sign_in carol\x1b[2K"
