"""The own account: password, sessions, second factor, API tokens."""

from __future__ import annotations

from typing import Any, cast

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from syncconfigs.forms.account import CodeForm, PasswordForm, TokenForm, WithPassword
from syncconfigs.views.page import Told, page_of, show
from tcsync.access import accounts as use_cases
from tcsync.access import second_factor as factors
from tcsync.access import tokens as token_cases
from tcsync.access.actors import web_actor
from tcsync.access.guessing import TooManyLogins
from tcsync.access.models import User
from tcsync.access.permissions import Action, may
from tcsync.access.second_factor import CodeWrong

QR_SCALE = 5


def me(request: HttpRequest) -> User:
    """Return the account that is signed in."""
    return cast(User, request.user)


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show who one is here, and what keeps the account safe."""
    user = me(request)
    context = {
        "has_second_factor": factors.is_on(user),
        "is_due": factors.is_due(user),
        "codes_left": factors.codes_left(user),
        "token_count": user.tokens.count(),
        "grants": user.grants.order_by("role", "category"),
        "idle_minutes": settings.TCSYNC_SESSION_IDLE_MINUTES,
        "hours": settings.TCSYNC_SESSION_HOURS,
        "may_administer": may(user, Action.ADMINISTER),
    }
    return show(request, "account/overview.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; every other session ends."""
    form = PasswordForm(request, request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        tokens_too = said["revoke_tokens"]
        use_cases.change_password(
            me(request), said["new_password1"], web_actor(request), tokens_too=tokens_too
        )
        update_session_auth_hash(request, me(request))
        messages.success(request, _("The password is changed. All other sessions have ended."))
        return redirect("account")
    return show(request, "account/password.html", {"form": form})


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    use_cases.end_all_sessions(me(request), web_actor(request))
    logout(request)
    messages.success(request, _("You are signed out everywhere. API tokens go on."))
    return redirect("sign-in")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Show how the second factor stands; set it up, confirm it, renew its codes or remove it."""
    deed = next((name for name in _DEEDS if name in request.POST), "")
    if request.method == "POST" and deed:
        done = _DEEDS[deed](request)
        return done or redirect("account-second-factor")
    return _second_factor(request)


def _second_factor(request: HttpRequest, form: Any = None) -> HttpResponse:
    user = me(request)
    is_on, begun = factors.is_on(user), factors.begun(user)
    fresh = CodeForm() if is_on or begun else WithPassword(request)
    context: dict[str, Any] = {
        "is_on": is_on,
        "form": form or fresh,
        "is_due": factors.is_due(user),
    }
    context["codes_left"] = factors.codes_left(user)
    if begun:
        secret, address = begun
        drawn = segno.make(address, error="m").svg_data_uri(scale=QR_SCALE, border=4, light="#fff")
        context |= {"secret": secret, "qr": drawn}
    return show(request, "account/second_factor.html", context)


def _begin(request: HttpRequest) -> HttpResponse | None:
    form = WithPassword(request, request.POST)
    if not form.is_valid():
        return _second_factor(request, form)
    with Told(request):
        factors.begin(me(request))
    return None


def _confirm(request: HttpRequest) -> HttpResponse | None:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _second_factor(request, form)
    try:
        codes = factors.confirm(me(request), form.cleaned_data["code"], web_actor(request))
    except CodeWrong as error:
        form.add_error("code", str(error))
        return _second_factor(request, form)
    update_session_auth_hash(request, me(request))
    return show(request, "account/recovery_codes.html", {"codes": codes, "is_new": True})


def _renew(request: HttpRequest) -> HttpResponse | None:
    return _checked(request) or show(
        request,
        "account/recovery_codes.html",
        {"codes": factors.renew_codes(me(request), web_actor(request))},
    )


def _remove(request: HttpRequest) -> HttpResponse | None:
    wrong = _checked(request)
    if wrong is None:
        factors.remove(me(request), web_actor(request))
        messages.success(request, _("The second factor is removed: the password alone signs in."))
    return wrong


def _checked(request: HttpRequest) -> HttpResponse | None:
    """Return the page that says what is wrong with the code; None where it is right."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            factors.check(request, me(request), form.cleaned_data["code"])
        except (CodeWrong, TooManyLogins) as error:
            form.add_error("code", str(error))
        else:
            return None
    return _second_factor(request, form)


_DEEDS = {"begin": _begin, "confirm": _confirm, "renew": _renew, "remove": _remove}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """List the own API tokens, an administrator's list has all; make one and show it once."""
    form, made = TokenForm(request.POST or None), ""
    if form.is_valid():
        said = form.cleaned_data
        made = token_cases.create_token(
            me(request),
            said["name"],
            scope=said["scope"],
            expires=form.expires(),
            actor=web_actor(request),
        )
        form = TokenForm()
    page = page_of(request, token_cases.visible_tokens(me(request)))
    return show(request, "account/tokens.html", {"page": page, "form": form, "made": made})


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a token end: an own one, or any by an administrator."""
    token = token_cases.visible_tokens(me(request)).filter(pk=pk).first()
    if token is None:
        raise Http404
    name = str(token)
    token_cases.revoke_token(token, web_actor(request))
    messages.success(request, _("The token %s is revoked.") % name)
    return redirect("account-tokens")
