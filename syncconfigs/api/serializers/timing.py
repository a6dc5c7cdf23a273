"""Schedules: in a body, and as they are shown with their next dates."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from syncconfigs import schedules
from syncconfigs.api.serializers.fields import Answer, Body, Count, Moment, Several, Text
from syncconfigs.schedules.blackouts import MOST_WINDOWS
from syncconfigs.schedules.dates import CRON_LENGTH

WINDOW_LENGTH = 100


class Date(Answer):
    """A date of a schedule."""

    at = Moment()
    starts = Moment(help_text="Later than `at` where that lies in a blackout.")


class Schedule(Answer):
    """When what the trigger finds may travel."""

    every_minutes = serializers.IntegerField(allow_null=True)
    cron = Text(allow_null=True)
    time_zone = Text()
    blackouts = serializers.ListField(child=Text())
    next = Date(many=True, help_text="The next three dates; none without interval and cron.")


class ScheduleBody(Body):
    """An interval or a cron expression, and blackout windows; each of them may be missing."""

    every_minutes = Count(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=schedules.LONGEST_MINUTES,
    )
    cron = Text(
        required=False,
        allow_null=True,
        default=None,
        max_length=CRON_LENGTH,
        help_text="Minute, hour, day, month, day of the week, such as 30 2 * * mon-fri.",
    )
    time_zone = Text(required=False, default="UTC", max_length=64)
    blackouts = Several(
        child=Text(max_length=WINDOW_LENGTH),
        required=False,
        default=list,
        max_length=MOST_WINDOWS,
        help_text="Nothing starts in them: mon-fri 08:00-18:00, daily 22:00-06:00.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that it can be followed."""
        try:
            schedule_of(attrs)
        except schedules.BadSchedule as error:
            raise serializers.ValidationError({error.field: [str(error)]}) from error
        return attrs


def schedule_of(body: dict[str, Any] | None) -> schedules.Schedule:
    """Return the schedule that a body says; null is none. Raises BadSchedule."""
    if body is None:
        return schedules.Schedule()
    return schedules.read(
        body["every_minutes"], body["cron"] or "", body["time_zone"], body["blackouts"]
    )


def shown(schedule: schedules.Schedule) -> dict[str, Any] | None:
    """Return a schedule as its shape, None where nothing is said."""
    if schedule.is_empty:
        return None
    dates = schedule.following(timezone.now()) if schedule.has_dates else []
    said = {
        "every_minutes": schedule.every_minutes,
        "cron": schedule.cron or None,
        "time_zone": schedule.time_zone,
        "blackouts": list(schedule.blackouts),
        "next": dates,
    }
    return dict(Schedule(said).data)
