"""The tree of elements at a revision, one element in full, and what happened to it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from syncconfigs.forms.repository import ElementAsked, TreeAsked
from syncconfigs.views.history import RevisionRow
from syncconfigs.views.page import show
from syncconfigs.views.repository.about import Addresses, of_revision, readable, revision_of
from syncconfigs.views.repository.attributes import rows_of
from syncconfigs.views.repository.twigs import Grown, branch_of, roots_of, tree_to
from tcsync.repository import browsing
from tcsync.repository.models import Revision
from tcsync.repository.reading import revisions
from tcsync.repository.states import History

JSON_SHOWN = 20_000
"""Characters; all of it is there to download."""
TOUCHES_SHOWN = 20


def _asked(request: HttpRequest, history: History, number: int) -> tuple[ElementAsked, str]:
    """Return what is asked for, and the id of an element that exists. Raises Http404."""
    form = ElementAsked(request.GET)
    if not form.is_valid() or history.get(number, form.cleaned_data["id"]) is None:
        raise Http404
    return form, form.cleaned_data["id"]


@require_safe
@login_required
@readable
def elements(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """Show the tree of elements, open as far as the element `at`."""
    found = revision_of(request, id_, number)
    history, form = History(id_), TreeAsked(request.GET)
    at = form.said("at")
    if at and history.get(number, at) is None:
        raise Http404
    offset = form.said("offset") or 0
    branch = tree_to(history, found, at) if at else roots_of(history, found, offset)
    if request.htmx and not at:  # type: ignore[attr-defined]
        return _part(request, found, branch, offset)
    context = {**of_revision(request, found, "elements"), "branch": branch, "at": at}
    return show(request, "repository/elements.html", context)


def _part(request: HttpRequest, found: Revision, branch: Grown, offset: int) -> HttpResponse:
    """Answer with entries to be put into a tree that is there already."""
    to = Addresses.of(found.resource_id, found.number)
    context = {"branch": branch, "to": to, "is_part": bool(offset)}
    return render(request, "repository/_twigs.html", context)


@require_safe
@login_required
@readable
def children(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """Show a part of the children of an element, as entries to be put into a tree."""
    found, history = revision_of(request, id_, number), History(id_)
    form, wanted = _asked(request, history, number)
    offset = form.said("offset") or 0
    return _part(request, found, branch_of(history, number, wanted, offset), offset)


@require_safe
@login_required
@readable
def element(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """Show an element: its owners, attributes, references, children and canonical JSON."""
    found, history = revision_of(request, id_, number), History(id_)
    form, wanted = _asked(request, history, number)
    whole = browsing.element(history, number, wanted)
    text = whole.body.decode("utf-8", "replace")
    context = {
        **of_revision(request, found, "elements"),
        "element": whole,
        "owners": browsing.path_to(history, number, wanted),
        "attributes": rows_of(whole.values),
        "branch": branch_of(history, number, wanted, form.said("offset") or 0),
        "json": text[:JSON_SHOWN],
        "json_is_cut": len(text) > JSON_SHOWN,
    }
    return show(request, "repository/element.html", context)


@require_safe
@login_required
@readable
def element_history(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """Show which revisions touched an element, newest first: a page, or a part for one."""
    found, history = revision_of(request, id_, number), History(id_)
    form = ElementAsked(request.GET)
    if not form.is_valid():
        raise Http404
    wanted = form.cleaned_data["id"]
    context = {**_past(found, history, wanted, form.said("older")), "id": wanted}
    if request.htmx:  # type: ignore[attr-defined]
        context["to"] = Addresses.of(id_, number)
        return render(request, "repository/_past.html", context)
    context |= of_revision(request, found, "elements")
    return show(request, "repository/past.html", context)


def _past(found: Revision, history: History, wanted: str, older: int | None) -> dict[str, Any]:
    start = older or found.number
    if older and not found.resource.revisions.filter(number=older).exists():
        raise Http404
    past = browsing.past(history, start, wanted, limit=TOUCHES_SHOWN)
    numbers = [touch.number for touch in past.touches]
    rows = {row.number: row for row in revisions(found.resource_id, numbers)}
    names = dict(found.resource.branches.values_list("uid", "name"))
    touches = [
        (touch.operation, RevisionRow.of(rows[touch.number], names)) for touch in past.touches
    ]
    return {"touches": touches, "older": past.older, "is_first": older is None}
