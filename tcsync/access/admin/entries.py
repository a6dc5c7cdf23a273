"""The audit record in Django's administration: search and filters, nothing can be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from tcsync.access.admin.recorded import AnyModelAdmin
from tcsync.access.permissions import Action, may
from tcsync.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(AnyModelAdmin):
    """Who did what; for those who may read the audit record."""

    list_display = ("seq", "at", "actor", "origin", "action", "target_name", "summary")
    list_filter = ("action", "target_kind")
    search_fields = ("actor", "origin", "action", "target_id", "target_name", "summary")
    date_hierarchy = "at"
    show_full_result_count = False
    actions = None

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
