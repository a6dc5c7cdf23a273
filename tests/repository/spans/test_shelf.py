"""The folder of a resource's spans: what is found there, and what is cleared away."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tcsync.repository.spans import Shelf, folder_of, shelf
from tests.repository.spans.models import filled, mark, piece


def pieces(first: int, last: int):
    return [piece(number, ["a"]) for number in range(first, last + 1)]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_link_is_found_with_its_mark_only(folder):
    filled(folder, pieces(1, 20))
    found = Shelf(folder).find(13, mark(13))
    assert found is not None
    assert (found.number, found.place, found.is_whole) == (13, 12, False)
    assert Shelf(folder).find(13, mark(14)) is None


def test_what_is_no_span_is_passed_over(folder):
    (folder / "notes.txt").write_text("not ours")
    (folder / f"1-20-{mark(20).hex()}.span").write_text("damaged")
    assert Shelf(folder).find(13, mark(13)) is None
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_span_that_another_process_merged_away_is_as_if_it_never_was(folder):
    here = filled(folder, pieces(1, 20))
    other = Shelf(folder)
    other.refresh()
    here.clear()
    assert other.find(13, mark(13)) is None


def test_few_spans_stay_open(folder, monkeypatch):
    monkeypatch.setattr(shelf, "OPEN_SPANS", 2)
    for at in range(3):
        filled(folder, pieces(at * 100 + 1, at * 100 + 20))
    one = Shelf(folder)
    before = open_files()
    assert all(one.find(number, mark(number)) for number in (5, 105, 205, 5))
    assert open_files() == before + 2


def test_tidying_removes_what_nobody_reads(folder):
    kept = filled(folder, pieces(1, 30))
    filled(folder, pieces(1, 20))
    filled(folder, pieces(101, 120))
    (folder / "old.part").touch()
    os.utime(folder / "old.part", (0, time.time() - 7200))
    (folder / "new.part").touch()
    kept.refresh()
    assert kept.tops() == {20, 30, 120}
    kept.tidy({20: mark(20), 30: mark(30), 120: mark(121)})
    names = [path.name for path in folder.iterdir()]
    assert sorted(names) == [f"1-30-{mark(30).hex()}.span", "new.part"]
    assert kept.find(15, mark(15)) is not None
    assert kept.find(105, mark(105)) is None


def test_one_at_a_time_adds_to_a_shelf(folder):
    with Shelf(folder).alone() as one, Shelf(folder).alone() as other:
        assert (one, other) == (True, False)
    with Shelf(folder).alone() as again:
        assert again


def test_resources_have_folders_of_their_own(folder):
    folders = {folder_of(folder, name) for name in ("a", "b", "../a", "a/b", "\ud800")}
    assert len(folders) == 5
    assert {folder.parent for folder in folders} == {folder / "spans"}
