"""How what was picked is followed: the fields that the wizard and a change later have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from syncconfigs.models import SyncConfig

TAGS_LENGTH = 2000
TAG_LENGTH = 200


class PolicyFields(forms.Form):
    """The trigger, the tags that it looks at, and how names that are taken are treated."""

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
        return cleaned
