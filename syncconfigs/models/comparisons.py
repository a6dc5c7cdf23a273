"""Comparisons of two servers, and what each of their runs found: the report, row by row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syncconfigs.models.servers import RemoteServer


class Comparison(models.Model):
    """Two sides that are compared, once or by a schedule. A side without a server is this node.

    Without `resources` and `categories`, ids of the first side, everything is compared.
    """

    class Depth(models.TextChoices):
        """How deep it goes; the values are those of tcsync.sync.against.Depth."""

        LISTINGS = "listings", _("Listings: names, branches, tags and every revision's entry")
        HEADS = "heads", _("Heads: the newest state of each branch, element by element")
        REVISIONS = "revisions", _("Every revision, element by element")

    name = models.CharField(_("name"), max_length=200, unique=True)
    one = models.ForeignKey(
        RemoteServer, models.PROTECT, null=True, blank=True, related_name="compared_as_one"
    )
    other = models.ForeignKey(
        RemoteServer, models.PROTECT, null=True, blank=True, related_name="compared_as_other"
    )
    resources = models.JSONField(_("Resource IDs"), default=list, blank=True)
    categories = models.JSONField(_("ids of categories"), default=list, blank=True)
    depth = models.CharField(_("depth"), max_length=20, choices=Depth, default=Depth.LISTINGS)
    patience_hours = models.PositiveIntegerField(_("hours a copy may be behind"), default=24)
    every_minutes = models.PositiveIntegerField(_("minutes between two"), null=True, blank=True)
    cron = models.CharField(_("cron expression"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    next_at = models.DateTimeField(_("next"), null=True, blank=True, db_index=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.CharField(_("created by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class ComparisonReport(models.Model):
    """What one run found, but for its rows. `sides` says who was asked, as whom, with what rights.

    `digest` is the SHA-256 of the finished report's canonical JSON; empty until then.
    """

    run = models.OneToOneField(
        "syncconfigs.SyncRun", models.CASCADE, primary_key=True, related_name="report"
    )
    sides = models.JSONField(_("sides"), default=list)
    asked = models.JSONField(_("what was asked for"), default=dict)
    equal = models.PositiveIntegerField(_("equal"), default=0)
    different = models.PositiveIntegerField(_("different"), default=0)
    unknown = models.PositiveIntegerField(_("could not be compared"), default=0)
    kinds = models.JSONField(_("differences by kind"), default=dict)
    uses_checked = models.BooleanField(_("used projects were looked at"), default=False)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("report of a comparison")
        verbose_name_plural = _("reports of comparisons")

    def __str__(self) -> str:
        return f"{self.run_id}"


class ComparedResource(models.Model):
    """One resource in a report.

    `differences`, `notes` and `walks` are lists of [kind, what, first side, second side]; `kinds`
    are those of the differences and walks, as `|name|tag|`. `facts` holds what each side shows,
    `uses` the used projects as [Resource ID, Project ID, version]. `walked` is the last revision
    whose state was compared. `was_equal`: equal when it was last told.
    """

    class Verdict(models.TextChoices):
        """What came of it."""

        PENDING = "pending", _("under way")
        EQUAL = "equal", _("equal")
        DIFFERENT = "different", _("different")
        UNKNOWN = "unknown", _("could not be compared")

    run = models.ForeignKey("syncconfigs.SyncRun", models.CASCADE, related_name="compared")
    resource = models.CharField(_("Resource ID"), max_length=200)
    name = models.CharField(_("name"), max_length=1000)
    verdict = models.CharField(
        _("verdict"), max_length=20, choices=Verdict, default=Verdict.PENDING
    )
    kinds = models.CharField(_("kinds"), max_length=400, blank=True)
    differences = models.JSONField(_("differences"), default=list)
    notes = models.JSONField(_("notes"), default=list)
    walks = models.JSONField(_("states that differ"), default=list)
    facts = models.JSONField(_("facts"), default=dict)
    uses = models.JSONField(_("used projects"), default=list)
    walked = models.BigIntegerField(_("walked up to"), default=0)
    states = models.PositiveIntegerField(_("states walked"), default=0)
    elements = models.PositiveBigIntegerField(_("elements walked"), default=0)
    was_equal = models.BooleanField(_("was equal before"), default=False)

    class Meta:
        verbose_name = _("compared resource")
        verbose_name_plural = _("compared resources")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "resource"], name="one_row_per_compared"),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "verdict"], name="compared_verdict")]

    def __str__(self) -> str:
        return self.name


class ComparisonNotice(models.Model):
    """Something that was equal no longer is; it stands until a person acknowledges it."""

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="notices")
    run = models.ForeignKey("syncconfigs.SyncRun", models.SET_NULL, null=True, related_name="+")
    count = models.PositiveIntegerField(_("resources"))
    names = models.JSONField(_("the first of them"), default=list)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.CharField(_("by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("notice of a comparison")
        verbose_name_plural = _("notices of comparisons")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.comparison_id}/{self.run_id}"
