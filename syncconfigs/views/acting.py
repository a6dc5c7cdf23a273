"""Doing something to several configurations at once, and deleting them. Each is told apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from syncconfigs import configurations as use_cases
from syncconfigs import usage, visible
from syncconfigs.forms.configs import ActionForm, DeleteForm
from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.views.page import back, forbidden, page_of, show
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, require
from tcsync.audit.recording import Actor
from tcsync.errors import TcsyncError

TOLD_AT_MOST = 5
"""Refusals of one click that are told one by one: a message is no report."""
NAMED_AT_MOST = 200
"""Copies that the page of a deletion of several names; that of one has all, in pages."""

_DEEDS: dict[str, Callable[[Actor, SyncConfig], object]] = {
    "synchronize": use_cases.synchronize,
    "verify": use_cases.verify,
    "pause": use_cases.pause,
    "resume": use_cases.resume,
}


@require_POST
@login_required
def act(request: HttpRequest) -> HttpResponse:
    """Synchronize, verify, pause or resume the selected ones; deleting leads to its own page."""
    form = ActionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Select at least one configuration and what to do with it."))
        return back(request, "config-list")
    configs = _selected(request, form.cleaned_data["config"])
    deed = form.cleaned_data["action"]
    if deed == "delete":
        return _delete(request, configs)
    if done := _each(request, configs, _DEEDS[deed]):
        messages.success(request, _said(deed, len(done)))
    return back(request, "config-list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether the copies of one configuration stay or go too, list what goes, then delete."""
    config = get_object_or_404(visible.configs(request.user), pk=pk)
    _require(request, [config])
    return _delete(request, [config])


def _selected(request: HttpRequest, pks: Collection[int]) -> list[SyncConfig]:
    """Return the configurations, all or none. Raises Http404 and PermissionDenied."""
    configs = list(visible.configs(request.user).filter(pk__in=pks).order_by("source_name", "pk"))
    if len(configs) != len(pks):
        raise Http404
    _require(request, configs)
    return configs


def _require(request: HttpRequest, configs: Iterable[SyncConfig]) -> None:
    """Raise PermissionDenied before anything is done, unless it may be done to all of them."""
    with forbidden():
        require(request.user, Action.SYNCHRONIZE)
        allowed = visible.categories(request.user, Action.SYNCHRONIZE)
        for config in configs:
            if allowed is not None and config.target_category_id not in allowed:
                visible.require_synchronize(request.user, config)


def _each(
    request: HttpRequest,
    configs: Iterable[SyncConfig],
    deed: Callable[[Actor, SyncConfig], object],
) -> list[SyncConfig]:
    """Do it to each, tell which were refused and why, and return the others."""
    done, refused = [], []
    for config in configs:
        with forbidden():
            try:
                deed(web_actor(request), config)
                done.append(config)
            except TcsyncError as error:
                refused.append(f"{config.source_name}: {error}")
    for text in refused[:TOLD_AT_MOST]:
        messages.error(request, text)
    if len(refused) > TOLD_AT_MOST:
        left = len(refused) - TOLD_AT_MOST
        text = ngettext("%d more was refused.", "%d more were refused.", left) % left
        messages.error(request, text)
    return done


def _said(deed: str, count: int) -> str:
    if deed in {"synchronize", "verify"}:
        text = ngettext("%d run is queued.", "%d runs are queued.", count)
    elif deed == "pause":
        text = ngettext("%d configuration is paused.", "%d configurations are paused.", count)
    elif deed == "delete":
        text = ngettext("%d configuration is deleted.", "%d configurations are deleted.", count)
    else:
        text = ngettext("%d configuration is resumed.", "%d configurations are resumed.", count)
    return text % count


def _delete(request: HttpRequest, configs: list[SyncConfig]) -> HttpResponse:
    copies = use_cases.copies_of_all(configs)
    # From the list comes only the selection: the choice is made on the page that this shows.
    is_choice = request.method == "POST" and ("from_list" not in request.POST)
    form = DeleteForm(request.POST if is_choice else None, copies_count=copies.count())
    if form.is_valid():
        deed = partial(use_cases.delete, copies=form.cleaned_data["copies"])
        done = _each(request, configs, deed)
        if done:
            messages.success(request, _said("delete", len(done)))
        if done or len(configs) > 1:
            return redirect("config-list")
    return show(request, "configs/delete.html", _goes(request, configs, form))


def _goes(request: HttpRequest, configs: list[SyncConfig], form: DeleteForm) -> dict[str, Any]:
    weights = use_cases.weights(configs)
    active = SyncRun.objects.filter(config__in=[c.pk for c in configs], state__in=SyncRun.ACTIVE)
    readable = visible.resources(request.user).values("pk")
    copies = use_cases.copies_of_all(configs).filter(pk__in=readable).order_by("name", "id")
    found: dict[str, Any] = {
        "configs": sorted(
            ((config, weights[config.pk]) for config in configs), key=lambda pair: -pair[1].copies
        ),
        "single": configs[0] if len(configs) == 1 else None,
        "total": sum(weights.values(), use_cases.Weight()),
        "active": active.order_by("pk"),
        "form": form,
        "users": usage.local_users(request.user, list(use_cases.copies_of_all(configs))),
    }
    if found["single"]:
        found["page"] = page_of(request, copies)
        return found | {"copies": found["page"]}
    return found | {"copies": copies[:NAMED_AT_MOST], "named_at_most": NAMED_AT_MOST}
