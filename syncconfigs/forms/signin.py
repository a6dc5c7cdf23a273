"""The forms of the sign-in: name and password, then the code where there is a second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tcsync.access.guessing import TooManyLogins
from tcsync.access.logins import LONGEST_PASSWORD


class SignInForm(AuthenticationForm):
    """User name and password. What is too long, or too many, is refused before it is hashed.

    `wait` is after how many seconds the next try is worth while, 0 for at once.
    """

    wait = 0
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check name and password."""
        try:
            return super().clean()
        except TooManyLogins as error:
            self.wait = error.seconds
            raise ValidationError(str(error), "too_many") from error
