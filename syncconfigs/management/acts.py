"""The acts of Data Manager for whoever types them: what is asked for, done, and said of each id."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from syncconfigs import datamanager as use_cases
from syncconfigs.datamanager import listing
from syncconfigs.management.options import BRANCH_ID, CATEGORY_ID, RESOURCE_ID
from tcsync.access.actors import command_actor
from tcsync.amounts import counted
from tcsync.errors import TcsyncError
from tcsync.repository import reading
from tcsync.repository.models import Resource

Done = tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """What a command line asks for: `pairs` are words like `resourceID=a,b`, `bare` the others."""

    write: Callable[[str], object]
    options: Mapping[str, Any]
    pairs: Mapping[str, Sequence[str]]
    bare: Sequence[str]

    def run(self, name: str) -> None:
        """Do the act of this name. Raises CommandError."""
        acts: Mapping[str, Callable[[], None]] = {
            "release": self._release,
            "restore": self._restore,
            "delete": self._delete,
            "undelete": self._undelete,
            "purge": self._purge,
            "resources": lambda: self._list(listing.resources(), "resources"),
            "marked": lambda: self._list(listing.resources(marked=True), "marked as deleted"),
            "categories": lambda: self._list(listing.categories(), "categories"),
            "branches": self._branches,
            "revisions": self._revisions,
            "version": self._version,
        }
        try:
            acts[name]()
        except TcsyncError as error:
            raise CommandError(f"{error.message}\n{error.next_step}") from error

    def _release(self) -> None:
        done = self._do(
            "made editable",
            lambda chosen: use_cases.make_editable(
                command_actor(), chosen, reason=self._reason, detach=self.options["detach"]
            ),
        )
        if done and not self.options["dry_run"]:
            self.write(
                "They are edited through the API of this node. --restore-read-only undoes this"
                " until the first local change."
            )

    def _restore(self) -> None:
        self._do(
            "read-only again",
            lambda chosen: use_cases.make_read_only(command_actor(), chosen, reason=self._reason),
        )

    def _delete(self) -> None:
        self._do(
            "marked as deleted",
            lambda chosen: use_cases.delete(
                command_actor(), chosen, reason=self._reason, detach=self.options["detach"]
            ),
        )
        self.write("-urd takes a mark back, -drd deletes for good all that is marked.")

    def _undelete(self) -> None:
        self._do(
            "no longer marked as deleted",
            lambda chosen: use_cases.undelete(command_actor(), chosen, reason=self._reason),
        )

    def _purge(self) -> None:
        marked = list(Resource.objects.exclude(removed_at=None).order_by("name", "id"))
        for line in listing.resources(marked=True):
            self.write(line)
        is_dry = self.options["dry_run"]
        if marked and not is_dry and not self.options["yes"]:
            self._ask(len(marked))
        self._told(
            lambda: use_cases.purge(command_actor(), reason=self._reason), "deleted for good"
        )

    def _ask(self, count: int) -> None:
        """Have the number of resources typed: what goes now never comes back."""
        self.write(f"To delete these for good, type their number ({count}) and press Enter:")
        if sys.stdin.readline().strip() != str(count):
            raise CommandError("Nothing was done. Type the number, or give --yes with -drd.")

    @property
    def _reason(self) -> str:
        return str(self.options["reason"])

    def _do(self, what: str, act: Callable[[use_cases.Chosen], Done]) -> Done:
        resources = use_cases.ids_of([*self.pairs.get(RESOURCE_ID, ()), *self.bare])
        categories = use_cases.ids_of(self.pairs.get(CATEGORY_ID, ()))
        if not resources and not categories:
            raise CommandError(
                "No id was given. Name resources with --resourceID=<id>,<id>, categories with"
                " --categoryID=<id>,<id>, or both; `datamanager -lr` and `-lcat` list them."
            )
        many = counted(len(resources) + len(categories), "id")
        self.write(f"Checking {many} ...")
        chosen = use_cases.choose(command_actor(), resources, categories)
        return self._told(lambda: act(chosen), what)

    def _told(self, act: Callable[[], Done], what: str) -> Done:
        """Do it, and say for each resource what came of it; a dry run leaves nothing behind."""
        is_dry = self.options["dry_run"]
        with transaction.atomic():
            done = act()
            transaction.set_rollback(is_dry)
        word = f"would be {what}" if is_dry else what
        for number, row in enumerate(done, 1):
            self.write(f"{number}/{len(done)}  {row.id}  {row.name}: {word}")
        if is_dry:
            self.write("This was a dry run: nothing was done.")
        return done

    def _list(self, lines: Iterable[str], what: str) -> None:
        count = 0
        for count, line in enumerate(lines, 1):  # noqa: B007 - told below
            self.write(line)
        self.write(f"{what}: {count:,}")

    def _branches(self) -> None:
        self._list(listing.branches(self._resource()), "branches")

    def _revisions(self) -> None:
        branch = next(iter(use_cases.ids_of(self.pairs.get(BRANCH_ID, ()))), "")
        self._list(listing.revisions(self._resource(), branch), "revisions")

    def _resource(self) -> Resource:
        ids = use_cases.ids_of([*self.pairs.get(RESOURCE_ID, ()), *self.bare])
        if len(ids) != 1:
            raise CommandError("Name one resource: resourceID=<id>. `datamanager -lr` lists them.")
        return use_cases.choose(command_actor(), ids).named[0]

    def _version(self) -> None:
        try:
            number = version("tcsync")
        except PackageNotFoundError:  # run from a checkout that is not installed
            number = "not installed"
        major = reading.identity().major_version or "no major version yet"
        self.write(f"tcsync {number}, standing for Teamwork Cloud {major}")
