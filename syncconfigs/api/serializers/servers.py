"""Remote servers: a secret goes in and never comes out."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from syncconfigs.api.serializers.fields import (
    Answer,
    Body,
    Choice,
    Id,
    Moment,
    PageQuery,
    Query,
    QueryFlag,
    Secret,
    Text,
)
from syncconfigs.models import RemoteServer

CERTIFICATE_LENGTH = 200_000
KEYSTORE_LENGTH = 300_000
"""Characters of Base64; the largest keystore has 200,000 bytes."""


class Keystore(Answer):
    """What may be shown of a client keystore."""

    type = serializers.ChoiceField(RemoteServer.Keystore.choices)
    certificate = Text(help_text="PEM, without the key.")


class Server(Answer):
    """A server that is read."""

    id = serializers.IntegerField()
    name = Text()
    kind = serializers.ChoiceField(RemoteServer.Kind.choices)
    address = Text()
    username = Text()
    has_secret = serializers.BooleanField(help_text="Whether a password or token is stored.")
    ca_certificate = Text()
    client_keystore = serializers.SerializerMethodField()
    poll_seconds = serializers.IntegerField(
        allow_null=True, help_text="Seconds between two looks; null: what is usual for its kind."
    )
    has_look_now_address = serializers.BooleanField(source="look_key_digest")
    major_version = Text()
    node_name = Text(help_text="The name that the server gives itself.")
    node_uuid = Text()
    last_seen_at = Moment(allow_null=True)
    last_error = Text(help_text="Empty since it answered.")
    upgraded_from = Text(help_text="Its major version before, until somebody acknowledged that.")
    waits_for_person = serializers.BooleanField(
        help_text="It is not asked again by itself: a repeated login locks accounts."
    )
    configurations = serializers.IntegerField(
        source="config_count", help_text="How many that you may see read it."
    )
    created = Moment()

    @extend_schema_field(Keystore(allow_null=True))
    def get_client_keystore(self, server: RemoteServer) -> dict[str, str] | None:
        """Return what may be shown of the client certificate."""
        if not server.client_keystore_type:
            return None
        return {"type": server.client_keystore_type, "certificate": server.client_certificate}


class KeystoreBody(Body):
    """A client certificate with its key, as the file that holds them."""

    type = Choice(RemoteServer.Keystore.choices)
    data = Secret(max_length=KEYSTORE_LENGTH, help_text="The file, in Base64.")  # type: ignore[assignment]
    password = Secret(required=False, allow_blank=True, default="")

    def validate_data(self, data: str) -> str:
        """Refuse what is no Base64."""
        try:
            base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError(_("This is no Base64.")) from error
        return data


class ServerBody(Body):
    """What it takes to read a server. `password` and `token` are two words for one secret."""

    name = Text(max_length=200)
    kind = Choice(RemoteServer.Kind.choices, required=False)
    address = Text(
        max_length=500, help_text="`https://host:port`, or `host:port`, which means https."
    )
    username = Text(max_length=200, required=False, allow_blank=True)
    password = Secret(required=False, allow_blank=True)
    token = Secret(required=False, allow_blank=True)
    ca_certificate = Text(
        max_length=CERTIFICATE_LENGTH, required=False, allow_blank=True, help_text="PEM."
    )
    client_keystore = KeystoreBody(required=False, allow_null=True)
    poll_seconds = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=86_400
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Bring the values into the fields that a server has."""
        if "password" in attrs and "token" in attrs:
            raise serializers.ValidationError({"token": [_("Give either a password or a token.")]})
        fields = dict(attrs)
        for word in ("password", "token"):
            if word in fields:
                fields["secret"] = fields.pop(word)
        if "client_keystore" in fields:
            keystore = fields.pop("client_keystore") or {}
            fields["client_keystore_type"] = keystore.get("type", "")
            fields["client_keystore"] = keystore.get("data", "")
            fields["client_keystore_password"] = keystore.get("password", "")
        return fields


class ServerChange(ServerBody):
    """What is to be changed of a server; the rest stays as it is."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields, none of them required."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class LookNow(Answer):
    """An address that the server may call when something changed there."""

    address = Text(help_text="Shown this once; POST to it, with any body or none.")


class Check(Answer):
    """A step of the connection test."""

    name = serializers.ChoiceField(["dns", "tcp", "tls", "http", "login", "version", "permission"])
    ok = serializers.BooleanField(allow_null=True, help_text="null: it did not come that far.")
    detail = Text()


class Test(Answer):
    """How a connection test went."""

    ok = serializers.BooleanField()
    checks = Check(many=True)


class ServersQuery(PageQuery):
    """Which servers."""

    name = Text(required=False, help_text="A part of the name.")
    kind = Choice(RemoteServer.Kind.choices, required=False)


class CatalogueQuery(Query):
    """How new the catalogue has to be."""

    again = QueryFlag(
        required=False, default=False, help_text="Ask the server, however fresh the last answer."
    )


class CatalogueCategory(Answer):
    """A category at the source."""

    id = Id()
    name = Text()
    parent = Id(allow_null=True)  # type: ignore[assignment]


class CatalogueResource(Answer):
    """A resource at the source."""

    id = Id(help_text="The Resource ID.")
    project_id = Id()
    name = Text()
    category = Id()


class Catalogue(Answer):
    """Everything that a server offers to its account."""

    version = Text(help_text="The major version; empty where the server does not say.")
    categories = CatalogueCategory(many=True)
    resources = CatalogueResource(many=True)
