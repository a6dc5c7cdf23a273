"""What rows can hold on every database. Checked here: SQLite would take more than PostgreSQL."""

from __future__ import annotations

from tcsync import domain
from tcsync.domain import RevisionRecord
from tcsync.errors import ContentError
from tcsync.repository.models.tree import ID_LENGTH, NAME_LENGTH

TEXT_LENGTH = 10 << 20
"""Characters of a message or description."""
HIGHEST_NUMBER = 1 << 53
"""Beyond it programs that read JSON into floats would confuse revision numbers."""
LONGEST_TIME = 1 << 53
"""Seconds to both sides of 1970; as far as programs that read JSON into floats can count."""


def check_text(what: str, text: str, most: int) -> None:
    """Refuse a text that is too long, or holds what a database or UTF-8 cannot."""
    if len(text) > most:
        raise ContentError(f"{what} has {len(text):,} characters; {most:,} are the most.")
    if "\0" in text:
        raise ContentError(f"{what} holds a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ContentError(f"{what} holds half of a surrogate pair.") from error


def check_resource(resource: domain.Resource) -> None:
    """Refuse a resource that the tables cannot hold."""
    check_text("The Resource ID", resource.id, ID_LENGTH)
    check_text("The Project ID", resource.project_id, ID_LENGTH)
    check_text("The name of the resource", resource.name, NAME_LENGTH)
    check_text("The description", resource.description, TEXT_LENGTH)
    check_text("The id of the trunk", resource.trunk, ID_LENGTH)
    for branch in resource.branches:
        check_text("The id of a branch", branch.id, ID_LENGTH)
        check_text("The name of a branch", branch.name, NAME_LENGTH)
    check_tags(resource.tags)


def check_tags(tags: tuple[domain.Tag, ...]) -> None:
    """Refuse tags that the tables cannot hold."""
    for tag in tags:
        check_text("The id of a tag", tag.id, ID_LENGTH)
        check_text("The name of a tag", tag.name, NAME_LENGTH)
        check_text("The description of a tag", tag.description, TEXT_LENGTH)


def check_revision(revision: RevisionRecord) -> None:
    """Refuse a revision that the tables cannot hold, or that comes before one of its parents."""
    if not 0 < revision.number < HIGHEST_NUMBER:
        raise ContentError(f"{revision.number} is not a revision number.")
    if not -LONGEST_TIME < revision.time < LONGEST_TIME or abs(revision.offset) > 24 * 60:
        raise ContentError(f"Revision {revision.number} has a time that is none.")
    parents = (revision.parent or 0, *revision.merged, *revision.picked)
    if any(number >= revision.number for number in parents):
        raise ContentError(
            f"Revision {revision.number} of {revision.resource} comes before one of its parents."
        )
    check_text("The author", revision.author, NAME_LENGTH)
    check_text("The message", revision.message, TEXT_LENGTH)
    check_text("The commit type", revision.commit_type, 40)
