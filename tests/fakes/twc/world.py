"""What the server holds: categories, resources, and who may read what."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.twc.habits import Habits
from tests.fakes.twc.identity import make_id
from tests.fakes.twc.resources import Resource

UNCATEGORIZED = "4d6ce495-1273-452c-a548-36fcd922184e"
FIRST_TICK = 1_600_000_000
TICK_SECONDS = 3607


@dataclass(slots=True)
class Category:
    """A category; the API calls it a workspace. A parent of "" is the top."""

    id: str
    title: str
    parent: str = ""
    created: int = FIRST_TICK
    modified: int = FIRST_TICK
    description: str = ""


@dataclass(slots=True)
class User:
    """Somebody who may log in. `hidden` are ids of resources that this user may not read."""

    name: str
    password: str
    token: str | None = None
    hidden: set[str] = field(default_factory=set)
    enabled: bool = True


class World:
    """A server's contents. It begins with Uncategorized and the user reader, password secret."""

    def __init__(self, version: str = "2024x Refresh3", habits: Habits | None = None) -> None:
        self.version = version
        self.habits = habits or Habits()
        self.lock = threading.RLock()
        self._now = FIRST_TICK
        self.categories: dict[str, Category] = {}
        self.resources: dict[str, Resource] = {}
        self.users: dict[str, User] = {}
        self.categories[UNCATEGORIZED] = Category(UNCATEGORIZED, "Uncategorized")
        self.user("reader", "secret", token="reader-token")

    def __getstate__(self) -> dict[str, Any]:
        """A lock cannot be kept on disk."""
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.lock = threading.RLock()

    def tick(self) -> int:
        """Return the time of the next thing that happens: the same on every run."""
        self._now += TICK_SECONDS
        return self._now

    def category(self, title: str, parent: str | None = None) -> World:
        """Add a category, by title below the title of its parent."""
        with self.lock:
            above = "" if parent is None else self.categories[parent].id
            time = self.tick()
            made = Category(make_id("category", title), title, above, time, time)
            self.categories[title] = made
        return self

    def resource(
        self, name: str, category: str | None = UNCATEGORIZED, suffix: str = ".MASTER"
    ) -> Resource:
        """Return the resource that this name was given to; add it the first time."""
        with self.lock:
            id_ = make_id("resource", name)
            if id_ not in self.resources:
                place = "" if category is None else self.categories[category].id
                self.resources[id_] = Resource(self, name, place, suffix)
            return self.resources[id_]

    def user(self, name: str, password: str, token: str | None = None) -> User:
        """Add somebody who may log in."""
        self.users[name] = User(name, password, token)
        return self.users[name]

    def hide(self, *names: str, user: str = "reader") -> World:
        """Take from a user the right to read resources."""
        with self.lock:
            self.users[user].hidden |= {make_id("resource", name) for name in names}
        return self

    def show(self, *names: str, user: str = "reader") -> World:
        """Give it back."""
        with self.lock:
            self.users[user].hidden -= {make_id("resource", name) for name in names}
        return self

    def rename_category(self, title: str, new: str) -> World:
        """Give a category another title. It keeps its id; tests go on naming it as before."""
        with self.lock:
            self.categories[title].title = new
            self.categories[title].modified = self.tick()
        return self

    def remove_category(self, title: str) -> World:
        """Delete a category. What lay in it lies in Uncategorized then."""
        with self.lock:
            gone = self.categories.pop(title)
            for resource in self.resources.values():
                if resource.category == gone.id:
                    resource.category = UNCATEGORIZED
            for category in self.categories.values():
                if category.parent == gone.id:
                    category.parent = gone.parent
        return self
