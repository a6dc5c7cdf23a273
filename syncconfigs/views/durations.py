"""Times in words: those that are only estimated, and those that were measured."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR = 60, 3600
FEW_SECONDS = 8


def about(seconds: float) -> str:
    """Say a time that is only estimated."""
    if seconds < FEW_SECONDS:
        return _("a few seconds")
    if seconds < MINUTE:
        return _("about %d seconds") % (round(seconds / 10) * 10)
    if seconds < HOUR:
        minutes = round(seconds / MINUTE)
        return ngettext("about %d minute", "about %d minutes", minutes) % minutes
    hours = round(seconds / HOUR)
    return ngettext("about %d hour", "about %d hours", hours) % hours


def exactly(seconds: float | None) -> Any:
    """Say a time that was measured; nothing without one."""
    if seconds is None:
        return ""
    if seconds < 10:  # noqa: PLR2004 - one place of a second, as long as it says something
        return _("%.1f s") % seconds
    whole = int(seconds)
    if whole < MINUTE:
        return _("%d s") % whole
    if whole < HOUR:
        return _("%(m)d min %(s)02d s") % {"m": whole // MINUTE, "s": whole % MINUTE}
    return _("%(h)d h %(m)02d min") % {"h": whole // HOUR, "m": whole % HOUR // MINUTE}
