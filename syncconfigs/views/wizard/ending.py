"""The last steps: when it is synchronized, and the review of what would be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from syncconfigs import configurations
from syncconfigs.forms.wizard import ReviewForm, WhenForm
from syncconfigs.views.page import page_of
from syncconfigs.views.previews import Shown
from syncconfigs.views.timing import next_dates
from syncconfigs.views.wizard.draft import Draft
from syncconfigs.views.wizard.step import Step, Words
from tcsync.errors import NotAllowed, TcsyncError

MOST_LINES = 100
LINES_ON_A_PAGE = 1_000


class When(Step):
    """Choose the trigger."""

    title = _("When")
    template = "wizard/when.html"
    part = "wizard/when.html"
    form = WhenForm

    def kept(self, draft: Draft, said: QueryDict) -> Words:
        """Keep boxes that are not ticked too: the form begins with its own values otherwise."""
        boxes = ("allow_equal_names", "include_used_projects", "flatten", "late_tags")
        return {**{box: [""] for box in boxes}, **super().kept(draft, said)}


class Review(Step):
    """Look at the plan of each selection as the source stands now; nothing is written yet."""

    title = _("Review")
    template = "wizard/review.html"
    part = "wizard/review.html"
    form = ReviewForm

    def context(self, draft: Draft, form: forms.Form) -> dict[str, Any]:
        """Return the policy and the previews."""
        found: dict[str, Any] = {
            "server": draft.server,
            "policy": draft.policy,
            "schedule": draft.policy.schedule,
            "dates": next_dates(draft.policy.schedule),
            "target_names": draft.target_names,
            "digest": draft.digest,
        }
        try:
            return found | self._plans(draft)
        except NotAllowed:
            raise
        except TcsyncError as error:
            return {**found, "error": error}

    def _plans(self, draft: Draft) -> dict[str, Any]:
        picked, found = draft.picked(), draft.look()
        previews, along = found.previews, {one.id for one in found.along}
        page = page_of(draft.request, previews)
        most = min(MOST_LINES, max(5, LINES_ON_A_PAGE // max(1, len(page))))
        return {
            "picked": picked,
            "page": page,
            "shown": [Shown.of(draft.request, preview, most, along) for preview in page],
            "made_count": len(previews),
            "used": found.used,
            "used_page": page_of(draft.request, found.used.projects, "used"),
            "totals": _sum(previews),
            "errors": sum(preview.error is not None for preview in previews),
        }


def _sum(previews: Sequence[configurations.Preview]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for preview in previews:
        document: dict[str, Any] = preview.document or {}
        for name, number in document.get("totals", {}).items():
            # A truth is true when one of them is: at_least.
            totals[name] = totals.get(name, 0) + number
    return totals
