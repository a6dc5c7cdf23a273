"""All accounts, for administrators: how each signs in, and help for who lost the second factor."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from syncconfigs.forms.account import ResetForm
from syncconfigs.views.page import Told, forbidden, page_of, show
from tcsync.access import second_factor
from tcsync.access.accounts import with_sign_in
from tcsync.access.actors import web_actor
from tcsync.access.models import User
from tcsync.access.permissions import Action, require


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the accounts."""
    with forbidden():
        require(request.user, Action.ADMINISTER)
    page = page_of(request, with_sign_in())
    return show(request, "account/everybody.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take somebody's second factor away."""
    with forbidden():
        require(request.user, Action.ADMINISTER)
    account = get_object_or_404(User, pk=pk)
    form = ResetForm(request.POST or None)
    if form.is_valid():
        with Told(request):
            second_factor.reset(account, web_actor(request), form.cleaned_data["reason"])
            messages.success(request, _("The second factor of %s is reset.") % account)
        return redirect("accounts")
    return show(request, "account/reset.html", {"account": account, "form": form})
