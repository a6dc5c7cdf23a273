"""Django's administration: who gets in, that each change is recorded, that no secret shows."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from tcsync.access.models import ApiToken, Role, RoleGrant, User
from tcsync.access.tokens import create_token
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM, record

PASSWORD = "correct horse battery"
LISTS = ["access_user", "access_rolegrant", "access_apitoken", "audit_auditentry"]


def newest() -> AuditEntry:
    """Return the last thing that was recorded."""
    return AuditEntry.objects.all()[0]


def page(name: str, *arguments: object) -> str:
    """Return the address of a page of the administration."""
    return reverse(f"admin:{name}", args=arguments)


@pytest.mark.parametrize("name", LISTS)
def test_an_administrator_sees_every_list(alices_browser: Client, bob: User, name: str) -> None:
    RoleGrant.objects.create(user=bob, role=Role.REVIEWER)
    create_token(bob, "laptop")
    answer = alices_browser.get(page(f"{name}_changelist"), {"q": "bob"})
    assert answer.status_code == 200
    assert ApiToken.objects.get().digest not in answer.text


@pytest.mark.parametrize("name", LISTS)
def test_an_account_without_a_role_sees_none(client: Client, bob: User, name: str) -> None:
    client.force_login(bob)
    assert client.get(page(f"{name}_changelist")).status_code == 403


def test_an_auditor_sees_the_record_and_nothing_else(client: Client, bob: User) -> None:
    RoleGrant.objects.create(user=bob, role=Role.AUDITOR)
    client.force_login(bob)
    seen = [client.get(page(f"{name}_changelist")).status_code for name in LISTS]
    assert seen == [403, 403, 403, 200]


def test_an_administrator_by_grant_may_administer(client: Client, bob: User) -> None:
    RoleGrant.objects.create(user=bob, role=Role.ADMINISTRATOR)
    client.force_login(bob)
    assert client.get(page("access_user_add")).status_code == 200


def test_a_new_user_is_recorded_without_the_password(alices_browser: Client, alice: User) -> None:
    form = {"username": "dave", "password1": PASSWORD, "password2": PASSWORD}
    alices_browser.post(page("access_user_add"), form | {"usable_password": "true"})
    dave, entry = User.objects.get(username="dave"), newest()
    assert (entry.action, entry.actor, entry.target_id) == ("user.create", "alice", str(dave.pk))
    assert entry.details["username"] == {"after": "dave"}
    assert entry.details["password"] == "changed"
    assert dave.password not in repr(AuditEntry.objects.values_list())


def test_a_changed_user_is_recorded_with_before_and_after(
    alices_browser: Client, bob: User
) -> None:
    form = {"username": "bob", "email": "bob@example.org", "is_active": "on"}
    answer = alices_browser.post(page("access_user_change", bob.pk), form)
    assert answer.status_code == 302
    assert newest().action == "user.change"
    assert newest().details == {
        "email": {"before": "", "after": "bob@example.org"},
        "is_staff": {"before": True, "after": False},
    }


def test_a_new_password_is_recorded_once_and_without_it(alices_browser: Client, bob: User) -> None:
    entries = AuditEntry.objects.count()
    form = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    alices_browser.post(page("auth_user_password_change", bob.pk), form | {"set-password": "1"})
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)
    assert AuditEntry.objects.count() == entries + 1
    assert (newest().action, newest().details) == ("user.change", {"password": "changed"})


def test_a_deleted_user_stays_in_the_record(alices_browser: Client, bob: User) -> None:
    alices_browser.post(page("access_user_delete", bob.pk), {"post": "yes"})
    assert not User.objects.filter(pk=bob.pk).exists()
    assert (newest().action, newest().target_id) == ("user.delete", str(bob.pk))
    assert newest().details["username"] == {"before": "bob"}


def test_roles_and_tokens_that_go_with_a_user_are_named(alices_browser: Client, bob: User) -> None:
    RoleGrant.objects.create(user=bob, role=Role.REVIEWER, category="engines")
    create_token(bob, "laptop")
    alices_browser.post(page("access_user_delete", bob.pk), {"post": "yes"})
    assert newest().details["grants"] == {"before": ["bob: Resource Reviewer, engines"]}
    assert "laptop" in repr(newest().details["tokens"])


def test_users_deleted_together_are_recorded_one_by_one(alices_browser: Client, bob: User) -> None:
    eve = User.objects.create(username="eve")
    form = {"action": "delete_selected", "_selected_action": [bob.pk, eve.pk], "post": "yes"}
    alices_browser.post(page("access_user_changelist"), form)
    deleted = AuditEntry.objects.filter(action="user.delete").values_list("target_name", flat=True)
    assert sorted(deleted) == ["bob", "eve"]


def test_a_grant_is_recorded_and_says_who_gave_it(alices_browser: Client, bob: User) -> None:
    form = {"user": bob.pk, "role": Role.REVIEWER, "category": "engines"}
    alices_browser.post(page("access_rolegrant_add"), form)
    assert RoleGrant.objects.get().created_by == "alice"
    assert newest().action == "grant.create"
    assert newest().target_name == "bob: Resource Reviewer, engines"


def test_a_grant_that_exists_is_refused_in_words(alices_browser: Client, bob: User) -> None:
    RoleGrant.objects.create(user=bob, role=Role.REVIEWER)
    form = {"user": bob.pk, "role": Role.REVIEWER, "category": ""}
    answer = alices_browser.post(page("access_rolegrant_add"), form)
    assert "This user has this role there already." in answer.text


def test_a_revoked_token_is_recorded_without_its_digest(alices_browser: Client, bob: User) -> None:
    create_token(bob, "laptop")
    token = ApiToken.objects.get()
    alices_browser.post(page("access_apitoken_delete", token.pk), {"post": "yes"})
    assert newest().action == "token.delete"
    assert token.digest not in repr(AuditEntry.objects.values_list())


def test_tokens_are_neither_made_nor_changed_here(alices_browser: Client, bob: User) -> None:
    create_token(bob, "laptop")
    token = ApiToken.objects.get()
    assert alices_browser.get(page("access_apitoken_add")).status_code == 403
    shown = alices_browser.get(page("access_apitoken_change", token.pk))
    assert token.digest not in shown.text
    assert alices_browser.post(shown.request["PATH_INFO"], {"name": "x"}).status_code == 403


@pytest.mark.parametrize("verb", ["add", "delete", "change"])
def test_the_record_cannot_be_changed_here(alices_browser: Client, verb: str) -> None:
    arguments = [] if verb == "add" else [1]
    answer = alices_browser.post(page(f"audit_auditentry_{verb}", *arguments), {"post": "yes"})
    assert answer.status_code == 403


def test_an_entry_can_be_found_and_read(alices_browser: Client) -> None:
    entry = record(SYSTEM, "server.create", target_name="Halle 7", details={"port": 8443})
    found = alices_browser.get(page("audit_auditentry_changelist"), {"q": "Halle"})
    assert "1 result" in found.text
    assert "8443" in alices_browser.get(page("audit_auditentry_change", entry.seq)).text


def test_the_history_of_an_account_is_its_audit_entries(alices_browser: Client, bob: User) -> None:
    record(SYSTEM, "user.change", target_kind="user", target_id=str(bob.pk), summary="found it")
    answer = alices_browser.get(page("access_user_history", bob.pk), follow=True)
    assert "found it" in answer.text
    assert "1 audit entry" in answer.text


def test_there_is_no_second_record_beside_ours(alices_browser: Client, bob: User) -> None:
    alices_browser.post(page("access_user_delete", bob.pk), {"post": "yes"})
    assert not LogEntry.objects.exists()
