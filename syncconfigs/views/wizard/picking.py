"""Steps in which something is picked from a tree: what is followed, and where its copies go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from syncconfigs import visible
from syncconfigs.forms.wizard import (
    KEY_LENGTH,
    MOST_PICKED,
    WhatForm,
    WhereForm,
    is_offered,
    name_of,
    place_of,
)
from syncconfigs.views.wizard.branch import TOP, View, draw
from syncconfigs.views.wizard.clashes import Clashes
from syncconfigs.views.wizard.draft import Draft
from syncconfigs.views.wizard.step import Step, Words
from tcsync.access.permissions import Action, may
from tcsync.errors import TcsyncError
from tcsync.repository import reading

PICKED_SHOWN = 100


class What(Step):
    """Pick categories and resources; the page draws only what is open."""

    title = _("What")
    template = "wizard/what.html"
    part = "wizard/_what.html"
    form = WhatForm

    def kept(self, draft: Draft, said: QueryDict) -> Words:
        """Keep what was picked elsewhere, and of what is on this page that which is ticked now."""
        ticked = dict.fromkeys(key[:KEY_LENGTH] for key in said.getlist("picked"))
        shown = {*said.getlist("shown"), *ticked}
        # One more than may be: the form says that it is too much.
        before = [key for key in draft.keys if key not in shown or key in ticked]
        return {"picked": list(dict.fromkeys([*before, *ticked]))[: MOST_PICKED + 1]}

    def act(self, draft: Draft, said: QueryDict) -> dict[str, Any] | None:
        """Open, close, turn, search; take out; read the source again."""
        if "again" in said:
            draft.storage.read_again()
            return {}
        if "drop" in said:
            self._drop(draft, str(said["drop"]))
            return {}
        try:
            tree = draft.catalogue
        except TcsyncError:
            return None if "next" in said else {}
        view = View.of(draft.storage.view("what"), tree)
        if "tidy" in said:
            self._tidy(draft)
        elif view.act(tree, said):
            draft.storage.set_view("what", view.kept())
        elif "pick" not in said:
            return None
        return {}

    def _drop(self, draft: Draft, key: str) -> None:
        left = [] if key == "*" else [one for one in draft.keys if one != key]
        draft.storage.set_step_data("what", {"picked": left})

    def _tidy(self, draft: Draft) -> None:
        chosen = set(draft.keys)
        left = [
            key
            for key in draft.keys
            if is_offered(draft.catalogue, key)
            and not any(f"category:{id_}" in chosen for id_ in place_of(draft.catalogue, key))
        ]
        draft.storage.set_step_data("what", {"picked": left})

    def context(self, draft: Draft, form: forms.Form) -> dict[str, Any]:
        """Return the open branches with their clashes, and what is picked."""
        picked = draft.keys
        found: dict[str, Any] = {"server": draft.server, "count": len(picked)}
        try:
            tree = draft.catalogue
        except TcsyncError as error:
            rest = [(key, key.partition(":")[2], True) for key in picked]
            return {**found, "error": error, "picked": rest[:PICKED_SHOWN]}
        view = View.of(draft.storage.view("what"), tree)
        if category := draft.request.GET.get("open"):
            view.show(tree, category)
        branch = draw(tree, view)
        node = reading.identity().uuid
        seen = set(visible.configs(draft.request.user).values_list("pk", flat=True))
        Clashes.of(draft.server, tree, picked, node, seen).mark(list(branch.all()))
        return {
            **found,
            "tree": tree,
            "view": view,
            "branch": branch,
            "is_self": tree.snapshot.node == node,
            "age": max(0, int(timezone.now().timestamp() - tree.read_at)),
            "picked": [
                (key, name_of(tree, key), is_offered(tree, key)) for key in picked[:PICKED_SHOWN]
            ],
            "more": max(0, len(picked) - PICKED_SHOWN),
        }


class Where(Step):
    """Pick a category of this node, or name one that is made in it at the end."""

    title = _("Where to")
    template = "wizard/where.html"
    part = "wizard/_where.html"
    form = WhereForm

    def kept(self, draft: Draft, said: QueryDict) -> Words:
        """Keep the target that was chosen before where no other one is."""
        found = super().kept(draft, said)
        before = draft.words("where").get("target_category")
        if before and "target_category" not in found:
            found["target_category"] = before
        return found

    def act(self, draft: Draft, said: QueryDict) -> dict[str, Any] | None:
        """Open, close, turn and search the tree."""
        view = self._view(draft)
        if not view.act(draft.targets, said):
            return None
        draft.storage.set_view("where", view.kept())
        return {}

    def _view(self, draft: Draft) -> View:
        kept = draft.storage.view("where")
        view = View.of(kept, draft.targets)
        chosen = draft.words("where").get("target_category", [""])[0]
        if not kept and chosen:
            view.show(draft.targets, chosen)
        return view

    def context(self, draft: Draft, form: forms.Form) -> dict[str, Any]:
        """Return the open branches of the categories into which this person may synchronize."""
        tree, view = draft.targets, self._view(draft)
        if category := draft.request.GET.get("open"):
            view.show(tree, category)
        branch = draw(tree, view, resources=False)
        chosen = draft.words("where").get("target_category", [""])[0]
        may_make_top = may(draft.request.user, Action.SYNCHRONIZE, ())
        entries = list(branch.all())
        for entry in entries:
            entry.is_picked = entry.item.id == chosen
        is_there = chosen in tree.categories
        return {
            "tree": tree,
            "view": view,
            "branch": branch,
            "may_make_top": may_make_top,
            "is_top": chosen == TOP and "target_category" in draft.words("where"),
            "chosen": chosen if is_there else None,
            "chosen_names": draft.names_of(chosen) if is_there else (),
            "is_chosen_shown": any(entry.is_picked for entry in entries),
        }
