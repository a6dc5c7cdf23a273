"""What every step has; `picking`, `source` and `ending` say what is special about theirs."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from syncconfigs.views.wizard.draft import Draft

Words = dict[str, list[str]]


class Step:
    """One step: the words of its form are kept even when they are wrong, so that none are lost."""

    title: Any = ""
    template = ""
    part = ""
    """The template of the part of the page that htmx refreshes."""
    form: ClassVar[type[forms.Form]]

    def keep(self, draft: Draft, said: QueryDict) -> None:
        """Keep what was said."""
        draft.storage.set_step_data(draft.storage.current_step or "", self.kept(draft, said))

    def kept(self, draft: Draft, said: QueryDict) -> Words:
        """Return the words to keep, none longer than it takes to see that it is too long."""
        fields = self.form.base_fields
        return {name: [clipped(fields[name], str(said[name]))] for name in fields if name in said}

    def words(self, draft: Draft, kept: Words) -> Words:
        """Return the words that the form reads."""
        return kept

    def act(self, draft: Draft, said: QueryDict) -> dict[str, Any] | None:
        """Do what one of the step's own buttons says; return what to show then, None if none was.

        An empty answer: nothing but the step as it is now.
        """
        return None

    def context(self, draft: Draft, form: forms.Form) -> dict[str, Any]:
        """Return what its template shows. Raises SourceError."""
        return {}


def clipped(field: forms.Field, text: str) -> str:
    """Return a text cut to one character more than its field takes."""
    longest = getattr(field, "max_length", None)
    return text[: longest + 1] if longest else text[:1001]
