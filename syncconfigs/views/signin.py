"""Signing in and out. `next` leads to our own host only."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from syncconfigs.forms.signin import SignInForm
from tcsync.access.devices import put_device


class SignIn(LoginView):
    """Ask for user name and password."""

    template_name = "signin/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name of the node."""
        return super().get_context_data(node_name=settings.TCSYNC_NODE_NAME, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, and have the browser be known from now on."""
        answer = super().form_valid(form)
        put_device(self.request, answer, form.get_user().get_username())
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong; and to programs, when to come again."""
        answer = super().form_invalid(form)
        if form.wait:
            answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
            answer["Retry-After"] = str(form.wait)
        return answer


class SignOut(LogoutView):
    """Sign out; by POST only, so that no foreign page can do it with a picture."""

    http_method_names = ("post", "options")
