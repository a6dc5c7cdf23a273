"""What lists are narrowed down by. What was typed wrong narrows nothing down, and says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from syncconfigs.configurations import finding
from syncconfigs.models import Claim, SyncConfig

LONGEST_SEARCH = 200
_ANY = [("", _("any"))]
_SELECT = forms.Select(attrs={"class": "form-select form-select-sm"})
SORTS = [
    (sign + name, label)
    for name, label in (
        ("name", _("Configuration")),
        ("status", _("Status")),
        ("behind", _("Behind")),
        ("success", _("Last success")),
    )
    for sign in ("", "-")
]


def _search(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search", "class": "form-control form-control-sm"})
    return forms.CharField(label=label, max_length=LONGEST_SEARCH, required=False, widget=widget)


class _Filter(forms.Form):
    @property
    def is_narrowing(self) -> bool:
        """Whether anything but the order was asked for, rightly or not."""
        return bool(self.errors) or any(
            self.cleaned_data.get(name) for name in self.fields if name != "sort"
        )


class ConfigFilter(_Filter):
    """Search, status, server, trigger, paused, and the order of the list of configurations."""

    q = _search(_("Search by name"))
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[
            *_ANY,
            ("attention", _("Needs attention")),
            *SyncConfig.Status.choices,
            (finding.LATE, _("Late")),
            (finding.PAUSED, _("Paused")),
        ],
        required=False,
        widget=_SELECT,
    )
    server = forms.ChoiceField(label=_("Server"), required=False, widget=_SELECT)
    trigger = forms.ChoiceField(
        label=_("Trigger"),
        choices=[*_ANY, *SyncConfig.Trigger.choices],
        required=False,
        widget=_SELECT,
    )
    paused = forms.ChoiceField(
        label=_("Paused"),
        choices=[*_ANY, ("yes", _("yes")), ("no", _("no"))],
        required=False,
        widget=_SELECT,
    )
    sort = forms.ChoiceField(choices=SORTS, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, servers: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        offered = [*_ANY, *((str(pk), name) for pk, name in servers)]
        cast(forms.ChoiceField, self.fields["server"]).choices = offered

    def rows(self, rows: QuerySet[SyncConfig], now: datetime) -> QuerySet[SyncConfig]:
        """Return those that are asked for, in the order asked for."""
        self.is_valid()
        chosen = self.cleaned_data
        wanted = Q()
        if text := chosen.get("q"):
            wanted &= finding.named(text)
        if status := chosen.get("status"):
            is_any = status == "attention"
            wanted &= finding.needs_person(now) if is_any else finding.with_status(status, now)
        if server := chosen.get("server"):
            wanted &= Q(server=server)
        if trigger := chosen.get("trigger"):
            wanted &= Q(trigger=trigger)
        if paused := chosen.get("paused"):
            wanted &= Q(paused=paused == "yes")
        return finding.ordered(rows.filter(wanted), chosen.get("sort") or "name")


class ClaimFilter(_Filter):
    """Which of the resources of a configuration."""

    q = _search(_("Search by name or id"))
    state = forms.ChoiceField(
        label=_("State"),
        choices=[*_ANY, *Claim.State.choices, ("damaged", _("damaged"))],
        required=False,
        widget=_SELECT,
    )

    def rows(self, rows: QuerySet[Claim], readable: QuerySet[Any]) -> QuerySet[Claim]:
        """Return those that are asked for; names count of `readable` resources only."""
        self.is_valid()
        wanted = Q()
        if text := self.cleaned_data.get("q"):
            by_name = readable.filter(name__icontains=text)
            wanted &= Q(resource__icontains=text) | Q(resource__in=by_name.values("id"))
        if state := self.cleaned_data.get("state"):
            wanted &= ~Q(damage="") if state == "damaged" else Q(state=state)
        return rows.filter(wanted)
