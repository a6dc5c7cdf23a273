"""The audit record as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The append-only record of what was done on this node."""

    name = "tcsync.audit"
    label = "audit"
    verbose_name = _("Audit record")

    def ready(self) -> None:
        """Give an emptied record (`manage.py flush`) its head again."""
        post_migrate.connect(_restore_head_of_empty_record, sender=self)


def _restore_head_of_empty_record(using: str, apps: Apps = current_apps, **_kwargs: Any) -> None:
    try:
        head, entry = apps.get_model("audit", "AuditHead"), apps.get_model("audit", "AuditEntry")
    except LookupError:  # migrated back to nothing
        return
    if not entry._base_manager.using(using).exists():
        head._base_manager.using(using).get_or_create(id=1)
