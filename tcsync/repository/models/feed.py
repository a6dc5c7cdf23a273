"""Who this node is, and the feed of its changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tcsync.repository.models.tree import ID_LENGTH


class Node(models.Model):
    """The single row that says who this node is. `last_change` numbers the feed under its lock."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    uuid = models.CharField(_("UUID of the node"), max_length=36)
    epoch = models.CharField(_("epoch of the store"), max_length=36)
    major_version = models.CharField(_("major version it stands for"), max_length=40, blank=True)
    last_change = models.PositiveBigIntegerField(_("newest change"), default=0)

    class Meta:
        verbose_name = _("node")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_node_only"),
        ]

    def __str__(self) -> str:
        return self.uuid


class Change(models.Model):
    """One change of a resource (or of the category tree, when `resource` is empty)."""

    number = models.PositiveBigIntegerField(primary_key=True)
    resource = models.CharField(_("Resource ID"), max_length=ID_LENGTH, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.number}"
