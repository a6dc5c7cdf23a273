"""Forms of configurations: picking what to synchronize, acting on several, deleting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from syncconfigs.models import SyncConfig

NAME_LENGTH = 1000
TAGS_LENGTH = 2000
INTEGER_DIGITS = 15


class IdsField(forms.Field):
    """The numbers of the rows that were selected with check boxes, each once."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        """Return the numbers. Raises ValidationError."""
        texts = [str(text) for text in value or ()]
        if any(not (t.isascii() and t.isdecimal() and len(t) <= INTEGER_DIGITS) for t in texts):
            raise forms.ValidationError(_("This is not a selection of rows."))
        return sorted({int(text) for text in texts})


class ActionForm(forms.Form):
    """What to do, and with which configurations."""

    config = IdsField()
    action = forms.ChoiceField(
        choices=[
            ("synchronize", _("Synchronize")),
            ("pause", _("Pause")),
            ("resume", _("Resume")),
        ]
    )


class DeleteForm(forms.Form):
    """Whether the copies stay when their configuration goes."""

    copies = forms.ChoiceField(
        label=_("What is to be deleted"),
        choices=[
            ("keep", _("The configuration only: the copies stay, read-only")),
            ("delete", _("Everything: the copies listed below go too, for good")),
        ],
        initial="keep",
        widget=forms.RadioSelect,
    )


class PickForm(forms.Form):
    """What is to be synchronized into which category, and when.

    `offered` are the keys that the source's catalogue has now; `targets` leads from the ids of the
    categories in which this person may synchronize to their full names. `may_make_top` allows a
    new category that lies in no other.
    """

    picked = forms.MultipleChoiceField(
        error_messages={
            "required": _("Pick at least one category or resource."),
            "invalid_choice": _("The source no longer offers what was picked. Pick again."),
        }
    )
    target_category = forms.ChoiceField(label=_("Target category"), required=False)
    new_category = forms.CharField(
        label=_("New category"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("Made inside the target category chosen above. Empty: use that one itself."),
    )
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
    allow_equal_names = forms.BooleanField(
        label=_("Allow copies with a name that is taken here"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        offered: Iterable[str],
        targets: Mapping[str, str],
        may_make_top: bool = False,
    ) -> None:
        super().__init__(data)
        self._may_make_top = may_make_top
        empty = [("", _("At the top, in no other category"))] if may_make_top else []
        self._offer("picked", [(key, key) for key in offered])
        self._offer("target_category", [*empty, *targets.items()])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean_tags(self) -> list[str]:
        """Return the names, each once, in the order typed."""
        names = (name.strip() for name in self.cleaned_data["tags"].split(","))
        return list(dict.fromkeys(name for name in names if name))

    def clean(self) -> dict[str, Any]:
        """Check what depends on two fields."""
        cleaned = super().clean() or self.cleaned_data
        by_tag = cleaned.get("trigger") == SyncConfig.Trigger.COMMIT_TAG
        if by_tag and "tags" in cleaned and not cleaned["tags"]:
            self.add_error("tags", _("Name at least one tag, or choose another trigger."))
        self._check_place(cleaned)
        return cleaned

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("target_category") or "target_category" in self.errors:
            return
        if not self._may_make_top:
            self.add_error("target_category", _("Choose a category."))
        elif not cleaned.get("new_category") and "new_category" not in self.errors:
            self.add_error("target_category", _("Choose a category, or name a new one."))
