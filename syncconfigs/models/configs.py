"""Configurations, and who owns which resource because of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syncconfigs.models.servers import RemoteServer
from syncconfigs.schedules import Schedule
from syncconfigs.schedules.dates import CRON_LENGTH


class SyncConfig(models.Model):
    """One picked resource or category of a server, followed into a target category.

    `maker` is the number of the account that made it or took it over, None for a command: it works
    for as long as that account may synchronize into the target category.
    """

    class Kind(models.TextChoices):
        """What was picked."""

        RESOURCE = "resource", _("Resource")
        CATEGORY = "category", _("Category")

    class Trigger(models.TextChoices):
        """When it is synchronized, in Teamwork Cloud's words (synchronization, rule 5)."""

        MANUAL = "manual", _("Manual")
        EVERY_COMMIT = "every_commit", _("On every new commit")
        COMMIT_TAG = "commit_tag", _("On specific commit tag")
        ONCE = "once", _("Once")

    class Status(models.TextChoices):
        """What the last check found (synchronization, rule 6, and design)."""

        IN_QUEUE = "in_queue", _("In queue")
        SYNCHRONIZING = "synchronizing", _("Synchronizing")
        NOT_SYNCHRONIZED = "not_synchronized", _("Not synchronized")
        SYNCHRONIZED = "synchronized", _("Synchronized")
        PARTIALLY = "partially_synchronized", _("Partially synchronized")
        NO_LONGER = "no_longer_synchronized", _("No longer synchronized")
        MISSING = "missing_at_source", _("Missing at the source")
        CONFLICT = "conflict", _("Conflict")
        ERROR = "error", _("Error")
        CLOSED = "closed", _("Closed")

    SCHEDULED: ClassVar = (Trigger.EVERY_COMMIT, Trigger.COMMIT_TAG)
    """Triggers beside which dates may be set: what they find travels then, not at once."""

    server = models.ForeignKey(RemoteServer, models.PROTECT, related_name="configurations")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    source_id = models.CharField(_("id at the source"), max_length=200)
    source_name = models.CharField(_("name at the source"), max_length=1000)
    target_category = models.ForeignKey(
        "repository.Category", models.PROTECT, verbose_name=_("target category")
    )
    trigger = models.CharField(
        _("trigger"), max_length=20, choices=Trigger, default=Trigger.EVERY_COMMIT
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    late_tags = models.BooleanField(_("tags put later on old revisions count"), default=True)
    every_minutes = models.PositiveIntegerField(_("interval, minutes"), null=True, blank=True)
    cron = models.CharField(_("cron expression"), max_length=CRON_LENGTH, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    blackouts = models.JSONField(_("blackout windows"), default=list, blank=True)
    next_at = models.DateTimeField(_("next date of the schedule"), null=True, blank=True)
    allow_equal_names = models.BooleanField(_("allow equal names"), default=False)
    include_used_projects = models.BooleanField(_("include used projects"), default=False)
    flatten = models.BooleanField(_("flatten the category tree"), default=False)
    version_policy = models.CharField(_("other major version"), max_length=10, default="refuse")
    paused = models.BooleanField(_("paused"), default=False)
    status = models.CharField(
        _("status"), max_length=30, choices=Status, default=Status.NOT_SYNCHRONIZED
    )
    reason = models.TextField(_("reason"), blank=True)
    behind = models.PositiveIntegerField(_("revisions behind"), default=0)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.CharField(_("created by"), max_length=200, blank=True)
    maker = models.PositiveBigIntegerField(
        _("account whose role it works with"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("configuration")
        verbose_name_plural = _("configurations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["server", "kind", "source_id"],
                name="one_configuration_per_selection",
                violation_error_message=_("There is a configuration for this selection already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_name} ({self.server})"

    @property
    def schedule(self) -> Schedule:
        """When what its trigger finds may travel."""
        return Schedule(self.every_minutes, self.cron, self.time_zone, tuple(self.blackouts))

    @schedule.setter
    def schedule(self, schedule: Schedule) -> None:
        self.every_minutes, self.cron = schedule.every_minutes, schedule.cron
        self.time_zone = schedule.time_zone
        self.blackouts = list(schedule.blackouts)


class Claim(models.Model):
    """The one configuration that owns a resource here; taken when planning, before it exists."""

    class State(models.TextChoices):
        """Whether the resource is still in the configuration's scope."""

        FOLLOWED = "followed", _("followed")
        RELEASED = "released", _("no longer synchronized")

    resource = models.CharField(_("Resource ID"), primary_key=True, max_length=200)
    config = models.ForeignKey(SyncConfig, models.CASCADE, related_name="claims")
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.FOLLOWED)
    reason = models.TextField(_("reason"), blank=True)
    damage = models.TextField(_("what the last verification found"), blank=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return self.resource


class Exclusion(models.Model):
    """A copy that somebody deleted or detached here; no configuration brings it back by itself."""

    resource = models.CharField(_("Resource ID"), primary_key=True, max_length=200)
    name = models.CharField(_("name"), max_length=1000, blank=True)
    config = models.ForeignKey(
        SyncConfig, models.SET_NULL, null=True, blank=True, related_name="exclusions"
    )
    """The configuration that would bring it back, as far as that is known."""
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.CharField(_("by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")

    def __str__(self) -> str:
        return self.name or self.resource
