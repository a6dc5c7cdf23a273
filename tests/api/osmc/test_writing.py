"""Elements made, changed and removed by a client: each call one revision, nothing else touched."""

import json

import pytest

from tcsync.audit.models import AuditEntry
from tcsync.repository.diffing import changed
from tcsync.repository.models import Change, Resource, Revision
from tcsync.repository.states import History
from tcsync.repository.upkeep import verify_resource
from tests.api.osmc.project import (
    MODEL,
    PACKAGE,
    PROJECT,
    SIDE,
    SPARE,
    TAGGED,
    TRUNK,
    UML,
    VALVE,
    ref,
)


def body(**data: object) -> dict[str, object]:
    return {"@type": "uml:Class", "kerml:esiData": data}


def made(answer) -> str:
    assert answer.status_code == 201, answer.content
    return json.loads(answer.content)[1]["kerml:esiID"]


def ids(pairs: list[dict[str, str]]) -> list[str]:
    return [one["@id"] for one in pairs]


def differences(world, before: int, after: int) -> dict[str, str]:
    return dict(changed(History(world.pump.id), before, after))


def test_an_element_is_made_in_the_metamodel_of_another(writer, world):
    said = {**body(name="Hose", owningPackage=ref(PACKAGE)), "kerml:comment": "A hose"}
    new = made(writer.ask("POST", f"{world.path}/elements/{MODEL}", said))
    container, element = writer.read(f"{world.path}/elements/{new}")
    assert (element["kerml:name"], element["kerml:nsURI"]) == ("Hose", UML)
    assert element["kerml:owner"] == {"@id": PACKAGE}
    assert element["kerml:esiData"]["ID"] == new
    assert container["ldp:contains"] == []


def test_each_call_is_one_revision_by_whoever_is_signed_in(writer, world):
    made(writer.ask("POST", f"{world.path}/elements?comment=Why", body(owningPackage=ref(MODEL))))
    (revision,) = writer.read(f"{world.path}/revisions/5")
    assert (revision["author"], revision["description"]) == ("cleo", "Why")
    assert revision["directParent"] == 4
    assert revision["rootObjectIDs"][0] == PROJECT
    assert writer.read(f"{world.path}/revisions") == [5, 4, 3, 2, 1]


def test_the_owner_gets_the_new_element_as_its_last_child(writer, world):
    new = made(writer.ask("POST", f"{world.path}/elements", body(owningPackage=ref(PACKAGE))))
    package = writer.read(f"{world.path}/elements/{PACKAGE}")[1]
    assert ids(package["kerml:ownedElement"]) == [VALVE, new]
    assert differences(world, 4, 5) == {new: "added", PACKAGE: "edited"}


def test_an_element_without_an_owner_is_a_root(writer, world):
    said = body(name="Alone", owningPackage=ref(PACKAGE)) | {"kerml:rootObject": "true"}
    new = made(writer.ask("POST", f"{world.path}/elements", said))
    assert writer.read(f"{world.path}/elements/{new}")[1]["kerml:owner"] == ""
    assert writer.read(f"{world.path}/revisions/5")[0]["rootObjectIDs"][-1] == new


def test_several_elements_are_one_revision(writer, world):
    said = [body(name=name, owningPackage=ref(MODEL)) for name in ("A", "B")]
    answer = writer.ask("POST", f"{world.path}/elements/{MODEL}?batch=true", said)
    found = json.loads(answer.getvalue())
    assert [one["status"] for one in found.values()] == [201, 201]
    assert {one["data"][1]["kerml:name"] for one in found.values()} == {"A", "B"}
    assert Resource.objects.get(id=world.pump.id).head_number == 5


def test_on_a_branch_only_the_branch_moves(writer, world):
    where = f"{world.path}/branches/{SIDE}/elements"
    new = made(writer.ask("POST", where, body(owningPackage=ref(MODEL))))
    assert writer.read(f"{world.path}/branches/{SIDE}")[0]["ldp:contains"] == [5, 3, 1]
    assert writer.get(f"/osmc/{world.path}/elements/{new}").status_code == 404
    assert writer.get(f"/osmc/{where}/{new}").status_code == 200


def test_patch_merges_and_put_replaces(writer, world):
    where = f"{world.path}/elements/{VALVE}"
    merged = writer.ask("PATCH", where, {"kerml:esiData": {"name": "Tap", "isLeaf": True}}).json()
    data = merged[1]["kerml:esiData"]
    assert (merged[1]["kerml:name"], data["isLeaf"]) == ("Tap", True)
    assert data["taggedValue"] == [ref(TAGGED)]
    put = writer.ask("PUT", where, {"kerml:esiData": {"name": "Cock"}}).json()[1]
    assert put["kerml:esiData"] == {"ID": f"_{VALVE}", "name": "Cock"}
    assert put["kerml:owner"] == {"@id": PACKAGE}


def test_a_changed_element_keeps_its_place_and_others_stay(writer, world):
    writer.ask("PATCH", f"{world.path}/elements/{VALVE}", {"kerml:esiData": {"name": "Tap"}})
    assert differences(world, 4, 5) == {VALVE: "edited"}
    assert writer.read(f"{world.path}/revisions/4/elements/{VALVE}")[1]["kerml:name"] == "Valve 2"


@pytest.mark.parametrize(
    "said",
    [{"kerml:esiData": {"owningPackage": ref(MODEL)}}, {"kerml:owner": ref(MODEL)}],
    ids=["by a feature", "by its owner"],
)
def test_an_element_moves_to_another_owner(writer, world, said):
    assert writer.ask("PATCH", f"{world.path}/elements/{VALVE}", said).status_code == 200
    model, package = (
        writer.read(f"{world.path}/elements/{id_}")[1]["kerml:ownedElement"]
        for id_ in (MODEL, PACKAGE)
    )
    assert (ids(model), ids(package)) == ([PACKAGE, VALVE], [])
    assert differences(world, 4, 5) == dict.fromkeys((MODEL, PACKAGE, VALVE), "edited")


def test_an_element_becomes_a_root_and_returns(writer, world):
    where = f"{world.path}/elements/{VALVE}"
    writer.ask("PATCH", where, {"kerml:esiData": {"owningPackage": None}})
    assert writer.read(f"{world.path}/revisions/5")[0]["rootObjectIDs"][-1] == VALVE
    writer.ask("PATCH", where, {"kerml:esiData": {"owningPackage": ref(PACKAGE)}})
    assert VALVE not in writer.read(f"{world.path}/revisions/6")[0]["rootObjectIDs"]


@pytest.mark.parametrize("owner", [VALVE, TAGGED])
def test_an_element_cannot_lie_in_itself(writer, world, owner):
    said = {"kerml:owner": ref(owner)}
    answer = writer.ask("PATCH", f"{world.path}/elements/{VALVE}", said)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert Resource.objects.get(id=world.pump.id).head_number == 4


def test_an_owner_that_is_not_there_is_refused(writer, world):
    answer = writer.ask("POST", f"{world.path}/elements", body(owningPackage=ref(SPARE)))
    assert answer.status_code == 422
    assert SPARE in answer.json()["message"]


def test_many_are_changed_at_once(writer, world):
    said = {VALVE: body(name="Tap"), "none": body(), MODEL: [{}, body(name="Root")]}
    answer = writer.ask("PATCH", f"{world.path}/elements", said)
    found = json.loads(answer.getvalue())
    assert [found[id_]["status"] for id_ in (VALVE, MODEL, "none")] == [200, 200, 404]
    assert found[MODEL]["data"][1]["kerml:name"] == "Root"
    assert differences(world, 4, 5) == {VALVE: "edited", MODEL: "edited"}


def test_an_element_goes_with_all_that_lies_in_it(writer, world):
    answer = writer.ask("DELETE", f"{world.path}/elements/{PACKAGE}?comment=gone")
    assert (answer.status_code, answer.content) == (204, b"")
    gone = dict.fromkeys((PACKAGE, VALVE, TAGGED), "removed")
    assert differences(world, 4, 5) == {**gone, MODEL: "edited"}
    assert writer.read(f"{world.path}/revisions/5")[0]["description"] == "gone"


def test_many_go_at_once(writer, world):
    said = f"{VALVE},{TAGGED},none"
    answer = writer.ask("DELETE", f"{world.path}/elements", said, content_type="text/plain")
    done = {"data": "true", "status": "204"}
    expected = {VALVE: done, TAGGED: done, "none": {"data": "false", "status": "404"}}
    assert json.loads(answer.content) == expected


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("PATCH", "elements/none", {"kerml:esiData": {}}),
        ("DELETE", "elements/none", None),
        ("POST", "elements/none", {"@type": "a:B"}),
        ("PATCH", f"branches/none/elements/{VALVE}", {"kerml:esiData": {}}),
        ("PUT", "elements", {"none": {"kerml:esiData": {}}}),
    ],
)
def test_what_is_not_there_makes_no_revision(writer, world, method, path, said):
    answer = writer.ask(method, f"{world.path}/{path}", said)
    assert 404 in (answer.status_code, *(one["status"] for one in _items(answer)))
    assert Resource.objects.get(id=world.pump.id).head_number == 4


def _items(answer):
    return json.loads(answer.getvalue()).values() if answer.status_code == 200 else ()


@pytest.mark.parametrize(
    "said",
    [
        "{",
        '{"@type": 1}',
        '{"kerml:esiData": {}}',
        '{"@type":"a:B","kerml:esiData":[]}',
        '{"@type":"a:B","kerml:comment":"a\\u0000b"}',
        '{"@type":"a:B","kerml:esiData":{"a":1,"a":2}}',
        '{"@type":"a:B","kerml:esiData":' + "[" * 200 + "]" * 200 + "}",
    ],
)
def test_what_is_no_element_is_refused(writer, world, said):
    answer = writer.ask("POST", f"{world.path}/elements", said)
    assert answer.status_code == 400, answer.content
    assert answer.json()["message"]
    assert Resource.objects.get(id=world.pump.id).head_number == 4


def test_strange_ids_are_only_missing(writer, world):
    strange = ["\ud800", "\0", "x" * 3000]
    answer = writer.ask("DELETE", f"{world.path}/elements", strange)
    assert {one["status"] for one in answer.json().values()} == {"404"}
    said = body(owningPackage=ref("\ud800"))
    assert writer.ask("POST", f"{world.path}/elements", said).status_code == 422


def test_numbers_are_stored_character_by_character(writer, world):
    said = '{"@type":"a:B","kerml:esiData":{"n":[' + "9" * 40 + ",1.10,-9223372036854775808]}}"
    new = made(writer.ask("POST", f"{world.path}/elements", said))
    text = writer.get(f"/osmc/{world.path}/elements/{new}").content
    assert b'"n":[' + b"9" * 40 + b",1.10,-9223372036854775808]" in text


def test_a_write_is_recorded_and_told_to_followers(writer, world):
    before = Change.objects.count()
    made(writer.ask("POST", f"{world.path}/elements", body()))
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.actor, entry.action, entry.target_id) == ("cleo", "resource.edit", world.pump.id)
    assert entry.origin.startswith("osmc ")
    assert Change.objects.count() == before + 1


def test_what_was_written_passes_every_check(writer, world):
    writer.ask("POST", f"{world.path}/elements", body(owningPackage=ref(PACKAGE)))
    writer.ask("DELETE", f"{world.path}/elements/{VALVE}")
    assert list(verify_resource(world.pump.id)) == []
    totals = Revision.objects.filter(resource=world.pump.id, branch=TRUNK)
    assert list(totals.order_by("number").values_list("total", flat=True)) == [9, 9, 8, 9, 7]


def test_a_method_in_a_header(writer, world):
    where, said = f"{world.path}/elements/{VALVE}", {"kerml:esiData": {"name": "Tap"}}
    answer = writer.ask("POST", where, said, headers={"x-http-method-override": "PATCH"})
    assert answer.status_code == 200
    assert answer.json()[1]["kerml:name"] == "Tap"


def test_old_revisions_can_only_be_read(writer, world):
    answer = writer.ask("PATCH", f"{world.path}/revisions/1/elements/{VALVE}", {})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert writer.ask("POST", f"{world.path}/revisions/1/elements", body()).status_code == 400
