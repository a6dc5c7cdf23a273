"""Comparing two snapshots without writing: what differs, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tcsync.domain import Branch, Resource, Snapshot


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs of one resource; `ours` and `theirs` are texts for a person."""

    resource: str
    name: str
    kind: str
    theirs: str
    ours: str

    @property
    def detail(self) -> str:
        """Say it in one line."""
        return f"{self.kind}: {self.theirs} at the source, {self.ours} here"


def compare(source: Snapshot, target: Snapshot) -> tuple[Difference, ...]:
    """Return what differs of the resources that the source shows; both may list revisions."""
    ours = {resource.id: resource for resource in target.resources}
    found: list[Difference] = []
    for theirs in source.resources:
        here = ours.get(theirs.id)
        if theirs.fault:
            fault = theirs.fault.removesuffix(".")
            found.append(Difference(theirs.id, theirs.name, "answer", fault, "not compared"))
        elif here is None or here.removed:
            found.append(Difference(theirs.id, theirs.name, "presence", "present", "absent"))
        else:
            found += _resource(theirs, here)
    return tuple(found)


def _resource(theirs: Resource, here: Resource) -> Iterator[Difference]:
    facts = (
        ("name", theirs.name, here.name),
        ("Project ID", theirs.project_id, here.project_id),
        ("description", theirs.description, here.description),
        ("trunk", theirs.trunk, here.trunk),
    )
    for kind, one, other in facts:
        if one != other:
            yield Difference(theirs.id, theirs.name, kind, one, other)
    yield from _branches(theirs, here)
    yield from _tags(theirs, here)
    yield from _revisions(theirs, here)


def _branches(theirs: Resource, here: Resource) -> Iterator[Difference]:
    ours = {branch.id: branch for branch in here.branches}
    for branch in theirs.branches:
        other = ours.pop(branch.id, None)
        if other != branch:
            yield Difference(
                theirs.id, theirs.name, f"branch {branch.name}", _head(branch), _head(other)
            )
    for other in ours.values():
        if other.id not in here.gone_branches:
            yield Difference(theirs.id, theirs.name, f"branch {other.name}", "absent", _head(other))


def _head(branch: Branch | None) -> str:
    if branch is None:
        return "absent"
    return f"{branch.name} ends at {branch.head} ({branch.head_digest[:12]})"


def _tags(theirs: Resource, here: Resource) -> Iterator[Difference]:
    ours = {tag.id: tag for tag in here.tags}
    for tag in theirs.tags:
        other = ours.pop(tag.id, None)
        if other != tag:
            at = "absent" if other is None else f"{other.name} on {other.revision}"
            yield Difference(theirs.id, theirs.name, f"tag {tag.name}", f"on {tag.revision}", at)
    for other in ours.values():
        yield Difference(
            theirs.id, theirs.name, f"tag {other.name}", "absent", f"on {other.revision}"
        )


def _revisions(theirs: Resource, here: Resource) -> Iterator[Difference]:
    ours = {ref.number: ref.digest for ref in here.revisions}
    for ref in theirs.revisions:
        digest = ours.get(ref.number)
        if digest != ref.digest:
            other = "absent" if digest is None else digest[:12]
            yield Difference(
                theirs.id, theirs.name, f"revision {ref.number}", ref.digest[:12], other
            )
