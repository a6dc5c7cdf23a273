"""Inserting many new rows: one prepared statement, executed for each of them.

A first copy of many small resources writes several rows for each of its revisions. Django's
`bulk_create` compiles every value of every row anew, which takes most of such a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.utils import timezone

_AS_IT_IS: tuple[type[models.Field[Any, Any]], ...] = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.SmallIntegerField,
    models.IntegerField,
    models.BigIntegerField,
    models.PositiveSmallIntegerField,
    models.PositiveIntegerField,
    models.PositiveBigIntegerField,
)
"""Fields whose values go into the database as they are; their subclasses may not."""


def insert(rows: Iterable[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Insert rows that are new, in the order of their models; their automatic keys stay unknown.

    Within a transaction of the caller. Raises IntegrityError, unless conflicts are to be ignored.
    """
    for _model, some in groupby(rows, key=type):
        first = next(some)
        meta = first._meta
        fields = [f for f in meta.concrete_fields if not isinstance(f, models.AutoField)]
        values = [_value_of(field) for field in fields]
        with connection.cursor() as cursor:
            cursor.executemany(
                _statement(meta.db_table, fields, ignore_conflicts=ignore_conflicts),
                [tuple([value(row) for value in values]) for row in chain((first,), some)],
            )


def _statement(
    table: str, fields: Sequence[models.Field[Any, Any]], *, ignore_conflicts: bool
) -> str:
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return f"INSERT INTO {quoted(table)} ({columns}) VALUES ({places}){tail}"  # noqa: S608 - names of our own models


def _value_of(field: models.Field[Any, Any]) -> Callable[[models.Model], Any]:
    """Return what gives the value for the database; what Django's fields do only where needed."""
    stored: Any = field
    while isinstance(stored, models.ForeignKey):
        stored = stored.target_field
    if type(stored) in _AS_IT_IS:
        return attrgetter(field.attname)
    if type(stored) is models.JSONField:
        return _json_of(field)
    if isinstance(stored, models.DateTimeField) and (stored.auto_now or stored.auto_now_add):
        # One moment for all rows of a statement.
        moment = timezone.now()
        prepared = _prepared(field, moment)

        def stamped(row: models.Model) -> Any:
            setattr(row, field.attname, moment)
            return prepared

        return stamped
    return lambda row: _prepared(field, field.pre_save(row, add=True))


def _json_of(field: models.Field[Any, Any]) -> Callable[[models.Model], Any]:
    # Most lists are empty: that one is prepared once.
    nothing = _prepared(field, [])
    read = attrgetter(field.attname)

    def value(row: models.Model) -> Any:
        found = read(row)
        return nothing if found == [] else _prepared(field, found)

    return value


def _prepared(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection=connection)
