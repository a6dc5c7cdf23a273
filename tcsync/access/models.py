"""Tables of who may do what: accounts, roles granted to them, API tokens, sessions of programs.

Those of how often a password may be guessed stand here too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An account. A superuser administers; Django's groups and permissions count nothing.

    Its sessions, in browsers and of programs, carry a mark of the password and of `session_epoch`:
    another one of either ends them all.
    """

    token_scope: str = ""
    """What the API token of this request may do (ApiToken.Scope); empty: no token, no limit."""
    session_epoch = models.PositiveIntegerField(_("sessions ended"), default=0, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save. The sessions of a disabled account do not come back with it."""
        fields: Collection[str] | None = kwargs.get("update_fields")
        if not self.is_active and (fields is None or "is_active" in fields):
            self.session_epoch += 1
            if fields is not None:
                kwargs["update_fields"] = {*fields, "session_epoch"}
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        said = f"{self.session_epoch}:{self.password}"
        return salted_hmac(
            "tcsync.access.models.User", said, secret=secret, algorithm="sha256"
        ).hexdigest()


class Role(models.TextChoices):
    """What somebody is for this node, in Teamwork Cloud's words."""

    ADMINISTRATOR = "administrator", _("Administrator")
    SYNCHRONIZATION_MANAGER = "synchronization_manager", _("Resource Synchronization Manager")
    CONTRIBUTOR = "contributor", _("Resource Contributor")
    REVIEWER = "reviewer", _("Resource Reviewer")
    AUDITOR = "auditor", _("Auditor")


class RoleGrant(models.Model):
    """A role given to a user, for a category and all below it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=40, choices=Role)
    # Text and no foreign key: categories belong to the repository, which lies above this app.
    category = models.CharField(
        _("category"),
        max_length=200,
        blank=True,
        help_text=_("Id of the category, with all below it. Empty: everywhere."),
    )
    created = models.DateTimeField(_("given"), auto_now_add=True)
    created_by = models.CharField(_("given by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "category"],
                name="one_grant_per_user_role_and_category",
                violation_error_message=_("This user has this role there already."),
            ),
        ]

    def __str__(self) -> str:
        where = self.category or _("everywhere")
        return f"{self.user}: {self.get_role_display()}, {where}"


class ApiToken(models.Model):
    """A secret that stands for a user in API calls. It is shown once; this keeps its SHA-256."""

    class Scope(models.TextChoices):
        """What it may do of what its account may; each one includes those before it."""

        READ = "read", _("read")
        SYNCHRONIZE = "synchronize", _("read, and start and stop runs")
        ALL = "all", _("do everything that the account may")

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=200)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    prefix = models.CharField(_("begins with"), max_length=8)
    scope = models.CharField(_("may"), max_length=20, choices=Scope, default=Scope.ALL)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ClientSession(models.Model):
    """A Teamwork Cloud client that signed in. Its id is known to it alone; this keeps the SHA-256.

    It ends when it was idle, and with the account, the password or the token that opened it.
    """

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("user"))
    token = models.ForeignKey(
        ApiToken, models.CASCADE, null=True, related_name="+", verbose_name=_("API token")
    )
    password_mark = models.CharField(_("mark of the password"), max_length=64)
    created = models.DateTimeField(_("opened"), auto_now_add=True)
    last_used = models.DateTimeField(_("last used"), db_index=True)

    class Meta:
        verbose_name = _("client session")
        verbose_name_plural = _("client sessions")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}, {self.last_used:%H:%M}"


class SignInLimit(models.Model):
    """How much of a limit on guessing is used up. Its key is a keyed digest: it names nobody.

    `full_ms` is when nothing of it is used any more, in milliseconds of the epoch.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    full_ms = models.BigIntegerField(_("whole again at"), default=0, db_index=True)
    told_ms = models.BigIntegerField(_("last recorded at"), default=0)

    class Meta:
        verbose_name = _("limit of sign-ins")
        verbose_name_plural = _("limits of sign-ins")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key[:8]}… {self.full_ms}"


class KnownSite(models.Model):
    """An address from which somebody signed in. It says neither which address nor who."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    seen = models.DateTimeField(_("last sign-in"), db_index=True)

    class Meta:
        verbose_name = _("known address")
        verbose_name_plural = _("known addresses")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key[:8]}… {self.seen}"


class SecondFactor(models.Model):
    """The key of somebody's authenticator (TOTP, RFC 6238). It counts once it is confirmed."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="second_factor", verbose_name=_("user")
    )
    sealed_secret = models.TextField(_("key, encrypted"))
    created = models.DateTimeField(_("begun"), auto_now_add=True)
    confirmed = models.DateTimeField(_("on since"), null=True, blank=True)
    last_step = models.BigIntegerField(_("newest step used"), default=0)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user}: {self.confirmed}"


class RecoveryCode(models.Model):
    """A code that stands for the authenticator once. It is shown once; this keeps its SHA-256."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="codes")
    digest = models.CharField(_("digest"), max_length=64)
    used = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor", "digest"], name="one_recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.factor_id}: {self.used}"
