"""Categories: the tree as rows, and making one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from syncconfigs import places, visible
from syncconfigs.api.endpoint import Endpoint
from syncconfigs.api.problems import invalid
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import categories as shapes
from tcsync.access.permissions import Action, Person, require
from tcsync.repository.models import Category
from tcsync.repository.reading import Tree


@dataclass(frozen=True, slots=True)
class Row:
    """A category as the shape wants it."""

    id: str
    name: str
    parent: str | None
    path: tuple[str, ...]
    resources: int
    configuration: int | None


def tree_rows(user: Person) -> list[Row]:
    """Return the categories that somebody may see, each below its parent, siblings by name."""
    seen = visible.category_rows(user)
    owners = dict(seen.values_list("id", "origin_owner"))
    shown = set(visible.configs(user).values_list("pk", flat=True))
    present = visible.resources(user).filter(removed_at=None).order_by()
    counts = present.values_list("category").annotate(n=Count("pk"))
    held: dict[str, int] = dict(counts.values_list("category", "n"))
    tree = Tree.load()
    found = []
    for id_, owner in owners.items():
        path = [at for at in tree.path(id_) if at in owners]
        names = tuple(tree.categories[at].name for at in path)
        parent = path[-2] if len(path) > 1 else None
        found.append(
            Row(id_, names[-1], parent, names, held.get(id_, 0), owner if owner in shown else None)
        )
    return sorted(found, key=lambda row: ([name.casefold() for name in row.path], row.id))


class Categories(Endpoint):
    """All of them."""

    @operation(
        "categories-list",
        "List the categories as rows of their tree",
        detail="A category comes after the one that it lies in, siblings by name.",
        query=shapes.CategoriesQuery,
        answers={200: page_of(shapes.Category)},
    )
    def get(self, _request: Request) -> Response:
        """List them."""
        asked = self.query(shapes.CategoriesQuery)
        found = tree_rows(self.user)
        if "parent" in asked:
            found = [row for row in found if row.parent == asked["parent"]]
        if "name" in asked:
            part = asked["name"].casefold()
            found = [row for row in found if part in row.name.casefold()]
        return self.page(found, asked, shapes.Category)

    @operation(
        "categories-create",
        "Make a category",
        body=shapes.CategoryBody,
        answers={201: shapes.Category},
        problems=[403, 409],
        examples={"Inside another": {"name": "Avionics", "parent": "5b0c..."}},
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        require(self.user, Action.SYNCHRONIZE)
        asked = self.body(shapes.CategoryBody)
        parent = asked["parent"]
        if parent is not None:
            require_category(self.user, "parent", parent)
        made = places.make_category(self.actor, asked["name"], parent or "")
        where = reverse("api-category", [made.pk], request=request)
        said = shapes.Category(row_of(self.user, made.pk)).data
        return Response(said, 201, headers={"Location": where})


class OneCategory(Endpoint):
    """One of them."""

    @operation("categories-read", "Read a category", answers={200: shapes.Category}, problems=[404])
    def get(self, _request: Request, id: str) -> Response:
        """Show it."""
        return Response(shapes.Category(row_of(self.user, id)).data)


def row_of(user: Person, id_: str) -> Row:
    """Return one category as a row. Raises Http404."""
    found = next((row for row in tree_rows(user) if row.id == id_), None)
    if found is None:
        raise Http404
    return found


def require_category(user: Person, field: str, id_: str) -> Category:
    """Return a category that somebody may see. Raises ValidationError at the field."""
    found = visible.category_rows(user).filter(id=id_).first()
    if found is None:
        raise invalid(field, "There is no such category, or this account may not see it.")
    return found
