"""Branches, revisions and tags: the immutable history and the names that point into it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tcsync.repository.models.tree import ID_LENGTH, NAME_LENGTH, Resource

DIGEST_LENGTH = 64
"""Hex digits of a SHA-256."""


class Branch(models.Model):
    """A name for its newest revision. Names need not be unique; `uid` is, within the resource."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="branches")
    uid = models.CharField(_("id"), max_length=ID_LENGTH)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    start = models.PositiveBigIntegerField(_("made from revision"), null=True, blank=True)
    head = models.PositiveBigIntegerField(_("newest revision"), null=True, blank=True)
    head_digest = models.CharField(_("digest"), max_length=DIGEST_LENGTH, blank=True)
    archived = models.BooleanField(_("archived"), default=False)
    gone_at_source = models.BooleanField(_("gone at the source"), default=False)

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "uid"], name="one_branch_per_id"),
        ]

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """One commit: who, when, why, from what, and where the pack of its changeset lies.

    Numbers are unique per resource over all branches and have holes. A row exists only when its
    pack is durable and its content digest was recomputed on this node.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="revisions")
    number = models.PositiveBigIntegerField(_("number"))
    branch = models.CharField(_("branch id"), max_length=ID_LENGTH)
    parent = models.PositiveBigIntegerField(_("direct parent"), null=True, blank=True)
    merged = models.JSONField(_("merged parents"), default=list, blank=True)
    picked = models.JSONField(_("picked revisions"), default=list, blank=True)
    hole_before = models.BooleanField(_("hole before"), default=False)
    time = models.BigIntegerField(_("time, UTC epoch seconds"))
    offset = models.SmallIntegerField(_("the author's UTC offset, minutes"), default=0)
    author = models.CharField(_("author"), max_length=NAME_LENGTH)
    message = models.TextField(_("message"), blank=True)
    commit_type = models.CharField(_("commit type"), max_length=40, default="NORMAL")
    root_ids = models.JSONField(_("root elements"), default=list, blank=True)
    used_projects = models.JSONField(_("used projects"), default=list, blank=True)
    digest = models.CharField(_("revision digest"), max_length=DIGEST_LENGTH)
    fingerprint = models.CharField(_("listing fingerprint"), max_length=DIGEST_LENGTH)
    content_digest = models.CharField(_("content digest"), max_length=DIGEST_LENGTH)
    artifact_digest = models.CharField(_("artifact digest"), max_length=DIGEST_LENGTH)
    gone_at_source = models.BooleanField(_("gone at the source"), default=False)
    object = models.CharField(_("segment"), max_length=200)
    place = models.PositiveBigIntegerField(_("offset in the segment"))
    length = models.PositiveBigIntegerField(_("bytes of the pack"))
    pack_digest = models.CharField(_("pack digest"), max_length=DIGEST_LENGTH)
    raw_bytes = models.PositiveBigIntegerField(_("bytes uncompressed"))
    added = models.PositiveIntegerField(_("elements added"))
    edited = models.PositiveIntegerField(_("elements edited"))
    removed = models.PositiveIntegerField(_("elements removed"))
    artifacts_changed = models.PositiveIntegerField(_("artifacts changed"), default=0)
    total = models.PositiveBigIntegerField(_("elements in all"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "number"], name="one_revision_per_number"),
        ]
        indexes: ClassVar = [models.Index(fields=["object", "place"], name="revision_by_place")]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.number}"


class Tag(models.Model):
    """A label on a revision; the source may put, move and remove it later."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="tags")
    uid = models.CharField(_("id"), max_length=ID_LENGTH)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    number = models.PositiveBigIntegerField(_("revision"))
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "uid"], name="one_tag_per_id"),
        ]

    def __str__(self) -> str:
        return self.name


class Walk(models.Model):
    """The last full walk of a branch's head at the source, compared element by element with ours.

    Only for sources without digests (Teamwork Cloud): it shows that the changes that were told add
    up to what lives there, as far as `account` may see it.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="walks")
    branch = models.CharField(_("branch id"), max_length=ID_LENGTH)
    number = models.PositiveBigIntegerField(_("revision"))
    at = models.DateTimeField(_("at"), auto_now=True)
    account = models.CharField(_("account at the source"), max_length=200, blank=True)
    rights = models.TextField(_("its rights there"), blank=True)
    elements = models.PositiveBigIntegerField(_("elements walked"))
    artifacts = models.PositiveIntegerField(_("artifacts listed"))
    differing = models.PositiveBigIntegerField(_("differing"), default=0)
    found = models.TextField(_("what differs"), blank=True)

    class Meta:
        verbose_name = _("walk of a head")
        verbose_name_plural = _("walks of heads")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "branch"], name="one_walk_per_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.branch} {self.number}"
