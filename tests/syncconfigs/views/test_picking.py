"""Making configurations, against a real node: this one, served on loopback."""

import pytest

from syncconfigs.models import RemoteServer, SyncConfig, SyncRun
from tcsync.access.models import Role, RoleGrant, User
from tcsync.access.tokens import create_token
from tcsync.audit.recording import Actor
from tcsync.repository.models import Category

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(live_server, world):
    """Return the address of the page that picks from a node whose account reads all."""
    reader = User.objects.create_user("reader")
    RoleGrant.objects.create(user=reader, role=Role.REVIEWER)
    token = create_token(reader, "test", actor=Actor("test", origin="command"))
    server = RemoteServer.objects.create(name="Source", address=live_server.url, secret=token)
    return f"/configurations/new/{server.pk}/"


def typed(*picked, **more):
    fixed = {"target_category": "flight", "trigger": "manual", "new_category": "", "tags": ""}
    return {"picked": picked, **fixed, **more}


def test_the_page_offers_what_the_source_holds_as_a_tree(manager, page):
    text = manager.get(page).text
    for key in ("category:flight", "category:secret", "resource:h1"):
        assert f'value="{key}"' in text
    assert 'value="resource:r1" disabled' in text


def test_each_thing_picked_gets_a_configuration_of_its_own(manager, page):
    answer = manager.post(page, typed("category:flight", "resource:h1"))
    assert answer.url == "/configurations/"
    made = SyncConfig.objects.filter(server__name="Source").order_by("kind")
    assert [(c.kind, c.source_name) for c in made] == [
        ("category", "Flight"),
        ("resource", "Hidden"),
    ]


def test_a_trigger_that_is_not_manual_asks_for_the_first_run(manager, page):
    manager.post(page, typed("category:flight", trigger="every_commit"))
    assert SyncRun.objects.filter(config__server__name="Source", state="queued").count() == 1


def test_a_new_category_is_made_below_the_chosen_one(manager, page):
    manager.post(page, typed("category:flight", new_category="From afar"))
    made = Category.objects.get(name="From afar")
    assert made.parent_id == "flight"
    assert SyncConfig.objects.get(server__name="Source").target_category == made


def test_a_category_at_the_top_needs_a_role_everywhere(manager, administrator, page):
    at_the_top = typed("category:flight", target_category="", new_category="Top")
    assert "target_category" in manager.post(page, at_the_top).context["form"].errors
    administrator.post(page, at_the_top)
    assert Category.objects.get(name="Top").parent is None


def test_what_is_refused_leaves_no_new_category_behind(manager, page):
    manager.post(page, typed("category:flight"))
    answer = manager.post(page, typed("category:flight", new_category="Orphan"))
    assert answer.status_code == 200
    assert not Category.objects.filter(name="Orphan").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("picked", []),
        ("picked", ["category:nope"]),
        ("picked", ["flight"]),
        ("target_category", "secret"),
        ("target_category", ""),
        ("trigger", "whenever"),
        ("trigger", "commit_tag"),
        ("new_category", "a\0b"),
        ("new_category", "x" * 2000),
        ("tags", "x" * 5000),
    ],
)
def test_bad_or_forged_input_is_refused_at_its_field(manager, page, field, value):
    answer = manager.post(page, {**typed("category:flight"), field: value})
    assert answer.status_code == 200
    expected = "tags" if value == "commit_tag" else field
    assert list(answer.context["form"].errors) == [expected]
    assert not SyncConfig.objects.filter(server__name="Source").exists()


def test_tags_are_kept_in_the_order_typed(manager, page):
    manager.post(page, typed("category:flight", trigger="commit_tag", tags="v1, release-*,,v1"))
    assert SyncConfig.objects.get(server__name="Source").tags == ["v1", "release-*"]


def test_a_refused_form_keeps_what_was_picked(manager, page):
    answer = manager.post(page, typed("category:secret", trigger="whenever"))
    assert 'value="category:secret" checked' in answer.text


def test_a_server_that_cannot_be_read_says_why_and_what_to_do(manager, world):
    answer = manager.get(f"/configurations/new/{world.server.pk}/")
    assert "cannot be read" in answer.text
    assert "Check the address, the port" in answer.text
