"""Making a commit: elements by keys, owners kept right, stereotypes in the form of the version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.fakes.twc.content import Element, Put, decode, encode
from tests.fakes.twc.history import History

Ids = Callable[[str], str]


class Edit:
    """The elements of one revision while it is made. `roots` are in order, those of its parent."""

    def __init__(self, history: History, number: int, ids: Ids, roots: tuple[str, ...]) -> None:
        self._history = history
        self._number = number
        self._ids = ids
        self._way = history.way(number)
        self._elements: dict[str, Element | None] = {}
        self.roots = list(roots)

    def put(self, key: str, put: Put, *, tagged_values: bool) -> None:
        """Make or change an element, and the elements that tell its stereotypes."""
        id_ = self._ids(key)
        before = self._look(id_) or Element(id_, "uml:Class", name=key)
        owner = before.owner if put.owner is None else put.owner and self._ids(put.owner)
        self._set(
            Element(
                id_,
                put.type or before.type,
                owner,
                _name(put, before),
                {**before.data, **put.data},
                before.owned if put.owned is None else tuple(map(self._ids, put.owned)),
            )
        )
        self._place(id_, before.owner, owner)
        if put.stereotypes and tagged_values:
            self._tag(id_, key, put.stereotypes)
        elif put.stereotypes:
            self._instance(id_, key, put.stereotypes)

    def remove(self, id_: str) -> None:
        """Take away an element and all that it owns."""
        element = self._look(id_)
        if element is None:
            raise LookupError(f"no element {id_} to take away")
        for owned in element.owned:
            self.remove(owned)
        self._leave(id_, element.owner)
        self._elements[id_] = None

    def write(self, owner_form: str) -> tuple[str, ...]:
        """Write all versions; return the ids of the roots in order."""
        for id_, element in self._elements.items():
            version = None if element is None else encode(element, owner_form)
            self._history.put(self._number, id_, version)
        return tuple(self.roots)

    def _look(self, id_: str) -> Element | None:
        if id_ in self._elements:
            return self._elements[id_]
        version = self._history.at(id_, self._way)
        return None if version is None else decode(version)

    def _set(self, element: Element) -> None:
        self._elements[element.id] = element

    def _place(self, id_: str, old: str, new: str) -> None:
        if old != new:
            self._leave(id_, old)
        owner = self._look(new) if new else None
        if owner is not None and id_ not in owner.owned:
            owned = (*owner.owned, id_)
            self._set(Element(new, owner.type, owner.owner, owner.name, owner.data, owned))
        if new and owner is None:
            raise LookupError(f"no element {new} to own {id_}")
        if not new and id_ not in self.roots:
            self.roots.append(id_)

    def _leave(self, id_: str, owner: str) -> None:
        if not owner and id_ in self.roots:
            self.roots.remove(id_)
        element = self._look(owner) if owner else None
        if element is not None:
            self._set(replace(element, owned=tuple(one for one in element.owned if one != id_)))

    def _tag(self, id_: str, key: str, stereotypes: Mapping[str, Mapping[str, str]]) -> None:
        """Tell stereotypes as servers from 2021x on do (section 10)."""
        values = []
        for stereotype, tags in stereotypes.items():
            for tag, value in tags.items():
                values.append(self._ids(f"{key}/{stereotype}/{tag}"))
                data = {
                    "tagDefinition": {"@id": self._ids(f"{stereotype}.{tag}")},
                    "taggedValueOwner": {"@id": id_},
                    "value": [value],
                }
                self._own(Element(values[-1], "uml:StringTaggedValue", id_, None, data))
        self._merge(
            id_,
            {
                "appliedStereotype": [{"@id": self._ids(one)} for one in stereotypes],
                "taggedValue": [{"@id": one} for one in values],
            },
        )

    def _instance(self, id_: str, key: str, stereotypes: Mapping[str, Mapping[str, str]]) -> None:
        """Tell stereotypes as servers up to 19.0 do: an instance with a slot for each tag."""
        instance = self._ids(f"{key}/instance")
        classifiers = [{"@id": self._ids(one)} for one in stereotypes]
        data = {"classifier": classifiers}
        self._own(Element(instance, "uml:InstanceSpecification", id_, None, data))
        for stereotype, tags in stereotypes.items():
            for tag, value in tags.items():
                slot = self._ids(f"{key}/{stereotype}/{tag}")
                feature = {"@id": self._ids(f"{stereotype}.{tag}")}
                said = {"definingFeature": feature, "value": [value]}
                self._own(Element(slot, "uml:Slot", instance, None, said))
        self._merge(id_, {"appliedStereotypeInstance": {"@id": instance}})

    def _own(self, element: Element) -> None:
        before = self._look(element.id)
        self._set(replace(element, owned=before.owned if before else ()))
        self._place(element.id, element.owner, element.owner)

    def _merge(self, id_: str, data: Mapping[str, object]) -> None:
        element = self._look(id_)
        assert element is not None
        self._set(replace(element, data={**element.data, **data}))


def _name(put: Put, before: Element) -> str | None:
    """Only UML elements have a name of their own accord."""
    if put.name is not None:
        return put.name or None
    is_new_kind = put.type is not None and put.type != before.type
    return None if is_new_kind and not put.type.startswith("uml:") else before.name
