"""Elements of record files to the stored form and back."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from tcsync.histories.convert import element_digest, from_element, state_digest, to_element
from tcsync.histories.identity import element_id, namespace
from tcsync.packs import canonical_value, loads

_NS = namespace("resource")
_BLOCK = {
    "id": "_1",
    "type": "uml:Class",
    "name": "Valve",
    "owner": "_0",
    "feature": "packagedElement",
    "attrs": {"visibility": "public"},
    "refs": {"general": ["_2", "_3"]},
    "ext": {"href": ["x#y"]},
    "isLeaf": True,
}


def test_the_stored_form_has_the_seven_keys_of_the_format() -> None:
    element = to_element(_BLOCK, _NS, ["c"])
    assert sorted(element) == ["children", "data", "id", "name", "nsURI", "owner", "type"]
    assert element["id"] == element_id(_NS, "_1")
    assert element["owner"] == element_id(_NS, "_0")
    assert (element["children"], element["nsURI"], element["name"]) == (["c"], "", "Valve")


def test_references_carry_both_ids() -> None:
    data = to_element(_BLOCK, _NS, [])["data"]
    assert data["refs"]["general"][1] == {"@id": element_id(_NS, "_3"), "ID": "_3"}


def test_keys_without_a_place_of_their_own_stand_under_extra() -> None:
    data = to_element(_BLOCK, _NS, [])["data"]
    assert data["extra"] == {"isLeaf": True}
    assert data["attrs"] == {"visibility": "public"}


def test_the_way_back_restores_the_element() -> None:
    assert from_element(to_element(_BLOCK, _NS, ["c"])) == _BLOCK


def test_absent_null_and_empty_stay_different() -> None:
    bare = {"id": "_1", "type": "t"}
    empty = {**bare, "nsURI": ""}
    nulls = {**bare, "name": None, "owner": None, "nsURI": None}
    assert from_element(to_element(bare, _NS, [])) == bare
    assert from_element(to_element(empty, _NS, [])) == empty
    assert from_element(to_element(nulls, _NS, [])) == nulls


_JSON = st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=5)
_KEYS = st.sampled_from(["data", "extra", "ID", "children", "uuid", "@id"]) | st.text()
_ELEMENTS = st.builds(
    lambda free, fixed: {**free, **fixed},
    st.dictionaries(_KEYS, _JSON, max_size=4),
    st.fixed_dictionaries(
        {"id": st.text(min_size=1), "type": st.text()},
        optional={
            "name": st.none() | st.text(),
            "owner": st.none() | st.text(),
            "nsURI": st.none() | st.text(),
            "feature": _JSON,
            "attrs": _JSON,
            "ext": _JSON,
            "refs": st.dictionaries(st.text(), st.lists(st.text())),
        },
    ),
)


@given(_ELEMENTS)
def test_no_element_is_changed_by_the_way_there_and_back(e: dict[str, object]) -> None:
    stored = loads(canonical_value(to_element(e, _NS, [])))
    assert from_element(stored) == e


def test_number_tokens_survive_the_way_there_and_back() -> None:
    text = b'{"attrs":{"a":1.50,"b":1e0,"c":18446744073709551616},"id":"_1","type":"t"}'
    stored = canonical_value(to_element(loads(text), _NS, []))
    assert canonical_value(from_element(loads(stored))) == text


def test_an_element_digest_is_blake2b_of_canonical_json() -> None:
    text = json.dumps(_BLOCK, sort_keys=True, separators=(",", ":")).encode()
    assert element_digest(_BLOCK) == hashlib.blake2b(text, digest_size=16).digest()


def test_a_state_digest_goes_by_code_points_whatever_the_order_of_the_elements() -> None:
    ids = ["\U0001f600", "B", "\uffee", "a"]
    pairs = [(i, {"id": i, "type": "t"}) for i in ids]
    lines = [i.encode() + b"\0" + element_digest({"id": i, "type": "t"}) + b"\n" for i in ids]
    assert state_digest(pairs) == hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def test_the_digest_of_nothing_is_that_of_no_bytes() -> None:
    assert state_digest([]) == hashlib.sha256().hexdigest()
