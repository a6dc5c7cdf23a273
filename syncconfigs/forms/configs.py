"""Forms of configurations: acting on several, changing, deleting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from syncconfigs.configurations import Policy
from syncconfigs.forms.policy import PolicyFields, words_of
from syncconfigs.models import SyncConfig

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
            ("verify", _("Verify")),
            ("pause", _("Pause")),
            ("resume", _("Resume")),
            ("delete", _("Delete")),
        ]
    )


class DeleteForm(forms.Form):
    """Whether the copies stay when their configurations go; `copies_count` of them would go."""

    copies = forms.ChoiceField(
        label=_("What is to be deleted"),
        choices=[
            ("keep", _("The configuration only: the copies stay, read-only")),
            ("delete", _("Everything: the copies listed below go too, for good")),
        ],
        initial="keep",
        widget=forms.RadioSelect,
    )
    confirm = forms.CharField(
        label=_("To delete everything, type the number of copies"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, copies_count: int) -> None:
        super().__init__(data)
        self._count = copies_count
        if not copies_count:
            del self.fields["confirm"]

    def clean(self) -> dict[str, Any]:
        """Take everything only from who has seen how much that is."""
        cleaned = super().clean() or self.cleaned_data
        typed = "".join(c for c in cleaned.get("confirm", "") if c not in " ,.'")
        is_all = cleaned.get("copies") == "delete" and self._count > 0
        if is_all and typed != str(self._count) and "confirm" not in self.errors:
            text = ngettext(
                "%d copy would be deleted: type this number.",
                "%d copies would be deleted: type this number.",
                self._count,
            )
            self.add_error("confirm", text % self._count)
        return cleaned


class PolicyForm(PolicyFields):
    """How what was picked is followed: what can be changed later."""

    def __init__(self, data: Any = None, *, config: SyncConfig) -> None:
        super().__init__(
            data,
            initial={
                "trigger": config.trigger,
                "tags": ", ".join(config.tags),
                "late_tags": config.late_tags,
                "allow_equal_names": config.allow_equal_names,
                **words_of(config.schedule),
                "include_used_projects": config.include_used_projects,
            },
        )
        self._flatten = config.flatten

    def policy(self) -> Policy:
        """Return what was chosen."""
        typed = self.cleaned_data
        return Policy(
            typed["trigger"],
            typed["tags"],
            typed["allow_equal_names"],
            flatten=self._flatten,
            late_tags=typed["late_tags"],
            schedule=typed["schedule"],
            include_used_projects=typed["include_used_projects"],
        )
