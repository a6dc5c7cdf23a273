"""Full comparisons: what each revision was compared by, and the signed report in the end."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syncconfigs.models.runs import SyncRun


class ComparedRevision(models.Model):
    """One revision that a run compared in full; a run that goes on later leaves these out."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="compared_revisions")
    resource = models.CharField(_("Resource ID"), max_length=200)
    number = models.PositiveBigIntegerField(_("revision"))
    digest = models.CharField(_("revision digest"), max_length=64)
    was_told = models.BooleanField(_("the source could tell it"), default=True)
    elements = models.PositiveBigIntegerField(_("elements"), default=0)
    artifacts = models.PositiveIntegerField(_("artifacts"), default=0)
    artifact_bytes = models.PositiveBigIntegerField(_("bytes of artifacts"), default=0)
    differing = models.PositiveBigIntegerField(_("differing"), default=0)
    found = models.TextField(_("what differs"), blank=True)

    class Meta:
        verbose_name = _("compared revision")
        verbose_name_plural = _("compared revisions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "resource", "number"], name="one_comparison_per_run_and_revision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.number}"


class FullReport(models.Model):
    """What a full comparison found, signed by this node (tcsync/signing.py)."""

    run = models.OneToOneField(
        SyncRun, models.CASCADE, related_name="full_report", primary_key=True
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    is_equal = models.BooleanField(_("equal"))
    resources = models.JSONField(_("Resource IDs"), default=list)
    signed = models.TextField(_("signed report"))

    class Meta:
        verbose_name = _("report of a full comparison")
        verbose_name_plural = _("reports of full comparisons")

    def __str__(self) -> str:
        return f"{self.run_id}"
