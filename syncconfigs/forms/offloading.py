"""What is stated and confirmed on the way through the offloading guide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 1000
_TEXT = forms.TextInput(attrs={"autocomplete": "off"})


class TakenForm(forms.Form):
    """A step that only has to be asked for."""

    def taken(self) -> dict[str, Any]:
        """Return what the use case takes beside who takes the step."""
        return {}


class FrozenForm(TakenForm):
    """Who says that the source is frozen."""

    who = forms.CharField(
        label=_("Who at the source says so, and when"), max_length=LONGEST, widget=_TEXT
    )
    sure = forms.BooleanField(label=_("Nobody writes to these resources at the source any more"))

    def taken(self) -> dict[str, Any]:
        """Return what the use case takes."""
        return {"who": self.cleaned_data["who"]}


class UnderstoodForm(TakenForm):
    """That the limits of a proof were read."""

    sure = forms.BooleanField(label=_("I have read what this proves and what it does not"))


class OpensForm(TakenForm):
    """Which copy opens in a modeling tool, and where it is."""

    kind = forms.ChoiceField(
        label=_("There is a copy that a modeling tool opens"),
        choices=[
            ("cloud", _("in another Teamwork Cloud, which compared equal")),
            ("native", _("as a native file, whose restore was tried")),
        ],
        widget=forms.RadioSelect,
    )
    where = forms.CharField(
        label=_("Where it is, and who tried it"), max_length=LONGEST, widget=_TEXT
    )

    def taken(self) -> dict[str, Any]:
        """Return what the use case takes."""
        return {"kind": self.cleaned_data["kind"], "where": self.cleaned_data["where"]}


class ClearedForm(TakenForm):
    """What became of the originals."""

    what = forms.ChoiceField(
        label=_("What became of the originals"),
        choices=[
            ("the originals stay at the source", _("They stay at the source")),
            ("the source was cleared", _("The source's administrator deleted them")),
        ],
        initial="the originals stay at the source",
        widget=forms.RadioSelect,
    )

    def taken(self) -> dict[str, Any]:
        """Return what the use case takes."""
        return {"what": self.cleaned_data["what"]}


class EditableForm(TakenForm):
    """What the copies are to be from now on; `count` of them become editable."""

    editable = forms.ChoiceField(
        label=_("From now on the copies are"),
        choices=[("no", _("a record: they stay read-only")), ("yes", _("editable here"))],
        initial="no",
        widget=forms.RadioSelect,
    )
    confirm = forms.CharField(
        label=_("To make them editable, type their number"),
        max_length=20,
        required=False,
        widget=_TEXT,
    )

    def __init__(self, data: Any = None, *, count: int = 0) -> None:
        super().__init__(data)
        self._count = count

    def clean(self) -> dict[str, Any]:
        """Make them editable only for who has seen how many they are."""
        cleaned = super().clean() or self.cleaned_data
        typed = str(cleaned.get("confirm", "")).strip()
        if cleaned.get("editable") == "yes" and typed != str(self._count):
            text = _("%(count)d copies become editable: type this number.")
            self.add_error("confirm", text % {"count": self._count})
        return cleaned

    def taken(self) -> dict[str, Any]:
        """Return what the use case takes."""
        return {"editable": self.cleaned_data["editable"] == "yes"}
