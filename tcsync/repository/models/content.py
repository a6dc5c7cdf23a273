"""Bytes of artifacts, stored once for all resources."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tcsync.repository.models.history import DIGEST_LENGTH


class Blob(models.Model):
    """The bytes with this SHA-256 and where they lie."""

    digest = models.CharField(primary_key=True, max_length=DIGEST_LENGTH)
    object = models.CharField(_("segment"), max_length=200)
    place = models.PositiveBigIntegerField(_("offset in the segment"))
    length = models.PositiveBigIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("artifact bytes")
        verbose_name_plural = _("artifact bytes")
        indexes: ClassVar = [models.Index(fields=["object", "place"], name="blob_by_place")]

    def __str__(self) -> str:
        return self.digest
