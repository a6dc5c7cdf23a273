"""What the pages about a resource share: rows, banner, addresses, what cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from syncconfigs import usage, visible
from syncconfigs.models import Claim, Exclusion
from syncconfigs.views.history import RevisionRow, hops_of
from syncconfigs.views.page import page_of, show
from tcsync.access.permissions import Action, may
from tcsync.errors import ContentError, StorageFull
from tcsync.repository import writing
from tcsync.repository.models import Category, Resource, Revision
from tcsync.repository.reading import Tree
from tcsync.uses import uses_in

UNREADABLE = 503
LEVELS = {
    "received": _("as it was received; the source has no digests, its heads were not walked yet"),
    "content": _("every digest of elements and artifacts recomputed on this node"),
    "head_walk": _("the head of every branch walked in full at the source and equal to the copy"),
    "every_revision": _("every revision compared in full with the source and equal to the copy"),
}
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def readable(view: View[P]) -> View[P]:
    """Answer 503, with sentence and next step, where stored bytes are not what a row promises."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        answer: HttpResponseBase
        try:
            answer = view(request, *args, **kwargs)
        except (ContentError, StorageFull) as error:
            said = {"error": error}
            answer = show(request, "repository/unreadable.html", said, status=UNREADABLE)
        # One address may give a page or a part of one: no browser must take them for each other.
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    return guarded


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages about a revision lie; those of elements go on with `?id=`."""

    revision: str
    tree: str
    element: str
    children: str
    past: str
    json: str
    search: str
    artifacts: str
    artifact: str
    lines: str
    difference: str

    @classmethod
    def of(cls, resource: str, number: int) -> Addresses:
        """Return those of a revision."""
        here = [number, resource]
        return cls(
            revision=reverse("revision-detail", args=here),
            tree=reverse("revision-elements", args=here),
            element=reverse("element-detail", args=here),
            children=reverse("element-children", args=here),
            past=reverse("element-history", args=here),
            json=reverse("element-download", args=here),
            search=reverse("revision-search", args=here),
            artifacts=reverse("revision-artifacts", args=here),
            artifact=reverse("artifact-download", args=here),
            lines=reverse("elements-download", args=here),
            difference=reverse("revision-difference", args=[resource]),
        )


def resource_of(request: HttpRequest, id_: str) -> Resource:
    """Return a resource that this person may read. Raises Http404."""
    return get_object_or_404(visible.resources(request.user), id=id_)


def revision_of(request: HttpRequest, id_: str, number: int) -> Revision:
    """Return a revision, with its resource, that this person may read. Raises Http404."""
    row = resource_of(request, id_)
    found = get_object_or_404(Revision, resource=row, number=number)
    found.resource = row
    return found


def path_of(request: HttpRequest, category_id: str) -> list[Category]:
    """Return the categories from the top down to this one that this person may read."""
    path = Tree.load().path(category_id)
    found = visible.category_rows(request.user).in_bulk(path)
    return [found[id_] for id_ in path if id_ in found]


def of_revision(request: HttpRequest, found: Revision, tab: str) -> dict[str, Any]:
    """Return what the head of every page about a revision says; `tab` is the page's own."""
    row = found.resource
    names = dict(row.branches.filter(uid=found.branch).values_list("uid", "name"))
    return {
        "resource": row,
        "path": path_of(request, row.category_id),
        "revision": RevisionRow.of(found, names),
        "to": Addresses.of(row.id, found.number),
        "tab": tab,
    }


def banner(request: HttpRequest, row: Resource) -> dict[str, Any]:
    """Return what the banner of a resource says: copy of what, from where, how sure that is."""
    claim = Claim.objects.filter(resource=row.id).first()
    followed = None
    if claim is not None:
        followed = visible.configs(request.user).filter(pk=claim.config_id).first()
    return {
        "hops": hops_of(row),
        "claim": claim,
        "config": followed,
        "may_look": followed and visible.may_synchronize(request.user, followed),
        "may_see_servers": visible.may_see_servers(request.user),
        "exclusion": Exclusion.objects.filter(resource=row.id).first(),
        "level": LEVELS.get(row.verified_level, row.verified_level),
        "version": Version.of(row, claim, followed),
        "walks": walks_of(row),
        "may_edit": may_edit(request, row),
        "may_flag": may(request.user, Action.SYNCHRONIZE, Tree.load().path(row.category_id)),
        "is_unchanged": writing.is_unchanged(row),
    }


def used_at(request: HttpRequest, found: Revision) -> dict[str, Any]:
    """Return a page of what a revision uses, and how that stands here."""
    page = page_of(request, uses_in(found.used_projects), "uses")
    return {"uses": usage.stand(request.user, list(page)), "uses_page": page}


def walks_of(row: Resource) -> list[dict[str, Any]]:
    """Return the last full walk of each branch's head, with the branch's name."""
    names = dict(row.branches.values_list("uid", "name"))
    return [
        {"branch": names.get(walk.branch, walk.branch), "walk": walk}
        for walk in row.walks.order_by("-number")
    ]


def may_edit(request: HttpRequest, row: Resource) -> bool:
    """Tell whether this person may rename or move a resource."""
    is_local = not row.read_only and row.removed_at is None
    return is_local and may(request.user, Action.EDIT, Tree.load().path(row.category_id))


@dataclass(frozen=True, slots=True)
class Version:
    """How a copy stands to its source, as far as its configuration knows."""

    here: int
    """Revisions here."""
    there: int | None
    """Revisions at the source when it was last looked at; None: only known of all together."""
    behind: int
    """Revisions that the whole configuration is behind."""

    @classmethod
    def of(cls, row: Resource, claim: Claim | None, config: Any) -> Version | None:
        """Return it, None for what is not followed or was never compared."""
        if config is None or claim is None or config.checked_at is None:
            return None
        if claim.state != Claim.State.FOLLOWED:
            return None
        is_alone = config.behind == 0 or config.kind == config.Kind.RESOURCE
        there = row.revision_count + config.behind if is_alone else None
        return cls(row.revision_count, there, config.behind)
