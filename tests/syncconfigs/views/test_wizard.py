"""New configuration from the first step to the last, back again, and into all that is wrong."""

import re

import pytest

from syncconfigs.connect.catalogue import forget
from syncconfigs.models import RemoteServer, SyncConfig, SyncRun
from tcsync.access.models import RoleGrant
from tcsync.errors import Unreachable
from tcsync.repository.models import Category
from tests.syncconfigs.views.walking import Walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def there(server, world):
    """Return a server that offers Space with Rover and Probe; this node is that of `world`."""
    return server


@pytest.fixture
def walk(there, manager):
    return Walk.begin(manager, there.pk)


def test_one_thing_picked_becomes_one_configuration(walk, space, there):
    answer = walk.to_review([f"category:{space}"]).create()
    made = SyncConfig.objects.get(server=there)
    assert answer.url == f"/configurations/{made.pk}/"
    assert (made.kind, made.source_name, made.target_category_id) == ("category", "Space", "flight")


def test_each_selection_gets_a_configuration_of_its_own(walk, there):
    answer = walk.to_review(["resource:rover", "resource:probe"]).create()
    assert answer.url == "/configurations/"
    made = SyncConfig.objects.filter(server=there).order_by("source_id")
    assert [config.source_name for config in made] == ["Name probe", "Name rover"]


def test_nothing_is_written_before_create(walk, space, there):
    walk.answer("what", picked=[f"category:{space}"])
    walk.answer("where", target_category="flight", new_category="From afar")
    walk.answer("when", trigger="every_commit")
    assert "1,3" not in walk.at("review").text
    assert not SyncConfig.objects.filter(server=there).exists()
    assert not Category.objects.filter(name="From afar").exists()
    walk.create()
    assert SyncConfig.objects.get(server=there).target_category.name == "From afar"
    assert SyncRun.objects.filter(config__server=there, state="queued").count() == 1


def test_the_review_shows_each_line_of_the_plan(walk, space):
    text = walk.to_review([f"category:{space}"]).at("review").text
    for words in ("Name rover", "Name probe", "Space", "Flight", "<td>new</td>"):
        assert words in text


def test_going_back_loses_nothing(walk, space):
    walk.answer("what", picked=[f"category:{space}"])
    walk.say("where", target_category="flight", new_category="Half done", goto="what")
    assert walk.at("what").context["picked"] == [(f"category:{space}", "Space", True)]
    walk.answer("what", picked=[f"category:{space}"])
    page = walk.at("where")
    assert 'value="Half done"' in page.text
    assert page.context["chosen"] == "flight"


def test_no_step_can_be_skipped(walk):
    assert walk.at("review").url.endswith("/what/?check")
    assert "Pick at least one" in walk.at("what", check="").text
    assert walk.say("review", create="1").url.endswith("/what/?check")


def test_choices_outlast_opening_searching_and_leaving(walk, space):
    walk.say("what", picked=["resource:rover"], shown=["resource:rover"], find="1", text="probe")
    page = walk.at("what")
    assert 'value="resource:probe"' in page.text
    assert 'value="resource:rover" checked' not in page.text
    walk.say("what", picked=["resource:probe"], shown=["resource:probe"], clear="1")
    assert {key for key, *_ in walk.at("what").context["picked"]} == {
        "resource:rover",
        "resource:probe",
    }


def test_what_is_unticked_or_taken_out_is_no_longer_picked(walk):
    walk.say("what", picked=["resource:rover", "resource:probe"], pick="1")
    walk.say("what", shown=["resource:probe"], pick="1")
    assert walk.at("what").context["count"] == 1
    walk.say("what", drop="resource:rover")
    assert walk.at("what").context["count"] == 0


def test_a_category_is_opened_by_a_link_without_scripts(walk, space):
    closed = walk.say("what", close=space)
    assert closed.status_code == 302
    assert "Name rover" not in walk.at("what").text
    assert "Name rover" in walk.at("what", open=space).text


def test_two_wizards_do_not_mix(there, manager):
    one, two = Walk.begin(manager, there.pk), Walk.begin(manager, there.pk)
    one.say("what", picked=["resource:rover"], pick="1")
    assert two.at("what").context["count"] == 0
    assert one.at("what").context["count"] == 1


def test_a_finished_wizard_says_so_and_begins_a_new_one(walk, manager):
    walk.to_review(["resource:rover"]).create()
    for answer in (walk.at("review"), walk.say("review", create="1"), walk.at("what")):
        assert answer.url == "/configurations/new/"
    assert "finished or has expired" in manager.get("/configurations/new/", follow=True).text


def test_what_was_changed_in_another_window_is_reviewed_again(walk, there):
    walk.to_review(["resource:rover"])
    seen = walk.at("review").context["digest"]
    walk.answer("when", trigger="once")
    answer = walk.say("review", reviewed=seen, create="1")
    assert "changed in another window" in answer.text
    assert not SyncConfig.objects.filter(server=there).exists()


def test_a_clash_that_came_up_meanwhile_is_said_with_nothing_lost(walk, there, world, space):
    walk.to_review([f"category:{space}"])
    SyncConfig.objects.create(
        server=there,
        kind="category",
        source_id=space,
        source_name="Space",
        target_category=world.flight,
    )
    answer = walk.create()
    assert "is followed by configuration" in answer.text
    assert walk.at("what").context["count"] == 1


def test_what_the_source_no_longer_offers_leads_back_to_that_step(walk, source):
    walk.to_review(["resource:rover"])
    gone = tuple(r for r in source.whole.resources if r.id != "rover")
    object.__setattr__(source.whole, "resources", gone)
    answer = walk.create()
    assert answer.url.endswith("/what/?check")
    assert "does not offer resource:rover" in walk.at("what", check="").text


def test_a_role_that_is_taken_away_on_the_way_counts_at_once(walk, there):
    walk.to_review(["resource:rover"])
    RoleGrant.objects.filter(user__username="mara").delete()
    assert walk.at("review").status_code == 403
    assert walk.say("review", create="1").status_code == 403


def test_a_target_that_may_no_longer_be_used_is_asked_for_again(walk, there):
    walk.to_review(["resource:rover"], "avionics")
    reviewed = walk.at("review").context["digest"]
    RoleGrant.objects.filter(user__username="mara").update(category="secret")
    assert walk.say("review", reviewed=reviewed, create="1").url.endswith("/where/?check")
    assert not SyncConfig.objects.filter(server=there).exists()


def test_only_categories_of_ones_own_are_offered_as_targets(walk):
    walk.answer("what", picked=["resource:rover"])
    page = walk.at("where")
    assert "Flight" in page.text
    assert "Secret" not in page.text
    assert "At the top" not in page.text


@pytest.mark.parametrize(
    ("step", "field", "words"),
    [
        ("what", "picked", {"picked": []}),
        ("what", "picked", {"picked": ["category:nope"]}),
        ("what", "picked", {"picked": ["rover"]}),
        ("what", "picked", {"picked": ["resource:rover\0"]}),
        ("what", "picked", {"picked": [f"resource:{n}" for n in range(15_000)]}),
        ("where", "target_category", {"target_category": "secret"}),
        ("where", "target_category", {"target_category": ""}),
        ("where", "target_category", {"target_category": "x" * (10 << 20)}),
        ("where", "target_category", {"target_category": "a\0b"}),
        ("where", "new_category", {"target_category": "flight", "new_category": "a\0b"}),
        ("where", "new_category", {"target_category": "flight", "new_category": "x" * 2000}),
        ("where", "new_category", {"target_category": "flight", "new_category": "Avionics"}),
        ("when", "trigger", {"trigger": "whenever"}),
        ("when", "trigger", {}),
        ("when", "tags", {"trigger": "commit_tag"}),
        ("when", "tags", {"trigger": "manual", "tags": "x" * (10 << 20)}),
        ("when", "tags", {"trigger": "manual", "tags": "v1\0"}),
    ],
)
def test_bad_or_forged_input_is_refused_at_its_field(walk, there, step, field, words):
    if step != "what":
        walk.to_review(["resource:rover"])
    answer = walk.say(step, next="1", **words)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]


def test_strange_buttons_and_addresses_never_end_in_a_defect(walk, there):
    for words in ({"turn": "9" * 50}, {"turn": "-1:x"}, {"open": "nope"}, {"goto": "nope"}):
        assert walk.say("what", **words).status_code in {200, 302}
    assert walk.at("what", open="a" * 5000).status_code == 200
    assert walk.at("nope").status_code == 404
    assert walk.client.get("/configurations/new/", {"server": "9" * 400}).status_code == 404
    assert walk.client.get("/configurations/new/", {"server": "²"}).status_code == 302


def test_a_source_that_cannot_be_read_says_why_and_keeps_the_choices(walk, source, monkeypatch):
    walk.say("what", picked=["resource:rover"], pick="1")
    forget()

    def refuse(*_):
        raise Unreachable("nothing listens there.")

    monkeypatch.setattr(source, "snapshot", refuse)
    page = walk.at("what")
    assert "cannot be read" in page.text
    assert "nothing listens there." in page.text
    assert page.context["count"] == 1
    assert walk.say("what", next="1", picked=["resource:rover"]).status_code == 200


def test_tags_are_kept_in_the_order_typed(walk, there):
    walk.to_review(["resource:rover"], trigger="commit_tag", tags="v1, release-*,,v1").create()
    made = SyncConfig.objects.get(server=there)
    assert (made.trigger, made.tags) == ("commit_tag", ["v1", "release-*"])


def test_a_server_that_was_deleted_meanwhile_is_asked_for_again(walk, there):
    walk.say("what", picked=["resource:rover"], pick="1")
    RemoteServer.objects.filter(pk=there.pk).delete()
    answer = walk.at("what")
    assert answer.url.endswith("/source/?check")
    assert "no longer offered" in walk.at("source", check="").text


def test_htmx_gets_the_part_that_changed(walk, space):
    answer = walk.client.post(
        f"{walk.base}/what/",
        {"picked": ["resource:rover"], "shown": ["resource:rover"], "pick": "1"},
        headers={"HX-Request": "true"},
    )
    assert "<html" not in answer.text
    assert "Take out Name rover" in answer.text


def test_the_source_is_read_once_and_again_when_asked_for(walk, source, monkeypatch):
    asked, ask = [], source.snapshot
    monkeypatch.setattr(source, "snapshot", lambda *a: asked.append(a) or ask(*a))
    for _look in range(3):
        walk.at("what")
    assert len(asked) == 1
    walk.say("what", again="1")
    walk.at("what")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("step", "pressed"), [("what", "find"), ("where", "find"), ("when", "next")]
)
def test_the_enter_key_never_leads_back(walk, space, step, pressed):
    walk.to_review([f"category:{space}"])
    buttons = re.findall(r'<button[^>]* form="step" name="(\w+)"', walk.at(step).text)
    assert buttons[:2] == [pressed, "goto"]


def test_a_tag_that_no_commit_has_is_not_called_the_same(walk, space):
    walk.to_review(["resource:rover"], trigger="commit_tag", tags="no-such-*")
    assert "no commit has one of these tags yet" in walk.at("review").text
