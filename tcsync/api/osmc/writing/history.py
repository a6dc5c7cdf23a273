"""Branches and tags made, changed and removed."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from tcsync import domain
from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, branches, place, tags
from tcsync.api.osmc.writing import rights
from tcsync.repository import writing
from tcsync.repository.editing import WishRefused, make_branch
from tcsync.repository.models import Resource

TITLE, DESCRIPTION, COMMIT = "dcterms:title", "dcterms:description", "commitID"
CREATED = 201


def make(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """Make a branch from a revision, by default the trunk's newest. That is a revision too."""
    resource = rights.resource(user, r, w)
    said = asked.thing(request, TITLE)
    start = asked.whole_number(said, "startRevision")
    if start is not None:
        place.revision(resource, start)
    message = asked.text(said, "commitDescription") or asked.text(said, DESCRIPTION)
    message = asked.checked("The description", message)
    actor = rights.actor_of(request, user)
    uid = make_branch(actor, resource.id, asked.title(said), start, message)
    return _branch(request, user, (r, uid), CREATED)


def rename(request: HttpRequest, user: User, r: str, b: str, w: str = "") -> HttpResponseBase:
    """Rename a branch."""
    resource = rights.resource(user, r, w)
    place.branch(resource, b)
    said = asked.thing(request, TITLE)
    if not asked.text(said, TITLE).strip():
        raise WishRefused("A branch needs a name.")
    writing.rename_branch(rights.actor_of(request, user), resource.id, b, asked.title(said))
    return _branch(request, user, (r, b))


def remove(request: HttpRequest, user: User, r: str, b: str, w: str = "") -> HttpResponseBase:
    """Put a branch away: it is not listed any more, its revisions stay."""
    resource = rights.resource(user, r, w)
    place.branch(resource, b)
    writing.archive_branch(rights.actor_of(request, user), resource.id, b)
    return answers.empty()


def read_or_tag(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """Read tags by a list of ids, or put a new one."""
    if asked.is_id_list(request):
        return tags.many(request, user, r, w)
    resource = rights.resource(user, r, w)
    said = asked.thing(request, TITLE)
    number = asked.whole_number(said, COMMIT) or 0
    tag = domain.Tag(str(uuid4()), asked.title(said), number, asked.text(said, DESCRIPTION))
    return _put(request, user, resource, tag, CREATED)


def change_tag(request: HttpRequest, user: User, r: str, t: str, w: str = "") -> HttpResponseBase:
    """Rename a tag, or put it on another revision."""
    resource = rights.resource(user, r, w)
    row = tags.tag(resource, t)
    said = asked.thing(request, TITLE, DESCRIPTION, COMMIT)
    tag = domain.Tag(
        row.uid,
        asked.title(said) if TITLE in said else row.name,
        asked.whole_number(said, COMMIT, row.number) or 0,
        asked.text(said, DESCRIPTION, row.description),
    )
    return _put(request, user, resource, tag)


def remove_tag(request: HttpRequest, user: User, r: str, t: str, w: str = "") -> HttpResponseBase:
    """Take a tag away."""
    resource = rights.resource(user, r, w)
    tags.tag(resource, t)
    writing.remove_tag(rights.actor_of(request, user), resource.id, t)
    return answers.empty()


def _put(
    request: HttpRequest, user: User, resource: Resource, tag: domain.Tag, status: int = 200
) -> HttpResponseBase:
    place.revision(resource, tag.revision)
    tag = replace(tag, description=asked.checked("The description", tag.description))
    writing.put_tag(rights.actor_of(request, user), resource.id, tag)
    (said,) = tags.shown(resource, [tags.tag(resource, tag.id)])
    return answers.json(request, said, status)


def _branch(
    request: HttpRequest, user: User, where: tuple[str, str], status: int = 200
) -> HttpResponseBase:
    resource = place.resource(user, where[0])
    pair = branches.pair(request, resource, place.branch(resource, where[1]))
    return answers.json(request, pair, status)
