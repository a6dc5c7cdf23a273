"""Signing in and out. `next` leads to our own host only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView

from syncconfigs.forms.signin import SignInForm


class SignIn(LoginView):
    """Ask for user name and password."""

    template_name = "signin/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name of the node."""
        return super().get_context_data(node_name=settings.TCSYNC_NODE_NAME, **kwargs)


class SignOut(LogoutView):
    """Sign out; by POST only, so that no foreign page can do it with a picture."""

    http_method_names = ("post", "options")
