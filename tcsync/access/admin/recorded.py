"""A base for administration pages: administrators only, every change in our audit record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may
from tcsync.audit.recording import changes, record

if TYPE_CHECKING:  # the classes of Django take no parameters at run time
    AnyModelAdmin = admin.ModelAdmin[models.Model]
    AnyForm = ModelForm[models.Model]
else:
    AnyModelAdmin = admin.ModelAdmin
    AnyForm = ModelForm


class RecordedAdmin(AnyModelAdmin):
    """Writes an audit entry in the transaction of each change. `kind` is the entries' target kind.

    Fields in `secret` are recorded as changed without their value, those in `noise` not at all.
    """

    kind: ClassVar[str]
    secret: ClassVar[frozenset[str]] = frozenset()
    noise: ClassVar[frozenset[str]] = frozenset()

    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        """Save and record what differs from the stored row."""
        stored = type(obj)._base_manager.filter(pk=obj.pk).first() if change else None
        before = self._values(stored) if stored else {}
        super().save_model(request, obj, form, change)
        details = changes(before, self._values(obj), self.secret)
        self.record(request, obj, "change" if change else "create", details)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete and record what there was."""
        with transaction.atomic():
            before, id_ = self._values(obj), obj.pk
            super().delete_model(request, obj)
            obj.pk = id_  # the deletion took it; the entry names it
            self.record(request, obj, "delete", changes(before, {}, self.secret))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[models.Model]) -> None:
        """Delete one by one: each has its entry."""
        with transaction.atomic():
            for obj in queryset:
                self.delete_model(request, obj)

    def record(self, request: HttpRequest, obj: Any, verb: str, details: dict[str, object]) -> None:
        """Write the audit entry `kind.verb`."""
        record(
            web_actor(request),
            f"{self.kind}.{verb}",
            target_kind=self.kind,
            target_id=str(obj.pk),
            target_name=str(obj),
            summary=f"{self.kind} {obj}: {verb}",
            details=details,
        )

    def _values(self, obj: Any) -> dict[str, object]:
        return {
            field.name: field.value_from_object(obj)
            for field in obj._meta.concrete_fields
            if field.name not in self.noise
        }

    # Django's own log is deleted together with its user: it is no audit record, and a second one.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write nothing."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write nothing."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Write nothing."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the audit entries about this object."""
        query = urlencode({"target_kind": self.kind, "target_id": object_id})
        return HttpResponseRedirect(f"{reverse('admin:audit_auditentry_changelist')}?{query}")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Administrators only."""
        return may(request.user, Action.ADMINISTER)

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """Administrators only."""
        return may(request.user, Action.ADMINISTER)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Administrators only."""
        return may(request.user, Action.ADMINISTER)

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """Administrators only."""
        return may(request.user, Action.ADMINISTER)

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """Administrators only."""
        return may(request.user, Action.ADMINISTER)
