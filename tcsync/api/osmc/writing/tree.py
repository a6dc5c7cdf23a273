"""Categories and resources made, changed and removed."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.access.permissions import Action
from tcsync.api.osmc import answers, asked, categories, place, resources
from tcsync.api.osmc.writing import rights
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.repository import writing
from tcsync.repository.editing import WishRefused, make_resource
from tcsync.repository.models import Category

TITLE, PARENT, CATEGORY, METADATA = "dcterms:title", "kerml:parentID", "categoryID", "metadata"
PROJECT = "PROJECT_ID"
CREATED = 201


def make_category(request: HttpRequest, user: User) -> HttpResponseBase:
    """Make a category, at the top or in another one."""
    said = asked.thing(request, TITLE)
    parent = asked.text(said, PARENT) or None
    if parent is None:
        rights.top(user)
    else:
        rights.category(user, parent)
    row = writing.make_category(rights.actor_of(request, user), asked.title(said), parent)
    return answers.json(request, categories.pair(request, user, row), CREATED)


def change_category(request: HttpRequest, user: User, w: str) -> HttpResponseBase:
    """Rename a category, or move it."""
    row = rights.category(user, w)
    said = asked.thing(request, TITLE, PARENT)
    parent = (asked.text(said, PARENT) or None) if PARENT in said else row.parent_id
    name = asked.title(said) if TITLE in said else row.name
    if (name, parent) != (row.name, row.parent_id):
        # Its name stands beside others there, which one has to see to be told of them.
        rights.inside(user, row.parent_id)
    if parent != row.parent_id:
        _may_move(user, row, parent)
    writing.change_category(rights.actor_of(request, user), w, name, parent)
    return answers.json(request, categories.pair(request, user, place.category(user, w)))


def _may_move(user: User, row: Category, parent: str | None) -> None:
    """Raise Absent or NotAllowed unless this account may move a category into a parent.

    Who may do what with copies follows from where they lie.
    """
    if parent is None:
        rights.top(user)
    else:
        rights.category(user, parent)
    if writing.holds_copies(row.id):
        for end in (row.parent_id, parent):
            rights.inside(user, end, Action.SYNCHRONIZE)


def delete_category(request: HttpRequest, user: User, w: str) -> HttpResponseBase:
    """Delete a category in which nothing lies."""
    rights.category(user, w)
    writing.delete_category(rights.actor_of(request, user), w)
    return answers.empty()


def make(request: HttpRequest, user: User, w: str) -> HttpResponseBase:
    """Make a resource in a category. It is bare: no MagicDraw project lies in it yet."""
    rights.category(user, w)
    said = asked.thing(request, TITLE)
    metadata = said.get(METADATA)
    project = asked.text(metadata, PROJECT) if isinstance(metadata, dict) else ""
    if project:
        rights.project_id(user)
    id_ = make_resource(
        rights.actor_of(request, user),
        w,
        resources.name_of(asked.title(said)),
        asked.checked("The description", asked.text(said, "dcterms:description")),
        asked.checked("The Project ID", project, asked.LONGEST_ID),
    )
    row = place.resource(user, id_)
    return answers.json(request, resources.shown(place.base_of(request), row), CREATED)


def change(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """Rename a resource, or put it into another category; "" takes it out of all."""
    row = rights.resource(user, r, w)
    said = asked.thing(request, TITLE, CATEGORY, METADATA)
    here = resources.shown("", row)
    if METADATA in said and said[METADATA] != here[METADATA]:
        raise WishRefused("`metadata` follows from the resource and cannot be changed here.")
    actor = rights.actor_of(request, user)
    target = (asked.text(said, CATEGORY) or UNCATEGORIZED_ID) if CATEGORY in said else ""
    with transaction.atomic():
        if target and target != row.category_id:
            rights.category(user, target)
            writing.move_resource(actor, r, target)
        if TITLE in said and asked.title(said) != here[TITLE]:
            writing.rename_resource(actor, r, resources.name_of(asked.title(said)))
    return answers.json(request, resources.shown(place.base_of(request), place.resource(user, r)))


def remove(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """Mark a resource as deleted. Its history stays."""
    rights.resource(user, r, w)
    writing.remove_resource(rights.actor_of(request, user), r)
    return answers.empty()
