"""The form of a remote server. The secret is write-only: it is never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from syncconfigs.models import RemoteServer
from tcsync.errors import AddressRefused

SECRET_LENGTH = 10_000
CERTIFICATE_LENGTH = 200_000
_FIELDS = ("name", "kind", "address", "username", "ca_certificate")


class ServerForm(forms.Form):
    """What it takes to read a server. With `instance`, an empty secret keeps the stored one."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("What you call it, here only.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=RemoteServer.Kind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_(
            "For example https://models.example.com:8000. https is a secure connection (TLS)."
        ),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=200,
        required=False,
        help_text=_("A tcsync node needs only a token, and no user name."),
    )
    secret = forms.CharField(
        label=_("Password or token"),
        max_length=SECRET_LENGTH,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Stored encrypted and never shown again. It needs the right to read only."),
    )
    ca_certificate = forms.CharField(
        label=_("Additional CA certificate (PEM)"),
        max_length=CERTIFICATE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "font-monospace"}),
        help_text=_("Only if the server's certificate is signed by a CA of your own."),
    )

    def __init__(self, data: Any = None, *, instance: RemoteServer | None = None) -> None:
        self.instance = instance
        initial = {name: getattr(instance, name) for name in _FIELDS} if instance else None
        super().__init__(data, initial=initial)
        if instance is not None:
            self.fields["secret"].help_text = _("Leave it empty to keep the one that is stored.")

    def clean_name(self) -> str:
        """Refuse a name that another server has."""
        name: str = self.cleaned_data["name"]
        others = RemoteServer.objects.filter(name=name)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("Another server has this name already."))
        return name

    def refuse(self, error: AddressRefused) -> None:
        """Say at its field why an address is refused."""
        self.add_error("address", str(error))

    def changes(self) -> dict[str, Any]:
        """Return what is to be stored; no secret when the field was left empty."""
        return {n: v for n, v in self.cleaned_data.items() if n != "secret" or v}
