"""The form of the sign-in: Django's, with an end to how long a password can be."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

LONGEST_PASSWORD = 4096


class SignInForm(AuthenticationForm):
    """User name and password. What is too long is refused before anything is hashed."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
