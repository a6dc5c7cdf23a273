"""Two revisions of a resource side by side: elements attribute by attribute, and artifacts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from syncconfigs.forms.repository import Pair
from syncconfigs.views.history import RevisionRow
from syncconfigs.views.page import show
from syncconfigs.views.repository.about import Addresses, path_of, readable, resource_of
from syncconfigs.views.repository.changed import Comparison
from tcsync.repository.models import Resource, Revision

OFFERED = 100
ARTIFACTS_SHOWN = 200


@require_safe
@login_required
@readable
def difference(request: HttpRequest, id_: str) -> HttpResponse:
    """Show what differs between two revisions; the form offers any two."""
    row = resource_of(request, id_)
    form = Pair(_asked(request, row))
    before, after = _side(row, form, "before"), _side(row, form, "after")
    context: dict[str, Any] = {"resource": row, "form": form, "swap": _query(form, swap=True)}
    if form.is_valid() and after is not None:
        context |= _compared(form, before, after)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "repository/_changed.html", context)
    context |= {"path": path_of(request, row.category_id), "numbers": _offered(row)}
    return show(request, "repository/difference.html", context)


def _asked(request: HttpRequest, row: Resource) -> QueryDict:
    """Return what is asked for: the newest revision unless another is, nothing said its parent."""
    asked = request.GET.copy()
    newest = row.revisions.filter(number=row.head_number).first()
    if newest is not None and not asked.get("after"):
        asked["after"] = str(newest.number)
        if not asked.get("before"):
            asked["before"] = str(newest.parent or "")
    return asked


def _side(row: Resource, form: Pair, name: str) -> Revision | None:
    """Return a revision that is asked for; say at its field when there is none."""
    number = form.said(name)
    if number is None:
        return None
    found = row.revisions.filter(number=number).first()
    if found is None:
        form.add_error(name, _("There is no revision %d.") % number)
    else:
        found.resource = row
    return found


def _query(form: Pair, *, swap: bool = False, **more: str) -> str:
    said = {name: form.said(name) for name in ("before", "after", "operation", "element")}
    if swap:
        said["before"], said["after"] = said["after"], said["before"]
    said |= more
    return "?" + urlencode({name: value for name, value in said.items() if value})


def _compared(form: Pair, before: Revision | None, after: Revision) -> dict[str, Any]:
    compared, element = Comparison(before, after), form.said("element")
    cursor = form.said("cursor") or ""
    names = dict(after.resource.branches.values_list("uid", "name"))
    found: dict[str, Any] = {
        "before": RevisionRow.of(before, names) if before else None,
        "after": RevisionRow.of(after, names),
        "to_before": Addresses.of(after.resource_id, before.number) if before else None,
        "to_after": Addresses.of(after.resource_id, after.number),
        "is_same": before is not None and before.number == after.number,
        "element": element,
    }
    if found["is_same"]:
        return found
    part = (
        compared.of_element(element)
        if element
        else compared.part(cursor, form.said("operation") or "")
    )
    found |= {"part": part, "next": part.cursor and _query(form, cursor=part.cursor)}
    if not cursor and not element:
        artifacts = compared.artifacts()
        found |= {"counts": compared.counts(), "artifacts_count": len(artifacts)}
        found |= {"artifacts": artifacts[:ARTIFACTS_SHOWN], "is_first": True}
    return found


def _offered(row: Resource) -> list[tuple[int, str]]:
    """Return revisions to choose from: heads of branches, tags, the newest."""
    heads = row.branches.filter(head__gt=0).values_list("head", "name")[:OFFERED]
    tags = row.tags.order_by("-number").values_list("number", "name")[:OFFERED]
    newest = row.revisions.order_by("-number").values_list("number", "message")[:OFFERED]
    names: dict[int, list[str]] = {}
    for number, name in [*heads, *tags, *newest]:
        names.setdefault(number or 0, []).append(name.strip().partition("\n")[0][:60])
    return [(number, ", ".join(names[number])) for number in sorted(names, reverse=True)]
