"""Pairs as servers send them become the one stored form, quickly and exactly."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcsync.errors import BadAnswer, NotCanonical
from tcsync.packs import canonical
from tcsync.sources.twc.elements import element_of, quick

ID = "e9fbfdc6-fce3-4918-9ddd-2a3a029403f2"
RECORDED = Path(__file__).resolve().parents[3].parent / "shared" / "teamwork-cloud" / "recorded"


def pair(data: str = "{}", **told: object) -> bytes:
    """Return a pair with the text of its data, and what else is told of the element."""
    container = {"@id": "", "@type": ["ldp:DirectContainer", "uml:Class"], "ldp:contains": []}
    element = {"@id": f"#{ID}", "kerml:esiID": ID, "@type": "uml:Class", "kerml:owner": "", **told}
    text = json.dumps(element)[:-1]
    return f'[{json.dumps(container)},{text}, "kerml:esiData": {data}}}]'.encode()


def body(data: str = "{}", **told: object) -> dict[str, object]:
    return orjson.loads(element_of(pair(data, **told), ID).body)


def test_an_element_has_exactly_the_keys_of_the_stored_form():
    found = body('{"b": 1, "a": null}', **{"kerml:name": "Rad ø", "kerml:nsURI": "http://ns"})
    assert found == {
        "id": ID,
        "type": "uml:Class",
        "nsURI": "http://ns",
        "name": "Rad ø",
        "owner": None,
        "children": [],
        "data": {"a": None, "b": 1},
    }


@pytest.mark.parametrize("owner", [{"@id": "o"}, {"@id": "#o"}, [{"@id": "o"}], "o"])
def test_the_owner_is_found_in_all_its_forms(owner):
    found = element_of(pair(**{"kerml:owner": owner}), ID)
    assert (found.owner, orjson.loads(found.body)["owner"]) == ("o", "o")


@pytest.mark.parametrize("owner", ["", None, []])
def test_a_root_has_no_owner(owner):
    assert body(**{"kerml:owner": owner})["owner"] is None


def test_children_keep_their_order_and_come_once():
    owned = [{"@id": "c"}, {"@id": "#a"}, {"@id": "c"}]
    assert body(**{"kerml:ownedElement": owned})["children"] == ["c", "a"]


def test_children_of_the_container_count_where_the_element_names_none():
    text = pair().replace(b'"ldp:contains": []', b'"ldp:contains": [{"@id": "b"}, {"@id": "a"}]')
    assert element_of(text, ID).children == ("b", "a")


def test_children_as_bare_ids_are_read_too():
    assert body(**{"kerml:ownedElement": ["b", {"@id": "a"}]})["children"] == ["b", "a"]


def test_what_varies_by_host_and_request_is_left_out():
    one = pair(**{"@base": "https://a", "kerml:revision": "r/3", "kerml:modifiedTime": "2020"})
    two = pair(**{"@context": {"x": "https://b"}, "kerml:resource": "https://b/r"})
    assert element_of(one, ID).body == element_of(two, ID).body


@pytest.mark.parametrize(
    "token",
    ["-9223372036854776000", "-9223372036854775808", "18446744073709551616", "1.50", "1e5", "-0"],
)
def test_numbers_keep_their_characters(token):
    found = element_of(pair('{"n": [%s, {"m":%s}], "t": ":%s"}' % ((token,) * 3)), ID)
    assert found.body.count(token.encode()) == 3
    assert canonical(found.body) == found.body


def test_another_element_than_was_asked_for_is_refused():
    with pytest.raises(BadAnswer, match="where 'other' was asked for"):
        element_of(pair(), "other")


@pytest.mark.parametrize("data", ['{"a":1,"a":2}', "[" * 200 + "]" * 200])
def test_what_has_no_stored_form_is_refused_by_name(data):
    with pytest.raises(BadAnswer, match=ID):
        element_of(pair(f'{{"x":{data}}}'), ID)


@pytest.mark.parametrize("depth", [300, 1000, 5000])
def test_what_is_nested_too_deep_is_refused_by_name(depth):
    nested = "[" * depth + "]" * depth
    for odd in (f'{{"x":{nested}}}', f'{{}}, "kerml:owner": {nested}, "kerml:esiData": {{}}'):
        with pytest.raises(BadAnswer, match=ID):
            element_of(pair(odd), ID)


@pytest.mark.parametrize("depth", [1000, 5000])
def test_a_container_that_is_nested_too_deep_is_refused_by_name(depth):
    held = b'"ldp:contains": ' + b"[" * depth + b"]" * depth
    with pytest.raises(BadAnswer, match=ID):
        element_of(pair().replace(b'"ldp:contains": []', held), ID)


@pytest.mark.parametrize("text", [b"[]", b"{}", b"null", b'[{"@id": ""}, {"kerml:esiData": null}]'])
def test_a_pair_without_an_element_has_none(text):
    assert element_of(text, ID) is None


def test_recorded_elements_are_read_as_they_were_recorded():
    path = RECORDED / "twc19.0SP3_getRev1RootElements.json"
    if not path.is_file():
        pytest.skip("../shared/teamwork-cloud is not there")
    items = json.loads(path.read_bytes())
    for id_, item in items.items():
        found = element_of(json.dumps(item["data"]).encode(), id_)
        assert json.loads(found.body)["data"] == item["data"][1]["kerml:esiData"]
        assert list(found.children) == [c["@id"] for c in item["data"][0]["ldp:contains"]]


TOKENS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?\Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["\ue000", ":1.5", ",-0", "[12345678901234567890", 'a":1.0,"b', "\\u0022", "\\"]
)
STRINGS = TEXTS.map(json.dumps) | TEXTS.map(lambda t: json.dumps(t, ensure_ascii=False))
LEAVES = TOKENS | STRINGS | st.sampled_from(["null", "true", '"\\/"', '"\\u003c"', '"\\ud800"'])


def written(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Arrays and objects as texts, with blanks here and there and keys that may occur twice."""
    blank = st.sampled_from(["", "", " ", "\n\t"])
    items = st.lists(st.tuples(blank, inner).map("".join), max_size=4).map(",".join)
    pairs = st.lists(st.tuples(blank, STRINGS, blank, inner), max_size=4)
    members = pairs.map(lambda found: ",".join(f"{a}{k}:{b}{v}" for a, k, b, v in found))
    return items.map("[{}]".format) | members.map("{{{}}}".format)


@given(st.recursive(LEAVES, written, max_leaves=12).map(lambda value: f'{{"k":{value}}}'))
def test_the_quick_way_writes_what_the_slow_way_writes_or_nothing(text):
    found = quick(text.encode())
    try:
        slow = canonical(text.encode())
    except NotCanonical:
        slow = None
    assert found is None or found == slow


@pytest.mark.parametrize("data", ['{"a":1,"b":[{"@id":"x"}],"c":null}', '{"b":1.50,"a":-0.0}'])
def test_usual_data_goes_the_quick_way(data):
    assert quick(data.encode()) == canonical(data.encode())
