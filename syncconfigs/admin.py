"""The portal's tables in Django's administration: to look at for audit, nothing can be changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from syncconfigs.models import Claim, Exclusion, RemoteServer, SyncConfig, SyncRun
from tcsync.repository.admin import ReadOnlyAdmin


@admin.register(RemoteServer)
class RemoteServerAdmin(ReadOnlyAdmin):
    """Servers, without their secrets."""

    list_display = ("name", "kind", "address", "username", "major_version", "last_seen_at")
    list_filter = ("kind",)
    search_fields = ("name", "address")
    exclude: ClassVar = ("secret",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the secrets in the database."""
        return super().get_queryset(request).defer("secret")


@admin.register(SyncConfig)
class SyncConfigAdmin(ReadOnlyAdmin):
    """Configurations."""

    list_display = ("id", "source_name", "server", "trigger", "status", "paused", "succeeded_at")
    list_filter = ("status", "trigger", "paused", "server")
    search_fields = ("source_name", "source_id", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the names of the servers along, and leave their secrets where they are."""
        return super().get_queryset(request).select_related("server").defer("server__secret")


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    """Runs."""

    list_display = ("id", "config_name", "kind", "state", "trigger", "requested_by", "created")
    list_filter = ("state", "kind", "trigger")
    search_fields = ("config_name", "requested_by", "reason")
    date_hierarchy = "created"


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Which configuration owns which resource."""

    list_display = ("resource", "config", "state", "since")
    list_filter = ("state",)
    search_fields = ("resource", "config__source_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the names of configurations along, and leave secrets where they are."""
        rows = super().get_queryset(request)
        return rows.select_related("config__server").defer("config__server__secret")


@admin.register(Exclusion)
class ExclusionAdmin(ReadOnlyAdmin):
    """Copies that were deleted or detached here."""

    list_display = ("resource", "name", "by", "at")
    search_fields = ("resource", "name", "by")
