"""Draft: the state at a branch's head with wishes fulfilled, as far as they touch it.

Holds what is touched and nothing else; an owner's children are kept in step with their owners.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tcsync.errors import TcsyncError
from tcsync.packs import canonical_value, loads
from tcsync.repository.browsing.stored import clean
from tcsync.repository.editing.owners import named_owners, names_owner
from tcsync.repository.editing.wishes import Change, New, Removal, Wish
from tcsync.repository.states import History
from tcsync.repository.writing import Changeset

LOADED_AT_ONCE = 1_000

Element = dict[str, Any]


class WishRefused(TcsyncError):
    """What is wanted cannot be: nothing of the call is done."""

    code = "unprocessable"
    default_next_step = "Mend the request, then send it again."


class Draft:
    """Fulfils wishes one after the other. `missing` are the ids that some of them named in vain."""

    def __init__(self, history: History, parent: int | None, roots: Iterable[str]) -> None:
        self._history = history
        self._parent = parent
        self._elements: dict[str, Element | None] = {}
        self._gone: set[str] = set()
        self._touched: set[str] = set()
        self._roots = dict.fromkeys(roots)
        self.missing: set[str] = set()

    @property
    def roots(self) -> tuple[str, ...]:
        """The root elements: those that stay, then the new ones."""
        return tuple(self._roots)

    def fulfil(self, wishes: Iterable[Wish]) -> bool:
        """Fulfil wishes; return whether there was anything to do. Raises WishRefused."""
        wishes = list(wishes)
        self._load(wish.id for wish in wishes if not isinstance(wish, New))
        done = [self._fulfil(wish) for wish in wishes]
        return any(done)

    def write_to(self, changeset: Changeset) -> None:
        """Put what differs into a changeset. Raises NotCanonical."""
        for id_ in sorted(self._touched - self._gone):
            element = self._elements[id_] or {}
            children = list(element["children"])
            changeset.put(id_, canonical_value(element | {"children": children}))
        for id_ in self._gone:
            changeset.remove(id_)

    def _fulfil(self, wish: Wish) -> bool:
        if isinstance(wish, New):
            self._make(wish)
        elif (element := self._get(wish.id)) is None:
            if wish.id not in self._gone:
                self.missing.add(wish.id)
            return False
        elif isinstance(wish, Removal):
            self._remove(element)
        else:
            self._change(wish, element)
        return True

    def _make(self, wish: New) -> None:
        data = {"ID": wish.id, **wish.data}
        name = wish.name if wish.name is not None else _name_in(data)
        self._elements[wish.id] = {
            "children": {},
            "data": data,
            "id": wish.id,
            "name": name,
            "nsURI": wish.ns_uri,
            "owner": None,
            "type": wish.type,
        }
        self._touched.add(wish.id)
        self._place(wish.id, self._owner(wish.id, wish.owner, list(named_owners(data))))

    def _change(self, wish: Change, element: Element) -> None:
        before: Mapping[str, Any] = element["data"] if isinstance(element["data"], dict) else {}
        # What MagicDraw calls the element is no feature that could be reset.
        kept = {"ID": before["ID"]} if "ID" in before else {}
        data = {**(kept if wish.is_whole else before), **wish.data}
        element["data"] = data
        if "name" in wish.data or wish.is_whole:
            element["name"] = _name_in(data)
        element.update(wish.fields)
        self._touched.add(wish.id)
        # Who says nothing of an owner moves nothing, not even by replacing all the rest.
        if wish.owner is not None or names_owner(wish.data):
            named = list(named_owners(wish.data)) or list(named_owners(data))
            self._place(wish.id, self._owner(wish.id, wish.owner, named))

    def _remove(self, element: Element) -> None:
        self._place(element["id"], None)
        level = [element["id"]]
        while level:
            self._load(level)
            inside = [self._get(id_) for id_ in level]
            self._gone.update(level)
            self._touched.difference_update(level)
            for id_ in level:
                self._roots.pop(id_, None)
            below = [child for one in inside if one for child in one["children"]]
            # Children that have another owner by now are not its own.
            self._load(below)
            level = [id_ for id_ in below if self._is_in(id_, self._gone)]

    def _is_in(self, id_: str, owners: set[str]) -> bool:
        element = self._get(id_)
        return element is not None and element["owner"] in owners

    def _owner(self, id_: str, said: str | None, named: list[str]) -> str | None:
        """Return the owner: the one that was said, else the first named one that is there.

        None where there is none to be. Raises WishRefused.
        """
        if said is not None:
            named = [said] if said else []
        for owner in named:
            if owner == id_ or not self._exists(owner):
                continue
            self._refuse_circle(id_, owner)
            return owner
        if named:
            raise WishRefused(f"The owner {named[0][:80]!r} is not in this branch.")
        return None

    def _refuse_circle(self, id_: str, owner: str) -> None:
        seen: set[str] = set()
        at: str | None = owner
        while at is not None and at not in seen:
            if at == id_:
                raise WishRefused(f"{id_} would lie in itself.")
            seen.add(at)
            element = self._get(at)
            at = element["owner"] if element else None

    def _place(self, id_: str, owner: str | None) -> None:
        """Move an element into an owner, None: out of all."""
        element = self._elements[id_]
        assert element is not None  # noqa: S101 - whoever moves it has it
        before = element["owner"]
        if owner is None:
            self._roots.setdefault(id_)
        else:
            self._roots.pop(id_, None)
        if owner == before:
            return
        element["owner"] = owner
        self._touched.add(id_)
        self._children(before).pop(id_, None)
        after = self._children(owner)
        after.pop(id_, None)
        after[id_] = None

    def _children(self, owner: str | None) -> dict[str, None]:
        """Return the children of an owner, to be changed; of nobody, where it is not there."""
        element = None if owner is None else self._get(owner)
        if element is None or owner is None:
            return {}
        self._touched.add(owner)
        children: dict[str, None] = element["children"]
        return children

    def _exists(self, id_: str) -> bool:
        return self._get(id_) is not None

    def _get(self, id_: str) -> Element | None:
        if id_ in self._gone:
            return None
        if id_ not in self._elements:
            self._load([id_])
        return self._elements[id_]

    def _load(self, ids: Iterable[str]) -> None:
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ not in self._elements]
        for start in range(0, len(wanted), LOADED_AT_ONCE):
            some = wanted[start : start + LOADED_AT_ONCE]
            # Half of a surrogate pair is in no pack; it must only not break the search.
            texts = [id_ for id_ in some if clean(id_) == id_]
            found = self._history.get_many(self._parent, texts)
            self._elements |= {id_: _shaped(id_, found.get(id_)) for id_ in some}


def _name_in(data: Mapping[str, Any]) -> str | None:
    name = data.get("name")
    return name if isinstance(name, str) and name else None


def _shaped(id_: str, body: bytes | None) -> Element | None:
    """Return an element with all that one has: nobody checked what the bodies of a copy hold."""
    if body is None:
        return None
    said = loads(body)
    element: Element = {"data": {}, "name": None, "nsURI": "", "owner": None, "type": ""}
    element |= said if isinstance(said, dict) else {}
    children, owner = element.get("children"), element["owner"]
    listed = children if isinstance(children, list) else []
    return element | {
        "id": id_,
        # By their ids: one of very many is taken out at once.
        "children": dict.fromkeys(one for one in listed if isinstance(one, str)),
        "owner": owner if isinstance(owner, str) else None,
    }
