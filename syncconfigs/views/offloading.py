"""The offloading guide: which are under way, one of them with its steps, and taking a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from syncconfigs import offloading as use_cases
from syncconfigs import visible
from syncconfigs.forms.offloading import (
    ClearedForm,
    EditableForm,
    FrozenForm,
    OpensForm,
    TakenForm,
    UnderstoodForm,
)
from syncconfigs.models import Offloading, OffloadingStep, RemoteServer
from syncconfigs.runs.full_report import METHODS, PROVES, PROVES_NOT
from syncconfigs.views.page import Told, forbidden, page_of, show
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may, require
from tcsync.repository.reading import Tree

Name = OffloadingStep.Name


class Deed(NamedTuple):
    """What a button of the guide does, and the form that has to be filled in for it."""

    form: type[TakenForm]
    do: Callable[..., object]


DEEDS: Mapping[str, Deed] = {
    Name.SYNCHRONIZED: Deed(TakenForm, use_cases.synchronize),
    Name.FROZEN: Deed(FrozenForm, use_cases.freeze),
    Name.COMPARED: Deed(TakenForm, use_cases.compare),
    Name.UNDERSTOOD: Deed(UnderstoodForm, use_cases.understand),
    Name.OPENS: Deed(OpensForm, use_cases.state_opens),
    Name.CLEARED: Deed(ClearedForm, use_cases.clear),
    Name.REMOVED: Deed(TakenForm, use_cases.remove),
    Name.EDITABLE: Deed(EditableForm, use_cases.finish),
    "abandon": Deed(TakenForm, use_cases.abandon),
    "line": Deed(TakenForm, use_cases.delete_line),
}


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the offloadings, and the configurations that one may be begun for."""
    open_ones = Offloading.objects.filter(ended_at=None, config__isnull=False)
    configs = visible.configs(request.user, Action.SYNCHRONIZE)
    context = {
        "page": page_of(request, use_cases.rows(request.user)),
        "configs": configs.exclude(pk__in=open_ones.values("config")).order_by("source_name"),
    }
    return show(request, "offloading/list.html", context)


@require_POST
@login_required
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the guide for a configuration, or go on with the one that is under way."""
    config = get_object_or_404(visible.configs(request.user), pk=pk)
    with forbidden():
        found = use_cases.begin(web_actor(request), config)
    return redirect("offloading-detail", found.pk)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far it is, and what is next."""
    return _shown(request, _one(request, pk))


@require_http_methods(["POST"])
@login_required
def take(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step; what is missing or refused is said at its place."""
    found, deed = _one(request, pk), DEEDS.get(step)
    if deed is None:
        raise Http404
    with forbidden():
        require(request.user, Action.SYNCHRONIZE, Tree.load().path(found.category))
    form = _form(deed, found, request.POST)
    if not form.is_valid():
        return _shown(request, found, {step: form})
    with Told(request):
        done = deed.do(web_actor(request), found, **form.taken())
        if isinstance(done, use_cases.Line):
            return _shown(request, found, line=done)
        messages.success(request, _("Noted."))
    return redirect("offloading-detail", pk)


def _one(request: HttpRequest, pk: int) -> Offloading:
    """Return an offloading that this person may see. Raises Http404."""
    return get_object_or_404(use_cases.rows(request.user), pk=pk)


def _form(deed: Deed, found: Offloading, sent: Any = None) -> TakenForm:
    made = deed.form
    if made is EditableForm:
        return EditableForm(sent, count=len(found.resources))
    return made(sent)


def _shown(
    request: HttpRequest,
    found: Offloading,
    bound: Mapping[str, TakenForm] | None = None,
    line: use_cases.Line | None = None,
) -> HttpResponse:
    forms = {name: _form(deed, found) for name, deed in DEEDS.items()} | dict(bound or {})
    stages = use_cases.stages(found)
    context = {
        "offloading": found,
        "stages": [(stage, forms[stage.name]) for stage in stages],
        "is_cloud": found.server_kind == RemoteServer.Kind.TEAMWORK_CLOUD,
        "opens": found.steps.filter(name=Name.OPENS, voided_at=None).first(),
        "opens_form": forms[Name.OPENS],
        "voided": found.steps.exclude(voided_at=None).order_by("-voided_at")[:10],
        "freeze": use_cases.freeze_line(found),
        "line": line,
        **_words(found),
        "may_act": may(request.user, Action.SYNCHRONIZE, Tree.load().path(found.category)),
    }
    return show(request, "offloading/detail.html", context)


def _words(found: Offloading) -> dict[str, object]:
    """Return what the report says in words of what it proves."""
    return {
        "method": METHODS.get(found.server_kind, ""),
        "proves": PROVES,
        "proves_not": PROVES_NOT,
    }
