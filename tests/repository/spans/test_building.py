"""Making spans: few of them, whatever pieces they come in, and never half of one."""

from __future__ import annotations

import random

import pytest

from tcsync.errors import PackDamaged
from tcsync.packs import Kind
from tcsync.repository.spans import Piece, Shelf, building, extend, making
from tests.repository.spans.models import HOURS, filled, mark, piece, touching, whole_spans


def ids_of(number: int) -> list[str]:
    return sorted({f"e{random.Random(number * 10 + at).randrange(50)}" for at in range(4)})


def grown(folder, sizes):
    """Return a shelf that was extended so many links at a time, and the newest number."""
    number, shelf = 0, Shelf(folder)
    for size in sizes:
        below = (number, mark(number)) if number else None
        links = range(number + 1, number + size + 1)
        extend(shelf, [piece(one, ids_of(one)) for one in links], below, HOURS)
        number += size
    return shelf, number


def all_touches(shelf, number):
    return {
        f"e{at}": [one for span in whole_spans(shelf, number) for one in touching(span, f"e{at}")]
        for at in range(50)
    }


def test_merged_spans_say_what_one_span_says(folder):
    many, top = grown(folder / "many", [8] * 75)
    one, _top = grown(folder / "one", [600])
    assert len(list(whole_spans(one, top))) == 1
    assert all_touches(many, top) == all_touches(one, top)


@pytest.mark.parametrize("sizes", [[8] * 600, [9, 70, 8] * 40, [8, 8, 8, 600] * 8])
def test_few_spans_remain_of_any_number(folder, sizes):
    shelf, top = grown(folder, sizes)
    lengths = [len(span.links.numbers) for span in whole_spans(shelf, top)]
    assert sum(lengths) == top
    for level in range(1, 5):
        assert sum(8**level <= length < 8 ** (level + 1) for length in lengths) <= 7
    assert len(list(folder.glob("*"))) == len(lengths)


def test_long_stretches_are_taken_in_runs(folder, monkeypatch):
    monkeypatch.setattr(building, "RUN_TOUCHES", 100)
    monkeypatch.setattr(building, "MERGED_TOUCHES", 150)
    shelf, top = grown(folder, [300])
    counts = [span.touch_count for span in whole_spans(shelf, top)]
    assert len(counts) > 5
    assert max(counts) <= 150


def test_too_few_links_make_no_span(folder):
    assert Shelf(folder).find(7, mark(7)) is None
    assert filled(folder, [piece(number) for number in range(1, 8)]).find(7, mark(7)) is None


def test_a_large_pack_is_asked_itself(folder, monkeypatch):
    monkeypatch.setattr(building, "LARGE_RECORDS", 3)
    pieces = [piece(number, ["a"]) for number in range(1, 10)]
    pieces[4] = piece(5, ["b", "c", "d", "e"])
    (span,) = whole_spans(filled(folder, pieces), 9)
    assert touching(span, "a") == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert touching(span, "nowhere") == [5]


def test_a_damaged_pack_is_left_to_who_reads_that_far(folder):
    def damaged():
        raise PackDamaged("It is.")

    pieces = [piece(number, ["a"]) for number in range(1, 10)]
    pieces[2] = Piece(3, mark(3), damaged)
    (span,) = whole_spans(filled(folder, pieces), 9)
    assert touching(span, "nowhere") == [3]
    assert span.links.places(2) == [2]


def test_who_has_little_time_makes_a_part(folder):
    pieces = [piece(number, ["a"]) for number in range(1, 101)]
    shelf = Shelf(folder)
    assert not extend(shelf, pieces, None, -1)
    (span,) = whole_spans(shelf, 8)
    assert span.links.places(1) == []
    assert shelf.find(9, mark(9)) is None


def test_a_span_that_cannot_be_finished_leaves_nothing(folder):
    def broken():
        yield 1
        raise OSError(28, "No space left on device")

    links = next(whole_spans(filled(folder / "a", [piece(n) for n in range(1, 9)]), 8)).links
    with pytest.raises(OSError, match="No space"):
        making.write(folder / "b" / "x.span", links, 2, broken())
    assert not list((folder / "b").iterdir())


def test_a_damaged_span_is_not_merged(folder):
    _shelf, top = grown(folder, [8] * 7)
    middle = sorted(folder.glob("*.span"))[3]
    whole = middle.read_bytes()
    middle.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    pieces = [piece(number, ids_of(number)) for number in range(top + 1, top + 9)]
    assert not extend(Shelf(folder), pieces, (top, mark(top)), HOURS)
    assert not middle.exists()
    assert len(list(folder.iterdir())) == 7


def test_artifacts_are_marked(folder):
    pieces = [piece(number, ["a"], ["d"] if number % 4 == 0 else []) for number in range(1, 10)]
    (span,) = whole_spans(filled(folder, pieces), 9)
    assert [span.links.numbers[place] for place in span.links.places(2)] == [4, 8]
    assert touching(span, "d", Kind.ARTIFACT) == [8, 4]
