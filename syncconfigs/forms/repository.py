"""What is asked for in the repository: searches, pairs of revisions, parts of lists, new places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tcsync.repository.models import Branch, Category, Resource, Revision
from tcsync.repository.models.tree import NAME_LENGTH

LONGEST_SEARCH = 200
LONGEST_ID = 4_000
LONGEST_CURSOR = LONGEST_ID + 20
HIGHEST = 1 << 53
"""No revision number, and no place in a list, is higher."""
BRANCHES_OFFERED = 500
_SELECT = forms.Select(attrs={"class": "form-select form-select-sm"})
_NUMBER = forms.NumberInput(attrs={"class": "form-control form-control-sm", "list": "numbers"})


def _search(label: Any, *, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search", "class": "form-control form-control-sm"})
    return forms.CharField(label=label, max_length=LONGEST_SEARCH, required=required, widget=widget)


class _Kept(forms.CharField):
    """A text that the pages hand on as it is, like an id or a cursor."""

    widget = forms.HiddenInput

    def __init__(self, max_length: int = LONGEST_ID, *, required: bool = False) -> None:
        super().__init__(max_length=max_length, required=required, strip=False)


def _count() -> forms.IntegerField:
    widget = forms.HiddenInput
    return forms.IntegerField(min_value=0, max_value=HIGHEST, required=False, widget=widget)


def _number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=HIGHEST, required=False, widget=_NUMBER
    )


class RaiseForm(forms.Form):
    """Which used project is to be used at which revision; without a number: the newest."""

    key = _Kept(required=True)
    version = _number(_("Revision"))


class _Asked(forms.Form):
    def said(self, name: str) -> Any:
        """Return what was given, None where nothing or something wrong was."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def is_narrowing(self) -> bool:
        """Whether anything was asked for, rightly or not."""
        return bool(self.errors) or any(self.said(name) for name in self.fields)


class PlaceSearch(_Asked):
    """Categories and resources by name, resources also by Resource ID and Project ID."""

    q = _search(_("Search by name, Resource ID or Project ID"))

    def categories(self, rows: QuerySet[Category]) -> QuerySet[Category]:
        """Return those that match."""
        text = self.said("q")
        return rows.filter(name__icontains=text) if text else rows.none()

    def rows(self, rows: QuerySet[Resource]) -> QuerySet[Resource]:
        """Return the resources that match, none where nothing was asked for."""
        text = self.said("q")
        return rows.filter(_resource_like(text)) if text else rows.none()

    def narrowed(self, rows: QuerySet[Resource]) -> QuerySet[Resource]:
        """Return the resources that match, all where nothing was asked for."""
        return self.rows(rows) if self.said("q") else rows


def _resource_like(text: str) -> Q:
    return Q(name__icontains=text) | Q(id__icontains=text) | Q(project_id__icontains=text)


class RevisionFilter(_Asked):
    """Which revisions of a resource."""

    branch = forms.ChoiceField(label=_("Branch"), required=False, widget=_SELECT)
    author = _search(_("Author"))
    text = _search(_("Message"))

    def __init__(self, data: Any, branches: QuerySet[Branch]) -> None:
        super().__init__(data)
        names = branches.order_by("name", "uid").values_list("uid", "name")[:BRANCHES_OFFERED]
        self.fields["branch"] = forms.ChoiceField(
            label=_("Branch"), choices=[("", _("any")), *names], required=False, widget=_SELECT
        )

    def rows(self, rows: QuerySet[Revision]) -> QuerySet[Revision]:
        """Return those that are asked for."""
        if branch := self.said("branch"):
            rows = rows.filter(branch=branch)
        if author := self.said("author"):
            rows = rows.filter(author__icontains=author)
        if text := self.said("text"):
            rows = rows.filter(message__icontains=text)
        return rows


class ElementSearch(_Asked):
    """Elements by name, type or id; `after` and `shown` say from where a search goes on."""

    q = _search(_("Search for"))
    field = forms.ChoiceField(
        label=_("in"),
        choices=[
            ("any", _("name, type or id")),
            ("name", _("name")),
            ("type", _("type")),
            ("id", _("id")),
        ],
        required=False,
        widget=_SELECT,
    )
    after = _Kept(LONGEST_CURSOR)
    shown = _count()


class ElementAsked(_Asked):
    """An element; `offset` is where a part of its children begins, `older` one of its history."""

    id = _Kept(required=True)
    offset = _count()
    older = _count()


class TreeAsked(_Asked):
    """Which element of a tree is to be seen, and where the part of the roots begins."""

    at = _Kept()
    offset = _count()


class PartAsked(_Asked):
    """Where a part of a branch begins."""

    offset = _count()


class Pair(_Asked):
    """Two revisions; `element` is the one element of interest, `cursor` where a part begins."""

    before = _number(_("From revision"))
    after = _number(_("To revision"))
    operation = forms.ChoiceField(
        label=_("Elements"),
        choices=[
            ("", _("all that differ")),
            ("added", _("added")),
            ("edited", _("edited")),
            ("removed", _("removed")),
        ],
        required=False,
        widget=_SELECT,
    )
    element = _Kept()
    cursor = _Kept(LONGEST_CURSOR)


class ArtifactFilter(_Asked):
    """Which artifacts of a revision."""

    q = _search(_("Search by name or id"))


class ChangeForm(forms.Form):
    """Name and place of a local resource; the categories offered are those that one may edit."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)

    def __init__(self, data: Any, resource: Resource, offered: list[tuple[str, str]]) -> None:
        super().__init__(data, initial={"name": resource.name, "category": resource.category_id})
        self.fields["category"] = forms.ChoiceField(label=_("Category"), choices=offered)
