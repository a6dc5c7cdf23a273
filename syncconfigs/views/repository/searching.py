"""Looking for elements of a revision by name, type or id, a second at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from syncconfigs.forms.repository import ElementSearch
from syncconfigs.views.page import show
from syncconfigs.views.repository.about import Addresses, of_revision, readable, revision_of
from tcsync.repository import browsing
from tcsync.repository.models import Revision
from tcsync.repository.states import History

PART = 100
FIRST_SECONDS, SECONDS = 0.5, 1.0
"""The page itself comes soon; what it then asks for by itself may take longer."""
SHOWN_AT_ONCE = 200
"""After so many more hits a search goes on only when it is asked to."""


@require_safe
@login_required
@readable
def search(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """Show what a search found so far; the page goes on by itself, a part for each answer."""
    found = revision_of(request, id_, number)
    form = ElementSearch(request.GET)
    context: dict[str, Any] = {"form": form, "to": Addresses.of(id_, number)}
    if form.said("q"):
        context |= _hits(found, form)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "repository/_hits.html", context)
    context |= of_revision(request, found, "search")
    return show(request, "repository/search.html", context)


def _hits(found: Revision, form: ElementSearch) -> dict[str, Any]:
    text, field = form.said("q"), form.said("field") or "any"
    after, before = form.said("after") or "", form.said("shown") or 0
    query = browsing.Query(text, field)
    seconds = SECONDS if after else FIRST_SECONDS
    met = browsing.search(History(found.resource_id), found, query, after, PART, seconds)
    shown = before + len(met.hits)
    said = {"q": text, "field": field, "after": met.after or "", "shown": shown}
    return {
        "met": met,
        "shown": shown,
        "next": "?" + urlencode(said),
        "is_going_on": shown // SHOWN_AT_ONCE == before // SHOWN_AT_ONCE,
    }
