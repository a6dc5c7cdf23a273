"""Resources of this node, with their branches and tags."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from syncconfigs.api.serializers.fields import (
    Answer,
    Body,
    Flag,
    Id,
    Moment,
    Number,
    PageQuery,
    QueryFlag,
    Text,
)
from syncconfigs.models import Claim
from tcsync.repository.models import Resource as ResourceRow


class Branch(Answer):
    """A name for its newest revision."""

    id = Id(source="uid")
    name = Text()
    start = serializers.IntegerField(allow_null=True, help_text="The revision it was made from.")
    head = serializers.IntegerField(allow_null=True, help_text="Its newest revision.")
    head_digest = Text(help_text="Same digest, same history.")
    archived = serializers.BooleanField()
    gone_at_source = serializers.BooleanField()


class Tag(Answer):
    """A label on a revision."""

    id = Id(source="uid")
    name = Text()
    revision = serializers.IntegerField(source="number")
    description = Text()


class Walk(Answer):
    """The last full walk of a branch's head at a source that has no digests."""

    branch = Id(help_text="The id of the branch.")
    revision = serializers.IntegerField(source="number")
    at = Moment()
    account = Text(help_text="As whom the source was read; what it may not see is not proven.")
    rights = Text(help_text="What that account may read, as far as the source tells.")
    elements = serializers.IntegerField()
    artifacts = serializers.IntegerField(help_text="Compared by name and size.")
    differing = serializers.IntegerField(help_text="0: all of it is as here.")
    found = Text(help_text="The first things that differ, a line each.")


class Verification(Answer):
    """What was compared with the source or recomputed, and when."""

    level = Text(source="verified_level", help_text="none, or how it was verified.")
    revision = serializers.IntegerField(source="verified_revision", allow_null=True)
    at = Moment(source="verified_at", allow_null=True)
    walks = Walk(many=True)


class Hop(Answer):
    """A node that a copy passed through."""

    node = Text()
    name = Text()


class ClaimState(Answer):
    """How a copy stands with the configuration that owns it."""

    state = serializers.ChoiceField(Claim.State.choices)
    reason = Text()
    damage = Text(help_text="What the last verification found; empty: nothing.")
    since = Moment()


class Resource(Answer):
    """A resource (a project) of this node."""

    id = Id(help_text="The Resource ID.")
    project_id = Id()
    name = Text()
    description = Text()
    category = Id(source="category_id")
    category_path = serializers.SerializerMethodField()
    read_only = serializers.BooleanField(help_text="A copy: its source decides.")  # type: ignore[assignment]
    released_at = Moment(allow_null=True, help_text="When a copy was made editable here.")
    configuration = serializers.SerializerMethodField()
    claim = serializers.SerializerMethodField()
    excluded = serializers.SerializerMethodField()
    verification = Verification(source="*")
    trunk = Id(help_text="The id of the branch that is the trunk.")
    branches = Branch(many=True)
    tags = Tag(many=True)
    revision_count = serializers.IntegerField()
    head = serializers.IntegerField(source="head_number", help_text="The newest revision.")
    origin = Text(help_text="The UUID of the node that it was made on; empty: this one.")
    hops = serializers.SerializerMethodField()
    stored_bytes = serializers.IntegerField()
    created = Moment()
    modified = Moment()
    removed_at = Moment(allow_null=True)

    def get_category_path(self, row: ResourceRow) -> list[str]:
        """Return the names of the categories around it that may be seen."""
        tree, seen = self.context["tree"], self.context["seen"]
        path = tree.path(row.category_id)
        return [tree.categories[id_].name for id_ in path if seen is None or id_ in seen]

    def get_configuration(self, row: ResourceRow) -> int | None:
        """Return the number of the configuration that owns it, where that may be seen."""
        claim = self.context["claims"].get(row.pk)
        return claim.config_id if claim and claim.config_id in self.context["configs"] else None

    @extend_schema_field(ClaimState(allow_null=True))
    def get_claim(self, row: ResourceRow) -> Any:
        """Return how it stands with the configuration that owns it."""
        claim = self.context["claims"].get(row.pk)
        return ClaimState(claim).data if claim else None

    def get_excluded(self, row: ResourceRow) -> bool:
        """Tell whether no configuration brings it (back)."""
        return row.pk in self.context["excluded"]

    @extend_schema_field(Hop(many=True))
    def get_hops(self, row: ResourceRow) -> list[dict[str, str]]:
        """Return the nodes that it passed through, the one it was made on first."""
        hops = [hop for hop in row.hops if isinstance(hop, dict)]
        return [{"node": str(h.get("node", "")), "name": str(h.get("name", ""))} for h in hops]


class ResourceChange(Body):
    """What is to be changed of a local resource."""

    name = Text(required=False)
    category = Id(required=False, help_text="The category to move it into.")


class MakeReadOnly(Body):
    """Why the flag is put back."""

    reason = Text(
        required=False,
        default="",
        allow_blank=True,
        help_text="Why; it stands in the audit record.",
    )


class MakeEditable(MakeReadOnly):
    """Why the flag is taken off, and whether the copy is taken out of its configuration."""

    detach = Flag(
        required=False,
        default=False,
        help_text="true: out of the configuration that owns it; it stays excluded.",
    )


class DeleteCopy(MakeReadOnly):
    """The name of the copy, as it stands, and why it goes."""

    name = Text(help_text="Has to be the name of the resource: nobody deletes by chance.")


class ResourcesQuery(PageQuery):
    """Which resources."""

    category = Id(required=False, help_text="The category that they lie directly in.")
    name = Text(required=False, help_text="A part of the name.")
    project_id = Id(required=False)
    read_only = QueryFlag(required=False, help_text="true: copies; false: local resources.")  # type: ignore[assignment]
    configuration = Number(required=False, help_text="The configuration that owns them.")
    removed = QueryFlag(
        required=False, default=False, help_text="true: only those that are marked as deleted."
    )
