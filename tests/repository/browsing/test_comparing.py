"""Two forms of an element, attribute by attribute: what a person would say that was changed."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tcsync.packs import canonical_value, loads
from tcsync.repository.browsing import AttributeChange, attribute_changes
from tests.repository.browsing.models import stored

Shown = list[tuple[str, str | None, str | None]]


def changed(before: object, after: object) -> Shown:
    found, more = attribute_changes(canonical_value(before), canonical_value(after))
    assert more is False
    return [(one.path, one.before, one.after) for one in found]


def test_attributes_of_the_element_and_of_its_data_are_named_by_path():
    before = stored("e", name="old", owner="o", data={"a": {"x": 1}, "gone": True})
    after = stored("e", name="new", owner="o", data={"a": {"x": 2}, "come": None})
    assert attribute_changes(before, after)[0] == (
        AttributeChange("data.a.x", "1", "2"),
        AttributeChange("data.come", None, "null"),
        AttributeChange("data.gone", "true", None),
        AttributeChange("name", "old", "new"),
    )


def test_a_name_that_comes_was_null_before():
    assert attribute_changes(stored("e"), stored("e", name="null"))[0] == (
        AttributeChange("name", "null", '"null"'),
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("1", "1.0", ("1", "1.0")),
        ("18446744073709551616", "18446744073709551617", None),
        ('"1"', "1", ('"1"', "1")),
        ('"\\ud800"', '"\\udc00"', ("\\ud800", "\\udc00")),
    ],
)
def test_values_are_shown_as_they_stand(before, after, shown):
    old, new = loads(b'{"n":%s}' % before.encode()), loads(b'{"n":%s}' % after.encode())
    assert changed(old, new) == [("n", *(shown or (before, after)))]


def test_children_that_come_and_go_are_named_and_shift_nothing():
    ids = [f"c{n:04}" for n in range(5_000)]
    after = ["first", *ids[:2_000], *ids[2_001:], "last"]
    assert changed({"children": ids}, {"children": after}) == [
        ("children[0]", None, "first"),
        ("children[2000]", "c2000", None),
        ("children[5000]", None, "last"),
    ]


def test_another_order_is_one_change():
    ids = [f"c{n}" for n in range(100)]
    after = [*ids[:50], ids[51], ids[50], *ids[52:]]
    ((path, old, new),) = changed({"children": ids}, {"children": after})
    assert (path, old) == (
        "children[order]",
        "[…] c50, c51, c52, c53, c54, c55, c56, c57, c58, c59 […]",
    )
    assert new == "[…] c51, c50, c52, c53, c54, c55, c56, c57, c58, c59 […]"


def test_order_counts_among_those_that_stayed():
    assert changed(["a", "b", "c"], ["c", "a", "d"]) == [
        ("[1]", "b", None),
        ("[2]", None, "d"),
        ("[order]", "a, c", "c, a"),
    ]


def test_items_that_occur_more_than_once_are_counted():
    assert changed(["a", "a"], ["a"]) == [("[1]", "a", None)]


def test_a_reference_that_is_exchanged_is_one_change():
    old, new = {"@id": "x", "ID": "_x"}, {"@id": "y", "ID": "_y"}
    assert changed({"to": old, "all": [old]}, {"to": new, "all": [new]}) == [
        ("all[0]", "x", "y"),
        ("to", "x", "y"),
    ]
    assert changed({"to": old | {"revision": 1}}, {"to": old | {"revision": 2}}) == [
        ("to.revision", "1", "2")
    ]


def test_objects_in_a_list_are_compared_part_by_part():
    before = {"v": [{"k": "a", "n": 1}, {"k": "b", "n": 1}]}
    after = {"v": [{"k": "a", "n": 1}, {"k": "b", "n": 2}, {"k": "c"}]}
    assert changed(before, after) == [("v[1].n", "1", "2"), ("v[2].k", None, "c")]


def test_a_value_that_becomes_a_list_is_shown_on_both_sides():
    assert changed({"v": "x"}, {"v": ["x", "y"]}) == [
        ("v", "x", None),
        ("v[0]", None, "x"),
        ("v[1]", None, "y"),
    ]
    assert changed({"v": {}}, {"v": []}) == [("v", "{}", "[]")]


def test_a_long_text_is_shown_from_shortly_before_its_difference():
    text = "x" * 1_000_000
    ((_, old, new),) = changed({"t": text + "ab" + text}, {"t": text + "cd" + text})
    assert old == "[…] " + "x" * 200 + "ab" + "x" * 3_798 + " […]"
    assert new == "[…] " + "x" * 200 + "cd" + "x" * 3_798 + " […]"


def test_lists_of_millions_are_compared_as_texts():
    many = [0] * 1_000_000
    ((path, old, new),) = changed({"v": [*many, 1]}, {"v": [*many, 2]})
    assert (path, old[-3:], new[-3:]) == ("v", "0,1]"[-3:], ",2]")


def test_more_changes_than_a_page_holds_are_left_out():
    before = stored("e", data={str(n): 1 for n in range(300)})
    found, more = attribute_changes(before, stored("e"))
    assert (len(found), more) == (200, True)
    assert attribute_changes(before, stored("e"), most=300)[1] is False


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=2) | st.just("@id"), inner, max_size=3)
    ),
)


@given(before=VALUES, after=VALUES)
def test_forms_differ_exactly_where_their_bytes_do(before, after):
    old, new = canonical_value({"v": before}), canonical_value({"v": after})
    found, _more = attribute_changes(old, new)
    assert bool(found) == (old != new)
    assert all(one.before != one.after for one in found)
    "".join(f"{one.path}{one.before}{one.after}" for one in found).encode()
