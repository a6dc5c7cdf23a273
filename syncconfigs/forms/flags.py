"""Taking the read-only flag off a copy, and putting it back; typed, as nobody does by chance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tcsync.repository.models import Resource
from tcsync.repository.models.tree import NAME_LENGTH

LONGEST_REASON = 1000


class FlagForm(forms.Form):
    """The name of the resource, typed, and why; `is_owned`: whether to take it out, too."""

    detach = forms.BooleanField(
        label=_(
            "Take it out of its configuration; it stays excluded, so that no run takes it back"
        ),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why (for the audit record)"), max_length=LONGEST_REASON, required=False
    )
    confirm = forms.CharField(
        label=_("Type the name of the resource"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any, resource: Resource, *, is_owned: bool = False) -> None:
        super().__init__(data)
        self._name = resource.name
        if not is_owned:
            del self.fields["detach"]

    def clean_confirm(self) -> str:
        """Take the name only as it is. Raises ValidationError."""
        typed = str(self.cleaned_data["confirm"])
        if typed.split() != self._name.split():
            raise forms.ValidationError(_("Type the name as it stands in the heading."))
        return typed
