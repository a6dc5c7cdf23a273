"""A condition that a column is one of many texts, told to the database in one value.

Django's own `__in` prepares each of hundreds of values by itself, which takes longer than the
database takes to find them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, ForeignKey, Lookup, Q

_ONE_OF = {
    "postgresql": "= ANY(ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)))",
    "sqlite": "IN (SELECT value FROM json_each(%s))",
}


def among(field: str, texts: Iterable[str]) -> Q:
    """Return the condition that a field of texts, or a reference by text, is one of these."""
    return Q(**{f"{field}__among": json.dumps(list(texts))})


@CharField.register_lookup
@ForeignKey.register_lookup
class _Among(Lookup):
    """`rhs` is a JSON list: one text, so that nothing looks at each of its values."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} {_ONE_OF[connection.vendor]}", (*parameters, self.rhs)
