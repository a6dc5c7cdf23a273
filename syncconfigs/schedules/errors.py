"""What is wrong with a schedule."""

from __future__ import annotations

from tcsync.errors import TcsyncError


class BadSchedule(TcsyncError):
    """A schedule that never fires, that lets nothing start, or that is not written as one.

    `field` is the part that is wrong: every_minutes, cron, time_zone or blackouts.
    """

    code = "bad_schedule"

    def __init__(self, field: str, message: str, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.field = field
