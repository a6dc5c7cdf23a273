"""The resources that ids name. All ids are checked before anything is done with one of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from syncconfigs import visible
from syncconfigs.datamanager.pointing import difference, mistake_in
from syncconfigs.rights import COMMAND
from tcsync.access.models import User
from tcsync.audit.recording import Actor
from tcsync.errors import Missing
from tcsync.repository.among import among
from tcsync.repository.models import Category, Resource
from tcsync.repository.reading import Tree

SIMILAR = 3
"""So many ids are suggested for one that is wrong."""
SUGGESTED_FOR = 20
"""For so many wrong ids something is suggested; the others are only named."""
ALIKE = 0.85
LOOKED_THROUGH = 100_000
ROWS_AT_ONCE = 500


class IdsRefused(Missing):
    """Some ids name nothing here; the message has a paragraph for each, with a caret below it."""

    code = "ids"
    default_next_step = "Nothing was done. Mend the ids, then give the command again."


@dataclass(frozen=True, slots=True)
class Chosen:
    """What ids name: `named` resources by their own ids, `within` those of categories."""

    named: tuple[Resource, ...]
    within: tuple[Resource, ...] = ()

    @property
    def rows(self) -> tuple[Resource, ...]:
        """All of them, each once."""
        ids = {row.id for row in self.named}
        return (*self.named, *(row for row in self.within if row.id not in ids))


def ids_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of lists like `a,b`, each once, in their order."""
    parts = (part.strip(" \t\r\n\"'") for text in texts for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def choose(actor: Actor, resources: Sequence[str], categories: Sequence[str] = ()) -> Chosen:
    """Return what the ids name, as far as the actor may see it; categories with all below them.

    Raises IdsRefused, which tells of all wrong ids at once.
    """
    seen_resources, seen_categories = _visible(actor)
    found = {row.id: row for some in _some(resources) for row in seen_resources.filter(some)}
    places = {row.id: row for some in _some(categories) for row in seen_categories.filter(some)}
    wrong = [id_ for id_ in resources if id_ not in found]
    wrong_places = [id_ for id_ in categories if id_ not in places]
    texts = [
        *_told("resource", wrong, seen_resources),
        *_told("category", wrong_places, seen_categories),
    ]
    if texts:
        raise IdsRefused("\n".join(texts))
    below = Tree.load().below(categories)
    rows = [row for some in _some(below, "category") for row in seen_resources.filter(some)]
    within = tuple(sorted(rows, key=lambda row: (row.name, row.id)))
    return Chosen(tuple(found[id_] for id_ in resources), within)


def _visible(actor: Actor) -> tuple[QuerySet[Resource], QuerySet[Category]]:
    if actor.user_id is None and actor.origin == COMMAND:
        return Resource.objects.all(), Category.objects.all()
    user = User.objects.filter(pk=actor.user_id or 0).first()
    if user is None:
        return Resource.objects.none(), Category.objects.none()
    return visible.resources(user), visible.category_rows(user)


def _some(ids: Iterable[str], field: str = "id") -> Iterable[Q]:
    rest = sorted(set(ids))
    for start in range(0, len(rest), ROWS_AT_ONCE):
        yield among(field, rest[start : start + ROWS_AT_ONCE])


def _told(
    what: str, wrong: Sequence[str], rows: QuerySet[Resource] | QuerySet[Category]
) -> Iterable[str]:
    if not wrong:
        return
    names = dict(rows.order_by("name").values_list("id", "name")[:LOOKED_THROUGH])
    for number, id_ in enumerate(wrong):
        yield f"There is no {what} {id_!r} here, or it may not be seen."
        if number < SUGGESTED_FOR:
            yield from _pointed(id_, names)


def _pointed(id_: str, names: dict[str, str]) -> Iterable[str]:
    """Yield what is wrong with an id, and the ids that are like it."""
    close = difflib.get_close_matches(id_, names, SIMILAR, ALIKE)
    called = [other for other, name in names.items() if name.casefold() == id_.casefold()]
    mistake = mistake_in(id_) or next(filter(None, (difference(id_, one) for one in close)), None)
    if mistake is not None:
        yield mistake.pointed(id_)
    for other in [*called[:SIMILAR], *close][:SIMILAR]:
        yield f"  Similar: {other} ({names[other]})"
