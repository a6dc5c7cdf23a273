"""What applying a plan reports, one event a batch. Between two events it can be stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tcsync.errors import TcsyncError


@dataclass(frozen=True, slots=True)
class CategoriesDone:
    """The category tree stands as the plan wants it."""

    made: int


@dataclass(frozen=True, slots=True)
class BatchDone:
    """These revisions, counted by Resource ID, are durable, verified and visible."""

    revisions: Mapping[str, int]
    elements: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """A resource is as the plan wants it."""

    resource: str


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A resource could not be finished; what arrived of it before stays."""

    resource: str
    error: TcsyncError


@dataclass(frozen=True, slots=True)
class TimeUp:
    """The work's time is over; planning again goes on from here."""


Event = CategoriesDone | BatchDone | StepDone | StepFailed | TimeUp
