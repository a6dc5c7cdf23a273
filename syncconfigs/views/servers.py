"""Remote servers: list, add, edit, test, delete. A secret goes in and never comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from syncconfigs import connect, visible
from syncconfigs import look_now as keys
from syncconfigs import servers as use_cases
from syncconfigs.forms.servers import ServerForm
from syncconfigs.models import RemoteServer
from syncconfigs.views.page import Told, back, forbidden, page_of, show
from syncconfigs.views.tables import ConfigRow, ServerRow
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may, require
from tcsync.errors import AddressRefused, TlsRefused
from tcsync.outbound.certificates import facts

NAMED = 20
"""Configurations by name where a server cannot be deleted because of them."""


def _server(request: HttpRequest, pk: int) -> RemoteServer:
    """Return a server that this person may see. Raises Http404."""
    return get_object_or_404(visible.servers(request.user), pk=pk)


def _managed(request: HttpRequest, pk: int) -> RemoteServer:
    """Return a server that this person may change. Raises Http404 and PermissionDenied."""
    server = _server(request, pk)
    with forbidden():
        require(request.user, Action.SERVERS)
    return server


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the servers."""
    with forbidden():
        if not visible.may_see_servers(request.user):
            require(request.user, Action.SERVERS)
    rows = visible.servers(request.user).annotate(config_count=Count("configurations"))
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": [ServerRow.of(server) for server in page],
        "may_manage": may(request.user, Action.SERVERS),
    }
    return show(request, "servers/list.html", context)


@require_POST
@login_required
def acknowledge_upgrade(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody knows of the new major version."""
    server = _managed(request, pk)
    with Told(request):
        use_cases.acknowledge_upgrade(web_actor(request), server)
    return back(request, "dashboard")


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a server: what it said it is, and the configurations that read it."""
    server = _server(request, pk)
    rows = visible.configs(request.user).filter(server=server).order_by("source_name", "pk")
    page = page_of(request, rows)
    now = timezone.now()
    context = {
        **_known(server),
        "steps": connect.STEPS,
        "page": page,
        "rows": [ConfigRow.of(config, now) for config in page],
        "may_manage": may(request.user, Action.SERVERS),
        "may_configure": may(request.user, Action.SYNCHRONIZE),
    }
    return show(request, "servers/detail.html", context)


def _known(server: RemoteServer) -> dict[str, Any]:
    return {
        "server": server,
        "health": ServerRow.of(server).standing,
        "cas": facts(server.ca_certificate),
        "client": next(iter(facts(server.client_certificate)), None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Add a server, then offer to test it; or test what was typed and add nothing."""
    with forbidden():
        require(request.user, Action.SERVERS)
    form = ServerForm(request.POST or None, request.FILES or None)
    if "test" in request.POST:
        return _try(request, form)
    if form.is_valid():
        with Told(request), _Refused(form):
            server = use_cases.create(web_actor(request), **form.changes())
            messages.success(request, _("%s is added. Test the connection next.") % server)
            return redirect("server-detail", server.pk)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a server, or test what was typed. An empty password field keeps the password."""
    server = _managed(request, pk)
    form = ServerForm(request.POST or None, request.FILES or None, instance=server)
    if "test" in request.POST:
        return _try(request, form, server)
    if form.is_valid():
        with Told(request), _Refused(form):
            use_cases.update(web_actor(request), server, **form.changes())
            messages.success(request, _("%s is changed.") % form.cleaned_data["name"])
            return redirect("server-detail", pk)
    return _form(request, form, _server(request, pk))


@dataclass(frozen=True, slots=True)
class _Refused:
    """Says at its field what a use case refuses; the view goes on behind the `with`."""

    form: ServerForm

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Keep what belongs to a field."""
        if isinstance(error, AddressRefused | TlsRefused):
            self.form.refuse(error)
            return True
        return False


def _try(
    request: HttpRequest, form: ServerForm, server: RemoteServer | None = None
) -> HttpResponse:
    """Test the connection with what was typed; nothing is stored."""
    context: dict[str, Any] = {"form": form, "is_draft": True}
    if form.is_valid():
        with Told(request), _Refused(form):
            draft = use_cases.draft(web_actor(request), server, **form.changes())
            context |= _checked(request, draft, connect.check_draft, "#server-form")
    if request.headers.get("HX-Request"):
        return show(request, "servers/_checks.html", context)
    return _form(request, form, server, context)


def _checked(
    request: HttpRequest,
    server: RemoteServer,
    check: Callable[[RemoteServer], list[connect.Check]],
    form: str,
) -> dict[str, Any]:
    """Return how the checks went; to htmx first those of the way there, which asks for the rest."""
    is_first = bool(request.headers.get("HX-Request")) and "rest" not in request.POST
    way = connect.check_way(server) if is_first else []
    checks = way or check(server)
    return {
        "checks": checks,
        "rest": form if way else "",
        "all_ok": all(check.ok for check in checks),
        "is_plain": server.address.startswith("http:"),
    }


def _form(
    request: HttpRequest,
    form: ServerForm,
    server: RemoteServer | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {"form": form, "server": server, "steps": connect.STEPS, **(more or {})}
    return show(request, "servers/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a server that no configuration reads."""
    server = _managed(request, pk)
    if request.method == "POST":
        with Told(request):
            use_cases.delete(web_actor(request), server)
            messages.success(request, _("%s is deleted.") % server)
            return redirect("server-list")
        return redirect("server-delete", pk)
    used = visible.configs(request.user).filter(server=server).order_by("source_name", "pk")
    context = {"server": server, "users": used[:NAMED], "used": server.configurations.count()}
    return show(request, "servers/delete.html", context)


@require_POST
@login_required
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Connect, step by step, and show how each check went."""
    server = _managed(request, pk)
    with forbidden():
        test = partial(use_cases.test, web_actor(request))
        context = _checked(request, server, test, "#server-test")
    context |= _known(_server(request, pk))
    if request.headers.get("HX-Request"):
        return show(request, "servers/_tested.html", context)
    return show(request, "servers/test.html", context)


@require_POST
@login_required
def look_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the look-now address of a server anew and show it once, or let it end."""
    server = _managed(request, pk)
    with forbidden():
        if "end" in request.POST:
            keys.forget_key(web_actor(request), server)
            messages.success(request, _("The look-now address of %s is no longer.") % server)
            return redirect("server-detail", pk)
        key = keys.make_key(web_actor(request), server)
    address = request.build_absolute_uri(reverse("look-now", args=[key]))
    return show(request, "servers/look_now.html", {"server": server, "address": address})
