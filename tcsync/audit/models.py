"""Tables of the audit record. `recording.record` adds entries; nothing changes or removes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from tcsync.errors import ReadOnly

HASH_LENGTH = 64
GENESIS = "0" * HASH_LENGTH
"""What the first entry names as the hash before it."""


LENGTHS: Mapping[str, int] = {
    "actor": 200,
    "origin": 200,
    "action": 100,
    "target_kind": 60,
    "target_id": 300,
    "target_name": 1500,
    "summary": 10_000,
}
"""Characters that a text of an entry can have."""


def _refuse(what: str) -> NoReturn:
    raise ReadOnly(
        f"Entries of the audit record cannot be {what}.",
        next_step="Record what was done as a new entry.",
    )


class AppendOnly(models.QuerySet["AuditEntry"]):
    """A query set that reads; every way of writing more than one row at a time is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse("changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse("changed")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: it could replace rows, and would not chain them."""
        _refuse("made in bulk")

    def delete(self) -> NoReturn:
        """Refuse."""
        _refuse("deleted")

    def _raw_delete(self, using: str | None) -> NoReturn:
        _refuse("deleted")


class AuditEntry(models.Model):
    """One thing that was done. It has no foreign keys: it survives whatever it is about."""

    seq = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("who"), max_length=LENGTHS["actor"])
    actor_id = models.BigIntegerField(_("number of the account"), null=True, blank=True)
    origin = models.CharField(_("from where"), max_length=LENGTHS["origin"], blank=True)
    action = models.CharField(_("action"), max_length=LENGTHS["action"])
    target_kind = models.CharField(
        _("kind of target"), max_length=LENGTHS["target_kind"], blank=True
    )
    target_id = models.CharField(_("id of the target"), max_length=LENGTHS["target_id"], blank=True)
    target_name = models.CharField(
        _("name of the target"), max_length=LENGTHS["target_name"], blank=True
    )
    summary = models.TextField(_("what was done"), max_length=LENGTHS["summary"], blank=True)
    details = models.JSONField(_("before and after"), default=dict, blank=True)
    previous_hash = models.CharField(_("hash of the entry before"), max_length=HASH_LENGTH)
    hash = models.CharField(_("hash"), max_length=HASH_LENGTH)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering: ClassVar = ["-seq"]
        base_manager_name = "objects"
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["action"], name="audit_action"),
            models.Index(fields=["actor"], name="audit_actor"),
            models.Index(fields=["target_kind", "target_id"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.target_name}".rstrip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a new entry; raises ReadOnly for one that exists."""
        if not self._state.adding:
            _refuse("changed")
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse("deleted")


class AuditHead(models.Model):
    """The single row that names the newest entry. Writers lock it, as the last of their locks."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField(_("newest entry"), default=0)
    hash = models.CharField(_("hash"), max_length=HASH_LENGTH, default=GENESIS)

    class Meta:
        verbose_name = _("head of the audit record")
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_audit_head_only"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


class AuditForward(models.Model):
    """Up to which entry everything has arrived at a syslog receiver."""

    target = models.CharField(_("receiver"), max_length=500, primary_key=True)
    seq = models.PositiveBigIntegerField(_("arrived up to"), default=0)
    at = models.DateTimeField(_("last arrival"), null=True, blank=True)

    class Meta:
        verbose_name = _("forwarding of the audit record")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.target}: {self.seq}"
