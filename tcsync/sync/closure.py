"""The closure of used projects: what is used by what was picked, by that again, and so on.

Pure: a source is asked through a function, a level at a time, for each resource once. So circles
end, and what is reached in two ways stands there once, with both of its users.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tcsync.domain import HeadUses, Resource
from tcsync.uses import Use, uses_in

MOST_ASKED = 5_000
"""Resources of one closure that are asked what they use."""
MOST_FOUND = 20_000
"""Projects that are named, whatever a source tells."""
ASKED_AT_ONCE = 200

Told = Mapping[str, tuple[HeadUses, ...]]
Ask = Callable[[Sequence[str]], Told | None]
"""What `Source.uses` answers."""


@dataclass(frozen=True, slots=True)
class UsedBy:
    """Who uses a project: Resource ID, the branch whose head does, and at which version."""

    resource: str
    branch: str
    version: str


@dataclass(frozen=True, slots=True)
class Needed:
    """A project that something in the closure uses; `depth` 1: something that was picked does.

    `resource` is what the source offers, None where it shows no such project to this account.
    """

    use: Use
    resource: Resource | None
    depth: int
    users: tuple[UsedBy, ...]


@dataclass(frozen=True, slots=True)
class Closure:
    """All that is used, the nearest first. `unread` may use more: it could not be read.

    `left` counts those that were not asked or named any more; `can_tell` is False for a source that
    does not know the question.
    """

    needed: tuple[Needed, ...] = ()
    unread: tuple[str, ...] = ()
    left: int = 0
    can_tell: bool = True


def closure(
    picked: Iterable[str],
    offered: Iterable[Resource],
    ask: Ask,
    may_go_on: Callable[[], bool] = lambda: True,
    most: int = MOST_ASKED,
) -> Closure:
    """Return what the picked resources use, and what those do.

    `offered` is all that the source shows. It ends early, and says so, after `most` questions or
    when it `may_go_on` no longer. Files that no server holds are left out.
    """
    way = _Way.of(offered)
    level, depth = way.known(picked), 0
    while level:
        depth += 1
        if not way.ask(level[: most - len(way.asked)], ask, may_go_on, depth):
            return Closure(can_tell=False)
        left = [id_ for id_ in level if id_ not in way.asked]
        if left:
            return way.result(len(left))
        level = way.known(way.reached)
    return way.result(0)


@dataclass(slots=True)
class _Way:
    """How far the closure has come. Keys are Resource IDs of what is offered, else keys of uses."""

    by_key: Mapping[str, Resource]
    asked: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    depths: dict[str, int] = field(default_factory=dict)
    uses: dict[str, Use] = field(default_factory=dict)
    users: dict[str, dict[UsedBy, None]] = field(default_factory=lambda: defaultdict(dict))
    unnamed: int = 0

    @classmethod
    def of(cls, offered: Iterable[Resource]) -> _Way:
        living = [resource for resource in offered if not resource.removed]
        by_key = {f"project:{one.project_id}": one for one in living if one.project_id}
        return cls(by_key | {f"resource:{one.id}": one for one in living})

    @property
    def reached(self) -> Iterable[str]:
        """Return what is known to be used so far."""
        return self.depths

    def known(self, ids: Iterable[str]) -> list[str]:
        """Return those that the source offers and that were not asked yet, each once."""
        new = (id_ for id_ in dict.fromkeys(ids) if id_ not in self.asked)
        return [id_ for id_ in new if f"resource:{id_}" in self.by_key]

    def ask(
        self, level: Sequence[str], ask: Ask, may_go_on: Callable[[], bool], depth: int
    ) -> bool:
        """Ask what these use, as far as it may go on; return False when the source cannot tell."""
        for start in range(0, len(level), ASKED_AT_ONCE):
            if not may_go_on():
                break
            some = level[start : start + ASKED_AT_ONCE]
            told = ask(some)
            if told is None:
                return False
            self.asked.update(some)
            self.unread += [id_ for id_ in some if id_ not in told]
            for id_ in some:
                self._take(id_, told.get(id_, ()), depth)
        return True

    def _take(self, user: str, heads: Iterable[HeadUses], depth: int) -> None:
        for branch, use in _pairs(heads):
            found = self.by_key.get(use.key)
            key = found.id if found is not None else use.key
            if key == user:
                continue
            if key not in self.depths and len(self.depths) >= MOST_FOUND:
                self.unnamed += 1
                continue
            self.depths.setdefault(key, depth)
            self.uses.setdefault(key, use)
            self.users[key].setdefault(UsedBy(user, branch, use.version))

    def result(self, left: int) -> Closure:
        """Return what was found."""
        needed = [
            Needed(
                self.uses[key], self.by_key.get(f"resource:{key}"), depth, tuple(self.users[key])
            )
            for key, depth in self.depths.items()
        ]
        needed.sort(key=lambda one: (one.depth, _name(one).casefold(), one.use.key))
        return Closure(tuple(needed), tuple(self.unread), left + self.unnamed)


def _pairs(heads: Iterable[HeadUses]) -> Iterator[tuple[str, Use]]:
    for head in heads:
        for use in uses_in(head.used_projects):
            if use.key:
                yield head.branch, use


def _name(one: Needed) -> str:
    return one.resource.name if one.resource is not None else one.use.label
