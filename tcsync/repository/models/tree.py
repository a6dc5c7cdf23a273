"""Categories and resources: what has a place and a name, and may change without a revision."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tcsync import domain

ID_LENGTH = 200
NAME_LENGTH = 1000


def new_id() -> str:
    """Return a fresh UUID as text."""
    return str(uuid.uuid4())


class Category(models.Model):
    """A node of the category tree. `origin_owner` and `origin_id` tell what it is a copy of."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    origin_owner = models.PositiveIntegerField(_("configuration"), null=True, blank=True)
    origin_id = models.CharField(_("id at the source"), max_length=ID_LENGTH, blank=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["origin_owner", "origin_id"],
                condition=models.Q(origin_owner__isnull=False),
                name="one_category_per_configuration_and_source_category",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_uncategorized(self) -> bool:
        """Whether this is the built-in category that always exists."""
        return self.id == domain.UNCATEGORIZED_ID


class Resource(models.Model):
    """A project. Its copy on a target is read-only and keeps its origin and the hops it took."""

    id = models.CharField(_("Resource ID"), primary_key=True, max_length=ID_LENGTH)
    project_id = models.CharField(_("Project ID"), max_length=ID_LENGTH, unique=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, db_index=True)
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="resources")
    trunk = models.CharField(_("id of the trunk"), max_length=ID_LENGTH)
    read_only = models.BooleanField(_("read-only"), default=False)
    released_at = models.DateTimeField(_("made editable"), null=True, blank=True)
    origin = models.CharField(_("UUID of the node it was made on"), max_length=64, blank=True)
    hops = models.JSONField(_("nodes it passed through"), default=list, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("modified"), auto_now=True)
    removed_at = models.DateTimeField(_("marked as deleted"), null=True, blank=True)
    revision_count = models.PositiveIntegerField(_("revisions"), default=0)
    head_number = models.PositiveBigIntegerField(_("newest revision"), default=0)
    verified_level = models.CharField(_("verified how"), max_length=20, default="none")
    verified_revision = models.PositiveBigIntegerField(_("verified up to"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    stored_bytes = models.PositiveBigIntegerField(_("bytes stored"), default=0)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")

    def __str__(self) -> str:
        return self.name
