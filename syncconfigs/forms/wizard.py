"""The forms of New configuration, one for each step. What they say is checked again at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from syncconfigs.connect import Catalogue
from syncconfigs.forms.policy import PolicyFields
from syncconfigs.forms.servers import CERTIFICATE_LENGTH, SECRET_LENGTH
from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.servers import address_of
from tcsync.errors import AddressRefused, TlsRefused
from tcsync.outbound import check_ca
from tcsync.repository.models.tree import NAME_LENGTH

NEW = "new"
"""The choice of a server that is to be added."""
MOST_PICKED = 500
"""Each selection gets a configuration of its own; whoever wants more picks a category."""
NAMED_AT_MOST = 3
KEY_LENGTH = 300
_NEW_FIELDS = ("name", "kind", "address", "username", "secret", "ca_certificate")


class SourceForm(forms.Form):
    """Which server is read: one of `servers`, or a new one that is added at the end.

    `may_add` says whether this person manages servers, `has_secret` whether a password is kept, and
    `is_secret_lost` whether it was dropped because it was entered for another address.
    """

    server = forms.ChoiceField(
        label=_("Server"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a server."),
            "invalid_choice": _("This server is no longer offered. Choose another one."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("What you call it, here only. Empty: its host name."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=RemoteServer.Kind.choices, required=False, initial="tcsync"
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("For example twc:8111 or models.example.com:8000."),
    )
    tls = forms.BooleanField(label=_("Use secure connection (TLS)"), required=False, initial=True)
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
    )
    ca_certificate = forms.CharField(
        label=_("Additional CA certificate (PEM)"),
        max_length=CERTIFICATE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "font-monospace"}),
        help_text=_("Only if the server's certificate is signed by a CA of your own."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        servers: Iterable[RemoteServer],
        may_add: bool,
        has_secret: bool = False,
        is_secret_lost: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self.servers = {str(server.pk): server for server in servers}
        self.may_add = may_add
        self._is_secret_lost = is_secret_lost
        choices: list[tuple[str, Any]] = [(pk, server.name) for pk, server in self.servers.items()]
        choices += [(NEW, _("A new server"))] if may_add else []
        cast(forms.ChoiceField, self.fields["server"]).choices = choices
        self.fields["secret"].help_text = (
            _("Kept, encrypted, and not shown again. Leave it empty to keep it.")
            if has_secret
            else _("Stored encrypted and never shown again. It needs the right to read only.")
        )

    def clean(self) -> dict[str, Any]:
        """Check the fields of a new server; those of one that exists do not count."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("server") != NEW:
            for name in set(self.errors) - {"server"}:
                del self.errors[name]
            return cleaned
        if not cleaned.get("kind"):
            self._say("kind", _("Choose what speaks at the other end."))
        if self._is_secret_lost and not cleaned.get("secret"):
            self._say("secret", _("With another address, enter the password or token again."))
        self._check_address(cleaned)
        self._check_name(cleaned)
        return cleaned

    def _say(self, field: str, text: Any) -> None:
        if field not in self.errors:
            self.add_error(field, text)

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("address"):
            self._say("address", _("Enter the address of the server."))
            return
        try:
            is_secure, kind = bool(cleaned.get("tls")), cleaned.get("kind", "")
            cleaned["address"] = address_of(cleaned["address"], is_secure, kind)
        except AddressRefused as error:
            self._say("address", str(error))
        try:
            if cleaned.get("ca_certificate"):
                check_ca(cleaned["ca_certificate"])
        except TlsRefused as error:
            self._say("ca_certificate", str(error))

    def _check_name(self, cleaned: dict[str, Any]) -> None:
        if "name" in self.errors or "address" in self.errors:
            return
        cleaned["name"] = cleaned.get("name") or urlsplit(cleaned["address"]).netloc[:200]
        if RemoteServer.objects.filter(name=cleaned["name"]).exists():
            self._say("name", _("Another server has this name already. Enter another one."))

    def chosen(self) -> RemoteServer:
        """Return the server that a valid form says; a new one is not saved."""
        pk = self.cleaned_data["server"]
        if pk != NEW:
            return self.servers[pk]
        return RemoteServer(**self.new_server())

    def new_server(self) -> dict[str, Any]:
        """Return the fields of the server that is to be added, empty when it exists."""
        if self.cleaned_data["server"] != NEW:
            return {}
        return {name: self.cleaned_data[name] for name in _NEW_FIELDS}


class KeysField(forms.Field):
    """What was picked, as `category:ID` and `resource:ID`, each once, in the order picked."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        """Return the keys. Raises ValidationError."""
        keys = list(dict.fromkeys(str(key) for key in value or ()))
        if len(keys) > MOST_PICKED:
            raise forms.ValidationError(
                _("At most %(most)d can be picked at once. Pick a category around them instead."),
                params={"most": MOST_PICKED},
            )
        return keys


class WhatForm(forms.Form):
    """What is to be synchronized. With a `catalogue`, only what the source offers in it."""

    picked = KeysField(error_messages={"required": _("Pick at least one category or resource.")})

    def __init__(
        self, data: Any = None, *, catalogue: Catalogue | None, own_node: str = "", **more: Any
    ) -> None:
        super().__init__(data, **more)
        self._catalogue = catalogue
        self._own_node = own_node

    def clean_picked(self) -> list[str]:
        """Refuse what is not offered, and what comes with another thing that is picked."""
        keys: list[str] = self.cleaned_data["picked"]
        if self._catalogue is None:
            return keys
        if self._catalogue.snapshot.node == self._own_node:
            raise forms.ValidationError(_("This server is this node itself. Choose another one."))
        gone = [key for key in keys if not is_offered(self._catalogue, key)]
        if gone:
            text = _("The source does not offer %(names)s. Take it out of what is picked.")
            raise forms.ValidationError(text, params={"names": _named(gone)})
        chosen = set(keys)
        double = [key for key in keys if around(self._catalogue, key, chosen)]
        if double:
            text = _("%(names)s come with a category that is picked too. Take them out.")
            names = [name_of(self._catalogue, key) for key in double]
            raise forms.ValidationError(text, params={"names": _named(names)})
        return keys


def is_offered(catalogue: Catalogue, key: str) -> bool:
    """Tell whether `category:ID` or `resource:ID` is in the catalogue."""
    kind, _colon, id_ = key.partition(":")
    if kind == SyncConfig.Kind.CATEGORY:
        return id_ in catalogue.categories
    return kind == SyncConfig.Kind.RESOURCE and id_ in catalogue.resources


def name_of(catalogue: Catalogue, key: str) -> str:
    """Return the name of what is offered, the key of what is not."""
    kind, _colon, id_ = key.partition(":")
    items: Mapping[str, Any] = (
        catalogue.categories if kind == SyncConfig.Kind.CATEGORY else catalogue.resources
    )
    return items[id_].name if id_ in items else key


def place_of(catalogue: Catalogue, key: str) -> tuple[str, ...]:
    """Return the ids of the categories around what is offered, from the top down."""
    kind, _colon, id_ = key.partition(":")
    if kind == SyncConfig.Kind.CATEGORY:
        return catalogue.path(id_)[:-1]
    return catalogue.path(catalogue.resources[id_].category) if id_ in catalogue.resources else ()


def around(catalogue: Catalogue, key: str, chosen: set[str]) -> str:
    """Return the id of a category among `chosen` keys with which this comes, "" without one."""
    return next((id_ for id_ in place_of(catalogue, key) if f"category:{id_}" in chosen), "")


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(name[:100] for name in names[:NAMED_AT_MOST])
    more = len(names) - NAMED_AT_MOST
    return (
        _now("%(names)s and %(more)d more") % {"names": shown, "more": more} if more > 0 else shown
    )


class WhereForm(forms.Form):
    """Into which category. `targets` leads from ids to full names: where this person may.

    `taken` are the names in each category, folded; `may_make_top` allows a new category that lies
    in no other.
    """

    target_category = forms.CharField(label=_("Target category"), required=False, strip=False)
    new_category = forms.CharField(
        label=_("New category in it"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("Made at the end, inside the category chosen above. Empty: that one itself."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        targets: Mapping[str, str],
        names_in: Mapping[str, set[str]],
        may_make_top: bool,
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self._targets = targets
        self._names_in = names_in
        self._may_make_top = may_make_top

    def clean_target_category(self) -> str:
        """Refuse what is no category into which this person may synchronize."""
        id_: str = self.cleaned_data["target_category"]
        if id_ and id_ not in self._targets:
            raise forms.ValidationError(_("This category is not offered. Choose another one."))
        if not id_ and not self._may_make_top:
            raise forms.ValidationError(_("Choose a category."))
        return id_

    def clean(self) -> dict[str, Any]:
        """Check what depends on two fields."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        target, name = cleaned["target_category"], cleaned["new_category"]
        if not target and not name:
            self.add_error("target_category", _("Choose a category, or name a new one."))
        if name and name in self._names_in.get(target, set()):
            self.add_error("new_category", _("There is one of this name already: choose that."))
        return cleaned


class WhenForm(PolicyFields):
    """When it is synchronized, and how names and categories are treated."""

    flatten = forms.BooleanField(
        label=_("Flatten the category tree"),
        required=False,
        help_text=_("All copies lie in the target category itself, without the tree around them."),
    )


class ReviewForm(forms.Form):
    """That what was shown is what is to be made: `digest` stands for the choices as they are."""

    reviewed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, *, digest: str, **more: Any) -> None:
        super().__init__(data, **more)
        self._digest = digest

    def clean_reviewed(self) -> str:
        """Refuse what was reviewed before something was changed elsewhere."""
        if self.cleaned_data["reviewed"] != self._digest:
            raise forms.ValidationError(
                _("The choices were changed in another window. This is the plan as it is now.")
            )
        return self._digest
