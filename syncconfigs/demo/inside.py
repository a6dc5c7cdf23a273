"""The steps that run inside a node: each takes a JSON value and gives one.

`demo --inside NAME` calls them in a process with that node's environment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, Sum

from syncconfigs import configurations, runs, servers
from syncconfigs.models import RemoteServer, RunStep, SyncConfig, SyncRun
from tcsync.access.accounts import ensure_administrator
from tcsync.access.models import ApiToken, Role, RoleGrant, User
from tcsync.access.tokens import create_token
from tcsync.audit.recording import Actor, record
from tcsync.repository.models import Category, Resource
from tcsync.repository.reading import Tree

ACTOR = Actor("demo", origin="command")
SERVER = "Demo source"
READER = "demo-target"
"""The source's account that the target reads with: it may read, and nothing else."""
WAIT_SECONDS = 5.0
LOOK_SECONDS = 0.1
TARGET_CATEGORY = "From the demo source"


def offer(given: Mapping[str, Any]) -> dict[str, Any]:
    """At the source: set the `password`; return its top categories that hold anything."""
    _set_password(given)
    tree = Tree.load()
    used = Resource.objects.filter(removed_at=None).values_list("category", flat=True).distinct()
    tops = {tree.path(category)[0] for category in used}
    rows = Category.objects.filter(id__in=tops).order_by("name")
    return {"categories": [{"id": row.id, "name": row.name} for row in rows]}


def token(_given: object) -> str:
    """At the source: make the account that may only read, and a token for it."""
    with transaction.atomic():
        user, created = User.objects.get_or_create(username=READER)
        if created:
            user.set_unusable_password()
            user.save()
        RoleGrant.objects.get_or_create(user=user, role=Role.REVIEWER, category="")
        ApiToken.objects.filter(user=user).delete()
        record(
            ACTOR,
            "user.create" if created else "user.change",
            target_kind="user",
            target_id=str(user.pk),
            target_name=READER,
            summary=f"{READER} may read everything, with one new token",
        )
    return create_token(user, "the demo's target", actor=ACTOR)


def known(given: Mapping[str, Any]) -> str:
    """At the target: set the `password`; return the source's address as known here, else empty."""
    _set_password(given)
    return RemoteServer.objects.filter(name=SERVER).values_list("address", flat=True).first() or ""


def _set_password(given: Mapping[str, Any]) -> None:
    ensure_administrator(given["account"], given["password"], reset=True, actor=ACTOR)


def report(given: Mapping[str, Any]) -> dict[str, Any]:
    """At the target: how far the configurations are, counting runs after number `since`.

    Waits a little for their end: starting this process costs more than looking.
    """
    until = time.monotonic() + WAIT_SECONDS
    while not (found := _report(given))["done"] and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    return found


def _report(given: Mapping[str, Any]) -> dict[str, Any]:
    since = SyncRun.objects.filter(pk__gt=given["since"], config__isnull=False).order_by("pk")
    by_config: dict[int, list[SyncRun]] = {}
    for run in since.select_related("config"):
        by_config.setdefault(run.config_id or 0, []).append(run)
    newest = [found[-1] for found in by_config.values()]
    wanted = SyncConfig.objects.filter(server__name=SERVER).count()
    return {
        "done": len(newest) == wanted and not any(run.is_active for run in newest),
        "revisions": sum(run.revisions_done for run in since),
        "revisions_total": sum(run.revisions_total for run in newest),
        "elements": sum(run.elements_done for run in since),
        "waiting": [f"{r.config_name} is {r.state}: {r.reason}" for r in newest if r.is_active],
        "rows": [_row(found) for found in by_config.values()],
        "here": _here(),
        **_complaints(newest),
    }


def _row(work: list[SyncRun]) -> dict[str, Any]:
    began = min((run.started_at or run.created).timestamp() for run in work)
    ended = max((run.finished_at or run.created).timestamp() for run in work)
    counts = ("resources", "revisions", "elements", "bytes")
    last = work[-1]
    return {
        "name": last.config.source_name if last.config else last.config_name,
        **{name: sum(getattr(run, f"{name}_done") for run in work) for name in counts},
        "began": began,
        "ended": ended,
        "seconds": max(ended - began, 0.0),
        "verified": last.verified,
    }


def _here() -> dict[str, int]:
    found = Resource.objects.filter(read_only=True, removed_at=None).aggregate(
        resources=Count("pk"), revisions=Sum("revision_count"), bytes=Sum("stored_bytes")
    )
    return {name: value or 0 for name, value in found.items()}


def _complaints(newest: Iterable[SyncRun]) -> dict[str, list[dict[str, str]]]:
    steps = RunStep.objects.filter(run__in=[run.pk for run in newest])
    failed_runs = [run for run in newest if run.state == SyncRun.State.FAILED]
    return {
        "refused": [_complaint(s.name, s) for s in steps.filter(state=RunStep.State.REFUSED)],
        "failed": [_complaint(s.name, s) for s in steps.filter(state=RunStep.State.FAILED)]
        + [_complaint(run.config_name, run) for run in failed_runs],
    }


def _complaint(name: str, about: SyncRun | RunStep) -> dict[str, str]:
    return {"name": name, "reason": f"{about.reason} {about.next_step}".strip()}


def connect(given: Mapping[str, Any]) -> dict[str, int]:
    """At the target: make what is missing, ask for a run of everything; return what to wait for.

    `given` has the source's `address` and top `categories`, and a `token` unless the address is
    the `known` one.
    """
    since = _newest_finished()
    server = _server(given)
    followed = list(server.configurations.all())
    here = {config.source_id for config in followed}
    picked = [
        configurations.Picked(SyncConfig.Kind.CATEGORY, category["id"], category["name"])
        for category in given["categories"]
        if category["id"] not in here
    ]
    target = configurations.target_of(TARGET_CATEGORY, ACTOR)
    configurations.create(ACTOR, server, picked, target)
    for config in followed:
        runs.request(config, ACTOR, "demo")
    return {"since": since}


def _newest_finished() -> int:
    """Return the number after which the runs count: whatever is under way is waited for, too."""
    active = SyncRun.objects.filter(state__in=SyncRun.ACTIVE).aggregate(oldest=Min("pk"))["oldest"]
    newest = SyncRun.objects.aggregate(newest=Max("pk"))["newest"]
    return int(active - 1 if active else newest or 0)


def _server(given: Mapping[str, Any]) -> RemoteServer:
    server = RemoteServer.objects.filter(name=SERVER).first()
    if server is None:
        server = servers.create(ACTOR, name=SERVER, address=given["address"], secret=given["token"])
    elif "token" in given:
        servers.update(ACTOR, server, address=given["address"], secret=given["token"])
    return server


STEPS: Mapping[str, Callable[[Any], Any]] = {
    step.__name__: step for step in (offer, token, known, connect, report)
}
