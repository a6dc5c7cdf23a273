"""The tree of categories and the resources in it: two listings (REST reference, 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from tcsync.domain import UNCATEGORIZED_ID, Category, Resource
from tcsync.errors import BadAnswer, Gone, LoginRefused
from tcsync.sources.twc.api import Api, path_of, resource_path
from tcsync.sources.twc.assumptions import HIDDEN, NAME_SUFFIX
from tcsync.sources.twc.dates import epoch_seconds
from tcsync.sources.twc.elements import reference
from tcsync.sources.twc.listings import contained, described, text_of

DEEPEST_TREE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as the listing shows it. `modified` is None where the server shows no date.

    Of one with a `fault` only the id is certain.
    """

    id: str
    name: str
    project_id: str
    category: str
    trunk: str
    description: str
    removed: bool
    modified: int | None
    fault: str = ""

    def plain(self) -> Resource:
        """Return it without what only calls of its own tell."""
        return Resource(
            id=self.id,
            project_id=self.project_id,
            name=self.name,
            category=self.category,
            trunk=self.trunk,
            description=self.description,
            removed=self.removed,
            fault=self.fault,
        )


@dataclass(slots=True)
class Catalogue:
    """All that this account may see, by id."""

    categories: dict[str, Category] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)

    def below(self, roots: Iterable[str]) -> set[str]:
        """Return these categories and all below them."""
        found = {id_ for id_ in roots if id_ in self.categories}
        size = -1
        while size < len(found):
            size = len(found)
            found |= {c.id for c in self.categories.values() if c.parent in found}
        return found


def is_hidden(error: LoginRefused | Gone) -> bool:
    """Tell whether an error is about one resource, while the account is as good as before."""
    return isinstance(error, Gone) or error.status in HIDDEN


def is_about_one(error: BadAnswer) -> bool:
    """Tell whether a strange answer is about what was asked for, not about the session."""
    return error.stage != "login"


def read_catalogue(api: Api) -> Catalogue:
    """Read categories and resources. Categories that only a resource names are asked for."""
    rows = _by_id(api)
    return Catalogue(_read_tree(api, rows.values()), rows)


def read_rows(api: Api, before: Catalogue) -> Catalogue:
    """Read the resources alone, unless one lies in a category that was not there before."""
    rows = _by_id(api)
    if all(row.category in before.categories for row in rows.values()):
        return Catalogue(before.categories, rows)
    return Catalogue(_read_tree(api, rows.values()), rows)


def _by_id(api: Api) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in _rows(api):
        twin = rows.setdefault(row.id, row)
        if twin is not row:
            fault = api.strange(f"resource {row.id} is listed twice").message
            rows[row.id] = replace(row, removed=False, fault=fault)
    return rows


def _read_tree(api: Api, rows: Iterable[Row]) -> dict[str, Category]:
    known: dict[str, tuple[str, str]] = {}
    nested: dict[str, str] = {}
    for entry in contained(api.json("/workspaces?includeBody=true")):
        _note(api, known, nested, entry)
    for row in rows:
        _climb(api, known, nested, row.category)
    while more := [id_ for id_ in nested if id_ not in known]:
        for id_ in more:
            _climb(api, known, nested, id_)
            known.setdefault(id_, ("", ""))
    known.setdefault(UNCATEGORIZED_ID, ("Uncategorized", ""))
    categories = {}
    for id_, (title, parent) in known.items():
        if title:
            above = parent or nested.get(id_, "")
            is_known = above in known and bool(known[above][0]) and above != id_
            categories[id_] = Category(id_, title, above if is_known else None)
    return categories


def read_picked(api: Api, resources: Iterable[str]) -> Catalogue:
    """Read these resources alone: a call for each, and none for the tree around them."""
    catalogue = Catalogue()
    for id_ in resources:
        row = _asked_for(api, id_)
        if row is not None:
            catalogue.rows[id_] = row
    return catalogue


def _note(api: Api, known: dict[str, tuple[str, str]], nested: dict[str, str], entry: Any) -> None:
    """Take a category from an entry of the list, or ask for it where it is only an id."""
    id_ = reference(entry[0] if isinstance(entry, list) and entry else entry)
    value = described(entry)
    if value is None:
        _climb(api, known, nested, id_)
        return
    _take(known, nested, id_ or reference(value.get("ID")), value)


def _climb(api: Api, known: dict[str, tuple[str, str]], nested: dict[str, str], id_: str) -> None:
    """Ask for a category that no list described, and for those above it."""
    for _level in range(DEEPEST_TREE):
        if not id_ or id_ in known:
            return
        try:
            value = described(api.json(path_of("workspaces", id_, "resources")))
        except (Gone, LoginRefused) as error:
            if not is_hidden(error):
                raise
            value = None
        _take(known, nested, id_, value or {})
        id_ = known[id_][1]


def _take(
    known: dict[str, tuple[str, str]],
    nested: dict[str, str],
    id_: str,
    value: Mapping[str, Any],
) -> None:
    known[id_] = (text_of(value, "dcterms:title"), reference(value.get("kerml:parentID")))
    below = value.get("kerml:categories")
    for child in below if isinstance(below, list) else []:
        if child_id := reference(child):
            nested.setdefault(child_id, id_)


def _rows(api: Api) -> Iterable[Row]:
    """Yield each resource; those that are only ids are asked for one by one.

    Raises BadAnswer for one without an id: nobody could tell whether it is ours.
    """
    entries = api.json("/resources?includeBody=true")
    if not isinstance(entries, list):
        entries = contained(entries)
    for entry in entries:
        value = described(entry)
        id_ = reference(entry)
        if value is not None:
            yield _row(api, value)
        elif id_ and (row := _asked_for(api, id_)) is not None:
            yield row


def _asked_for(api: Api, id_: str) -> Row | None:
    """Return one resource by a call for it alone, None where this account may not see it."""
    try:
        value = read_value(api, id_)
    except BadAnswer as error:
        if not is_about_one(error):
            raise
        return Row(id_, id_, "", UNCATEGORIZED_ID, "", "", False, None, error.message)
    return None if value is None else _row(api, {**value, "ID": id_})


def read_value(api: Api, resource: str) -> Mapping[str, Any] | None:
    """Return what is said of one resource, None where this account may not see it."""
    try:
        return described(api.json(resource_path(resource)))
    except (Gone, LoginRefused) as error:
        if not is_hidden(error):
            raise
        return None


def _row(api: Api, value: Mapping[str, Any]) -> Row:
    places = _places(text_of(value, "@base"))
    id_ = reference(value.get("ID")) or _after(places, "resources")
    if not id_:
        raise api.strange("a resource has no id")
    project_id, name = _metadata(value)
    title = text_of(value, "dcterms:title").removesuffix(NAME_SUFFIX) or name
    category = value.get("categoryID")
    return Row(
        id_,
        title or id_,
        project_id,
        reference(category) or _after(places, "workspaces") or UNCATEGORIZED_ID,
        reference(value.get("trunkID")),
        text_of(value, "dcterms:description"),
        value.get("removed") is True,
        epoch_seconds(value.get("modifiedDate")),
    )


def _places(address: str) -> list[str]:
    try:
        return urlsplit(address).path.split("/")
    except ValueError:
        return []


def project_id_of(api: Api, row: Row) -> str:
    """Return the Project ID of a resource; its own id where it has none, as documents do.

    Raises BadAnswer where it cannot be asked for: an id taken in its stead would stay for good.
    """
    if row.project_id:
        return row.project_id
    try:
        value = described(api.json(resource_path(row.id)))
    except (Gone, LoginRefused) as error:
        if not is_hidden(error):
            raise
        raise api.strange(f"the Project ID of {row.id} may not be read") from error
    return _metadata(value or {})[0] or row.id


def _metadata(value: Mapping[str, Any]) -> tuple[str, str]:
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return text_of(metadata, "PROJECT_ID"), text_of(metadata, "name")


def _after(parts: list[str], name: str) -> str:
    at = parts.index(name) + 1 if name in parts else len(parts)
    return parts[at] if at < len(parts) else ""
