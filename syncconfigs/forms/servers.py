"""The form of a remote server. What is secret goes in and is never shown again."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from syncconfigs.models import RemoteServer
from syncconfigs.servers import address_of
from tcsync.errors import AddressRefused, TlsRefused
from tcsync.outbound import KeystoreRefused

SECRET_LENGTH = 10_000
CERTIFICATE_LENGTH = 200_000
KEYSTORE_BYTES = 200_000
POLL_SECONDS = 86_400
"""The longest interval between two looks: a day."""
_STORED = ("name", "kind", "address", "username", "ca_certificate", "poll_seconds")
_SHOWN = (*_STORED, "client_keystore_type")


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
            "Host and port, for example twc:8111 or https://models.example.com:8000. Teamwork"
            " Cloud answers programs on 8111 unless it was set up otherwise; 3579 and 10002 are for"
            " modeling tools, 8443 for its web pages. Without a port a node is asked on 443, or 80"
            " without TLS."
        ),
    )
    secure = forms.BooleanField(
        label=_("Use secure connection (TLS)"), required=False, initial=True
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=200,
        required=False,
        help_text=_(
            "For a password. A token needs no user name: neither that of a tcsync node nor a"
            " personal access token of Teamwork Cloud."
        ),
    )
    secret = forms.CharField(
        label=_("Password or token"),
        max_length=SECRET_LENGTH,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Stored encrypted and never shown again. It needs the right to read only."),
    )
    poll_seconds = forms.IntegerField(
        label=_("Ask for news every … seconds"),
        required=False,
        min_value=1,
        max_value=POLL_SECONDS,
        help_text=_("Empty: every half second at a node, every 30 s at a Teamwork Cloud."),
    )
    ca_certificate = forms.CharField(
        label=_("Additional CA certificate (PEM)"),
        max_length=CERTIFICATE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "font-monospace"}),
        help_text=_("Only if the server's certificate is signed by a CA of your own."),
    )
    client_keystore_type = forms.ChoiceField(
        label=_("Type of the client keystore"),
        choices=RemoteServer.Keystore.choices,
        initial=RemoteServer.Keystore.PKCS12,
        required=False,
    )
    client_keystore = forms.FileField(
        label=_("Client keystore"),
        required=False,
        help_text=_(
            "Only if the server asks for a client certificate: the file with the certificate and"
            " its key. Stored encrypted, never shown again."
        ),
    )
    client_keystore_password = forms.CharField(
        label=_("Password of the client keystore"),
        max_length=SECRET_LENGTH,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    forget_keystore = forms.BooleanField(
        label=_("Forget the client certificate that is stored"), required=False
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, instance: RemoteServer | None = None
    ) -> None:
        self.instance = instance
        initial = {name: getattr(instance, name) for name in _SHOWN} if instance else {}
        if instance is not None:
            initial["secure"] = instance.address.startswith("https:")
            initial["client_keystore_type"] = initial["client_keystore_type"] or "PKCS12"
        super().__init__(data, files, initial=initial)
        if instance is not None:
            self.fields["secret"].help_text = _("Leave it empty to keep the one that is stored.")
        if instance is None or not instance.client_certificate:
            del self.fields["forget_keystore"]

    def clean_name(self) -> str:
        """Refuse a name that another server has."""
        name: str = self.cleaned_data["name"]
        others = RemoteServer.objects.filter(name=name)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("Another server has this name already."))
        return name

    def clean_client_keystore(self) -> str:
        """Return the file as Base64, empty when none was chosen."""
        file: UploadedFile | None = self.cleaned_data["client_keystore"]
        if file is None:
            return ""
        if (file.size or 0) > KEYSTORE_BYTES:
            raise forms.ValidationError(_("A client keystore is no larger than 200 kB."))
        return base64.b64encode(file.read()).decode("ascii")

    def clean(self) -> dict[str, Any]:
        """Check what depends on two fields."""
        cleaned = super().clean() or self.cleaned_data
        if "address" in cleaned:
            try:
                secure, kind = bool(cleaned.get("secure")), cleaned.get("kind", "")
                cleaned["address"] = address_of(cleaned["address"], secure, kind)
            except AddressRefused as error:
                self.refuse(error)
        self._check_keystore(cleaned)
        return cleaned

    def _check_keystore(self, cleaned: dict[str, Any]) -> None:
        has_one = bool(self.instance is not None and self.instance.client_certificate)
        file, password = cleaned.get("client_keystore"), cleaned.get("client_keystore_password")
        if cleaned.get("forget_keystore") and file:
            self.add_error("client_keystore", _("Either choose another one, or forget the old."))
        elif password and not (file or has_one) and "client_keystore" not in self.errors:
            self.add_error("client_keystore", _("Choose the keystore that this password opens."))

    def refuse(self, error: AddressRefused | TlsRefused) -> None:
        """Say at its field why an address, CA or keystore is refused."""
        if isinstance(error, AddressRefused):
            self.add_error("address", str(error))
        elif isinstance(error, KeystoreRefused):
            self.add_error("client_keystore", str(error))
        else:
            self.add_error("ca_certificate", str(error))

    def changes(self) -> dict[str, Any]:
        """Return what is to be stored: nothing of the secrets whose fields were left empty."""
        typed = self.cleaned_data
        found = {name: typed[name] for name in _STORED}
        if typed["secret"]:
            found["secret"] = typed["secret"]
        if typed.get("forget_keystore"):
            found["client_keystore"] = ""
        elif typed["client_keystore"]:
            found["client_keystore"] = typed["client_keystore"]
            found["client_keystore_type"] = typed["client_keystore_type"] or "PKCS12"
            found["client_keystore_password"] = typed["client_keystore_password"]
        elif typed["client_keystore_password"]:
            found["client_keystore_password"] = typed["client_keystore_password"]
        return found
