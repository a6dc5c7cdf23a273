"""A base for pages of the administration that only show: for auditors, and never to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from tcsync.access.admin.large import CappedPaginator
from tcsync.access.permissions import Action, may

if TYPE_CHECKING:  # the classes of Django take no parameters at run time
    AnyModelAdmin = admin.ModelAdmin[models.Model]
else:
    AnyModelAdmin = admin.ModelAdmin

_REFUSED_LOOKUPS = set(models.DateTimeField().get_lookups()) - {"exact", "isnull", "in"}
LONGEST_SEARCH = 200
MOST_WORDS = 8
"""Each word of a search is a condition on each column: SQLite has a limit for all of them."""


class ReadOnlyAdmin(AnyModelAdmin):
    """Shows rows to auditors; nobody adds, changes or deletes any, and there are no actions.

    `target_kind` is that of the audit entries about such a row.
    """

    target_kind: ClassVar[str] = ""
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for the first words of what was typed."""
        words = search_term[:LONGEST_SEARCH].split()[:MOST_WORDS]
        return super().get_search_results(request, queryset, " ".join(words))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse what nobody clicks: regular expressions, and parts of dates that overflow."""
        if lookup.rpartition("__")[2] in _REFUSED_LOOKUPS:
            return False
        return super().lookup_allowed(lookup, value, request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the audit entries about this row: Django's own log has none."""
        kind = self.target_kind or str(self.opts.model_name)
        query = urlencode({"target_kind": kind, "target_id": object_id})
        return HttpResponseRedirect(f"{reverse('admin:audit_auditentry_changelist')}?{query}")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may read the audit record."""
        return may(request.user, Action.AUDIT)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may read the audit record."""
        return may(request.user, Action.AUDIT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
