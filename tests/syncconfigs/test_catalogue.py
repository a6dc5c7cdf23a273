"""What a server offers, as a tree; kept for a minute, and read once for all who ask together."""

import threading

import pytest

from syncconfigs import connect
from syncconfigs.connect.catalogue import (
    _KEPT,
    FRESH_SECONDS,
    MOST_KEPT,
    Catalogue,
    NotAskedAgain,
    _Kept,
)
from syncconfigs.models import RemoteServer
from tcsync.domain import Category, Resource, Snapshot
from tcsync.errors import LoginRefused, Unreachable


def tree(*categories, resources=()):
    shown = tuple(Category(id_, name, parent) for id_, name, parent in categories)
    found = tuple(Resource(id_, f"P-{id_}", name, where, "t") for id_, name, where in resources)
    return Catalogue(Snapshot("n", "e", "Site", "", categories=shown, resources=found))


@pytest.fixture
def space():
    return tree(
        ("s", "Space", None),
        ("m", "Mars", "s"),
        ("a", "air", None),
        resources=[("r1", "Rover", "m"), ("r2", "beagle", "m"), ("x", "Lost", "gone")],
    )


def test_branches_are_sorted_by_name_whatever_the_case(space):
    assert [category.name for category in space.children()] == ["air", "Space"]
    assert [resource.name for resource in space.leaves("m")] == ["beagle", "Rover"]


def test_what_lies_in_a_category_that_is_not_shown_stands_at_the_top(space):
    assert [resource.name for resource in space.leaves()] == ["Lost"]


def test_totals_count_all_below(space):
    assert space.totals == {"s": 2, "m": 2, "a": 0}


def test_a_path_leads_from_the_top_down(space):
    assert space.path("m") == ("s", "m")
    assert space.path("gone") == ()


@pytest.mark.parametrize("text", ["ROVER", "p-r1", "r1"])
def test_search_finds_names_project_ids_and_ids(space, text):
    assert [item.id for item in space.search(text)] == ["r1"]


def test_search_shows_categories_first(space):
    assert [item.id for item in space.search("a")][:3] == ["a", "m", "s"]


def test_a_circle_of_categories_can_be_seen_and_ends():
    circle = tree(("a", "A", "b"), ("b", "B", "a"), resources=[("r", "R", "b")])
    assert {category.id for category in circle.children()} == {"a", "b"}
    assert circle.path("a") == ("b", "a")
    assert circle.totals["b"]


def test_resources_that_are_removed_are_not_offered():
    gone = Resource("r", "P", "R", "", "t", removed=True)
    assert not Catalogue(Snapshot("n", "e", "s", "", resources=(gone,))).resources


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def read(count):
    count.append(1)
    return Snapshot("n", "e", f"reading {len(count)}", "")


def test_a_reading_is_kept_for_a_while():
    clock, count = Clock(), []
    kept = _Kept(clock)
    first = kept.get((1, "x"), lambda: read(count))
    clock.now += FRESH_SECONDS - 1
    assert kept.get((1, "x"), lambda: read(count)) is first
    clock.now += 2
    assert kept.get((1, "x"), lambda: read(count)) is not first


def test_what_is_older_than_somebody_may_see_is_read_again():
    clock, count = Clock(), []
    kept = _Kept(clock)
    kept.get((1, "x"), lambda: read(count))
    clock.now += 1
    assert kept.get((1, "x"), lambda: read(count), since=clock.now).snapshot.name == "reading 2"


def test_another_account_sees_its_own():
    count = []
    kept = _Kept(Clock())
    one = kept.get((1, "x"), lambda: read(count))
    assert kept.get((1, "y"), lambda: read(count)) is not one


def test_only_a_few_are_kept():
    count = []
    kept = _Kept(Clock())
    for number in range(MOST_KEPT + 3):
        kept.get((number, "x"), lambda: read(count))
    assert len(kept._found) == MOST_KEPT


def test_two_who_ask_together_are_answered_by_one_question():
    count, go = [], threading.Event()
    kept = _Kept(Clock())

    def slow():
        go.wait(5)
        return read(count)

    asking = [threading.Thread(target=kept.get, args=((1, "x"), slow)) for _ in range(4)]
    for thread in asking:
        thread.start()
    go.set()
    for thread in asking:
        thread.join()
    assert count == [1]


def test_what_fails_is_not_kept(server, source, monkeypatch):
    def refuse(*_):
        raise Unreachable("no")

    with monkeypatch.context() as patch:
        patch.setattr(source, "snapshot", refuse)
        with pytest.raises(Unreachable):
            connect.cached_catalogue(server)
    assert len(connect.cached_catalogue(server).resources) == 2


def test_a_server_that_refused_us_is_asked_again_only_after_it_was_tested(server, source):
    def refuse(*_args):
        asked.append(1)
        raise LoginRefused("wrong password")

    asked, answer = [], source.snapshot
    source.snapshot = refuse
    with pytest.raises(LoginRefused):
        connect.cached_catalogue(server)
    source.snapshot = answer
    for again in (False, True):
        row = RemoteServer.objects.get(pk=server.pk)
        with pytest.raises(NotAskedAgain, match="wrong password"):
            connect.cached_catalogue(row, again=again)
    assert asked == [1]
    connect.check(server)
    assert connect.cached_catalogue(RemoteServer.objects.get(pk=server.pk), again=True).resources


def test_a_login_that_was_refused_is_not_repeated_by_itself():
    clock, count = Clock(), []
    kept = _Kept(clock)

    def refuse():
        count.append(1)
        raise LoginRefused("wrong password")

    for since in (0.0, 0.0, clock.now + 1):
        clock.now += since > 0
        with pytest.raises(LoginRefused, match="wrong password"):
            kept.get((1, "x"), refuse, since=since)
    assert len(count) == 2


def test_a_server_without_a_row_has_a_catalogue(server):
    draft = RemoteServer(address="http://bodo:8001", secret="s")
    assert len(connect.cached_catalogue(draft).resources) == 2


@pytest.mark.parametrize("test", ["one", "the other"])
def test_no_test_finds_the_catalogue_of_another_one(server, test):
    assert not _KEPT._found
    assert connect.cached_catalogue(server)
