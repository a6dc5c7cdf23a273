"""The repository in Django's administration: to look at for audit. Only `writing` changes it."""

from __future__ import annotations

from django.contrib import admin

from tcsync.access.admin.reading import ReadOnlyAdmin
from tcsync.repository.models import Branch, Category, Resource, Revision, Tag, Walk

__all__ = ["ReadOnlyAdmin"]


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    """Categories."""

    list_display = ("name", "id", "parent", "origin_owner")
    list_select_related = ("parent",)
    search_fields = ("name", "id")


@admin.register(Resource)
class ResourceAdmin(ReadOnlyAdmin):
    """Resources, local ones and copies."""

    list_display = ("name", "id", "category", "read_only", "revision_count", "verified_level")
    list_filter = ("read_only", "verified_level")
    list_select_related = ("category",)
    search_fields = ("name", "id", "project_id")


@admin.register(Branch)
class BranchAdmin(ReadOnlyAdmin):
    """Branches."""

    list_display = ("name", "resource", "start", "head", "archived", "gone_at_source")
    list_filter = ("archived", "gone_at_source")
    list_select_related = ("resource",)
    search_fields = ("name", "uid", "resource__name")


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """Revisions."""

    list_display = ("resource", "number", "author", "added", "edited", "removed", "digest")
    list_select_related = ("resource",)
    search_fields = ("resource__name", "author", "message", "digest")


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    """Tags."""

    list_display = ("name", "resource", "number")
    list_select_related = ("resource",)
    search_fields = ("name", "resource__name")


@admin.register(Walk)
class WalkAdmin(ReadOnlyAdmin):
    """The last full walk of each head."""

    list_display = ("resource", "branch", "number", "at", "account", "elements", "differing")
    list_select_related = ("resource",)
    search_fields = ("resource__name", "account")
