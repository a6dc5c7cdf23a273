"""How what was picked is followed: the fields that the wizard and a change later have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from syncconfigs.configurations import check_timing
from syncconfigs.models import SyncConfig
from syncconfigs.schedules import LONGEST_MINUTES, BadSchedule, Date, Schedule, read
from syncconfigs.schedules.dates import CRON_LENGTH

TAGS_LENGTH = 2000
TAG_LENGTH = 200
BLACKOUTS_LENGTH = 2000
TIMING = ("every_minutes", "cron", "time_zone", "blackouts")


class PolicyFields(forms.Form):
    """The trigger, its tags, its schedule, and how names that are taken are treated."""

    trigger = forms.ChoiceField(
        label=_("Trigger"),
        choices=SyncConfig.Trigger.choices,
        initial=SyncConfig.Trigger.EVERY_COMMIT,
        widget=forms.RadioSelect,
    )
    tags = forms.CharField(
        label=_("Tags"),
        max_length=TAGS_LENGTH,
        required=False,
        help_text=_(
            "For the trigger on a commit tag: names, parted by commas, or patterns like release-*."
        ),
    )
    late_tags = forms.BooleanField(
        label=_("Tags put later on old revisions count too"),
        required=False,
        initial=True,
        help_text=_("Otherwise only tags of revisions that are newer than the newest one here."),
    )
    every_minutes = forms.IntegerField(
        label=_("Schedule: interval in minutes"),
        required=False,
        min_value=1,
        max_value=LONGEST_MINUTES,
        help_text=_(
            "What the trigger finds travels at these dates, not at once. Leave the interval and the"
            " cron expression empty to have it travel at once."
        ),
    )
    cron = forms.CharField(
        label=_("Schedule: cron expression"),
        max_length=CRON_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        help_text=_(
            "Instead of an interval: minute, hour, day, month, day of the week, such as"
            " 30 2 * * mon-fri."
        ),
    )
    time_zone = forms.CharField(
        label=_("Time zone of the cron expression and the blackout windows"),
        max_length=64,
        required=False,
        help_text=_("Such as Europe/Berlin. Empty: UTC."),
    )
    blackouts = forms.CharField(
        label=_("Blackout windows"),
        max_length=BLACKOUTS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Nothing starts in them; what was asked for starts when they end. One in each line,"
            " such as mon-fri 08:00-18:00 or daily 22:00-06:00."
        ),
    )
    allow_equal_names = forms.BooleanField(
        label=_("Allow copies with a name that is taken here"),
        required=False,
        help_text=_("Otherwise a resource whose name is taken is left out, with a message."),
    )
    include_used_projects = forms.BooleanField(
        label=_("Include used projects"),
        required=False,
        help_text=_(
            "Projects that are used come along, now and when others come to be used: each gets a"
            " configuration of its own, with the same trigger and target category."
        ),
    )

    def clean_tags(self) -> list[str]:
        """Return the names, each once, in the order typed."""
        names = (name.strip() for name in self.cleaned_data["tags"].split(","))
        found = list(dict.fromkeys(name for name in names if name))
        if any(len(name) > TAG_LENGTH for name in found):
            raise forms.ValidationError(_("A tag has at most %d characters.") % TAG_LENGTH)
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for a tag where the trigger needs one."""
        cleaned = super().clean() or self.cleaned_data
        by_tag = cleaned.get("trigger") == SyncConfig.Trigger.COMMIT_TAG
        if by_tag and "tags" in cleaned and not cleaned["tags"]:
            self.add_error("tags", _("Name at least one tag, or choose another trigger."))
        self._read_schedule(cleaned)
        return cleaned

    def _read_schedule(self, cleaned: dict[str, Any]) -> None:
        """Put the schedule beside the fields, and what is wrong with it at the field."""
        if set(TIMING) & set(self.errors) or "trigger" not in cleaned:
            return
        zone = cleaned["time_zone"].strip() or "UTC"
        windows = cleaned["blackouts"].splitlines()
        try:
            cleaned["schedule"] = read(cleaned["every_minutes"], cleaned["cron"], zone, windows)
            check_timing(cleaned["trigger"], cleaned["schedule"])
        except BadSchedule as error:
            self.add_error(error.field, str(error))

    @property
    def dates(self) -> list[Date]:
        """The next three dates that a valid form would lead to."""
        schedule = self.cleaned_data.get("schedule") if self.is_valid() else None
        return schedule.following(timezone.now()) if schedule and schedule.has_dates else []


def words_of(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule as the fields show it."""
    return {
        "every_minutes": schedule.every_minutes,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "blackouts": "\n".join(schedule.blackouts),
    }
