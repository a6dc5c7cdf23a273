"""Reading elements: one, or many by their ids, at any revision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.api.osmc.answers import Absent
from tcsync.api.osmc.pairs import Pairs


def one(request: HttpRequest, user: User, e: str, **where: Any) -> HttpResponseBase:
    """Return the pair of an element."""
    at = place.at(request, user, **where)
    body = at.history.get(at.number, e)
    if body is None:
        raise Absent
    return answers.whole(request, Pairs(at).pair(body))


def many(request: HttpRequest, user: User, **where: Any) -> HttpResponseBase:
    """Return the pairs of many elements, each with a status of its own."""
    at = place.at(request, user, **where)
    entries = Pairs(at).entries(asked.ids(request), at.history)
    return answers.streamed(request, answers.items(entries, b"{", b"}"))
