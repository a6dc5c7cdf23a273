"""Offloading: how far somebody is on the way from a source to a copy that takes its place."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syncconfigs.models.configs import SyncConfig
from syncconfigs.models.runs import SyncRun
from syncconfigs.models.servers import RemoteServer


class Offloading(models.Model):
    """One walk through the guide; it outlives its configuration, which is a step of it."""

    config = models.ForeignKey(SyncConfig, models.SET_NULL, null=True, related_name="offloadings")
    server = models.ForeignKey(RemoteServer, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("name at the source"), max_length=1000)
    server_name = models.CharField(_("server"), max_length=200)
    server_kind = models.CharField(_("kind of the server"), max_length=20)
    category = models.CharField(_("target category"), max_length=200)
    resources = models.JSONField(_("Resource IDs"), default=list, blank=True)
    created = models.DateTimeField(_("begun"), auto_now_add=True)
    created_by = models.CharField(_("begun by"), max_length=200)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("offloading")
        verbose_name_plural = _("offloadings")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["config"],
                condition=models.Q(ended_at=None),
                name="one_offloading_per_configuration_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OffloadingStep(models.Model):
    """A step that somebody took; one that no longer counts says since when, and why."""

    class Name(models.TextChoices):
        """The steps in their order; the last is a statement beside them."""

        SYNCHRONIZED = "synchronized", _("Synchronize once")
        FROZEN = "frozen", _("Freeze the source")
        COMPARED = "compared", _("Compare in full")
        UNDERSTOOD = "understood", _("What this proves, and what not")
        CLEARED = "cleared", _("The source")
        REMOVED = "removed", _("Remove the configuration")
        EDITABLE = "editable", _("Make editable")
        OPENS = "opens", _("A copy that opens")

    offloading = models.ForeignKey(Offloading, models.CASCADE, related_name="steps")
    name = models.CharField(_("step"), max_length=20, choices=Name)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.CharField(_("by"), max_length=200)
    note = models.TextField(_("what was stated"), blank=True)
    run = models.ForeignKey(SyncRun, models.SET_NULL, null=True, related_name="+")
    voided_at = models.DateTimeField(_("no longer counts since"), null=True, blank=True)
    voided_why = models.TextField(_("why not"), blank=True)

    class Meta:
        verbose_name = _("step of an offloading")
        verbose_name_plural = _("steps of offloadings")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offloading", "name"],
                condition=models.Q(voided_at=None),
                name="one_step_of_a_name_counts",
            ),
        ]

    def __str__(self) -> str:
        return self.name
