"""The audit record in Django's administration: search, filters, export; nothing can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tcsync.access.actors import web_actor
from tcsync.access.admin.large import time_filter, values_filter
from tcsync.access.admin.reading import ReadOnlyAdmin
from tcsync.audit.exporting import as_csv, as_json_lines, file_name, record_export
from tcsync.audit.models import AuditEntry

_FORMS: Mapping[str, tuple[str, Callable[[QuerySet[Any]], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/jsonl; charset=utf-8", as_json_lines),
}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what; for those who may read the audit record."""

    list_display = ("seq", "moment", "actor", "action", "summary", "target_name", "origin")
    list_filter = (
        time_filter("at"),
        values_filter("actor", _("who")),
        values_filter("action", _("action")),
        values_filter("target_kind", _("kind of target")),
    )
    # Another order would sort the table.
    sortable_by = ("seq",)
    search_fields = ("actor", "origin", "action", "target_id", "target_name", "summary")

    @admin.display(description=_("at"))
    def moment(self, entry: AuditEntry) -> str:
        """Return when it was, to the second."""
        return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"

    def get_urls(self) -> list[URLPattern]:
        """Add the export of the list as it is filtered."""
        export = self.admin_site.admin_view(self.export)
        own = path("export/<slug:form>/", export, name="audit_auditentry_export")
        return [own, *super().get_urls()]

    def export(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """Return the entries of the filtered list as a file; the record says that somebody did."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if form not in _FORMS:
            raise Http404
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise BadRequest("The filter cannot be read.") from error
        record_export(web_actor(request), form, request.GET.urlencode())
        media_type, written = _FORMS[form]
        return StreamingHttpResponse(
            written(rows),
            content_type=media_type,
            headers={"Content-Disposition": f'attachment; filename="{file_name(form)}"'},
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Refuse: an entry has no history, it never changes."""
        raise Http404
