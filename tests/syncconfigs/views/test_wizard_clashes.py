"""What stands in the way is seen while picking; huge trees are drawn a page at a time."""

import dataclasses

import pytest

from syncconfigs.connect.catalogue import Catalogue
from syncconfigs.models import Claim, Exclusion, RemoteServer, SyncConfig
from syncconfigs.views.wizard.branch import DEEPEST, PAGE_SIZE, View, draw
from syncconfigs.views.wizard.clashes import Clashes
from tcsync.domain import Category, Hop, Resource, Snapshot
from tcsync.repository.models import Resource as Row
from tests.syncconfigs.views.conftest import make_resource
from tests.syncconfigs.views.walking import Walk

pytestmark = pytest.mark.django_db(transaction=True)

SPACE = (Category("s", "Space"), Category("m", "Mars", "s"))
ROVER = Resource("rover", "P-1", "Rover", "m", "t")
PROBE = Resource("probe", "P-2", "Probe", "s", "t")


def catalogue(*resources, categories=SPACE):
    return Catalogue(Snapshot("there", "e", "Site", "", categories, resources or (ROVER, PROBE)))


def marked(server, tree, *chosen, node="here", seen=range(1 << 40)):
    branch = draw(tree, View({"s": 1, "m": 1}))
    entries = list(branch.all())
    Clashes.of(server, tree, chosen, node, seen).mark(entries)
    return {entry.key: entry for entry in entries}


def follow(world, kind, id_):
    return SyncConfig.objects.create(
        server=world.server,
        kind=kind,
        source_id=id_,
        source_name=id_,
        target_category=world.flight,
    )


def texts(entry):
    return [str(reason.text) for reason in entry.warnings]


def test_what_is_followed_names_its_configuration(world):
    config = follow(world, "resource", "rover")
    assert marked(world.server, catalogue())["resource:rover"].blocked.config == config.pk


def test_a_configuration_that_one_may_not_see_has_no_number(world):
    follow(world, "resource", "rover")
    blocked = marked(world.server, catalogue(), seen=())["resource:rover"].blocked
    assert (str(blocked.text), blocked.config) == ("followed already", None)


def test_what_lies_in_a_followed_category_comes_with_it(world):
    config = follow(world, "category", "s")
    found = marked(world.server, catalogue())
    for key in ("category:s", "category:m", "resource:rover", "resource:probe"):
        assert found[key].blocked.config == config.pk


def test_the_same_id_of_another_server_is_free(world):
    follow(world, "category", "s")
    other = RemoteServer.objects.create(name="Other", address="https://other")
    assert marked(other, catalogue())["category:s"].blocked is None


def test_a_resource_with_an_owner_is_blocked_and_counted_around_it(world):
    Claim.objects.create(resource="rover", config=world.config)
    found = marked(RemoteServer(name="New"), catalogue())
    assert found["resource:rover"].blocked.config == world.config.pk
    assert "1 resource in it belongs to another configuration" in texts(found["category:s"])[0]


def test_what_comes_with_something_picked_cannot_be_picked_too(world):
    found = marked(world.server, catalogue(), "category:s")
    assert "comes with Space" in found["resource:rover"].blocked.text
    assert found["category:s"].is_picked
    assert found["category:s"].blocked is None


def test_what_was_picked_before_the_category_around_it_can_be_taken_out(world):
    entry = marked(world.server, catalogue(), "resource:rover", "category:s")["resource:rover"]
    assert entry.blocked is None
    assert texts(entry) == ["comes with Space already"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": "x1"}, "its name is taken"),
        ({"project_id": "P-r1"}, "its Project ID is taken"),
        ({"hops": (Hop("here", "Us"),)}, "it comes from this node"),
        ({"id": "gone"}, "its copy was deleted or detached"),
        ({"id": "mine"}, "a local resource has this Resource ID"),
    ],
)
def test_what_a_run_would_refuse_is_warned_about(world, changed, words):
    make_resource("named", "Rover", world.flight)
    make_resource("mine", "My own", world.flight)
    Row.objects.filter(pk="mine").update(read_only=False)
    Exclusion.objects.create(resource="gone")
    resource = dataclasses.replace(ROVER, **changed)
    entry = marked(world.server, catalogue(resource))[f"resource:{resource.id}"]
    assert any(words in text for text in texts(entry))
    assert entry.blocked is None


def test_what_is_blocked_is_disabled_with_a_link(server, space, world, manager):
    config = SyncConfig.objects.create(
        server=server,
        kind="resource",
        source_id="rover",
        source_name="Rover",
        target_category=world.flight,
    )
    text = Walk.begin(manager, server.pk).at("what", open=space).text
    assert 'value="resource:rover" disabled' in text
    assert f'href="/configurations/{config.pk}/"' in text


def test_names_of_the_source_are_shown_as_text(server, source, space, world, manager):
    evil = dataclasses.replace(source.whole.resources[0], name="<script>alert(1)</script>")
    source.whole = dataclasses.replace(source.whole, resources=(evil,))
    text = Walk.begin(manager, server.pk).at("what", open=space).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_only_a_page_of_a_branch_is_drawn():
    many = catalogue(*(Resource(f"r{n:05}", f"P{n}", f"N{n:05}", "m", "t") for n in range(10_000)))
    branch = draw(many, View({"s": 1, "m": 200}))
    inner = branch.entries[0].branch.entries[0].branch
    assert (len(inner.entries), inner.first, inner.last, inner.after) == (PAGE_SIZE, 9951, 10000, 0)


def test_a_page_that_is_not_there_shows_the_last_one():
    assert draw(catalogue(), View({"s": 999_999})).entries[0].branch.number == 1


def test_a_deep_tree_is_drawn_flat_from_some_depth_on():
    deep = tuple(Category(f"c{n}", f"C{n}", f"c{n - 1}" if n else None) for n in range(60))
    view = View({f"c{n}": 1 for n in range(60)})
    branch, depth = draw(catalogue(categories=deep), view), 0
    while nested := next((e.branch for e in branch.entries if e.branch), None):
        branch, depth = nested, depth + 1
    assert depth <= DEEPEST


def test_showing_a_category_opens_all_around_it_at_the_right_page():
    wide = tuple(Category(f"c{n:03}", f"C{n:03}", "s") for n in range(200))
    tree = catalogue(categories=(*SPACE, *wide))
    view = View({})
    view.show(tree, "c170")
    assert view.open["s"] == 4
    assert "c170" in {entry.item.id for entry in draw(tree, view).all()}


def test_a_search_shows_where_its_matches_stand():
    branch = draw(catalogue(), View({}, "rove"))
    assert [(e.item.id, e.names) for e in branch.entries] == [("rover", ("Space", "Mars"))]
