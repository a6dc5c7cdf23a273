"""How a server does what the reference leaves open, and what depends on its version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_YEAR = re.compile(r"(\d{4})x(?: (?:R|Refresh ?)(\d))?")
JSON_LISTS_FROM = (2024, 1)
"""2024x Refresh1 takes JSON arrays of ids where older servers take comma lists (section 3)."""
TAGGED_VALUES_FROM = (2021, 0)
VERSION_REPORT_FROM = (2026, 0)


@dataclass(frozen=True, slots=True)
class Habits:
    """One answer to each open question. The defaults are what was recorded, or seems likeliest."""

    dates: str = "seconds"
    """"seconds", "seconds text", "millis", "millis digits" or "words" (section 9)."""
    zone: tuple[str, int] = ("PDT", -7)
    """The abbreviation that the server prints for its time zone, and its hours from UTC."""
    workspace_bodies: bool = True
    """Whether the list of workspaces heeds includeBody."""
    nested_categories: bool = True
    """Whether that list names nested categories too, or only those at the top."""
    branch_pairs: bool = True
    """Whether the list of branches heeds includeBody."""
    revision_roots: bool = True
    """Whether entries of the list of revisions have rootObjectIDs."""
    revision_bodies: bool = True
    """Whether the list of revisions heeds includeBody."""
    single_revision: str = "array"
    """"array", or "object" as in old samples."""
    single_resource_id: bool = True
    """Whether a resource that is asked for alone names its ID outside of @base."""
    resource_dates: bool = True
    """Whether resources have modifiedDate and createdDate."""
    tags_touch: bool = False
    """Whether a tag changes the modifiedDate of its resource."""
    paging: str = "pages"
    """"pages" counted from 1, "start revision" (page is a revision number), or "ignored"."""
    lists_forbidden: bool = False
    """Whether lists name resources that the user may not read."""
    lists_removed_branches: bool = False
    removed_resources_answer: bool = False
    """Whether a removed resource is still answered when it is asked for by its id."""
    strict_workspaces: bool = True
    """Whether a resource is found only below the workspace that it lies in."""
    wrapped_items: bool = True
    """Whether items of batch answers are {"status", "data"}, or bare pairs as in old samples."""
    unknown_items: str = "status"
    """What a batch says of ids it does not know: "status" 404 each, or "left out"."""
    largest_batch: int | None = None
    """A batch of more ids is answered with an error; no limit is documented."""
    owner_form: str = "object"
    """kerml:owner of an owned element: "object" or "list"."""
    json_errors: bool = False
    """Whether error bodies are JSON; else they are HTML pages."""
    open_version: bool = False
    """Whether /version answers without a login."""
    renews_cookies: bool = False
    """Whether every answer sets the session's cookies anew, and not only the first one."""
    gzip: bool = False


def age(version: str) -> tuple[int, int]:
    """Return (year, refresh) of a version's name; what came before the years is (0, 0)."""
    found = _YEAR.search(version)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def takes_json_lists(version: str) -> bool:
    """Say whether batches are JSON arrays, or else comma lists."""
    return age(version) >= JSON_LISTS_FROM


def has_tagged_values(version: str) -> bool:
    """Say whether stereotypes are told by taggedValue, or else by instances and slots."""
    return age(version) >= TAGGED_VALUES_FROM


def version_text(version: str) -> str:
    """Return the body of /version. That of 2026x is said to hold more; its form is not known."""
    if age(version) < VERSION_REPORT_FROM:
        return version
    return f"TWC version: {version}\nOSMC version: {version}\nRevision: 8d1f0c2"


def date(habits: Habits, seconds: int) -> int | str:
    """Write a time in the form that this server uses."""
    if habits.dates == "seconds":
        return seconds
    if habits.dates == "seconds text":
        return str(seconds)
    if habits.dates == "millis":
        return seconds * 1000
    there = _local(habits, seconds)
    if habits.dates == "millis digits":
        return there.strftime("%Y%m%d%H%M%S") + "000"
    return there.strftime(f"%a %b %d %H:%M:%S {habits.zone[0]} %Y")


def stamp(habits: Habits, seconds: int) -> str:
    """Write a kerml:modifiedTime."""
    return _local(habits, seconds).strftime("%Y%m%d%H%M%S") + habits.zone[0]


def _local(habits: Habits, seconds: int) -> datetime:
    zone = timezone(timedelta(hours=habits.zone[1]))
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)
