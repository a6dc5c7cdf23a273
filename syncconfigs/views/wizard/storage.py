"""Where the words of each step are kept: in the session, under the id of the wizard."""

from __future__ import annotations

import secrets
import time
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from formtools.wizard.storage.session import SessionStorage

MOST_WALKS = 5
"""Wizards that one person may have open; the oldest makes place for another."""
_KEY = "wizard_new-"


class WalkStorage(SessionStorage):
    """The session, written only when something changes: pages that only show must not race."""

    _current: str | None = None

    def _get_data(self) -> dict[str, Any]:
        return self.request.session[self.prefix]

    def _set_data(self, value: dict[str, Any]) -> None:
        self.request.session[self.prefix] = value

    data = property(_get_data, _set_data)

    def _get_current_step(self) -> str | None:
        return self._current

    def _set_current_step(self, step: str | None) -> None:
        # The address says which step it is: two windows may stand at different ones.
        self._current = step

    def set_step_data(self, step: str, cleaned_data: Any) -> None:
        """Keep the words of a step."""
        super().set_step_data(step, cleaned_data)
        self.request.session.modified = True

    def view(self, step: str) -> dict[str, Any]:
        """Return how the tree of a step is drawn."""
        return dict(self.extra_data.get(step, {}))

    def set_view(self, step: str, view: dict[str, Any]) -> None:
        """Keep how the tree of a step is drawn."""
        self.extra_data[step] = view
        self.request.session.modified = True

    def read_again(self) -> None:
        """Let what a source offers be read anew, by whichever process is asked next."""
        self.extra_data["since"] = time.time()
        self.request.session.modified = True

    def reset(self) -> None:
        """Forget all of it."""
        self.request.session.pop(self.prefix, None)


def begin(request: HttpRequest, server: int | None = None) -> str:
    """Return the id of a new wizard, with a server chosen if there is one."""
    session = request.session
    names: list[str] = list(session.keys())
    mine = sorted((n for n in names if n.startswith(_KEY)), key=lambda n: _begun(session, n))
    for key in mine[: max(0, len(mine) - MOST_WALKS + 1)]:
        del session[key]
    id_ = secrets.token_urlsafe(9)
    storage = WalkStorage(prefix_of(id_), request)
    storage.extra_data["begun"] = time.time()
    if server is not None:
        storage.set_step_data("source", {"server": [str(server)]})
    session.modified = True
    return id_


def _begun(session: SessionBase, key: str) -> float:
    return session[key]["extra_data"].get("begun", 0.0)


def prefix_of(id_: str) -> str:
    """Return the prefix of a wizard's entry in the session."""
    return f"new-{id_}"


def is_known(request: HttpRequest, id_: str) -> bool:
    """Tell whether this person has such a wizard."""
    return f"{_KEY}{id_}" in request.session
