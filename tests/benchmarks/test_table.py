"""Goals, ratios, the lines of the table, and the short form that compares with it."""

import json

import pytest

from benchmarks import measuring, quick, report, results
from benchmarks.results import Goal, Result, Row


def row(ours, theirs=None, goal=None, name="first copy of S", unit="s"):
    return Row(name, unit, ours, theirs or {}, goal)


def test_the_ratio_is_to_gits_better_way_by_medians():
    seen = row([1.0, 2.0, 9.0], {"element": [8.0, 8.0], "package": [5.0, 6.0, 90.0]})
    assert (seen.better, seen.theirs_median, seen.ours_median, seen.ratio) == ("package", 6, 2, 3)


def test_without_git_there_is_no_ratio():
    assert row([1.0]).ratio is None


@pytest.mark.parametrize(
    ("goal", "ours", "word"),
    [
        (Goal(6, 9), 0.6, "stretch"),
        (Goal(6, 9), 0.9, "enough"),
        (Goal(6, 9), 1.1, "missed"),
        (Goal(6), 0.1, "enough"),
        (Goal(1.0, 0.4, is_limit=True), 0.4, "stretch"),
        (Goal(1.0, 0.4, is_limit=True), 1.0, "enough"),
        (Goal(1.0, 0.4, is_limit=True), 1.1, "missed"),
    ],
)
def test_a_goal_is_reached_or_missed(goal, ours, word):
    assert goal.reached(row([ours], {"git": [6.0]})) == word


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (12345.6, "12,346"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123")],
)
def test_figures_show_three_digits(value, text):
    assert report.figure(value) == text


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "KEPT", tmp_path / "kept")
    for name in ("TABLE", "EXPECTED", "REMARKS"):
        monkeypatch.setattr(report, name, tmp_path / name)
    monkeypatch.setattr(quick, "EXPECTED", tmp_path / "EXPECTED")
    (tmp_path / "REMARKS").write_text('method = "How."\n[rows]\nmissing = "Missed by much."\n')
    return tmp_path


def test_a_result_is_kept_and_read_back(places):
    kept = Result("copy-S", "2026-01-01", "abc", [row([1.0], {"git": [2.0]}, Goal(6))])
    results.save(kept)
    assert results.load_all(["never", "copy-S"]) == [kept]


def test_the_page_shows_what_was_missed_and_what_is_said_of_it(places):
    found = [
        Result("missing", "2026-01-01", "abc", [row([1.0, 2.0, 3.0], {"git": [4.0]}, Goal(6, 9))])
    ]
    report.write(found)
    page = report.TABLE.read_text()
    assert "| first copy of S | 2.00 s | 4.00 s | 2.00 x | 6 x | 9 x | **missed** |" in page
    assert "2.00 s (1.00 to 3.00, 3 times)" in page
    assert "Missed by much." in page
    assert json.loads(report.EXPECTED.read_text()) == {"first copy of S": 2.0}


@pytest.fixture
def measured(places, monkeypatch):
    """Let the short form measure one row; tests fill in what it will see, and count."""
    seen: list[float] = []
    monkeypatch.setattr(quick, "QUICK", ("copy-S",))
    monkeypatch.setattr(quick, "ROWS", {"copy-S": lambda: [row([seen.pop(0)], {"git": [6.0]})]})
    monkeypatch.setattr(measuring.EFFORT, "rounds", 100)
    monkeypatch.setattr(measuring.EFFORT, "profiles", True)
    report.EXPECTED.write_text('{"first copy of S": 6.0}')
    return seen


@pytest.mark.parametrize(("taken", "code"), [([1.9], 0), ([2.1, 1.0], 0), ([2.1, 2.2], 1)], ids=str)
def test_the_short_form_fails_only_below_half_and_only_twice(measured, capsys, taken, code):
    measured += taken
    assert quick.main() == code
    assert not measured
    assert ("less than half of the 6.00" in capsys.readouterr().err) is bool(code)


def test_a_row_that_the_table_does_not_know_is_only_shown(measured):
    report.EXPECTED.write_text("{}")
    measured.append(1000.0)
    assert quick.main() == 0


def test_works_take_turns_so_that_all_meet_the_same_disturbances(monkeypatch):
    done = []
    times = measuring.in_turn(2, lambda: done.append("a"), lambda: done.append("b") or 7.0)
    assert done == ["a", "b", "a", "b"]
    assert times[1] == [7.0, 7.0]
    monkeypatch.setattr(measuring.EFFORT, "rounds", 1)
    assert len(measuring.in_turn(5, lambda: 1.0)[0]) == 1
