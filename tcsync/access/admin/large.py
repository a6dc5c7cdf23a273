"""Lists over tables of a million rows: nothing in them may count or sort a whole table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:  # the classes of Django take no parameters at run time
    AnyPaginator = Paginator[models.Model]
else:
    AnyPaginator = Paginator

COUNTED_AT_MOST = 10_000
"""Rows that a list counts and pages through; who wants others narrows it down."""
VALUES_AT_MOST = 60
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MONTHS_A_YEAR = 12


class CappedPaginator(AnyPaginator):
    """Counts no further than COUNTED_AT_MOST."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, or the cap."""
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNTED_AT_MOST].count()
        return min(len(rows), COUNTED_AT_MOST)


class ValuesFilter(admin.SimpleListFilter):
    """The values of an indexed column, found by leaping from one to the next in its index."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the first values in order."""
        name, found = str(self.parameter_name), list[str]()
        rows = model_admin.model._default_manager.order_by(name).values_list(name, flat=True)
        value = rows.first()
        while value is not None and len(found) < VALUES_AT_MOST:
            found.append(value)
            value = rows.filter(**{f"{name}__gt": value}).first()
        return [(value, value) for value in found if value]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows with the value chosen."""
        value = self.value()
        return queryset if value is None else queryset.filter(**{str(self.parameter_name): value})


def values_filter(column: str, label: Any) -> type[ValuesFilter]:
    """Return a filter by the values of an indexed column of text."""
    parts = {"title": label, "parameter_name": column}
    return type(f"{column.title()}Filter", (ValuesFilter,), parts)


class TimeFilter(admin.SimpleListFilter):
    """Year, then month, then day: a date hierarchy that never looks at more than two rows."""

    title = _("when")
    parameter_name = "when"
    column: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the way down to what is chosen, and the next smaller pieces of that."""
        rows = model_admin.model._default_manager.exclude(**{self.column: None})
        first, last = self._end(rows, ""), self._end(rows, "-")
        if first is None or last is None:
            return []
        chosen = _parts(self.value())
        below = _below(chosen, timezone.localtime(first), timezone.localtime(last))
        return [(_text(part), _text(part)) for part in [*_way(chosen), *below]]

    def _end(self, rows: QuerySet[Any], sign: str) -> datetime | None:
        # Each end by itself: together they would be a scan of the table.
        end: datetime | None = (
            rows.order_by(f"{sign}{self.column}").values_list(self.column, flat=True).first()
        )
        return end

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the time chosen; of no time for what is none."""
        if self.value() is None:
            return queryset
        span = _span(_parts(self.value()))
        if span is None:
            return queryset.none()
        return queryset.filter(**{f"{self.column}__gte": span[0], f"{self.column}__lt": span[1]})


def time_filter(column: str) -> type[TimeFilter]:
    """Return a filter by an indexed column of moments."""
    return type(f"{column.title()}TimeFilter", (TimeFilter,), {"column": column})


def _parts(text: str | None) -> tuple[int, ...]:
    found = _DAY.fullmatch(text or "")
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _text(parts: Sequence[int]) -> str:
    return "-".join(f"{part:02}" if number else f"{part:04}" for number, part in enumerate(parts))


def _way(chosen: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [chosen[: length + 1] for length in range(len(chosen))]


def _below(chosen: tuple[int, ...], first: datetime, last: datetime) -> list[tuple[int, ...]]:
    """Return the pieces of what is chosen in which there can be rows."""
    if not chosen:
        return [(year,) for year in range(last.year, first.year - 1, -1)]
    span = _span(chosen)
    if span is None:
        return []
    ends = (max(first, span[0]), min(last, span[1] - timedelta(seconds=1)))
    if len(chosen) == 1:
        return [(*chosen, month) for month in range(ends[0].month, ends[1].month + 1)]
    if len(chosen) == 2:  # noqa: PLR2004 (year and month)
        return [(*chosen, day) for day in range(ends[0].day, ends[1].day + 1)]
    return []


def _span(parts: tuple[int, ...]) -> tuple[datetime, datetime] | None:
    """Return where a year, month or day begins and where the next one does; None for no such."""
    if not parts:
        return None
    year, month, day = (*parts, 1, 1)[:3]
    try:
        begin = datetime(year, month, day)  # noqa: DTZ001 (made aware below)
        if len(parts) == 1:
            end = begin.replace(year=year + 1)
        elif len(parts) == 2:  # noqa: PLR2004
            is_last = month == _MONTHS_A_YEAR
            end = begin.replace(year=year + is_last, month=1 if is_last else month + 1)
        else:
            end = begin + timedelta(days=1)
        return timezone.make_aware(begin), timezone.make_aware(end)
    except (ValueError, OverflowError):
        return None
