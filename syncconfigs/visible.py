"""What somebody may see: 404 for all the rest, as if it did not exist. What one may do is 403."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from syncconfigs.models import (
    Comparison,
    ComparisonNotice,
    ComparisonReport,
    Exclusion,
    RemoteServer,
    SyncConfig,
    SyncRun,
)
from tcsync.access.permissions import Action, Person, granted_roots, may, require
from tcsync.repository.models import Category, Resource
from tcsync.repository.reading import Tree

# No page needs them, and one that no key opens any more must not break a list.
_SERVER_SECRETS = tuple(f"server__{name}" for name in RemoteServer.SECRETS)


def categories(user: Person, action: Action = Action.READ) -> set[str] | None:
    """Return the ids of the categories in which this is allowed; None means in all of them."""
    roots = granted_roots(user, action)
    return None if roots is None else Tree.load().below(roots)


def names(user: Person, *ids: str) -> dict[str, tuple[str, ...]]:
    """Return for each of these categories the names from the top down that may be read."""
    allowed, tree = categories(user), Tree.load()
    return {
        id_: tuple(
            tree.categories[at].name for at in tree.path(id_) if allowed is None or at in allowed
        )
        for id_ in ids
    }


def category_rows(user: Person, action: Action = Action.READ) -> QuerySet[Category]:
    """Return the categories in which this is allowed."""
    allowed = categories(user, action)
    rows = Category.objects.all()
    return rows if allowed is None else rows.filter(id__in=allowed)


def resources(user: Person) -> QuerySet[Resource]:
    """Return the resources that may be read."""
    allowed = categories(user)
    rows = Resource.objects.select_related("category")
    return rows if allowed is None else rows.filter(category__in=allowed)


def configs(user: Person, action: Action = Action.READ) -> QuerySet[SyncConfig]:
    """Return the configurations into categories in which this is allowed."""
    allowed = categories(user, action)
    rows = SyncConfig.objects.select_related("server", "target_category").defer(*_SERVER_SECRETS)
    return rows if allowed is None else rows.filter(target_category__in=allowed)


def runs(user: Person) -> QuerySet[SyncRun]:
    """Return the runs of visible configurations; those of deleted ones to who may read all.

    Runs of comparisons are seen by whoever sees their reports.
    """
    allowed = categories(user)
    rows = SyncRun.objects.select_related("config")
    if not may_see_comparisons(user):
        rows = rows.exclude(kind=SyncRun.Kind.COMPARE)
    return rows if allowed is None else rows.filter(config__target_category__in=allowed)


def may_see_comparisons(user: Person) -> bool:
    """Tell whether somebody manages the servers of this node, or audits it.

    A report names what the accounts of both sides may see, so that no category bounds it.
    """
    return may(user, Action.SERVERS) or may(user, Action.AUDIT)


def comparisons(user: Person) -> QuerySet[Comparison]:
    """Return the comparisons that somebody may see: all, or none."""
    secrets = (f"{side}__{name}" for side in ("one", "other") for name in RemoteServer.SECRETS)
    rows = Comparison.objects.select_related("one", "other").defer(*secrets).order_by("name")
    return rows if may_see_comparisons(user) else rows.none()


def reports(user: Person) -> QuerySet[ComparisonReport]:
    """Return the finished reports that somebody may see, the newest first."""
    rows = ComparisonReport.objects.exclude(digest="").select_related("run__comparison")
    return rows.order_by("-run") if may_see_comparisons(user) else rows.none()


def notices(user: Person) -> QuerySet[ComparisonNotice]:
    """Return the notices that wait for a person, the newest first."""
    rows = ComparisonNotice.objects.filter(acknowledged_at=None).select_related("comparison")
    return rows if may_see_comparisons(user) else rows.none()


def exclusions(user: Person) -> QuerySet[Exclusion]:
    """Return the exclusions of visible configurations and copies, the newest first."""
    rows = Exclusion.objects.select_related("config").order_by("-at", "pk")
    allowed = categories(user)
    if allowed is None:
        return rows
    seen = Resource.objects.filter(category__in=allowed).values("id")
    return rows.filter(Q(config__target_category__in=allowed) | Q(config=None, resource__in=seen))


def may_see_servers(user: Person) -> bool:
    """Tell whether somebody manages servers, or picks from them for a configuration."""
    return may(user, Action.SERVERS) or may(user, Action.SYNCHRONIZE)


def servers(user: Person) -> QuerySet[RemoteServer]:
    """Return the servers without their secrets, which no page needs."""
    rows = RemoteServer.objects.defer(*RemoteServer.SECRETS).order_by("name")
    return rows if may_see_servers(user) else rows.none()


def require_synchronize(user: Person, config: SyncConfig) -> None:
    """Raise NotAllowed unless somebody may change and run this configuration."""
    require(user, Action.SYNCHRONIZE, Tree.load().path(config.target_category_id))


def may_synchronize(user: Person, config: SyncConfig) -> bool:
    """Tell whether somebody may change and run this configuration."""
    return may(user, Action.SYNCHRONIZE, Tree.load().path(config.target_category_id))
