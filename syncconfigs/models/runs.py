"""Runs: the truth about what was asked for, who works on it, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from syncconfigs.models.comparisons import Comparison
from syncconfigs.models.configs import SyncConfig


class SyncRun(models.Model):
    """One synchronization or verification of a configuration, or one run of a comparison.

    It outlives what it is of; `config_name` is the name of either.
    """

    class Kind(models.TextChoices):
        """What the run does."""

        SYNC = "sync", _("Synchronization")
        VERIFY = "verify", _("Verification")
        PROVE = "prove", _("Full comparison")
        COMPARE = "compare", _("Comparison")

    class State(models.TextChoices):
        """Where it stands; the last five are final."""

        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        INCOMPLETE = "incomplete", _("incomplete")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        SKIPPED = "skipped", _("skipped")

    ACTIVE: ClassVar = (State.QUEUED, State.RUNNING)

    config = models.ForeignKey(SyncConfig, models.SET_NULL, null=True, related_name="runs")
    comparison = models.ForeignKey(
        Comparison, models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    config_name = models.CharField(_("configuration"), max_length=1300)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SYNC)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.QUEUED)
    trigger = models.CharField(_("asked for by"), max_length=40)
    requested_by = models.CharField(_("person"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=60, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    retry_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="retries"
    )
    cancel_requested = models.BooleanField(_("cancelling"), default=False)
    cancelled_by = models.CharField(_("cancelled by"), max_length=200, blank=True)
    lease_owner = models.CharField(_("worker"), max_length=200, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    token = models.PositiveIntegerField(_("fencing token"), default=0)
    attempts = models.PositiveIntegerField(_("attempts since the last progress"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    created = models.DateTimeField(_("asked for at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    progress_at = models.DateTimeField(_("last progress"), null=True, blank=True)
    phase = models.CharField(_("phase"), max_length=40, blank=True)
    found_nothing = models.BooleanField(_("found nothing new"), default=False)
    phase_at = models.DateTimeField(_("in this phase since"), null=True, blank=True)
    resource_now = models.CharField(_("Resource ID worked on"), max_length=200, blank=True)
    counted = models.PositiveBigIntegerField(_("counted in this phase"), default=0)
    bytes_arriving = models.PositiveBigIntegerField(_("bytes since the last batch"), default=0)
    pace = models.JSONField(_("last samples of what was done"), default=list, blank=True)
    resources_done = models.PositiveIntegerField(_("resources done"), default=0)
    resources_total = models.PositiveIntegerField(_("resources"), default=0)
    revisions_done = models.PositiveIntegerField(_("revisions done"), default=0)
    revisions_total = models.PositiveIntegerField(_("revisions"), default=0)
    elements_done = models.PositiveBigIntegerField(_("elements done"), default=0)
    bytes_done = models.PositiveBigIntegerField(_("bytes done"), default=0)
    raw_done = models.PositiveBigIntegerField(_("uncompressed bytes done"), default=0)
    raw_total = models.PositiveBigIntegerField(_("uncompressed bytes"), default=0)
    verified = models.CharField(_("verified"), max_length=20, default="none")

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["config"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_active_run_per_configuration",
            ),
            models.UniqueConstraint(
                fields=["comparison"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_active_run_per_comparison",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.config_name}"

    @property
    def is_active(self) -> bool:
        """Whether it is still to be finished."""
        return self.state in self.ACTIVE


class StoredPlan(models.Model):
    """The plan as it was shown and done: its totals, category steps, refusals and warnings."""

    run = models.OneToOneField(SyncRun, models.CASCADE, related_name="plan", primary_key=True)
    document = models.JSONField(_("plan"), default=dict)
    made_at = models.DateTimeField(_("made at"), auto_now=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return f"{self.run_id}"


class RunStep(models.Model):
    """What the plan does with one resource, or why it refuses to."""

    class State(models.TextChoices):
        """Where the step stands."""

        PENDING = "pending", _("pending")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        REFUSED = "refused", _("refused")

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField(_("position"))
    resource = models.CharField(_("Resource ID"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=1000, blank=True)
    marks = models.JSONField(_("what changes"), default=list)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PENDING)
    revisions_total = models.PositiveIntegerField(_("revisions"), default=0)
    revisions_done = models.PositiveIntegerField(_("revisions done"), default=0)
    code = models.CharField(_("code"), max_length=60, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    cause = models.CharField(_("cause"), max_length=64, blank=True)
    facts = models.JSONField(_("facts of the refusal"), default=dict, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "position"], name="one_step_per_position"),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "resource"], name="step_of_resource")]

    def __str__(self) -> str:
        return self.name


class RunAttempt(models.Model):
    """One worker's work on a run, from claiming it to letting go (or being taken over)."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="work")
    token = models.PositiveIntegerField(_("fencing token"))
    worker = models.CharField(_("worker"), max_length=200)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    revisions = models.PositiveIntegerField(_("revisions brought"), default=0)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering: ClassVar = ["token"]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.token}"


class RunLine(models.Model):
    """A line of a run's log."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="lines")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    level = models.CharField(_("level"), max_length=10, default="info")
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text


class Doorbell(models.Model):
    """The outbox: a run that a worker has to be told about until one holds its lease."""

    run = models.OneToOneField(SyncRun, models.CASCADE, primary_key=True, related_name="doorbell")
    rung_at = models.DateTimeField(_("last rung"), null=True, blank=True)
    rings = models.PositiveIntegerField(_("times rung"), default=0)

    class Meta:
        verbose_name = _("doorbell")
        verbose_name_plural = _("doorbells")

    def __str__(self) -> str:
        return f"{self.run_id}"


class Heartbeat(models.Model):
    """When a part of the node last showed that it lives."""

    name = models.CharField(_("name"), primary_key=True, max_length=60)
    at = models.DateTimeField(_("at"))
    detail = models.CharField(_("detail"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
