"""Making configurations: choose a server, pick from what it holds now, say where to and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from syncconfigs import configurations, connect
from syncconfigs.forms.configs import PickForm
from syncconfigs.models import Claim, RemoteServer, SyncConfig
from syncconfigs.views import visible
from syncconfigs.views.outline import Node, outline
from syncconfigs.views.page import Told, forbidden, page_of, show
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, Person, may, require
from tcsync.domain import Resource, Snapshot
from tcsync.errors import TcsyncError
from tcsync.repository import writing
from tcsync.repository.reading import Tree


@require_safe
@login_required
def choose_server(request: HttpRequest) -> HttpResponse:
    """Choose the server to read from."""
    with forbidden():
        require(request.user, Action.SYNCHRONIZE)
    page = page_of(request, visible.servers(request.user))
    context = {"page": page, "may_manage": may(request.user, Action.SERVERS)}
    return show(request, "configs/choose_server.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def pick(request: HttpRequest, server: int) -> HttpResponse:
    """Show what the server holds now; make one configuration for each thing picked."""
    with forbidden():
        require(request.user, Action.SYNCHRONIZE)
    row = get_object_or_404(visible.servers(request.user), pk=server)
    try:
        catalogue = read_catalogue(row)
    except TcsyncError as error:
        return show(request, "configs/unreadable.html", {"server": row, "error": error})
    form = PickForm(
        request.POST or None,
        offered=offered(catalogue),
        targets=targets(request.user),
        may_make_top=may(request.user, Action.SYNCHRONIZE, ()),
    )
    if form.is_valid():
        with Told(request):
            made = create(request, row, catalogue, form)
            text = ngettext("%d configuration is made.", "%d configurations are made.", made)
            messages.success(request, text % made)
            return redirect("config-list")
    return show(request, "configs/pick.html", _pick_context(row, catalogue, form))


def read_catalogue(server: RemoteServer) -> Snapshot:
    """Return all that the account of a server may read there. Raises TcsyncError."""
    source = connect.open_source(server)
    try:
        return source.snapshot(None, None)
    finally:
        source.close()


def offered(catalogue: Snapshot) -> list[str]:
    """Return the keys of what can be picked: `category:ID`, `resource:ID`."""
    categories = [f"category:{category.id}" for category in catalogue.categories]
    return categories + [f"resource:{r.id}" for r in catalogue.resources if not r.removed]


def targets(user: Person) -> dict[str, str]:
    """Return the categories into which somebody may synchronize, with their full names, sorted."""
    tree = Tree.load()
    ids = visible.category_rows(user, Action.SYNCHRONIZE).values_list("id", flat=True)
    named = {id_: " / ".join(tree.names(id_)) for id_ in ids}
    return dict(sorted(named.items(), key=lambda item: item[1].casefold()))


def create(request: HttpRequest, server: RemoteServer, catalogue: Snapshot, form: PickForm) -> int:
    """Make what the form asks for, the new category too or nothing; return how many were made."""
    actor, said = web_actor(request), form.cleaned_data
    names = {f"category:{category.id}": category.name for category in catalogue.categories}
    names |= {f"resource:{resource.id}": resource.name for resource in catalogue.resources}
    parted = ((key, *key.split(":", 1)) for key in said["picked"])
    picked = [configurations.Picked(kind, id_, names[key]) for key, kind, id_ in parted]
    policy = configurations.Policy(said["trigger"], said["tags"], said["allow_equal_names"])
    target = said["target_category"]
    with transaction.atomic():
        if said["new_category"]:
            target = writing.make_category(actor, said["new_category"], target or None).id
        return len(configurations.create(actor, server, picked, target, policy))


def _pick_context(server: RemoteServer, catalogue: Snapshot, form: PickForm) -> dict[str, object]:
    inside: dict[str, list[Resource]] = defaultdict(list)
    known = {category.id for category in catalogue.categories}
    for resource in sorted(catalogue.resources, key=lambda r: (r.name.casefold(), r.id)):
        if not resource.removed:
            inside[resource.category if resource.category in known else ""].append(resource)
    roots: list[Node] = outline(catalogue.categories, inside)
    taken = list(SyncConfig.objects.filter(server=server).values_list("kind", "source_id"))
    taken += [("resource", id_) for id_ in Claim.objects.values_list("resource", flat=True)]
    return {
        "server": server,
        "catalogue": catalogue,
        "form": form,
        "roots": roots,
        "loose": inside.get("", []),
        "taken": _by_kind(taken),
        "chosen": _by_kind(key.partition(":")[::2] for key in form["picked"].value() or ()),
    }


def _by_kind(pairs: Iterable[Sequence[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"category": set(), "resource": set()}
    for kind, id_ in pairs:
        found.setdefault(kind, set()).add(id_)
    return found
