"""What runs and their steps are narrowed down by, and the selection of several runs.

What was typed wrong narrows nothing down, and says so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from syncconfigs.forms.configs import IdsField
from syncconfigs.models import RunStep, SyncRun

LONGEST_SEARCH = 200
_ANY = [("", _("any"))]
_SELECT = forms.Select(attrs={"class": "form-select form-select-sm"})
_TRIGGERS = [
    ("feed", _("a change at the source")),
    ("schedule", _("the schedule")),
    ("manual", _("the button")),
    ("retry", _("trying again")),
    ("created", _("a new configuration")),
    ("changed", _("a changed configuration")),
    ("resumed", _("resuming")),
    ("command", _("a command")),
    ("api", _("the API")),
]
TRIGGERS = dict(_TRIGGERS)
"""What the words mean by which a run was asked for."""


def _search(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search", "class": "form-control form-control-sm"})
    return forms.CharField(label=label, max_length=LONGEST_SEARCH, required=False, widget=widget)


def _choice(label: Any, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[*_ANY, *choices], required=False, widget=_SELECT)


class _Filter(forms.Form):
    @property
    def is_narrowing(self) -> bool:
        """Whether anything was asked for."""
        self.is_valid()
        return any(self.cleaned_data.values())


class RunFilter(_Filter):
    """Configuration, state, kind, trigger, person, and whether a run brought something."""

    q = _search(_("Configuration"))
    state = _choice(_("State"), [("active", _("active")), *SyncRun.State.choices])
    kind = _choice(_("Kind"), SyncRun.Kind.choices)
    trigger = _choice(_("Asked for by"), _TRIGGERS)
    person = _search(_("Person"))
    found = _choice(
        _("Found"), [("something", _("something to do")), ("nothing", _("nothing new"))]
    )

    def rows(self, rows: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
        """Return those that are asked for."""
        self.is_valid()
        chosen = self.cleaned_data
        wanted = Q()
        if text := chosen.get("q"):
            wanted &= Q(config_name__icontains=text)
        if state := chosen.get("state"):
            wanted &= Q(state__in=SyncRun.ACTIVE) if state == "active" else Q(state=state)
        if kind := chosen.get("kind"):
            wanted &= Q(kind=kind)
        if trigger := chosen.get("trigger"):
            wanted &= Q(trigger=trigger)
        if person := chosen.get("person"):
            wanted &= Q(requested_by__icontains=person)
        if found := chosen.get("found"):
            wanted &= NOTHING_NEW if found == "nothing" else ~NOTHING_NEW
        return rows.filter(wanted)


NOTHING_NEW = Q(state=SyncRun.State.SUCCEEDED, found_nothing=True)
"""Runs that found here what is at the source."""


class StepFilter(_Filter):
    """State, name, and a cause that several steps have in common."""

    q = _search(_("Search by name or id"))
    step = _choice(
        _("State"),
        [
            ("failed", _("failed")),
            ("refused", _("refused")),
            ("working", _("working")),
            ("pending", _("pending")),
            ("done", _("done")),
        ],
    )
    cause = forms.RegexField("^[0-9a-f]{16}$", required=False, widget=forms.HiddenInput)

    def rows(self, rows: QuerySet[RunStep], now_at: Collection[str]) -> QuerySet[RunStep]:
        """Return those that are asked for; `now_at` are the resources that are worked on."""
        self.is_valid()
        chosen = self.cleaned_data
        wanted = Q()
        if text := chosen.get("q"):
            wanted &= Q(name__icontains=text) | Q(resource__icontains=text)
        if state := chosen.get("step"):
            working = Q(state=RunStep.State.PENDING, resource__in=now_at)
            wanted &= working if state == "working" else Q(state=state)
        if cause := chosen.get("cause"):
            wanted &= Q(cause=cause)
        return rows.filter(wanted)

    @property
    def query(self) -> dict[str, str]:
        """Return what was asked for, as it goes into an address."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class SelectedRuns(forms.Form):
    """The runs that were selected in the list."""

    run = IdsField()

    @property
    def ids(self) -> list[int]:
        """Return their numbers."""
        return cast(list[int], self.cleaned_data["run"])
