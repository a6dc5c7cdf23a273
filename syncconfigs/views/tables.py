"""Rows as the lists show them: a configuration or a run with its standing and what it may say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.views import standing
from syncconfigs.views.standing import Standing


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """A configuration in a list. `may_act` says whether this person may select it."""

    config: SyncConfig
    standing: Standing
    may_act: bool = False

    @classmethod
    def of(cls, config: SyncConfig, now: datetime, may_act: bool = False) -> ConfigRow:
        """Return a configuration as a row."""
        return cls(config, standing.of_config(config, now), may_act)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list, or at the head of its own page."""

    run: SyncRun
    standing: Standing

    @classmethod
    def of(cls, run: SyncRun) -> RunRow:
        """Return a run as a row."""
        return cls(run, standing.of_run(run))

    @property
    def seconds(self) -> float | None:
        """How long it works or worked; None while it waits."""
        if self.run.started_at is None:
            return None
        return ((self.run.finished_at or timezone.now()) - self.run.started_at).total_seconds()

    @property
    def elements_per_second(self) -> int | None:
        """The mean rate; None as long as there is nothing to divide."""
        seconds = self.seconds
        if not seconds or not self.run.elements_done:
            return None
        return round(self.run.elements_done / seconds)

    @property
    def is_counted(self) -> bool:
        """Whether it is known how much there is to do: before, there is no share to show."""
        return self.run.revisions_total > 0
