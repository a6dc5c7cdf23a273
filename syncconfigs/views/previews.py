"""Plans as the wizard and the preview of a configuration draw them: the first lines of a kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from syncconfigs import configurations
from syncconfigs.views.steps import words
from tcsync.sync.causes import cause_of
from tcsync.sync.refusals import HISTORY

KINDS = ("categories", "resources", "released", "warnings", "missing")
NAMED_OF_A_CAUSE = 20


@dataclass(frozen=True, slots=True)
class Refused:
    """Refusals of one cause: told by the first of them, with what is in the way of each."""

    example: Mapping[str, Any]
    alike: list[Mapping[str, Any]]
    more: int

    @property
    def is_history(self) -> bool:
        """Whether both histories can be shown side by side."""
        return self.example["code"] in HISTORY


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as far as it is drawn: totals, refusals by cause, the first lines of each kind."""

    preview: configurations.Preview
    totals: dict[str, Any]
    lines: dict[str, list[Any]]
    refused: list[Refused]
    more: dict[str, int]
    is_along: bool = False
    """Whether it was not picked, but comes along because it is used."""

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        preview: configurations.Preview,
        most: int,
        along: Collection[str] = (),
    ) -> Shown:
        """Return a preview for this person, at most so many lines of each kind."""
        document: dict[str, Any] = preview.document or {}
        lists = {kind: document.get(kind, []) for kind in KINDS}
        groups = _together(document.get("refusals", []))
        named = [one for group in groups[:most] for one in group[:NAMED_OF_A_CAUSE]]
        told = configurations.with_holders(request.user, {"refusals": named})["refusals"]
        return cls(
            preview,
            document.get("totals", {}),
            {kind: [_line(one) for one in lines[:most]] for kind, lines in lists.items()},
            list(_refused(groups[:most], told)),
            {
                **{kind: max(0, len(lines) - most) for kind, lines in lists.items()},
                "refusals": max(0, len(groups) - most),
            },
            preview.picked.id in along,
        )


def _line(one: Any) -> Any:
    """Return a line with its marks in words."""
    has_marks = isinstance(one, dict) and "marks" in one
    return {**one, "words": words(one["marks"])} if has_marks else one


def _together(refusals: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in refusals:
        cause = cause_of(one["code"], one["reason"], one["name"], one["resource"])
        groups.setdefault(cause, []).append(one)
    return list(groups.values())


def _refused(
    groups: list[list[Mapping[str, Any]]], told: list[Mapping[str, Any]]
) -> Iterable[Refused]:
    rest = iter(told)
    for group in groups:
        alike = [next(rest) for _one in group[:NAMED_OF_A_CAUSE]]
        yield Refused(alike[0], alike, len(group) - len(alike))
