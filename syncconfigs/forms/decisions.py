"""Forms of decisions about a plan: each asks for a reason, those about a copy for its name."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from syncconfigs.configurations.deciding import LONGEST_REASON


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason, for the audit record"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ConfirmForm(forms.Form):
    """Which change is meant, and why."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = _reason()


class HistoryForm(forms.Form):
    """Which of two histories is right."""

    decision = forms.ChoiceField(
        label=_("Which history is right"),
        choices=[
            (
                "keep",
                _("Ours: the copy stays as it is, read-only, and is no longer synchronized"),
            ),
            (
                "accept",
                _("The source's: the copy here is deleted for good, and fetched anew at once"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("To confirm, type the name of the copy"),
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = _reason()
    history = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
