"""Revisions as a drawing: a lane for each branch, lines to the parents. The list says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncconfigs.views.history import RevisionRow

STEP = 26
"""Pixels from one revision to the next, and from one lane to the next."""
MARGIN = 13
MOST_LANES = 10
"""Further branches share the last one: they are told apart by their names."""
LABEL_WIDTH = 420


@dataclass(frozen=True, slots=True)
class Point:
    """A revision with where it is drawn."""

    one: RevisionRow
    x: int
    y: int
    lane: int


@dataclass(frozen=True, slots=True)
class Line:
    """The way to a parent, as the path of an SVG; one that was merged is another kind of parent."""

    path: str
    lane: int
    is_merge: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """A drawing of some revisions, newest at the top; labels begin at `label`."""

    points: list[Point]
    lines: list[Line]
    label: int
    width: int
    height: int


def graph_of(rows: Sequence[RevisionRow]) -> Graph:
    """Return the drawing of these revisions. Lines to parents below them end at the bottom."""
    lanes: dict[str, int] = {}
    for one in rows:
        lanes.setdefault(one.row.branch, min(len(lanes), MOST_LANES - 1))
    points = [
        Point(one, MARGIN + lanes[one.row.branch] * STEP, MARGIN + place * STEP, lane)
        for place, one in enumerate(rows)
        for lane in (lanes[one.row.branch],)
    ]
    height = len(rows) * STEP
    label = MARGIN + len(set(lanes.values())) * STEP
    by_number = {point.one.row.number: point for point in points}
    lines = [line for point in points for line in _lines(point, by_number, height)]
    return Graph(points, lines, label, label + LABEL_WIDTH, height)


def _lines(point: Point, by_number: dict[int, Point], height: int) -> list[Line]:
    row = point.one.row
    parent = None if row.hole_before else row.parent
    found = [] if parent is None else [_line(point, by_number.get(parent), height, merge=False)]
    return found + [_line(point, by_number.get(n), height, merge=True) for n in row.merged]


def _line(point: Point, parent: Point | None, height: int, *, merge: bool) -> Line:
    x, y = (parent.x, parent.y) if parent else (point.x, height)
    bend = min(point.y + STEP, y)
    path = f"M{point.x} {point.y}C{point.x} {bend} {x} {point.y} {x} {bend}V{y}"
    return Line(path, parent.lane if parent and merge else point.lane, merge)
