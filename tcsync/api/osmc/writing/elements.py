"""Elements made, changed and removed: each call is one revision by whoever is signed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, elements, place
from tcsync.api.osmc.answers import Absent, Unreadable
from tcsync.api.osmc.pairs import Pairs
from tcsync.api.osmc.writing import rights
from tcsync.repository.browsing import stored
from tcsync.repository.editing import Change, Done, New, Removal, Wish, edit, reference
from tcsync.repository.models import Resource

ESI_DATA, NAME, TYPE, NS_URI = "kerml:esiData", "kerml:name", "@type", "kerml:nsURI"
OWNER, COMMENT, IS_ROOT = "kerml:owner", "kerml:comment", "kerml:rootObject"
CREATED = 201

Json = dict[str, Any]


def read_or_make(
    request: HttpRequest, user: User, r: str, w: str = "", b: str = ""
) -> HttpResponseBase:
    """Read many elements by a list of ids, or make elements out of objects."""
    if asked.is_id_list(request):
        return elements.many(request, user, r=r, w=w, b=b)
    return _make(request, user, rights.resource(user, r, w), b, "")


def make(
    request: HttpRequest, user: User, e: str, r: str, w: str = "", b: str = ""
) -> HttpResponseBase:
    """Make elements. The one in the address says in which metamodel, not where."""
    resource = rights.resource(user, r, w)
    at = place.at(request, user, r, w, b)
    body = at.history.get(at.number, e)
    if body is None:
        raise Absent
    ns_uri = stored.string(stored.top(body).get("nsURI", b'""')) or ""
    return _make(request, user, resource, b, ns_uri)


def change(
    request: HttpRequest, user: User, e: str, r: str, w: str = "", b: str = ""
) -> HttpResponseBase:
    """Change an element: PATCH merges into what it has, PUT replaces all of its data."""
    resource = rights.resource(user, r, w)
    said = asked.thing(request, ESI_DATA, OWNER, NAME)
    done = _edit(request, user, resource, b, [_change(request, e, said)], [said])
    return _one(request, user, (resource, b), done, e)


def change_many(
    request: HttpRequest, user: User, r: str, w: str = "", b: str = ""
) -> HttpResponseBase:
    """Change elements, given by their ids."""
    resource = rights.resource(user, r, w)
    said = asked.value(request)
    if not isinstance(said, dict):
        raise Unreadable("The body has to be an object of elements by their ids.")
    things = {id_: _element_in(value) for id_, value in said.items()}
    wishes = [_change(request, id_, thing) for id_, thing in things.items()]
    done = _edit(request, user, resource, b, wishes, things.values())
    return _many(request, user, (resource, b), done, list(things))


def remove(
    request: HttpRequest, user: User, e: str, r: str, w: str = "", b: str = ""
) -> HttpResponseBase:
    """Remove an element with all that lies in it."""
    resource = rights.resource(user, r, w)
    done = _edit(request, user, resource, b, [Removal(e)])
    if done.missing:
        raise Absent
    return answers.empty()


def remove_many(
    request: HttpRequest, user: User, r: str, w: str = "", b: str = ""
) -> HttpResponseBase:
    """Remove elements by a list of ids, each with all that lies in it."""
    resource = rights.resource(user, r, w)
    ids = list(dict.fromkeys(asked.ids(request)))
    done = _edit(request, user, resource, b, [Removal(id_) for id_ in ids])
    # Texts both, as real servers answer.
    said = {
        id_: {"data": "false", "status": "404"}
        if id_ in done.missing
        else {"data": "true", "status": "204"}
        for id_ in ids
    }
    return answers.json(request, said, media=answers.JSON)


def _make(
    request: HttpRequest, user: User, resource: Resource, b: str, ns_uri: str
) -> HttpResponseBase:
    said = asked.value(request)
    is_several = asked.flag(request, "batch") or (isinstance(said, list) and _are_several(said))
    things = said if is_several and isinstance(said, list) else [_element_in(said)]
    wishes = [_new(thing, ns_uri) for thing in things]
    done = _edit(request, user, resource, b, wishes, things)
    ids = [wish.id for wish in wishes]
    if is_several:
        return _many(request, user, (resource, b), done, ids, CREATED)
    return _one(request, user, (resource, b), done, ids[0], CREATED)


def _are_several(said: list[Any]) -> bool:
    """Tell whether a list holds elements, and is not an element behind its container."""
    return sum(1 for one in said if isinstance(one, dict) and ESI_DATA in one) == len(said)


def _element_in(said: object) -> Json:
    """Return the object that is an element: alone, behind its container, or as a batch has it."""
    if isinstance(said, dict) and isinstance(said.get("data"), list):
        said = said["data"]
    found = [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict)]
    if not found:
        raise Unreadable("An element has to be an object.")
    return next((one for one in found if ESI_DATA in one), found[-1])


def _new(said: object, ns_uri: str) -> New:
    if not isinstance(said, dict):
        raise Unreadable("An element has to be an object.")
    types = said.get(TYPE)
    type_ = types[-1] if isinstance(types, list) and types else types
    if not isinstance(type_, str) or not type_:
        raise Unreadable("`@type` is missing: the type of the element, as in `uml:Class`.")
    return New(
        id=str(uuid4()),
        type=asked.checked("`@type`", type_),
        ns_uri=asked.text(said, NS_URI, ns_uri),
        data=_data(said),
        name=asked.text(said, NAME) or None,
        owner="" if str(said.get(IS_ROOT, "")).lower() == "true" else _owner(said),
    )


def _change(request: HttpRequest, id_: str, said: Json) -> Change:
    fields: dict[str, str | None] = {}
    if NAME in said:
        fields["name"] = asked.text(said, NAME) or None
    return Change(id_, _data(said), request.method == "PUT", _owner(said), fields)


def _data(said: Json) -> Json:
    data = said.get(ESI_DATA, {})
    if not isinstance(data, dict):
        raise Unreadable(f"`{ESI_DATA}` has to be an object.")
    return data


def _owner(said: Json) -> str | None:
    return None if OWNER not in said else reference(said[OWNER]) or ""


def _edit(
    request: HttpRequest,
    user: User,
    resource: Resource,
    b: str,
    wishes: Sequence[Wish],
    things: Iterable[Json] = (),
) -> Done:
    place.branch(resource, b or resource.trunk)
    comments = [request.GET.get("comment", ""), *(asked.text(one, COMMENT) for one in things)]
    message = asked.checked("The comment", next(filter(None, comments), ""))
    actor = rights.actor_of(request, user)
    return edit(actor, resource.id, b or resource.trunk, wishes, message)


def _one(
    request: HttpRequest,
    user: User,
    where: tuple[Resource, str],
    done: Done,
    id_: str,
    status: int = 200,
) -> HttpResponseBase:
    if done.number is None:
        raise Absent
    at = _at(request, user, where, done)
    body = at.history.get(at.number, id_) or b""
    return answers.whole(request, Pairs(at).pair(body), status)


def _many(
    request: HttpRequest,
    user: User,
    where: tuple[Resource, str],
    done: Done,
    ids: list[str],
    status: int = 200,
) -> HttpResponseBase:
    if done.number is None:
        nothing = {id_: {"data": [], "status": 404} for id_ in ids}
        return answers.json(request, nothing)
    at = _at(request, user, where, done)
    entries = Pairs(at).entries(ids, at.history, status)
    return answers.streamed(request, answers.items(entries, b"{", b"}"), status=status)


def _at(request: HttpRequest, user: User, where: tuple[Resource, str], done: Done) -> place.Place:
    resource, b = where
    return place.at(request, user, resource.id, "", b, done.number)
