"""Remote servers: where copies come from."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from syncconfigs.models.secrets import EncryptedTextField


class RemoteServer(models.Model):
    """A server that is read, with the account to read it by and what it said it is."""

    class Kind(models.TextChoices):
        """What speaks at the other end."""

        NODE = "tcsync", _("tcsync node")
        TEAMWORK_CLOUD = "teamwork-cloud", _("Teamwork Cloud")

    class Keystore(models.TextChoices):
        """In which form a client certificate and its key were given."""

        PKCS12 = "PKCS12", _("PKCS12 (.p12, .pfx)")
        PEM = "PEM", _("PEM (.pem)")

    SECRETS: ClassVar = ("secret", "client_keystore", "client_keystore_password")
    """What is encrypted: lists defer it, no page shows it, the audit record says only "changed"."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NODE)
    address = models.CharField(
        _("address"), max_length=500, help_text=_("For example https://models.example.com:8000")
    )
    username = models.CharField(_("user name"), max_length=200, blank=True)
    secret = EncryptedTextField(_("password or token"), blank=True)
    ca_certificate = models.TextField(_("additional CA certificate (PEM)"), blank=True)
    client_keystore_type = models.CharField(
        _("type of the client keystore"), max_length=10, choices=Keystore, blank=True
    )
    client_keystore = EncryptedTextField(_("client keystore (Base64)"), blank=True)
    client_keystore_password = EncryptedTextField(_("password of the keystore"), blank=True)
    client_certificate = models.TextField(
        _("client certificate (PEM, without its key)"), blank=True
    )
    created = models.DateTimeField(_("created"), auto_now_add=True)
    node_uuid = models.CharField(_("UUID of the node"), max_length=64, blank=True)
    epoch = models.CharField(_("epoch of its store"), max_length=64, blank=True)
    node_name = models.CharField(_("the name it gives itself"), max_length=200, blank=True)
    major_version = models.CharField(_("major version"), max_length=40, blank=True)
    upgraded_from = models.CharField(
        _("major version before an upgrade that nobody has answered yet"), max_length=40, blank=True
    )
    poll_seconds = models.PositiveIntegerField(
        _("seconds between two looks"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    look_key_digest = models.CharField(
        _("SHA-256 of the key of its look-now address"), max_length=64, blank=True, db_index=True
    )
    look_asked_at = models.DateTimeField(_("asked to look now"), null=True, blank=True)
    feed_cursor = models.BigIntegerField(_("cursor of its feed"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last answer"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    waits_for_person = models.BooleanField(_("asked again only after a change"), default=False)

    class Meta:
        verbose_name = _("remote server")
        verbose_name_plural = _("remote servers")

    def __str__(self) -> str:
        return self.name

    @property
    def interval(self) -> float:
        """Seconds between two questions for news: its own, or what is usual for its kind."""
        if self.poll_seconds is not None:
            return float(self.poll_seconds)
        is_node = self.kind == self.Kind.NODE
        usual = settings.TCSYNC_WATCH_SECONDS if is_node else settings.TCSYNC_TWC_WATCH_SECONDS
        return float(usual)
