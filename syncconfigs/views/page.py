"""What all pages have in common: the frame, paged lists, and errors turned into sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from syncconfigs import visible
from tcsync.access.permissions import Action, may
from tcsync.errors import NotAllowed, TcsyncError

PAGE_SIZE = 50
_REPOSITORY = ("artifact", "category", "element", "elements", "resource", "revision")
_AREA_OF = {**dict.fromkeys(_REPOSITORY, "repository"), "offloading": "config"}


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation."""

    label: Any
    address: str
    current: bool = False


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a page inside the frame: the name of the node and the areas that this person has."""
    frame = {"node_name": settings.TCSYNC_NODE_NAME, "navigation": _navigation(request)}
    return render(request, template, {**frame, **(context or {})}, status=status)


def _navigation(request: HttpRequest) -> list[Link]:
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    area = name.partition("-")[0]
    area = _AREA_OF.get(area, area)
    entries = [("dashboard", _("Dashboard"), "dashboard")]
    if visible.may_see_servers(request.user):
        entries.append(("server", _("Servers"), "server-list"))
    entries += [
        ("config", _("Configurations"), "config-list"),
        ("run", _("Runs"), "run-list"),
        ("repository", _("Repository"), "repository-tree"),
    ]
    if visible.may_see_comparisons(request.user):
        entries.append(("comparison", _("Comparisons"), "comparison-list"))
    links = [Link(label, reverse(to), area == key) for key, label, to in entries]
    if request.user.is_staff and may(request.user, Action.AUDIT):
        links.append(Link(_("Audit"), reverse("admin:audit_auditentry_changelist")))
    links.append(Link(_("API"), reverse("api-docs")))
    return links


class LinkedPage(Page):
    """A page of a list that knows the query strings of its neighbours."""

    query: QueryDict
    key: str

    def _query(self, number: int) -> str:
        query = self.query.copy()
        query[self.key] = str(number)
        return f"?{query.urlencode()}"

    @property
    def previous_query(self) -> str:
        """The query string of the page before."""
        return self._query(self.previous_page_number())

    @property
    def next_query(self) -> str:
        """The query string of the page after."""
        return self._query(self.next_page_number())


class _LinkedPaginator(Paginator):
    def _get_page(self, *args: Any, **kwargs: Any) -> LinkedPage:
        return LinkedPage(*args, **kwargs)


def page_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], key: str = "page"
) -> LinkedPage:
    """Return the page of a list that the request asks for; the nearest one when it has no such."""
    page = cast(LinkedPage, _LinkedPaginator(rows, PAGE_SIZE).get_page(request.GET.get(key)))
    page.query, page.key = request.GET, key
    return page


@dataclass(frozen=True, slots=True)
class Told:
    """Turns what goes wrong on purpose into answers: 403 for what is not allowed, else a message.

    After a message the view goes on behind the `with`.
    """

    request: HttpRequest

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Answer 403, or tell the person and go on; let defects pass."""
        if isinstance(error, NotAllowed):
            raise PermissionDenied(str(error)) from error
        if isinstance(error, TcsyncError):
            messages.error(self.request, str(error))
            return True
        return False


@contextmanager
def forbidden() -> Iterator[None]:
    """Answer 403, with the sentence that says who could help, to what is not allowed."""
    try:
        yield
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error


def back(request: HttpRequest, to: str, *args: Any) -> HttpResponseRedirect:
    """Redirect to where the form came from when that lies on this host, else to the named page."""
    wanted = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return HttpResponseRedirect(wanted)
    return HttpResponseRedirect(reverse(to, args=args))
