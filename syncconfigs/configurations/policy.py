"""What was picked, and how it is to be followed: values that forms, API and commands hand over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from syncconfigs.models import SyncConfig
from syncconfigs.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Picked:
    """A resource or category that was picked at the source."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Policy:
    """How what was picked is to be followed; the same for all that is picked together."""

    trigger: str = SyncConfig.Trigger.EVERY_COMMIT
    tags: Sequence[str] = field(default=())
    allow_equal_names: bool = False
    flatten: bool = False
    late_tags: bool = True
    """Whether a tag that is put later on an old revision counts too."""
    schedule: Schedule = field(default=Schedule())
    include_used_projects: bool = False
    """Whether projects that are used come along, each with a configuration of its own."""
