"""The repository as a Django app."""

from __future__ import annotations

import uuid

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from tcsync import memory
from tcsync.domain import UNCATEGORIZED_ID


class RepositoryConfig(AppConfig):
    """Categories, resources, history and the feed."""

    name = "tcsync.repository"
    label = "repository"
    verbose_name = "Repository"

    def ready(self) -> None:
        """Have the rows that always exist made whenever the tables are; keep memory for packs."""
        memory.keep_freed()
        post_migrate.connect(make_ground, sender=self)


def make_ground(using: str, **_signal: object) -> None:
    """Give the node its identity and the category Uncategorized, unless it has them.

    After each migration rather than in one: an emptied database gets them again.
    """
    # Models can be imported only when the apps are loaded.
    from tcsync.repository.models import Category, Node  # noqa: PLC0415

    Category.objects.using(using).get_or_create(
        id=UNCATEGORIZED_ID, defaults={"name": "Uncategorized"}
    )
    Node.objects.using(using).get_or_create(
        id=1, defaults={"uuid": str(uuid.uuid4()), "epoch": str(uuid.uuid4())}
    )
