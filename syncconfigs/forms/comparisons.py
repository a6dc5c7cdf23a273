"""Forms of comparisons: what is compared, how deep and when; which rows of a report are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from syncconfigs.comparisons import Wish
from syncconfigs.models import ComparedResource, Comparison, RemoteServer
from syncconfigs.schedules import LONGEST_MINUTES, BadSchedule
from tcsync.errors import Clash
from tcsync.sync.differences import Kind

THIS_NODE = _("This node")
_FIELD_OF = {"every_minutes", "cron", "time_zone"}


class _Ids(forms.Field):
    """Ids, one in each line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def to_python(self, value: Any) -> tuple[str, ...]:
        """Return them without blanks around, without empty lines."""
        return tuple(line.strip() for line in str(value or "").splitlines() if line.strip())


class ComparisonForm(forms.Form):
    """Two sides, what of them, how deep, and when by itself."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("Empty: the names of both sides."),
    )
    one = forms.ModelChoiceField(
        RemoteServer.objects.none(), label=_("First side"), required=False, empty_label=THIS_NODE
    )
    other = forms.ModelChoiceField(
        RemoteServer.objects.none(), label=_("Second side"), required=False, empty_label=THIS_NODE
    )
    depth = forms.ChoiceField(label=_("How deep"), choices=Comparison.Depth.choices)
    resources = _Ids(
        label=_("Resource IDs of the first side, one a line"),
        required=False,
        help_text=_("Without any resource and category everything is compared."),
    )
    categories = _Ids(label=_("Category IDs of the first side, one a line"), required=False)
    patience_hours = forms.IntegerField(
        label=_("Hours a copy may be behind before it counts as stopped"), min_value=0, initial=24
    )
    every_minutes = forms.IntegerField(
        label=_("Compare again every … minutes"),
        min_value=1,
        max_value=LONGEST_MINUTES,
        required=False,
    )
    cron = forms.CharField(
        label=_("or at these dates (cron)"),
        max_length=200,
        required=False,
        help_text=_("Minute, hour, day, month, day of the week: 30 2 * * mon-fri."),
    )
    time_zone = forms.CharField(label=_("Time zone"), max_length=60, initial="UTC")

    def __init__(
        self, data: Any = None, *, servers: QuerySet[RemoteServer], row: Comparison | None = None
    ) -> None:
        super().__init__(data, initial=_words_of(row) if row else None)
        for name in ("one", "other"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - it is made above
            field.queryset = servers

    def clean(self) -> dict[str, Any]:
        """Say at its field what cannot be compared, or at which no clock can be set."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.wish().check()
            except BadSchedule as error:
                field = error.field if error.field in _FIELD_OF else None
                self.add_error(field, str(error))
            except Clash as error:
                self.add_error("other", str(error))
        return cleaned

    def wish(self) -> Wish:
        """Return what was chosen."""
        return Wish(**self.cleaned_data)


def _words_of(row: Comparison) -> dict[str, Any]:
    same = ("name", "one", "other", "depth", "patience_hours", "every_minutes", "cron", "time_zone")
    lists = {name: "\n".join(getattr(row, name)) for name in ("resources", "categories")}
    return {**{name: getattr(row, name) for name in same}, **lists}


class PruneForm(forms.Form):
    """How many reports stay."""

    keep = forms.IntegerField(
        label=_("Newest reports that stay"), min_value=1, max_value=10_000, initial=10
    )


class RowsFilter(forms.Form):
    """Which resources of a report; without a choice those that are not equal."""

    verdict = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("what is not equal")),
            ("all", _("all resources")),
            *((value, label) for value, label in ComparedResource.Verdict.choices[1:]),
        ],
    )
    kind = forms.ChoiceField(
        label=_("in which differs"),
        required=False,
        choices=[("", _("anything")), *((kind.value, kind.value) for kind in Kind)],
    )

    def rows(self, found: QuerySet[ComparedResource]) -> QuerySet[ComparedResource]:
        """Return the rows that fit; what cannot be read filters nothing."""
        said = self.cleaned_data if self.is_valid() else {}
        verdict = said.get("verdict", "")
        if not verdict:
            found = found.exclude(verdict=ComparedResource.Verdict.EQUAL)
        elif verdict != "all":
            found = found.filter(verdict=verdict)
        if kind := said.get("kind"):
            found = found.filter(kinds__contains=f"|{kind}|")
        return found.order_by("pk")
