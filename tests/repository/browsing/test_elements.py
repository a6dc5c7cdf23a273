"""One element in full: every value exact, references that lead on, whatever its size."""

from __future__ import annotations

import orjson
import pytest

from tcsync.errors import Missing
from tcsync.packs import loads
from tcsync.repository.browsing import Element, element, element_lines
from tests.repository.browsing.models import Model, fresh, stored

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

OTHER = "11111111-2222-4333-8444-555555555555"


def shown(data: object, **more: bytes) -> Element:
    Model().write(1, None, {"e": stored("e", data=data), **more})
    return element(fresh(), 1, "e")


def texts(data: object) -> dict[str, str | None]:
    return {value.path: value.text for value in shown(data).values}


def test_every_kind_of_value_comes_as_it_stands():
    data = {"a": "text", "b": True, "c": None, "d": {}, "e": [], "f": {"g": [1, ["x"]]}}
    assert texts(data) == {
        "data.a": "text",
        "data.b": "true",
        "data.c": "null",
        "data.d": "{}",
        "data.e": "[]",
        "data.f.g[0]": "1",
        "data.f.g[1][0]": "x",
    }


@pytest.mark.parametrize(
    "number", ["1.00", "-0", "1e0", "18446744073709551616", "-9223372036854776000", "9" * 400]
)
def test_numbers_keep_their_characters(number):
    assert texts(loads(b'{"n":%s}' % number.encode())) == {"data.n": number}


def test_lone_surrogates_are_shown_as_their_escapes():
    found = shown({"a\ud800": ["\udfff", {"@id": "\ud801"}], "n": loads(b"1.00")})
    assert [(v.path, v.text or v.reference) for v in found.values] == [
        ("data.a\\ud800[0]", "\\udfff"),
        ("data.a\\ud800[1]", "\\ud801"),
        ("data.n", "1.00"),
    ]


def test_references_are_resolved_where_their_target_exists():
    data = {"to": {"@id": "o", "ID": "_o"}, "list": [{"@id": "gone"}], "plain": [OTHER, "o"]}
    found = shown(data, o=stored("o", name="Other"), **{OTHER: stored(OTHER, name="Uuid")})
    assert [(v.path, v.text, v.reference, v.target and v.target.name) for v in found.values] == [
        ("data.list[0]", None, "gone", None),
        ("data.plain[0]", None, OTHER, "Uuid"),
        ("data.plain[1]", "o", None, None),
        ("data.to", None, "o", "Other"),
    ]


def test_what_a_reference_says_beside_the_id_is_shown():
    found = shown({"to": {"@id": "x", "resource": "r2", "revision": 7}})
    assert [(v.path, v.text or v.reference) for v in found.values] == [
        ("data.to", "x"),
        ("data.to.resource", "r2"),
        ("data.to.revision", "7"),
    ]


def test_the_body_is_the_canonical_json():
    body = stored("e", nsURI="http://ns", name="N", data={"x": 1})
    Model().write(1, None, {"e": body})
    found = element(fresh(), 1, "e")
    assert (found.body, found.ns_uri, found.outline.name) == (body, "http://ns", "N")
    assert found.truncated is False


def test_a_long_text_is_cut_with_a_mark():
    found = shown({"short": "y" * 20_000, "text": "\\ü\n" * 1_000_000})
    assert found.values[0].text == "y" * 20_000
    assert found.values[1].text == ("\\ü\n" * 6_667)[:20_000] + " […]"
    assert found.truncated is False


@pytest.mark.parametrize("data", [{"n": list(range(5_000))}, {str(n): n for n in range(5_000)}])
def test_more_values_than_a_page_holds_are_left_out(data):
    found = shown(data)
    assert (len(found.values), found.truncated) == (2_000, True)


def test_texts_end_at_a_million_characters():
    found = shown({str(n): "x" * 20_000 for n in range(100)})
    assert found.truncated is True
    assert len(found.values) == 50


def test_a_list_of_millions_is_shown_as_the_beginning_of_its_text():
    value, *others = shown({"n": [0] * 3_000_000}).values
    assert (value.path, value.text, others) == ("data.n", "[0," + "0," * 9_998 + "0 […]", [])


def test_what_is_nested_deep_is_shown_as_its_text():
    deep: object = 1
    for _ in range(100):
        deep = [deep]
    value, large = shown({"d": deep, "e": [[[["x" * 5_000_000]]]]}).values
    assert value.path == "data.d" + "[0]" * 15
    assert orjson.loads(value.text or "")
    assert (large.path, (large.text or "")[:3]) == ("data.e[0][0][0]", '["x')


def test_more_keys_than_can_be_taken_apart_are_shown_as_the_beginning_of_their_text():
    (value,) = shown({f"{n:06}": 1 for n in range(250_000)}).values
    assert (value.path, (value.text or "")[:14]) == ("data", '{"000000":1,"0')


@pytest.mark.parametrize("body", [b"", b"[]", b"no JSON", b"\xff", b'{"data":{"a":', b'{"data":7}'])
def test_a_body_that_is_no_element_is_shown_as_far_as_it_goes(body):
    Model().write(1, None, {"e": body})
    found = element(fresh(), 1, "e")
    assert (found.outline.id, found.outline.type, found.body) == ("e", "", body)


def test_an_element_that_was_removed_is_missing_until_it_is_added_again():
    model = Model()
    model.write(1, None, {"e": stored("e")})
    model.write(2, 1, removes=["e"])
    model.write(3, 2, {"e": stored("e", name="back")})
    assert element(fresh(), 1, "e").outline.name is None
    with pytest.raises(Missing):
        element(fresh(), 2, "e")
    assert element(fresh(), 3, "e").outline.name == "back"


def test_ids_may_be_any_text():
    ids = ["a/b?c#d", "..", "<b>", "x" * 1_000, "\u202e", "\0"]
    Model().write(1, None, {id_: stored(id_) for id_ in ids})
    assert [element(fresh(), 1, id_).outline.id for id_ in ids] == ids


def test_all_elements_come_as_lines_of_canonical_json():
    bodies = {"a": stored("a", data={"x": "\n"}), "b": stored("b")}
    model = Model()
    model.write(1, None, {**bodies, "c": stored("c")})
    model.write(2, 1, removes=["c"])
    assert list(element_lines(fresh(), 2)) == [body + b"\n" for body in bodies.values()]
