"""What a request says: flags and numbers in the query, lists of ids, objects in the body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from django.http import HttpRequest

from tcsync.api.osmc.answers import Unreadable
from tcsync.packs import loads
from tcsync.repository.browsing.stored import clean

MOST_DIGITS = 16
LONGEST_NAME = 1_000
LONGEST_ID = 200
LONGEST_TEXT = 1_000_000
"""Characters."""


def flag(request: HttpRequest, name: str) -> bool:
    """Return whether a flag is set; clients write `true` and `True`."""
    return request.GET.get(name, "").lower() == "true"


def number(request: HttpRequest, name: str, default: int | None = None) -> int:
    """Return a number of the query. Raises Unreadable."""
    said = request.GET.get(name, "")
    if not said and default is not None:
        return default
    if not (said.isdecimal() and said.isascii() and len(said) <= MOST_DIGITS):
        raise Unreadable(f"`{name}` in the address has to be a number.")
    return int(said)


def is_id_list(request: HttpRequest) -> bool:
    """Tell whether the body lists ids, and is no object to write.

    The content type does not tell: clients send JSON as text, and the reverse (rest-api,
    section 3).
    """
    body = request.body.lstrip()
    return not body.startswith(b"{") and not body[1:].lstrip().startswith(b"{")


def ids(request: HttpRequest) -> list[str]:
    """Return the ids of a body: a JSON list, or text with commas.

    Raises Unreadable, NotCanonical.
    """
    body = request.body.strip()
    if body.startswith(b"{"):
        raise Unreadable("A revision that is there already can only be read: send a list of ids.")
    if not body.startswith((b"[", b'"')):
        try:
            return _split(body.decode())
        except UnicodeDecodeError as error:
            raise Unreadable("The list of ids is not UTF-8.") from error
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Half of a surrogate pair is an id too, of nothing.
        said = loads(body)
    if isinstance(said, str):
        return _split(said)
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise Unreadable('The body has to be a list of ids: `["id", ...]` or `id,id`.')
    return said


def _split(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def value(request: HttpRequest) -> Any:
    """Return the JSON value of a body, its numbers exact. Raises Unreadable, NotCanonical."""
    if not request.body.strip():
        raise Unreadable("The body is empty.")
    return loads(request.body)


def thing(request: HttpRequest, *names: str) -> dict[str, Any]:
    """Return the object of a body that has one of `names`: it comes alone, or behind its container.

    Raises Unreadable.
    """
    said = value(request)
    for one in reversed(said if isinstance(said, list) else [said]):
        if isinstance(one, dict) and (not names or any(name in one for name in names)):
            return one
    wanted = ", ".join(f"`{name}`" for name in names)
    raise Unreadable(f"The body has to be an object with {wanted or 'names and values'}.")


def text(said: dict[str, Any], name: str, default: str = "") -> str:
    """Return a text of an object. Raises Unreadable."""
    found = said.get(name, default)
    if found is None:
        return default
    if not isinstance(found, str):
        raise Unreadable(f"`{name}` has to be a text.")
    if "\0" in found:
        raise Unreadable(f"`{name}` holds a NUL.")
    return clean(found)


def title(said: dict[str, Any]) -> str:
    """Return the title that something is to have. Raises Unreadable."""
    found = text(said, "dcterms:title").strip()
    if not found:
        raise Unreadable("`dcterms:title` is missing, or empty.")
    return checked("The title", found, LONGEST_NAME)


def checked(what: str, text: str, most: int = LONGEST_TEXT) -> str:
    """Return a text that every database takes. Raises Unreadable."""
    if "\0" in text or len(text) > most:
        raise Unreadable(f"{what} holds a NUL, or more than {most:,} characters.")
    return clean(text)


def whole_number(said: dict[str, Any], name: str, default: int | None = None) -> int | None:
    """Return a number of an object; it may come as a text. Raises Unreadable."""
    found = said.get(name, default)
    if found is None:
        return None
    digits = str(found)
    if isinstance(found, bool) or not (digits.isdecimal() and len(digits) <= MOST_DIGITS):
        raise Unreadable(f"`{name}` has to be a whole number.")
    return int(digits)


def references(ids: Iterable[str]) -> list[dict[str, str]]:
    """Return ids as Teamwork Cloud refers to things."""
    return [{"@id": id_} for id_ in ids]
