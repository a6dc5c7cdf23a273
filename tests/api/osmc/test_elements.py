"""Elements: pairs in four forms of address, batches in their dialects, exact and streamed."""

import gzip
import json
import tracemalloc

import orjson
import pytest

from tcsync.packs import NumberToken, canonical_value
from tests.api.osmc.project import (
    MODEL,
    PACKAGE,
    SIDE,
    SPARE,
    TAGGED,
    TRUNK,
    VALVE,
    Project,
    stored,
    uid,
)

MISSING = {"data": [], "status": 404}


def test_an_element_as_a_pair(reader, world):
    container, element = reader.read(f"{world.path}/revisions/1/elements/{VALVE}")
    assert container["ldp:contains"] == element["kerml:ownedElement"] == [{"@id": TAGGED}]
    assert (element["@id"], element["kerml:esiID"]) == (f"#{VALVE}", VALVE)
    assert element["kerml:owner"] == {"@id": PACKAGE}
    assert element["kerml:name"] == "Valve 🚀"


def test_volatile_fields_are_those_of_host_and_revision(reader, world):
    answer = reader.get(f"/osmc/{world.path}/revisions/2/elements/{VALVE}", SERVER_NAME="localhost")
    element = json.loads(answer.content)[1]
    base = "http://localhost/osmc"
    assert element["kerml:revision"] == f"{base}/resources/{world.pump.id}/revisions/2"
    assert element["@base"].endswith(f"/resources/{world.pump.id}/branches/{TRUNK}")
    assert element["@context"]["uml:Class"] == f"{base}/schema/uml/2014345/Class"
    assert element["kerml:modifiedTime"] == "20200916115453UTC"


@pytest.mark.parametrize(
    ("way", "name", "number"),
    [
        ("", "Valve 2", 4),
        (f"/branches/{SIDE}", "Valve 🚀", 3),
        ("/revisions/2", "Valve 2", 2),
        (f"/branches/{SIDE}/revisions/1", "Valve 🚀", 1),
    ],
)
def test_an_element_at_every_form_of_address(reader, world, way, name, number):
    element = reader.read(f"{world.path}{way}/elements/{VALVE}")[1]
    assert element["kerml:name"] == name
    assert element["kerml:revision"].endswith(f"/revisions/{number}")
    assert reader.batch(f"{world.path}{way}/elements", [VALVE])[VALVE]["data"][1] == element


def test_a_root_has_no_owner_and_may_have_no_name(reader, world):
    container, element = reader.read(f"{world.path}/elements/{uid(1)}")
    assert (element["kerml:owner"], container["ldp:contains"]) == ("", [])
    assert "kerml:name" not in element


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"{VALVE}, {SPARE}\n", "text/plain"),
        (f'["{VALVE}","{SPARE}"]', "application/json"),
        (f'\n ["{VALVE}", "{SPARE}"]', "text/plain; charset=utf-8"),
        (f'"{VALVE},{SPARE}"', "application/json"),
        (f"{VALVE},{SPARE},{VALVE}", "application/octet-stream"),
    ],
)
def test_a_batch_in_every_dialect(reader, world, body, kind):
    found = reader.batch(f"{world.path}/elements", body, content_type=kind)
    assert set(found) == {VALVE, SPARE}
    assert found[VALVE]["status"] == 200
    assert found[SPARE] == MISSING


@pytest.mark.parametrize("body", ["[1]", '["a"', b"\xff\xfe", "[[]]", "{"])
def test_a_batch_that_lists_no_ids_is_refused(reader, world, body):
    answer = reader.ask("POST", f"{world.path}/revisions/1/elements", body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"status", "code", "message", "next_step"}


def test_an_empty_batch_is_an_empty_object(reader, world):
    assert reader.batch(f"{world.path}/elements", "[]") == {}
    assert reader.batch(f"{world.path}/elements", "", content_type="text/plain") == {}


def test_strange_ids_are_only_missing(reader, world):
    strange = ["\ud800", "\0", 'a"b', "x" * 3000]
    answer = reader.ask("POST", f"{world.path}/elements", json.dumps(strange))
    assert json.loads(answer.content) == dict.fromkeys(strange, MISSING)


def test_numbers_come_out_character_by_character(reader, world):
    tokens = [NumberToken(t) for t in ("-9223372036854775808", "1" * 40, "1.10", "1e999")]
    project = Project(world.pump.id, world.pumps.id)
    project.commit(5, 4, {uid(50): stored(uid(50), "uml:Class", numbers=tokens)})
    text = reader.get(f"/osmc/{world.path}/elements/{uid(50)}").content
    assert b'"numbers":[-9223372036854775808,' + b"1" * 40 + b",1.10,1e999]" in text


def test_texts_with_escapes_come_out_as_they_are(reader, world):
    names = {"children": ['a","b', "c,"], "name": 'A "quoted" \\ name', "owner": MODEL}
    body = {"data": {}, "id": uid(51), "nsURI": "", "type": "x:Y", **names}
    Project(world.pump.id, world.pumps.id).commit(5, 4, {uid(51): canonical_value(body)})
    container, element = reader.read(f"{world.path}/elements/{uid(51)}")
    assert container["ldp:contains"] == [{"@id": 'a","b'}, {"@id": "c,"}]
    assert element["kerml:name"] == names["name"]


def test_a_long_answer_is_compressed_for_who_takes_it(reader, world):
    where, ids = f"{world.path}/elements", [MODEL, PACKAGE, VALVE]
    plain = reader.batch(where, ids)
    answer = reader.ask("POST", where, ids, headers={"accept-encoding": "br, gzip;q=0.5"})
    assert answer["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.getvalue())) == plain
    refused = reader.ask("POST", where, ids, headers={"accept-encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused


@pytest.fixture
def many(world) -> list[str]:
    """Return the ids of 12,000 elements, which have 36 MB together."""
    ids = [uid(1000 + n) for n in range(12_000)]
    text = "x" * 3000
    bodies = {id_: stored(id_, "uml:Class", MODEL, text=text) for id_ in ids}
    Project(world.pump.id, world.pumps.id).commit(5, 4, bodies)
    return ids


def test_a_large_batch_is_streamed_in_little_memory(reader, world, many):
    ids = orjson.dumps(many)
    tracemalloc.start()
    answer = reader.ask("POST", f"{world.path}/elements", ids)
    size = sum(map(len, answer.streaming_content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 36_000_000
    assert peak < 20_000_000


def test_what_was_asked_for_in_json_is_json(reader, world):
    where = f"/osmc/{world.path}/elements/{MODEL}"
    kinds = {"application/json": "application/json", "*/*": "application/ld+json"}
    for accept, kind in kinds.items():
        assert reader.get(where, headers={"accept": accept})["Content-Type"] == kind
