"""Django's administration: what is synchronized, or done by the portal, can be looked at only."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from syncconfigs.models import Claim, Exclusion, RemoteServer, SyncConfig, SyncRun
from tcsync.access.models import Role, RoleGrant, User
from tcsync.repository.models import Branch, Category, Resource, Revision, Tag

CANARY = "canary-77-never-to-be-shown"
SECRETS = dict.fromkeys(RemoteServer.SECRETS, CANARY)
MODELS = (
    *(Category, Resource, Branch, Revision, Tag),
    *(RemoteServer, SyncConfig, SyncRun, Claim, Exclusion),
)


@pytest.fixture
def superuser(db):
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def address(model, page=""):
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"


@pytest.mark.parametrize("model", MODELS)
def test_a_list_can_be_looked_at_and_searched(superuser, model):
    assert superuser.get(address(model), {"q": "x"}).status_code == 200


def test_the_runs_name_who_cancelled_and_what_was_tried_again(superuser):
    fixed = {"trigger": "manual", "config_name": "Space"}
    first = SyncRun.objects.create(cancelled_by="carol", state="cancelled", **fixed)
    for _ in range(20):
        SyncRun.objects.create(retry_of=first, **fixed)
    with CaptureQueriesContext(connection) as asked:
        text = superuser.get(address(SyncRun)).text
    assert "carol" in text
    assert text.count(f"{first.pk} Space") >= 20
    assert len([one for one in asked if 'FROM "syncconfigs_syncrun"' in one["sql"]]) <= 3


@pytest.mark.parametrize("model", MODELS)
def test_nothing_can_be_added_even_by_a_superuser(superuser, model):
    assert superuser.post(address(model, "add/"), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("page", ["change/", "delete/"])
def test_nothing_can_be_changed_or_deleted_even_by_a_superuser(superuser, page):
    category = Category.objects.create(id="c", name="Kept")
    answer = superuser.post(address(Category, f"c/{page}"), {"name": "Other", "post": "yes"})
    assert answer.status_code == 403
    category.refresh_from_db()
    assert category.name == "Kept"


@pytest.mark.parametrize("model", MODELS)
def test_there_are_no_actions(model):
    assert admin.site.get_model_admin(model).actions is None


def test_somebody_without_the_role_sees_nothing(db):
    client = Client()
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get(address(Resource)).status_code == 403


def test_the_secret_of_a_server_is_on_no_page(superuser):
    server = RemoteServer.objects.create(name="A", address="http://a:1", **SECRETS)
    for page in ("", f"{server.pk}/change/"):
        answer = superuser.get(address(RemoteServer, page))
        assert answer.status_code == 200
        assert CANARY not in answer.text


@pytest.mark.parametrize("model", MODELS)
def test_an_auditor_sees_it_all_and_changes_nothing(db, model):
    user = User.objects.create_user("audrey", is_staff=True)
    RoleGrant.objects.create(user=user, role=Role.AUDITOR)
    client = Client()
    client.force_login(user)
    assert client.get(address(model)).status_code == 200
    assert client.post(address(model, "add/"), {"name": "x"}).status_code == 403


def test_the_history_of_a_row_is_what_the_audit_record_has_of_it(superuser):
    server = RemoteServer.objects.create(name="A", address="http://a:1")
    answer = superuser.get(address(RemoteServer, f"{server.pk}/history/"))
    assert answer.url == f"/admin/audit/auditentry/?target_kind=server&target_id={server.pk}"
