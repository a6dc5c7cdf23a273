"""Forms of the own account: password, second factor, API tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tcsync.access.guessing import TooManyLogins
from tcsync.access.logins import LONGEST_PASSWORD, check_own_password
from tcsync.access.models import ApiToken, User

LONGEST_CODE = 64
DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("", _("never"))]


def own_password() -> forms.CharField:
    """Return the field that asks for the password again."""
    return forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class WithPassword(forms.Form):
    """Asks for the own password: a session that was left open must not be enough."""

    password = own_password()

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request

    def clean_password(self) -> str:
        """Check it."""
        return _checked(self._request, self.cleaned_data["password"])


class PasswordForm(SetPasswordForm):
    """The old password and the new one, twice."""

    old_password = own_password()
    revoke_tokens = forms.BooleanField(
        label=_("Revoke my API tokens too"),
        required=False,
        help_text=_("Do so when somebody else may know the password: they may have made some."),
    )
    field_order = ("old_password", "new_password1", "new_password2", "revoke_tokens")

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request.user, *args, **kwargs)
        self._request = request
        for name in ("new_password1", "new_password2"):
            self.fields[name].validators.append(_not_too_long)

    def clean_old_password(self) -> str:
        """Check it."""
        return _checked(self._request, self.cleaned_data["old_password"])


class CodeForm(forms.Form):
    """A code of the authenticator, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class TokenForm(forms.Form):
    """What an API token is for, what it may do and how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=200)
    scope = forms.ChoiceField(label=_("It may"), choices=ApiToken.Scope, initial="read")
    days = forms.ChoiceField(label=_("It ends after"), choices=DAYS, initial="90", required=False)

    def expires(self) -> datetime | None:
        """Return when it ends, None for never."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class ResetForm(forms.Form):
    """Why an administrator takes somebody's second factor away."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=500,
        help_text=_(
            "It stands in the audit record, such as: phone lost, called back by telephone."
        ),
    )


def _checked(request: HttpRequest, password: str) -> str:
    user = request.user
    try:
        is_right = isinstance(user, User) and check_own_password(request, user, password)
    except TooManyLogins as error:
        raise ValidationError(str(error), "too_many") from error
    if not is_right:
        raise ValidationError(_("This is not your password."), "wrong")
    return password


def _not_too_long(password: str) -> None:
    if len(password) > LONGEST_PASSWORD:
        raise ValidationError(_("A password has at most %d characters.") % LONGEST_PASSWORD)
