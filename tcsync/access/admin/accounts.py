"""Administration of accounts, role grants and API tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tcsync.access.admin.recorded import AnyForm, RecordedAdmin
from tcsync.access.models import ApiToken, RoleGrant, User
from tcsync.audit.recording import CHANGED

if TYPE_CHECKING:  # the classes of Django take no parameters at run time
    AnyUserAdmin = UserAdmin[User]
else:
    AnyUserAdmin = UserAdmin

admin.site.unregister(Group)  # groups count nothing here: grants do


@admin.register(User)
class AccountAdmin(RecordedAdmin, AnyUserAdmin):
    """Django's page for users, without the groups and permissions that count nothing here."""

    kind = "user"
    secret = frozenset({"password"})
    noise = frozenset({"last_login", "session_epoch"})
    list_filter = ("is_active", "is_staff", "is_superuser")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Powers"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")

    def _values(self, obj: Any) -> dict[str, object]:
        # What goes together with the account: its deletion is the only trace that these leave.
        held = {"grants": obj.grants.all(), "tokens": obj.tokens.all()}
        texts: dict[str, object] = {name: [str(one) for one in rows] for name, rows in held.items()}
        return super()._values(obj) | {name: text for name, text in texts.items() if text}

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,
        form_url: str = "",
    ) -> HttpResponse:
        """Set a password, and record that in the same transaction."""
        with transaction.atomic():
            response: HttpResponse = super().user_change_password(request, id, form_url)
        return response

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record a new password: Django tells of it in no other way."""
        if (
            request.resolver_match
            and request.resolver_match.url_name == "auth_user_password_change"
        ):
            self.record(request, obj, "change", {"password": CHANGED})


@admin.register(RoleGrant)
class RoleGrantAdmin(RecordedAdmin):
    """Who is what, where."""

    kind = "grant"
    list_display = ("user", "role", "category", "created", "created_by")
    list_filter = ("role",)
    list_select_related = ("user",)
    search_fields = ("user__username", "category")
    readonly_fields = ("created", "created_by")

    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        """Note who gave the role."""
        if not change:
            obj.created_by = request.user.get_username()
        super().save_model(request, obj, form, change)


@admin.register(ApiToken)
class ApiTokenAdmin(RecordedAdmin):
    """Tokens can be looked at and revoked here; people make them on the page of their account."""

    kind = "token"
    secret = frozenset({"digest"})
    noise = frozenset({"last_used"})
    fields: ClassVar = ("name", "user", "prefix", "scope", "created", "expires", "last_used")
    list_display = ("name", "user", "prefix", "scope", "created", "expires", "last_used")
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "prefix")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: this page could not show the token."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a token is revoked and another one made."""
        return False
