"""What was chosen so far. Whatever is read here was checked by its form just now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from django.http import HttpRequest

from syncconfigs import configurations, connect, visible
from syncconfigs.forms.wizard import name_of
from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.models.secrets import EncryptedTextField, SecretUnreadable
from syncconfigs.views.wizard.storage import WalkStorage
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may
from tcsync.audit.recording import Actor
from tcsync.domain import Snapshot
from tcsync.errors import Missing
from tcsync.repository import reading

_BOX = EncryptedTextField()
CHOOSING = ("source", "what", "where", "when")


def seal(secret: str) -> str:
    """Return a secret as it may lie in the session."""
    return _BOX.get_prep_value(secret) or ""


def unseal(sealed: str) -> str:
    """Return a secret that was sealed, "" when the keys of this node have changed."""
    try:
        return _BOX.from_db_value(sealed) or ""
    except SecretUnreadable:
        return ""


@dataclass
class Draft:
    """The choices of one wizard; `form_of` gives the form of a step with the words kept for it."""

    request: HttpRequest
    storage: WalkStorage
    form_of: Callable[[str], Any]
    is_fresh: bool = False
    """Whether the source is to be asked again before anything is said to be offered."""
    is_strict: bool = False
    """Whether what is picked is compared with what the source offers, which asks the source."""

    @property
    def actor(self) -> Actor:
        """Who chooses."""
        return web_actor(self.request)

    def words(self, step: str) -> dict[str, list[str]]:
        """Return what was said at a step, right or wrong."""
        return dict(self.storage.data["step_data"].get(step) or {})

    def form_values(self, step: str) -> dict[str, Any]:
        """Return what the form of a step must know. Raises SourceError."""
        return {
            "source": self._source_values,
            "what": self._what_values,
            "where": self._where_values,
            "when": dict,
            "review": lambda: {"digest": self.digest},
        }[step]()

    def _source_values(self) -> dict[str, Any]:
        return {
            "servers": list(visible.servers(self.request.user)),
            "may_add": may(self.request.user, Action.SERVERS),
            "has_secret": bool(self.words("source").get("sealed")),
            "is_secret_lost": bool(self.words("source").get("is_secret_lost")),
        }

    def _what_values(self) -> dict[str, Any]:
        if not self.is_strict:
            return {"catalogue": None}
        return {"catalogue": self.catalogue, "own_node": reading.identity().uuid}

    def _where_values(self) -> dict[str, Any]:
        tree = self.targets
        below = {
            id_: {category.name for category in tree.children(id_)}
            for id_ in ("", *tree.categories)
            if tree.children(id_)
        }
        return {
            "targets": {id_: " / ".join(names) for id_, names in self._names(*tree.categories)},
            "names_in": below,
            "may_make_top": may(self.request.user, Action.SYNCHRONIZE, ()),
        }

    @cached_property
    def targets(self) -> connect.Catalogue:
        """The categories of this node into which this person may synchronize."""
        rows = visible.category_rows(self.request.user, Action.SYNCHRONIZE)
        allowed = set(rows.values_list("id", flat=True))
        categories = reading.Tree.load().categories.items()
        shown = tuple(category for id_, category in categories if id_ in allowed)
        return connect.Catalogue(Snapshot("", "", "", "", categories=shown))

    def _said(self, step: str) -> Mapping[str, Any]:
        form = self.form_of(step)
        return form.cleaned_data if form.is_valid() else {}

    @cached_property
    def server(self) -> RemoteServer:
        """The server to read from, unsaved when it is new. Raises Missing when none is chosen."""
        form = self.form_of("source")
        if not form.is_valid():
            raise Missing("No server is chosen.", next_step="Choose one in the first step.")
        return form.chosen()

    @cached_property
    def catalogue(self) -> connect.Catalogue:
        """What the source offers. Raises SourceError."""
        since = self.storage.extra_data.get("since", 0.0)
        return connect.cached_catalogue(self.server, again=self.is_fresh, since=since)

    @property
    def keys(self) -> list[str]:
        """What is picked, as it was said."""
        return list(self.words("what").get("picked", ()))

    def picked(self) -> list[configurations.Picked]:
        """Return what is picked, with its names. Raises SourceError."""
        parted = ((key, *key.partition(":")[::2]) for key in self.keys)
        return [
            configurations.Picked(kind, id_, name_of(self.catalogue, key))
            for key, kind, id_ in parted
        ]

    @cached_property
    def target(self) -> str:
        """The id of the target category, or of the one around the new one."""
        return self._said("where").get("target_category", "")

    @cached_property
    def new_category(self) -> str:
        """The name of the category that is to be made, "" for none."""
        return self._said("where").get("new_category", "")

    @property
    def target_names(self) -> list[str]:
        """The names from the top down to the target category."""
        new = [self.new_category] if self.new_category else []
        return [*self.names_of(self.target), *new]

    def names_of(self, category: str) -> tuple[str, ...]:
        """Return the names from the top down to a category of this node that may be read."""
        return dict(self._names(category))[category]

    def _names(self, *ids: str) -> Iterable[tuple[str, tuple[str, ...]]]:
        return visible.names(self.request.user, *ids).items()

    @cached_property
    def policy(self) -> configurations.Policy:
        """How all of it is followed."""
        said = self._said("when")
        by_tag = said.get("trigger") == SyncConfig.Trigger.COMMIT_TAG
        return configurations.Policy(
            said.get("trigger", SyncConfig.Trigger.MANUAL),
            said.get("tags", []) if by_tag else [],
            said.get("allow_equal_names", False),
            said.get("flatten", False),
            late_tags=said.get("late_tags", True),
            schedule=said.get("schedule", configurations.Schedule()),
            include_used_projects=said.get("include_used_projects", False),
        )

    def look(self) -> configurations.Look:
        """Return what Create would lead to. Raises NotAllowed, SourceError."""
        target = None if self.new_category else self.target
        return configurations.look(self.actor, self.server, self.picked(), target, self.policy)

    @property
    def digest(self) -> str:
        """A digest of all choices: who presses Create must have seen these."""
        said = [self.words(step) for step in CHOOSING]
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
