"""A span on disk: what it says, and that nothing else than what was written is ever believed."""

from __future__ import annotations

import pytest

from tcsync.packs import Kind
from tcsync.repository.spans import Span, SpanDamaged, key_of
from tests.repository.spans.models import filled, mark, piece, touching


def only(folder):
    (path,) = folder.glob("*.span")
    return path


@pytest.fixture
def span(folder):
    """Twelve links; 10 to 32 touch `often`, 14 and 20 `rarely`, 18 an artifact of that name."""
    pieces = [piece(number, ["often"]) for number in range(10, 34, 2)]
    pieces[2] = piece(14, ["often", "rarely"])
    pieces[5] = piece(20, ["often", "rarely"])
    pieces[4] = piece(18, ["often"], artifacts=["rarely"])
    filled(folder, pieces, below=7)
    return Span(only(folder))


def test_a_span_says_which_links_touch_an_id(span):
    assert touching(span, "rarely") == [20, 14]
    assert touching(span, "rarely", Kind.ARTIFACT) == [18]
    assert touching(span, "often") == list(range(32, 8, -2))
    assert touching(span, "never") == []


def test_it_is_asked_from_any_of_its_links_downwards(span):
    place = span.place_of(18, mark(18))
    assert list(span.places(key_of(Kind.ELEMENT, b"rarely"), place)) == [2]


def test_it_knows_its_links_and_what_lies_below(span):
    assert span.place_of(10, mark(10)) == 0
    assert span.place_of(11, mark(11)) is None
    assert span.place_of(10, mark(11)) is None
    assert (span.links.below, span.links.older(0), span.links.older(1)) == ((7, mark(7)), 7, 10)


def test_an_id_may_be_touched_oftener_than_a_page_has_room(folder):
    filled(folder, [piece(number, ["often", f"e{number}"]) for number in range(1, 1001)])
    span = Span(only(folder))
    assert touching(span, "often") == list(range(1000, 0, -1))
    assert all(touching(span, f"e{number}") == [number] for number in range(1, 1001, 37))
    assert next(span.places(key_of(Kind.ELEMENT, b"often"), 600)) == 600


def read_all(path):
    span = Span(path)
    return [span.links, list(span.entries(0))]


def test_whatever_byte_is_changed_the_span_is_refused(folder, span):
    whole = span.path.read_bytes()
    for at in range(len(whole)):
        span.path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with pytest.raises(SpanDamaged):
            read_all(span.path)


def test_whatever_is_cut_off_or_added_the_span_is_refused(folder, span):
    whole = span.path.read_bytes()
    for end in range(len(whole)):
        span.path.write_bytes(whole[:end])
        with pytest.raises(SpanDamaged):
            Span(span.path)
    span.path.write_bytes(whole + b"\0")
    with pytest.raises(SpanDamaged):
        Span(span.path)


def test_the_bytes_are_those_of_the_format(span):
    whole = span.path.read_bytes()
    assert whole[:8] == b"TCSYNCX\x01"
    assert int.from_bytes(whole[8:10], "little") == 1
    assert len(whole) == 56 + 12 * 25 + 1 * 16 + 15 * 12


def test_what_was_removed_meanwhile_is_read_to_the_end(span):
    span.path.unlink()
    assert touching(span, "rarely") == [20, 14]
