"""Rows as the lists show them: each with its standing and what it may say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from syncconfigs import standing
from syncconfigs.forms.runs import TRIGGERS
from syncconfigs.models import RemoteServer, SyncConfig, SyncRun
from syncconfigs.standing import Standing, Tone
from syncconfigs.views.durations import exactly


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """A configuration in a list. `may_act` says whether this person may select it."""

    config: SyncConfig
    standing: Standing
    may_act: bool = False
    last_run: RunRow | None = None
    left: int = 0
    """Resources that are no longer synchronized."""

    @classmethod
    def of(
        cls,
        config: SyncConfig,
        now: datetime,
        may_act: bool = False,
        run: SyncRun | None = None,
        left: int = 0,
    ) -> ConfigRow:
        """Return a configuration as a row; `run` is its last one."""
        last = RunRow.of(run) if run else None
        return cls(config, standing.of_config(config, now, run), may_act, last, left)


@dataclass(frozen=True, slots=True)
class ServerRow:
    """A server in a list, and whether it answers."""

    server: RemoteServer
    standing: Standing

    @classmethod
    def of(cls, server: RemoteServer) -> ServerRow:
        """Return a server as a row."""
        return cls(server, _health(server))


def _health(server: RemoteServer) -> Standing:
    if server.last_error and server.waits_for_person:
        return Standing(_("Waits for you"), Tone.BAD)
    if server.last_error:
        return Standing(_("Does not answer"), Tone.UNSURE)
    if server.last_seen_at is None:
        return Standing(_("Not asked yet"), Tone.QUIET)
    return Standing(_("Answers"), Tone.GOOD)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list, or at the head of its own page. `may_act`: this person may stop it."""

    run: SyncRun
    standing: Standing
    may_act: bool = False

    @classmethod
    def of(cls, run: SyncRun, may_act: bool = False) -> RunRow:
        """Return a run as a row."""
        return cls(run, standing.of_run(run), may_act)

    @property
    def seconds(self) -> float | None:
        """How long it works or worked; None while it waits."""
        if self.run.started_at is None:
            return None
        return ((self.run.finished_at or timezone.now()) - self.run.started_at).total_seconds()

    @property
    def took(self) -> Any:
        """The same in words."""
        return exactly(self.seconds)

    @property
    def is_counted(self) -> bool:
        """Whether it is known how much there is to do: before, there is no share to show."""
        return self.run.revisions_total > 0

    @property
    def is_nothing_new(self) -> bool:
        """Whether all that the source has was here already."""
        return self.run.found_nothing and self.run.state == SyncRun.State.SUCCEEDED

    @property
    def asked_by(self) -> Any:
        """Why there is this run, in words."""
        return TRIGGERS.get(self.run.trigger, self.run.trigger)
