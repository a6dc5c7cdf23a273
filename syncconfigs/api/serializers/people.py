"""Who asks, who this node is, and the audit record."""

from __future__ import annotations

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Id, Moment, Number, PageQuery, Query, Text
from tcsync.access.models import Role
from tcsync.audit.models import LENGTHS


class Grant(Answer):
    """A role, for a category and all below it."""

    role = serializers.ChoiceField(Role.choices)
    category = Id(help_text="Empty: everywhere.")


class Right(Answer):
    """Where something may be done."""

    everywhere = serializers.BooleanField()
    categories = serializers.ListField(child=Id(), help_text="In these and below them.")


class Rights(Answer):
    """What may be done."""

    read = Right()
    edit = Right()
    synchronize = Right()
    servers = Right()
    administer = Right()
    audit = Right()


class Me(Answer):
    """The account of the token."""

    id = serializers.IntegerField()
    username = Text()
    is_superuser = serializers.BooleanField(help_text="May do everything.")
    token_scope = Text(help_text="What this token may do of it: read, synchronize or all.")
    roles = Grant(many=True)
    rights = Rights()


class NodeCounts(Answer):
    """How much is here, of what may be seen."""

    resources = serializers.IntegerField()
    copies = serializers.IntegerField()
    revisions = serializers.IntegerField()
    stored_bytes = serializers.IntegerField()
    configurations = serializers.IntegerField()
    synchronized = serializers.IntegerField(help_text="Configurations.")
    active_runs = serializers.IntegerField()


class Node(Answer):
    """This node."""

    uuid = Text()
    epoch = Text(help_text="Another one: the store was replaced.")
    name = Text()
    major_version = Text()
    counts = NodeCounts()


class Entry(Answer):
    """One thing that was done."""

    number = serializers.IntegerField(source="seq")
    at = Moment()
    actor = Text()
    actor_id = serializers.IntegerField(allow_null=True)
    origin = Text(help_text="From where, such as `web 10.0.0.1` or `api 10.0.0.1`.")
    action = Text()
    target_kind = Text()
    target_id = Text()
    target_name = Text()
    summary = Text()
    details = serializers.DictField()
    previous_hash = Text()
    hash = Text()


class AuditFilter(Query):
    """Which entries."""

    actor = Text(required=False, max_length=LENGTHS["actor"])
    action = Text(
        required=False,
        max_length=LENGTHS["action"],
        help_text="Such as server.update, or its beginning: `server.`",
    )
    target_kind = Text(required=False, max_length=LENGTHS["target_kind"])
    target_id = Text(required=False, max_length=LENGTHS["target_id"])
    text = Text(required=False, help_text="A part of the summary.")
    since = Moment(required=False, help_text="The earliest moment.")
    until = Moment(required=False, help_text="The latest moment.")
    after = Number(required=False, help_text="Only entries with a higher number.")


class AuditQuery(PageQuery, AuditFilter):
    """Which entries, and which part of the list of them."""
