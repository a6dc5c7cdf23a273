"""Remote servers: list, add, edit, test, delete. A secret goes in and never comes out."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from syncconfigs import connect
from syncconfigs import servers as use_cases
from syncconfigs.forms.servers import ServerForm
from syncconfigs.models import RemoteServer
from syncconfigs.views import visible
from syncconfigs.views.page import Told, forbidden, page_of, show
from syncconfigs.views.tables import ConfigRow
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may, require
from tcsync.errors import AddressRefused


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
    context = {"page": page_of(request, rows), "may_manage": may(request.user, Action.SERVERS)}
    return show(request, "servers/list.html", context)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a server: what it said it is, and the configurations that read it."""
    server = _server(request, pk)
    rows = visible.configs(request.user).filter(server=server).order_by("source_name", "pk")
    page = page_of(request, rows)
    now = timezone.now()
    context = {
        "server": server,
        "page": page,
        "rows": [ConfigRow.of(config, now) for config in page],
        "may_manage": may(request.user, Action.SERVERS),
        "may_configure": may(request.user, Action.SYNCHRONIZE),
    }
    return show(request, "servers/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Add a server, then offer to test it."""
    with forbidden():
        require(request.user, Action.SERVERS)
    form = ServerForm(request.POST or None)
    if form.is_valid():
        with Told(request):
            try:
                server = use_cases.create(web_actor(request), **form.cleaned_data)
            except AddressRefused as error:
                form.refuse(error)
            else:
                messages.success(request, _("%s is added. Test the connection next.") % server)
                return redirect("server-detail", server.pk)
    return show(request, "servers/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a server. An empty password field keeps the password."""
    server = _managed(request, pk)
    form = ServerForm(request.POST or None, instance=server)
    if form.is_valid():
        with Told(request):
            try:
                use_cases.update(web_actor(request), server, **form.changes())
            except AddressRefused as error:
                form.refuse(error)
            else:
                messages.success(request, _("%s is changed.") % form.cleaned_data["name"])
                return redirect("server-detail", pk)
    return show(request, "servers/form.html", {"form": form, "server": _server(request, pk)})


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
    return show(request, "servers/delete.html", {"server": server})


@require_POST
@login_required
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Connect, step by step, and show how each check went."""
    server = _managed(request, pk)
    checks = connect.check(server)
    context = {"server": server, "checks": checks, "all_ok": all(c.ok for c in checks)}
    if request.headers.get("HX-Request"):
        return show(request, "servers/_checks.html", context)
    return show(request, "servers/test.html", context)
