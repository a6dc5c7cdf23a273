"""Lists: pages, filters, and a number of queries that does not grow with the rows."""

import pytest

from syncconfigs.models import RemoteServer
from tcsync.repository.models import Branch, Category, Tag
from tests.syncconfigs.api.conftest import problem
from tests.syncconfigs.views.conftest import make_config, make_resource, make_revision, make_run

LISTS = [
    "servers/",
    "categories/",
    "resources/",
    "configurations/",
    "runs/",
    "audit/",
    "resources/r1/revisions/",
    "configurations/{config}/copies/",
    "configurations/{config}/claims/",
    "runs/{run}/steps/",
]
QUERIES = 20


def address(world, path):
    return path.format(config=world.config.pk, run=world.run.pk)


def fill(world, count):
    for n in range(count):
        row = make_resource(f"x{n}", f"Extra {n}", world.avionics)
        Branch.objects.create(resource=row, uid="b1", name="trunk", head=1)
        Tag.objects.create(resource=row, uid="t", name="v1", number=1)
        world.config.claims.create(resource=row.pk)
        server = RemoteServer.objects.create(name=f"Site {n}", address="http://x", secret="s")
        make_run(make_config(server, f"x{n}", world.avionics), state="failed")
        make_revision(world.resource, n + 2)
        Category.objects.create(id=f"c{n}", name=f"Sub {n}", parent=world.avionics)
        world.run.steps.create(position=n, resource=row.pk)


@pytest.mark.parametrize("path", LISTS)
def test_fifty_rows_take_no_more_queries_than_a_few(
    administrator, world, path, django_assert_max_num_queries
):
    fill(world, 50)
    with django_assert_max_num_queries(QUERIES):
        assert administrator.get(address(world, path)).status_code == 200


@pytest.mark.parametrize("path", ["resources/x1/", "configurations/{config}/", "runs/{run}/"])
def test_one_thing_takes_no_more_queries_than_a_few(
    administrator, world, path, django_assert_max_num_queries
):
    fill(world, 20)
    with django_assert_max_num_queries(QUERIES):
        assert administrator.get(address(world, path)).status_code == 200


def test_pages_lead_to_one_another(administrator, world):
    fill(world, 5)
    first = administrator.get("resources/", page_size=3).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (7, 3, None)
    second = administrator.get(first["next"]).json()
    assert administrator.get(second["previous"]).json() == first
    last = administrator.get(second["next"]).json()
    assert (len(last["results"]), last["next"]) == (1, None)


def test_filters_go_along_with_the_pages(administrator, world):
    fill(world, 5)
    first = administrator.get("resources/", page_size=2, name="extra").json()
    assert first["count"] == 5
    assert "name=extra" in first["next"]


def test_a_page_behind_the_last_one_is_not_there(administrator, world):
    problem(administrator.get("resources/", page=3), 404, "not_found")


def test_an_empty_list_has_one_page(administrator):
    said = administrator.get("runs/").json()
    assert said == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "one"),
        ("page", "9" * 30),
        ("page", "9" * 5000),
        ("page", "1e3"),
        ("page", "\N{SUPERSCRIPT TWO}"),
        ("page_size", "1001"),
        ("page_size", "0"),
        ("page_size", ""),
        ("colour", "red"),
        ("page", ["1", "2"]),
    ],
)
def test_what_a_list_does_not_know_is_told_at_its_name(administrator, world, path, name, value):
    body = problem(administrator.get(address(world, path), **{name: value}), 400, "invalid")
    assert list(body["errors"]) == [name]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("servers/", "kind", "svn"),
        ("resources/", "read_only", "maybe"),
        ("resources/", "configuration", "x"),
        ("resources/", "name", "x" * 2000),
        ("resources/", "name", ""),
        ("runs/", "state", ""),
        ("configurations/", "status", "fine"),
        ("configurations/", "server", "9" * 40),
        ("configurations/", "trigger", "never"),
        ("configurations/", "order", "colour"),
        ("runs/", "state", "walking"),
        ("runs/", "kind", "x"),
        ("runs/", "configuration", "-1"),
        ("audit/", "since", "yesterday"),
        ("audit/", "after", "1.5"),
        ("resources/r1/revisions/", "since", "x"),
    ],
)
def test_a_bad_value_of_a_filter_is_told_at_its_name(administrator, world, path, name, value):
    body = problem(administrator.get(path, **{name: value}), 400, "invalid")
    assert next(iter(body["errors"])).partition(".")[0] == name


@pytest.mark.parametrize(
    ("path", "filters", "count"),
    [
        ("resources/", {"category": "avionics"}, 1),
        ("resources/", {"name": "RAD"}, 1),
        ("resources/", {"project_id": "P-h1"}, 1),
        ("resources/", {"read_only": "false"}, 0),
        ("resources/", {"removed": "true"}, 0),
        ("categories/", {"parent": "flight"}, 1),
        ("categories/", {"name": "AVI"}, 1),
        ("configurations/", {"status": ["not_synchronized", "error"]}, 2),
        ("configurations/", {"status": "error"}, 0),
        ("configurations/", {"paused": "true"}, 0),
        ("configurations/", {"attention": "true"}, 0),
        ("configurations/", {"attention": "false", "order": "-success"}, 2),
        ("configurations/", {"name": "source R"}, 1),
        ("runs/", {"state": "failed"}, 2),
        ("runs/", {"state": ["queued", "running"]}, 0),
        ("runs/", {"kind": "verify"}, 0),
        ("resources/r1/revisions/", {"branch": "trunk", "author": "ada"}, 1),
        ("resources/r1/revisions/", {"branch": "b1", "since": "1", "until": "1"}, 1),
        ("resources/r1/revisions/", {"since": "2"}, 0),
        ("resources/r1/revisions/", {"message": "VALVE"}, 1),
        ("resources/r1/revisions/", {"branch": "other"}, 0),
    ],
)
def test_filters_choose(administrator, world, path, filters, count):
    assert administrator.get(path, **filters).json()["count"] == count


def test_the_filter_by_configuration_shows_what_it_owns(administrator, world, reviewer):
    where = {"configuration": world.config.pk}
    found = administrator.get("resources/", **where).json()["results"]
    assert [row["id"] for row in found] == ["r1"]
    assert administrator.get("runs/", **where).json()["count"] == 1
    hidden = {"configuration": world.hidden_config.pk}
    assert reviewer.get("resources/", **hidden).json()["count"] == 0
