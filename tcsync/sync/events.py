"""What applying a plan reports, one event a batch. It can be stopped anywhere in between."""

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
    """These revisions, counted by Resource ID, are durable, verified and visible.

    The resources of `finished` are as the plan wants them. `bytes` are those stored, `raw_bytes`
    those of the revisions before compression, as the plan counts them.
    """

    revisions: Mapping[str, int]
    finished: tuple[str, ...]
    elements: int
    bytes: int
    raw_bytes: int


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A resource could not be finished; what arrived of it before stays."""

    resource: str
    error: TcsyncError


@dataclass(frozen=True, slots=True)
class TimeUp:
    """The work's time is over; planning again goes on from here."""


Event = CategoriesDone | BatchDone | StepFailed | TimeUp
