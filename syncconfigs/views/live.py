"""The parts of a run's page that change while it goes on: a refresh brings those that are new.

The page tells with each question what it shows (`?has=`). What did not change stays untouched, so
that nobody loses an open list, the focus or the place in the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from syncconfigs import visible
from syncconfigs.forms.runs import StepFilter
from syncconfigs.models import RunLine, RunStep, StoredPlan, SyncRun
from syncconfigs.runs.execute import MOST_ATTEMPTS
from syncconfigs.runs.pace import Pace
from syncconfigs.views import phases, steps
from syncconfigs.views.durations import about
from syncconfigs.views.page import page_of
from syncconfigs.views.plans import ShownPlan
from syncconfigs.views.tables import RunRow
from tcsync.access.permissions import Action, may
from tcsync.repository.models import Resource

LINES_SHOWN = 200
PARTS = ("said", "buttons", "reason", "plan", "steps", "attempts")
"""Drawn anew as a whole when they change; the causes and the log grow instead."""
LONGEST_HAS = 4000


class RunPage:
    """A run as one person sees it at one moment."""

    def __init__(self, request: HttpRequest, run: SyncRun) -> None:
        self._request = request
        self._now = timezone.now()
        self.run = run
        self.row = RunRow.of(run, may_act=may_act(request, run))
        self.causes = steps.causes(run)
        self.filter = StepFilter(request.GET)
        found = self.filter.rows(steps.in_order(run), steps.working_on(run))
        self.page = page_of(request, found)
        # Not what the refresh was asked with: its links are those of the page.
        self.page.query = QueryDict(urlencode(self.filter.query))
        self.lines = list(run.lines.order_by("-id")[: LINES_SHOWN + 1])[::-1]
        self.context = self._context()
        self._small = {name: self._draw(name) for name in PARTS if name != "plan"}

    @property
    def parts(self) -> dict[str, SafeString]:
        """Return all parts as they are drawn."""
        return {**self._small, "plan": self._draw("plan")}

    def _context(self) -> dict[str, Any]:
        """Return what all templates of the page are drawn with."""
        return {
            "run": self.run,
            "row": self.row,
            "page": self.page,
            "filter": self.filter,
            "causes": self.causes,
            "lines": self.lines[-LINES_SHOWN:],
            "failed_count": self.run.steps.filter(state=RunStep.State.FAILED).count(),
            "most_attempts": MOST_ATTEMPTS,
            "lines_cut": len(self.lines) > LINES_SHOWN,
            "now": self._now,
            **self._pace(),
        }

    def _pace(self) -> dict[str, Any]:
        run = self.run
        pace = Pace.of(run, self._now)
        left = pace.seconds_left(run, self._now)
        return {
            "phases": phases.of(run),
            "pace": pace,
            "left": about(left) if left is not None else "",
            "phase_seconds": _age(run.phase_at, self._now),
            "idle_seconds": _age(run.progress_at, self._now),
            "wait_seconds": _age(self._now, run.not_before),
            "working_on": _name_of(run),
            "is_orphaned": bool(run.lease_until and run.lease_until < self._now),
        }

    def _draw(self, part: str) -> SafeString:
        more: dict[str, Any] = {}
        if part == "steps":
            more["rows"] = steps.rows(self._request, self.run, self.page)
        elif part == "plan":
            more["plan"] = ShownPlan.of(self.run)
        elif part == "said":
            more["said"] = phases.said(self.run)
        elif part == "attempts":
            more["attempts"] = list(self.run.work.order_by("-token")[:20])
        template = f"runs/_{part}.html"
        return render_to_string(template, {**self.context, **more}, request=self._request)

    def _versions(self) -> dict[str, str]:
        """Return by what the page knows each part.

        The buttons hold a token that always changes, and a plan is too long to be read each time.
        """
        made_at = StoredPlan.objects.filter(run=self.run).values_list("made_at", flat=True).first()
        own = {"buttons": self._buttons_key(), "plan": f"{made_at} {self.run.code}"}
        texts: dict[str, str] = {**self._small, **own}
        return {
            **{name: hashlib.sha256(text.encode()).hexdigest()[:8] for name, text in texts.items()},
            "causes": ".".join(cause.version for cause in self.causes),
            "log": str(self.lines[-1].pk if self.lines else 0),
        }

    def _buttons_key(self) -> str:
        is_orphaned = self.context["is_orphaned"]
        return f"{self.run.state} {self.run.cancel_requested} {is_orphaned} {self.row.may_act}"

    @property
    def address(self) -> str:
        """Return where the page asks next."""
        has = ",".join(f"{name}:{version}" for name, version in self._versions().items())
        query = {**self.filter.query, "page": str(self.page.number), "has": has}
        return f"{reverse('run-progress', args=[self.run.pk])}?{urlencode(query)}"

    def news(self) -> dict[str, Any]:
        """Return what differs from what the asking page shows."""
        has = _parsed(self._request.GET.get("has", ""))
        now = self._versions()
        known = [version for version in has.get("causes", "").split(".") if version]
        shown = {version.rpartition("-")[0] for version in known}
        keys = {cause.key for cause in self.causes}
        return {
            "changed": {
                name: self._small.get(name) or self._draw(name)
                for name in PARTS
                if has.get(name) != now[name]
            },
            "causes_anew": not shown <= keys if shown else bool(keys),
            "causes_more": [c for c in self.causes if c.key not in shown],
            "causes_grown": [c for c in self.causes if c.key in shown and c.version not in known],
            **self._new_lines(has.get("log", "")),
        }

    def _new_lines(self, last: str) -> dict[str, Any]:
        lines = self.lines[-LINES_SHOWN:]
        ids = [str(line.pk) for line in lines]
        if last in ids:
            return {"new_lines": lines[ids.index(last) + 1 :], "log_anew": False}
        return {"new_lines": cast(list[RunLine], []), "log_anew": bool(ids)}


def may_act(request: HttpRequest, run: SyncRun) -> bool:
    """Tell whether this person may stop or repeat a run."""
    if run.kind == SyncRun.Kind.COMPARE:
        return may(request.user, Action.SERVERS)
    if run.config is None:
        return may(request.user, Action.ADMINISTER)
    return visible.may_synchronize(request.user, run.config)


def _parsed(has: str) -> Mapping[str, str]:
    pairs = (pair.partition(":") for pair in has[:LONGEST_HAS].split(","))
    return {name: version for name, _colon, version in pairs}


def _age(since: datetime | None, now: datetime | None) -> int | None:
    return max(0, int((now - since).total_seconds())) if since and now else None


def _name_of(run: SyncRun) -> str:
    """Return the name of what is worked on; its id where it has none here yet."""
    if run.state != SyncRun.State.RUNNING or not run.resource_now:
        return ""
    named = run.steps.filter(resource=run.resource_now).values_list("name", flat=True).first()
    here = Resource.objects.filter(id=run.resource_now).values_list("name", flat=True)
    return named or here.first() or run.resource_now
