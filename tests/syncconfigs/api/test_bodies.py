"""Bodies that two readers could understand differently, or a database could not keep."""

import tracemalloc

import pytest

from tests.syncconfigs.api.conftest import problem

MALFORMED = {
    "nothing": b"{",
    "no JSON": b"hello",
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "no UTF-8": b'{"name": "\xff"}',
    "deep": b"[" * 100_000,
    "deep and closed": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"a":' * 50_000,
    "long number": b'{"name": ' + b"9" * 10_000 + b"}",
    "byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "two": b"{} {}",
    "control": b'{"name": "a\nb"}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_json_is_malformed(administrator, body):
    problem(administrator.post("categories/", body), 400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1", b"true", b"[{}]"])
def test_what_is_no_object_is_invalid(administrator, body):
    found = problem(administrator.post("categories/", body), 400, "invalid")
    assert list(found["errors"]) == ["body"]


def test_a_key_that_comes_twice_is_named(administrator):
    body = b'{"name": "a", "name": "b"}'
    found = problem(administrator.post("categories/", body), 400, "invalid")
    assert found["errors"] == {"name": ["This field comes twice."]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"name": "a\\u0000"}', "name"),
        (b'{"name": "\\ud800"}', "name"),
        (b'{"trigger": {"tags": ["x", "\\udc00"]}}', "trigger.tags.1"),
        (b'{"a\\u0000b": 1}', "a\N{REPLACEMENT CHARACTER}b"),
        (b'["\\u0000"]', "0"),
        (b'"\\u0000"', "body"),
    ],
)
def test_texts_that_no_database_keeps_are_refused_at_their_place(administrator, body, field):
    found = problem(administrator.post("categories/", body), 400, "invalid")
    assert list(found["errors"]) == [field]


def test_a_small_body_that_is_nested_deeply_takes_little_memory(administrator, world):
    where = f"configurations/{world.config.pk}/sync/"
    body = b"[" * 400 + b"0," * 20_000 + b"0" + b"]" * 400
    tracemalloc.start()
    try:
        problem(administrator.post(where, body), 400, "invalid")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_list_that_is_too_long_is_refused_as_a_whole(administrator, world):
    body = {"server": world.server.pk, "resources": [0] * 1001, "categories": [None] * 1001}
    found = problem(administrator.post("configurations/", body), 400, "invalid")
    assert sorted(found["errors"]) == ["categories", "resources"]


def test_an_unknown_field_is_refused(administrator):
    found = problem(administrator.post("categories/", {"nmae": "x"}), 400, "invalid")
    assert found["errors"] == {"nmae": ["There is no such field."]}


def test_no_answer_grows_with_what_was_wrong(administrator):
    answer = administrator.post("categories/", {f"{n}" * 1000: n for n in range(2000)})
    problem(answer, 400, "invalid")
    assert len(answer.content) < 10_000


def test_an_emoji_is_a_text_like_any_other(administrator):
    answer = administrator.post("categories/", {"name": "Müll 🚀 \N{RIGHT-TO-LEFT OVERRIDE}"})
    assert answer.json()["name"] == "Müll 🚀 \N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_deed_takes_an_empty_body(administrator, world, body):
    assert administrator.post(f"configurations/{world.config.pk}/pause/", body).status_code == 200


def test_a_deed_takes_no_field(administrator, world):
    where = f"configurations/{world.config.pk}/pause/"
    problem(administrator.post(where, {"until": "tomorrow"}), 400, "invalid")


def test_an_empty_form_is_no_body(administrator, world):
    where = f"configurations/{world.config.pk}/pause/"
    form = "application/x-www-form-urlencoded"
    assert administrator.ask("POST", where, b"", content_type=form).status_code == 200
