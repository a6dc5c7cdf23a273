"""Pairs are spliced together without taking `data` apart; they say what a careful way would say."""

import json

import hypothesis.strategies as st
from hypothesis import given

from tcsync.api.osmc.pairs import Pairs
from tcsync.api.osmc.place import Place
from tcsync.packs import canonical_value
from tcsync.repository.models import Resource, Revision

PLACE = Place(
    "https://twc:8111/osmc",
    Resource(id="r", category_id="w"),
    "b",
    Revision(number=7, time=1_600_259_459),
    is_on_branch=True,
)
texts = st.text(max_size=8) | st.sampled_from(['","', "],", '"data":', "\\", '],"data":', '{"id":'])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
elements = st.fixed_dictionaries(
    {
        "children": st.lists(texts, max_size=4),
        "data": st.dictionaries(texts, values, max_size=4),
        "id": texts,
        "name": st.none() | texts,
        "nsURI": texts,
        "owner": st.none() | texts,
        "type": texts.map("uml:{}".format),
    }
)


@given(elements)
def test_a_pair_says_what_is_stored(element):
    container, said = json.loads(Pairs(PLACE).pair(canonical_value(element)))
    references = [{"@id": id_} for id_ in element["children"]]
    owner = element["owner"]
    assert container["ldp:contains"] == said["kerml:ownedElement"] == references
    assert (said["kerml:esiData"], said["@type"]) == (element["data"], element["type"])
    assert (said.get("kerml:name"), said["kerml:esiID"]) == (element["name"], element["id"])
    assert said["kerml:owner"] == ("" if owner is None else {"@id": owner})


@given(elements)
def test_data_comes_out_byte_by_byte(element):
    data = canonical_value(element["data"])
    assert b'"kerml:esiData":' + data in Pairs(PLACE).pair(canonical_value(element))


def test_what_is_no_element_is_still_a_pair():
    for body in (b"{}", b"[]", b"null", b'{"children":["a"]}'):
        container, said = json.loads(Pairs(PLACE).pair(body))
        assert (container["@id"], said["kerml:modifiedTime"]) == ("", "20200916123059UTC")
