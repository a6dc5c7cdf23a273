"""Accounts, roles and tokens as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Who may do what on this node."""

    name = "tcsync.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        """Have sign-ins recorded, whichever page or API they come through."""
        from tcsync.access import checks, signins  # noqa: F401, PLC0415 (models are loaded now)

        user_logged_in.connect(signins.record_sign_in, dispatch_uid="audit_sign_in")
        user_login_failed.connect(
            signins.record_failed_sign_in, dispatch_uid="audit_failed_sign_in"
        )
        user_logged_out.connect(signins.record_sign_out, dispatch_uid="audit_sign_out")
