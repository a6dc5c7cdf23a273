"""Used projects of a revision as values, in whichever of the two forms a source tells them.

A Teamwork Cloud names Resource ID and branch (docs/twc.md), a history file the Project ID and the
address of a file (docs/formats/history.md). The version stays what it is until somebody raises it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

Raw = Mapping[str, object]
RESOURCE, PROJECT = "resource", "project"
MOST_DIGITS = 15
SUFFIX = ".mdzip"


@dataclass(frozen=True, slots=True)
class Use:
    """That a project is used, and at which version; what a source does not tell is empty.

    `version` is a revision number for projects of a server, "19.0 v9" and the like for files.
    """

    resource: str = ""
    project: str = ""
    branch: str = ""
    version: str = ""
    uri: str = ""

    @property
    def key(self) -> str:
        """What it is known by, `resource:ID` or `project:ID`; empty for a file without any id."""
        if self.resource:
            return f"{RESOURCE}:{self.resource}"
        return f"{PROJECT}:{self.project}" if self.project else ""

    @property
    def number(self) -> int | None:
        """The number of the revision that is used, None where the version names none."""
        text = self.version
        is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
        return int(text) if is_number and self.key else None

    @property
    def label(self) -> str:
        """How to call it where nobody knows its name."""
        name = unquote(self.uri).rpartition("/")[2].removesuffix(SUFFIX)
        return name or self.resource or self.project or self.uri


def uses_in(told: Iterable[Raw]) -> tuple[Use, ...]:
    """Return what a revision uses, each once, in the order told."""
    return tuple(dict.fromkeys(_use(raw) for raw in told))


def raised(told: Iterable[Raw], key: str, version: str) -> tuple[Raw, ...]:
    """Return the same used projects with another version of the one that `key` names."""
    return tuple({**raw, "version": version} if _use(raw).key == key else raw for raw in told)


def _use(raw: Raw) -> Use:
    told = (raw.get(name) for name in ("resource", "project", "branch", "version", "uri"))
    return Use(*(value if isinstance(value, str) else _text(value) for value in told))


def _text(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
