"""Signing in and out. `next` leads to our own host only."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from syncconfigs.forms.account import CodeForm
from syncconfigs.forms.signin import SignInForm
from tcsync.access import halfway, second_factor, sittings
from tcsync.access.devices import put_device
from tcsync.access.guessing import TooManyLogins
from tcsync.access.second_factor import CodeWrong


class SignIn(LoginView):
    """Ask for user name and password."""

    template_name = "signin/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name of the node, and why one is asked again."""
        more = {
            "node_name": settings.TCSYNC_NODE_NAME,
            "ended": sittings.why_ended(self.request),
            "idle_minutes": settings.TCSYNC_SESSION_IDLE_MINUTES,
            "hours": settings.TCSYNC_SESSION_HOURS,
        }
        return super().get_context_data(**more, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, or ask for the code; have the browser be known once somebody is in."""
        user = form.get_user()
        if second_factor.is_on(user):
            halfway.begin(self.request, user)
            asked = urlencode({self.redirect_field_name: self.get_success_url()})
            return HttpResponseRedirect(f"{reverse('sign-in-code')}?{asked}")
        answer = super().form_valid(form)
        put_device(self.request, answer, user.get_username())
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong; and to programs, when to come again."""
        return told_to_wait(super().form_invalid(form), form.wait)


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class SignInCode(RedirectURLMixin, FormView):
    """Ask for the code of the second factor, after the right password."""

    template_name = "signin/code.html"
    form_class = CodeForm
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send everybody away of whom no password was right a moment ago."""
        if halfway.waiting(request) is None:
            return HttpResponseRedirect(reverse("sign-in"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name of the node, and where to go then."""
        more = {"node_name": settings.TCSYNC_NODE_NAME, "next": self.get_redirect_url()}
        return super().get_context_data(**more, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Check the code and sign in."""
        user = halfway.waiting(self.request)
        if user is None:
            return HttpResponseRedirect(reverse("sign-in"))
        try:
            second_factor.check(self.request, user, form.cleaned_data["code"])
        except (CodeWrong, TooManyLogins) as error:
            form.add_error("code", str(error))
            return told_to_wait(self.form_invalid(form), getattr(error, "seconds", 0))
        self.request.session.flush()
        login(self.request, user)
        answer = HttpResponseRedirect(self.get_success_url())
        put_device(self.request, answer, user.get_username())
        return answer


def told_to_wait(answer: HttpResponse, seconds: int) -> HttpResponse:
    """Return the answer; where somebody has to wait, with the status that programs understand."""
    if seconds:
        answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
        answer["Retry-After"] = str(seconds)
    return answer


class SignOut(LogoutView):
    """Sign out; by POST only, so that no foreign page can do it with a picture."""

    http_method_names = ("post", "options")
