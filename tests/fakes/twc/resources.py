"""A resource of a world, and the ways in which tests change it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.twc.commits import Branch, Commits, Revision, Tag
from tests.fakes.twc.content import Facts, Put, Use
from tests.fakes.twc.editing import Edit
from tests.fakes.twc.habits import has_tagged_values
from tests.fakes.twc.identity import make_id

if TYPE_CHECKING:
    from tests.fakes.twc.world import World


class Resource(Commits):
    """A project. Methods that change it return it, so that a history reads as one sentence."""

    def __init__(self, world: World, key: str, category: str, suffix: str = ".MASTER") -> None:
        self.world = world
        self.id = make_id("resource", key)
        self.title = f"{key}{suffix}"
        self.description = ""
        self.metadata = {"name": key, "PROJECT_ID": f"PROJECT-{make_id('project', self.id, key)}"}
        self.category = category
        self.is_removed = False
        self.created = self.modified = world.tick()
        super().__init__(self.element_id("trunk"), self.created)

    def element_id(self, key: str) -> str:
        """Return the id of what a key names in this resource."""
        return make_id(self.id, key)

    def ref(self, key: str) -> dict[str, Any]:
        """Return a reference to an element, to be used in the data of another."""
        return {"@id": self.element_id(key)}

    def commit(
        self,
        put: Mapping[str, Put] | None = None,
        remove: Iterable[str] = (),
        branch: str = "trunk",
        **facts: Any,
    ) -> Resource:
        """Add a revision to a branch. `facts` are the fields of Facts."""
        said = Facts(**facts)
        with self.world.lock:
            line = self.branch_named(branch)
            number = said.number or self.newest + 1
            self._write(number, line.id, self.head(line), said, put or {}, remove)
        return self

    def rewrite(
        self,
        number: int,
        put: Mapping[str, Put] | None = None,
        remove: Iterable[str] = (),
        **facts: Any,
    ) -> Resource:
        """Make a revision anew, under its number, as no server should."""
        with self.world.lock:
            old = self.revisions[number]
            said = Facts(**{"time": old.time, **facts})
            self._write(number, old.branch, old.parent, said, put or {}, remove)
        return self

    def branch(self, title: str, at: int | None = None, **facts: Any) -> Resource:
        """Make a branch from a revision, which makes a commit (section 7)."""
        with self.world.lock:
            start = self.head(self.branches[self.trunk]) if at is None else at
            said = Facts(**{"message": f'Branch "{title}" created', **facts})
            id_ = self.element_id(f"branch {title}")
            number = said.number or self.newest + 1
            self._write(number, id_, start, said, {}, ())
            time = self.revisions[number].time
            line = Branch(id_, title, start or 1, said.author, time, said.message)
            self.branches[id_] = line
        return self

    def tag(self, title: str, revision: int | None = None, description: str = "") -> Resource:
        """Mark a revision, or put a mark that exists on another one."""
        with self.world.lock:
            number = revision or self.newest
            id_ = self.element_id(f"tag {title}")
            at = self.revisions[number].branch
            time = self.world.tick()
            self.tags[id_] = Tag(id_, title, number, at, "userid", time, description)
            if self.world.habits.tags_touch:
                self.modified = time
        return self

    def untag(self, title: str) -> Resource:
        """Take a mark away."""
        with self.world.lock:
            del self.tags[self.element_id(f"tag {title}")]
        return self

    def rename(self, name: str) -> Resource:
        """Give the resource another name."""
        with self.world.lock:
            suffix = self.title.removeprefix(self.metadata["name"])
            self.title = name + suffix
            self.metadata = {**self.metadata, "name": name}
            self.modified = self.world.tick()
        return self

    def move(self, category: str | None) -> Resource:
        """Lay the resource into a category, or into none."""
        with self.world.lock:
            self.category = "" if category is None else self.world.categories[category].id
            self.modified = self.world.tick()
        return self

    def remove(self) -> Resource:
        """Delete the resource; servers keep it, marked."""
        with self.world.lock:
            self.is_removed = True
            self.modified = self.world.tick()
        return self

    def vanish(self, *numbers: int) -> Resource:
        """Let housekeeping remove revisions. Those above keep what they show."""
        with self.world.lock:
            for number in numbers:
                self.revisions[number].is_gone = True
            self.tags = {id_: tag for id_, tag in self.tags.items() if self.shows(tag.revision)}
        return self

    def delete_branch(self, title: str) -> Resource:
        """Delete a branch and its own revisions."""
        with self.world.lock:
            line = self.branch_named(title)
            line.is_removed = True
            own = [one.number for one in self.revisions.values() if one.branch == line.id]
        return self.vanish(*own)

    def _write(
        self,
        number: int,
        branch: str,
        parent: int | None,
        facts: Facts,
        put: Mapping[str, Put],
        remove: Iterable[str],
    ) -> None:
        above = None if parent is None else self.revisions[parent]
        self.history.begin(number, parent)
        edit = Edit(self.history, number, self.element_id, () if above is None else above.roots)
        tagged = has_tagged_values(self.world.version)
        for key, one in put.items():
            edit.put(key, one, tagged_values=tagged)
        for key in remove:
            edit.remove(self.element_id(key))
        now = self.world.tick()
        time = now if facts.time is None else facts.time
        revision = Revision(number, branch, parent, facts, time)
        revision.roots = edit.write(self.world.habits.owner_form)
        revision.artifacts = self._artifacts(above, facts)
        revision.uses = _uses(above, facts)
        self.revisions[number] = revision
        self.modified = now

    def _artifacts(self, above: Revision | None, facts: Facts) -> Mapping[str, bytes]:
        before = {} if above is None else above.artifacts
        if not facts.artifacts:
            return before
        named = {self.element_id(key): data for key, data in facts.artifacts.items()}
        pairs = itertools.chain(before.items(), named.items())
        return {id_: data for id_, data in dict(pairs).items() if data is not None}


def _uses(above: Revision | None, facts: Facts) -> tuple[Use, ...]:
    if facts.uses is not None:
        return tuple(facts.uses)
    return () if above is None else above.uses
