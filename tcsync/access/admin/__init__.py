"""Django's administration of accounts, grants and tokens, and its view of the audit record.

`permissions.may` decides here as everywhere; each change is in our audit record, not in Django's.
"""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tcsync.access.admin import accounts, entries


def _one_door(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Lead to the sign-in of the portal: the administration has none of its own."""
    if request.user.is_authenticated:
        raise PermissionDenied("This account may not enter the administration.")
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


def _one_password_page(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Lead to the page of the portal: it ends sessions, slows down guessing and is recorded."""
    return HttpResponseRedirect(resolve_url("account-password"))


admin.site.login = _one_door  # type: ignore[method-assign]
admin.site.password_change = _one_password_page  # type: ignore[method-assign, assignment]

admin.site.site_header = settings.TCSYNC_NODE_NAME
admin.site.site_title = settings.TCSYNC_NODE_NAME
admin.site.site_url = None  # the page's head leads back to the portal
admin.site.enable_nav_sidebar = False
admin.site.index_title = _("Audit and accounts")

__all__ = ["accounts", "entries"]
