"""What a person decided about a plan that a run must not carry out, or refuse, by itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syncconfigs.models.configs import SyncConfig


class Decision(models.Model):
    """It holds for exactly what stood in the plan: the changes, or the two histories, by digest.

    `details` are the changes that were confirmed; `settled_at` says when a run carried it out, or
    found nothing left of it.
    """

    class Kind(models.TextChoices):
        """What was decided."""

        CHANGE = "change", _("much is changed at once, and meant")
        HISTORY = "history", _("the source's history takes the place of ours")

    config = models.ForeignKey(SyncConfig, models.CASCADE, related_name="decisions")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    resource = models.CharField(_("Resource ID"), max_length=200, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    details = models.JSONField(_("details"), default=list, blank=True)
    reason = models.TextField(_("reason"))
    by = models.CharField(_("by"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes: ClassVar = [models.Index(fields=["config", "kind"], name="decisions_of_config")]

    def __str__(self) -> str:
        return f"{self.kind} {self.resource or self.config_id}"
