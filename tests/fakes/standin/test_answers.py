"""What the stand-in answers to the calls that no recording covers, and how habits change it."""

import gzip
import http.client
import json
import ssl
from dataclasses import replace

import pytest
import trustme

from tests.fakes.standin.asking import Client
from tests.fakes.twc import UNCATEGORIZED, Habits, StandIn
from tests.fakes.twc.samples import LONG_MIN, LONG_MIN_OF_JAVASCRIPT, sample


@pytest.fixture
def with_habits(world, client):
    def change(**habits):
        world.habits = replace(Habits(), **habits)
        return client

    return change


def test_workspaces_are_named_or_told_as_pairs(client, with_habits):
    assert {"@id": UNCATEGORIZED} in client.get("/workspaces")["ldp:contains"]
    pairs = client.get("/workspaces?includeBody=True")["ldp:contains"]
    parents = {pair[1]["dcterms:title"]: pair[1]["kerml:parentID"] for pair in pairs}
    assert parents["Space"] == ""
    assert parents["Engines"] in {pair[0]["@id"] for pair in pairs}
    assert len(with_habits(nested_categories=False).get("/workspaces")["ldp:contains"]) == 2


def test_a_workspace_redirects_to_what_lies_in_it(client, rover):
    assert client.ask("GET", f"/workspaces/{rover.category}") == 301
    assert client.all("Location")[0].endswith(f"/workspaces/{rover.category}/resources")
    _container, told = client.get(f"/workspaces/{rover.category}/resources?includeBody=true")
    assert [one["ID"] for one in told["kerml:resources"]] == [rover.id]
    assert len(told["kerml:categories"]) == 1


def test_resources_are_ids_or_objects(client, rover):
    assert rover.id in client.get("/resources")
    one = next(r for r in client.get("/resources?includeBody=true") if r["ID"] == rover.id)
    assert one["dcterms:title"] == "Rover.MASTER"
    assert one["trunkID"] == rover.trunk
    assert client.get(f"/resources/{rover.id}") == one


def test_what_may_not_be_read_is_refused_and_not_listed(client, world, with_habits):
    secret = world.resource("Secret")
    assert client.ask("GET", f"/resources/{secret.id}/revisions") == 403
    assert secret.id not in client.get("/resources")
    assert secret.id in with_habits(lists_forbidden=True).get("/resources")


def test_a_resource_is_found_only_in_the_workspace_it_lies_in(client, rover, with_habits):
    path = f"/workspaces/{UNCATEGORIZED}/resources/{rover.id}"
    assert client.ask("GET", path) == 404
    assert with_habits(strict_workspaces=False).ask("GET", path) == 200


@pytest.mark.parametrize(
    ("paging", "shown"),
    [("pages", [3, 2]), ("start revision", [2, 1]), ("ignored", [7, 4, 3, 2, 1])],
)
def test_pages_of_revisions_have_three_meanings(with_habits, rover, paging, shown):
    asking = with_habits(paging=paging)
    assert asking.get(f"/resources/{rover.id}/revisions?page=2&items=2") == shown


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ("seconds", 1473430800),
        ("seconds text", "1473430800"),
        ("millis", 1473430800000),
        ("millis digits", "20160909072000000"),
        ("words", "Fri Sep 09 07:20:00 PDT 2016"),
    ],
)
def test_dates_have_five_forms(with_habits, rover, dates, told):
    rover.commit(time=1473430800)
    revision = with_habits(dates=dates).get(f"/resources/{rover.id}/revisions/8")[0]
    assert revision["createdDate"] == told


def test_an_element_is_told_at_each_of_four_addresses(client, rover):
    wheel, base = rover.element_id("wheel"), f"/resources/{rover.id}"
    branch, at = f"/branches/{rover.trunk}", "/revisions/1"
    for place, name in (("", "Rad ø"), (branch, "Rad ø"), (at, "wheel"), (branch + at, "wheel")):
        told = client.get(f"{base}{place}/elements/{wheel}")[1]
        assert told["kerml:name"].lower() == name.lower()
        assert told["kerml:esiID"] == wheel


def test_numbers_are_told_exactly(client, rover):
    ids = [rover.element_id("wheel"), rover.element_id("project")]
    items = client.batch(f"/resources/{rover.id}/revisions/7/elements", ids)
    wheel, project = (items[id_]["data"][1]["kerml:esiData"] for id_ in ids)
    assert wheel["fastener"]["revision"] == LONG_MIN_OF_JAVASCRIPT
    assert project["limit"] == LONG_MIN
    assert str(LONG_MIN_OF_JAVASCRIPT).encode() in client.body


def test_a_batch_tells_of_unknown_ids_item_by_item(client, rover, with_habits):
    path = f"/resources/{rover.id}/revisions/7/elements"
    gone, wheel = rover.element_id("joint"), rover.element_id("wheel")
    assert {id_: item["status"] for id_, item in client.batch(path, [gone, wheel]).items()} == {
        gone: 404,
        wheel: 200,
    }
    assert [*with_habits(unknown_items="left out").batch(path, [gone, wheel])] == [wheel]


def test_a_batch_may_be_too_large(with_habits, rover):
    path = f"/resources/{rover.id}/elements"
    ids = json.dumps([rover.element_id("wheel"), rover.element_id("arm")])
    assert with_habits(largest_batch=1).ask("POST", path, ids) == 500
    assert with_habits(largest_batch=2).ask("POST", path, ids) == 200


def test_items_of_a_batch_may_be_bare_pairs(with_habits, rover):
    wheel = rover.element_id("wheel")
    path = f"/resources/{rover.id}/revisions/7/elements"
    bare = with_habits(wrapped_items=False).batch(path, [wheel])
    assert bare[wheel] == with_habits().batch(path, [wheel])[wheel]["data"]
    assert with_habits(wrapped_items=False).batch(path, []) == {}


@pytest.mark.parametrize(
    ("version", "comma", "array"),
    [
        ("19.0 SP3", 200, 400),
        ("2021x", 200, 400),
        ("2022x Refresh2", 200, 400),
        ("2024x", 200, 400),
        ("2024x Refresh1", 500, 200),
        ("2024x Refresh3", 500, 200),
        ("2026x", 500, 200),
    ],
)
def test_the_version_decides_how_batches_are_asked_for(version, comma, array):
    world = sample(version)
    rover = world.resource("Rover")
    wheel, path = rover.element_id("wheel"), f"/resources/{rover.id}/revisions/7/elements"
    with StandIn(world) as server, Client(server) as client:
        client.login()
        assert client.ask("POST", path, f"{wheel},{wheel}") == comma
        assert client.ask("POST", path, json.dumps([wheel])) == array


def test_an_attempt_to_write_is_refused_and_noted(client, server, rover):
    path = f"/resources/{rover.id}/elements"
    asked = {"Content-Type": "application/ld+json; charset=utf-8"}
    assert client.ask("POST", path, "{}", **asked) == 403
    assert client.ask("DELETE", f"/resources/{rover.id}") == 403
    assert server.statistics.writes == [f"POST /osmc{path}", f"DELETE /osmc/resources/{rover.id}"]


@pytest.mark.parametrize(
    ("version", "feature"),
    [("19.0 SP3", "appliedStereotypeInstance"), ("2021x", "appliedStereotype")],
)
def test_the_version_decides_how_stereotypes_are_told(version, feature):
    world = sample(version)
    rover = world.resource("Rover")
    with StandIn(world) as server, Client(server) as client:
        client.login()
        told = client.get(f"/resources/{rover.id}/revisions/1/elements/{rover.element_id('joint')}")
    assert feature in told[1]["kerml:esiData"]
    assert len(told[1]["kerml:ownedElement"]) == 1


def test_tags_are_listed_and_told_in_batches(client, rover):
    path = f"/resources/{rover.id}/tags"
    ids = [one["@id"] for one in client.get(path)["ldp:contains"]]
    told = client.batch(path, ids)
    marks = {item["data"]["dcterms:title"]: item["data"]["commitID"] for item in told.values()}
    assert marks == {"v1": 2, "v2": 7}
    assert client.get(f"{path}/{ids[0]}")["dcterms:title"] == "v1"


def test_artifacts_belong_to_revisions(client, rover):
    base = f"/resources/{rover.id}/revisions"
    diagram, photo = rover.element_id("diagram"), rover.element_id("photo")
    assert client.get(f"{base}/2/artifacts")["ldp:contains"] == [diagram]
    assert client.get(f"{base}/7/artifacts")["ldp:contains"] == [photo]
    assert client.get(f"{base}/7/artifacts/{photo}")["size"] == 256
    assert client.ask("GET", f"{base}/7/artifacts/{photo}?download=true") == 200
    assert client.body == bytes(range(256))


def test_used_projects_name_resource_and_revision(client, world, rover):
    library = world.resource("Library")
    (usage,) = client.get(f"/resources/{rover.id}/models/decomposition")["models:usages"]
    (use,) = usage["models:uses"]
    assert use["models:uri"] == f"twcloud:/{library.id}/{library.trunk}"
    assert use["models:requiredVersion"] == "1"


def test_who_asks_is_told_with_what_may_be_read(client, rover, world):
    assert client.ask("GET", "/admin/currentUser?permission=true") == 307
    (right,) = client.get("/admin/users/reader?permission=true")["permissions"]
    assert rover.id in right["relatedResources"]
    assert world.resource("Secret").id not in right["relatedResources"]


def test_the_type_that_was_asked_for_is_answered(client):
    client.ask("GET", "/resources", Accept="application/json")
    assert client.all("Content-Type") == ["application/json"]
    client.ask("GET", "/resources", Accept="*/*")
    assert client.all("Content-Type") == ["application/ld+json"]


def test_single_answers_and_lists_have_other_forms_elsewhere(with_habits, rover):
    base = f"/resources/{rover.id}"
    asking = with_habits(
        single_revision="object", branch_pairs=False, revision_roots=False, resource_dates=False
    )
    assert asking.get(f"{base}/revisions/7")["ID"] == ""
    assert {"@id": rover.trunk} in asking.get(f"{base}/branches?includeBody=true")["ldp:contains"]
    assert "rootObjectIDs" not in asking.get(f"{base}/revisions?includeBody=true")[0]
    assert "modifiedDate" not in asking.get(base)


def test_removed_things_are_gone_unless_the_server_shows_them(with_habits, rover):
    side = rover.branch_named("side").id
    rover.delete_branch("side").remove()
    assert with_habits().ask("GET", f"/resources/{rover.id}") == 404
    asking = with_habits(removed_resources_answer=True, lists_removed_branches=True)
    assert asking.get(f"/resources/{rover.id}")["removed"] is True
    assert {"@id": side} in asking.get(f"/resources/{rover.id}/branches")["ldp:contains"]
    assert rover.id in asking.get("/resources?includeRemovedResource=true")


def test_errors_are_pages_or_json(with_habits):
    assert with_habits().ask("GET", "/resources/none") == 404
    assert with_habits().body.startswith(b"<html>")
    assert with_habits(json_errors=True).get("/resources/none")["code"] == 404


def test_answers_are_compressed_for_those_who_like_it(client, with_habits):
    plain = client.get("/resources")
    with_habits(gzip=True).ask("GET", "/resources", **{"Accept-Encoding": "gzip, deflate"})
    assert client.all("Content-Encoding") == ["gzip"]
    assert json.loads(gzip.decompress(client.body)) == plain


def test_only_what_changed_since_a_time_is_listed_when_asked(client, world, rover):
    library = world.resource("Library")
    assert client.get(f"/resources?modifiedDate={library.modified}").count(library.id) == 0
    rover.rename("Explorer")
    assert client.get(f"/resources?modifiedDate={rover.modified - 1}") == [rover.id]


def test_a_question_that_makes_no_sense_is_refused(client, rover):
    base = f"/resources/{rover.id}"
    asked = ("/revisiondiff?source=x&target=2", "/revisiondiff?source=5&target=7", "/revisions/x")
    assert [client.ask("GET", base + one) for one in asked] == [400, 404, 400]
    assert client.ask("GET", f"{base}/branches/{rover.trunk}/revisions/4") == 404


def test_it_speaks_tls(world):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with StandIn(world, tls=context) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=trusting)
        connection.request("GET", "/osmc/version")
        assert connection.getresponse().status == 401
        assert server.address.startswith("https://")
        connection.close()
