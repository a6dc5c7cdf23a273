"""Comparing two snapshots without writing: what differs, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tcsync.domain import Branch, Resource, Snapshot, Tag
from tcsync.sync.differences import Difference, Kind

__all__ = ["Difference", "Kind", "compare", "metadata"]

NOTHING: Mapping[int, int] = {}


def compare(source: Snapshot, target: Snapshot) -> tuple[Difference, ...]:
    """Return what differs of the resources that the source shows; both may list revisions."""
    ours = {resource.id: resource for resource in target.resources}
    found: list[Difference] = []
    for theirs in source.resources:
        here = ours.get(theirs.id)
        if theirs.fault:
            fault = theirs.fault.removesuffix(".")
            found.append(Difference(theirs.id, theirs.name, Kind.ANSWER, fault, "not compared"))
        elif here is None or here.removed:
            found.append(Difference(theirs.id, theirs.name, Kind.PRESENCE, "present", "absent"))
        else:
            found += [*metadata(theirs, here), *_revisions(theirs, here)]
    return tuple(found)


def metadata(
    theirs: Resource, here: Resource, renumbered: Mapping[int, int] = NOTHING
) -> Iterator[Difference]:
    """Yield what differs but for revisions; `renumbered` leads from their numbers to ours."""
    facts = (
        (Kind.NAME, theirs.name, here.name),
        (Kind.PROJECT_ID, theirs.project_id, here.project_id),
        (Kind.DESCRIPTION, theirs.description, here.description),
        (Kind.TRUNK, theirs.trunk, here.trunk),
    )
    for kind, one, other in facts:
        if one != other:
            yield Difference(theirs.id, theirs.name, kind, one, other)
    yield from _branches(theirs, here, renumbered)
    yield from _tags(theirs, here, renumbered)


def _branches(
    theirs: Resource, here: Resource, renumbered: Mapping[int, int]
) -> Iterator[Difference]:
    ours = {branch.id: branch for branch in here.branches}
    for branch in theirs.branches:
        other = ours.pop(branch.id, None)
        if other is None and branch.id in theirs.gone_branches:
            continue
        what = f"branch {branch.name}"
        if other is None:
            yield Difference(theirs.id, theirs.name, Kind.BRANCH, _head(branch), "absent", what)
        elif _plain(branch, renumbered) != _plain(other, NOTHING):
            one, two = _described(branch), _described(other)
            yield Difference(theirs.id, theirs.name, Kind.BRANCH, one, two, what)
        if other is not None and _ends_apart(branch, other, renumbered):
            one, two = _head(branch), _head(other)
            yield Difference(theirs.id, theirs.name, Kind.HEAD, one, two, what)
    for other in ours.values():
        if other.id not in here.gone_branches:
            what = f"branch {other.name}"
            yield Difference(theirs.id, theirs.name, Kind.BRANCH, "absent", _head(other), what)


def _plain(branch: Branch, renumbered: Mapping[int, int]) -> tuple[object, ...]:
    start = branch.start
    return branch.name, None if start is None else renumbered.get(start, start), branch.archived


def _ends_apart(theirs: Branch, ours: Branch, renumbered: Mapping[int, int]) -> bool:
    head = theirs.head
    if (None if head is None else renumbered.get(head, head)) != ours.head:
        return True
    # Who has no digests promises nothing by them; a renumbered history has others.
    both = bool(theirs.head_digest and ours.head_digest) and not renumbered
    return both and theirs.head_digest != ours.head_digest


def _described(branch: Branch) -> str:
    start = "a root" if branch.start is None else f"made from {branch.start}"
    return f"{branch.name}, {start}{', archived' if branch.archived else ''}"


def _head(branch: Branch) -> str:
    digest = f" ({branch.head_digest[:12]})" if branch.head_digest else ""
    return f"{branch.name} ends at {branch.head}{digest}"


def _tags(theirs: Resource, here: Resource, renumbered: Mapping[int, int]) -> Iterator[Difference]:
    ours = {tag.id: tag for tag in here.tags}
    for tag in theirs.tags:
        other = ours.pop(tag.id, None)
        if other is None or _label(tag, renumbered) != _label(other, NOTHING):
            at = "absent" if other is None else f"{other.name} on {other.revision}"
            on = f"on {tag.revision}"
            yield Difference(theirs.id, theirs.name, Kind.TAG, on, at, f"tag {tag.name}")
    for other in ours.values():
        on = f"on {other.revision}"
        yield Difference(theirs.id, theirs.name, Kind.TAG, "absent", on, f"tag {other.name}")


def _label(tag: Tag, renumbered: Mapping[int, int]) -> tuple[object, ...]:
    return tag.name, renumbered.get(tag.revision, tag.revision), tag.description


def _revisions(theirs: Resource, here: Resource) -> Iterator[Difference]:
    ours = {ref.number: ref.digest for ref in here.revisions}
    for ref in theirs.revisions:
        digest = ours.get(ref.number)
        if digest != ref.digest:
            other = "absent" if digest is None else digest[:12]
            what = f"revision {ref.number}"
            one = ref.digest[:12]
            yield Difference(theirs.id, theirs.name, Kind.REVISION, one, other, what)
