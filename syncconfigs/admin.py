"""The portal's tables in Django's administration: to look at for audit, nothing can be changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_q import admin as queue

from syncconfigs.models import (
    Claim,
    Exclusion,
    FullReport,
    Offloading,
    OffloadingStep,
    RemoteServer,
    SyncConfig,
    SyncRun,
)
from tcsync.access.admin.reading import ReadOnlyAdmin

SECRETS = RemoteServer.SECRETS

# Whoever may edit the queue's rows may have any function called, and no audit entry tells of it.
for model in (queue.Success, queue.Failure, queue.OrmQ, queue.Schedule):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def _of_server(path: str) -> list[str]:
    return [f"{path}__{name}" for name in SECRETS]


@admin.register(RemoteServer)
class RemoteServerAdmin(ReadOnlyAdmin):
    """Servers, without their secrets."""

    target_kind = "server"
    list_display = ("name", "kind", "address", "username", "major_version", "last_seen_at")
    list_filter = ("kind", "waits_for_person")
    search_fields = ("name", "address", "username")
    exclude: ClassVar = SECRETS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the secrets in the database."""
        return super().get_queryset(request).defer(*SECRETS)


@admin.register(SyncConfig)
class SyncConfigAdmin(ReadOnlyAdmin):
    """Configurations."""

    target_kind = "configuration"
    list_display = ("id", "source_name", "server", "trigger", "status", "paused", "succeeded_at")
    list_filter = ("status", "trigger", "paused", "server")
    search_fields = ("source_name", "source_id", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the names of the servers along, and leave their secrets where they are."""
        rows = super().get_queryset(request).select_related("server")
        return rows.defer(*_of_server("server"))


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    """Runs."""

    target_kind = "run"
    list_display = (
        *("id", "config_name", "kind", "state", "trigger", "requested_by", "created"),
        *("cancelled_by", "retry_of"),
    )
    list_filter = ("state", "kind")
    list_select_related = ("retry_of",)
    sortable_by = ("id",)
    search_fields = ("config_name", "requested_by", "cancelled_by", "reason")


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Which configuration owns which resource."""

    list_display = ("resource", "config", "state", "since")
    list_filter = ("state",)
    search_fields = ("resource", "config__source_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the names of configurations along, and leave secrets where they are."""
        rows = super().get_queryset(request).select_related("config__server")
        return rows.defer(*_of_server("config__server"))


@admin.register(Exclusion)
class ExclusionAdmin(ReadOnlyAdmin):
    """Copies that were deleted or detached here."""

    list_display = ("resource", "name", "by", "at")
    search_fields = ("resource", "name", "by")


@admin.register(FullReport)
class FullReportAdmin(ReadOnlyAdmin):
    """Signed reports of full comparisons."""

    list_display = ("run", "made_at", "is_equal")
    list_filter = ("is_equal",)
    list_select_related = ("run",)


@admin.register(Offloading)
class OffloadingAdmin(ReadOnlyAdmin):
    """Offloadings."""

    target_kind = "offloading"
    list_display = ("name", "server_name", "created_by", "created", "ended_at")
    search_fields = ("name", "server_name", "created_by")
    exclude = ("server",)


@admin.register(OffloadingStep)
class OffloadingStepAdmin(ReadOnlyAdmin):
    """Their steps, those that no longer count too."""

    list_display = ("offloading", "name", "by", "at", "note", "voided_at")
    list_filter = ("name",)
    list_select_related = ("offloading",)
