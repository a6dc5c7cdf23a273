"""Addresses of the served Teamwork Cloud API. Those of a resource are there twice.

In them stand: w a category (workspace), r a resource, b a branch, n a revision, e an element, a an
artifact, t a tag, m a kind of model.
"""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from tcsync.api.osmc import (
    artifacts,
    branches,
    categories,
    elements,
    models,
    people,
    resources,
    revisions,
    sessions,
    tags,
)
from tcsync.api.osmc.door import View, door, nothing
from tcsync.api.osmc.writing import elements as making
from tcsync.api.osmc.writing import history, tree

RESOURCES = ("resources", "workspaces/<str:w>/resources")
REVISIONS = ("", "/branches/<str:b>", "/revisions/<int:n>", "/branches/<str:b>/revisions/<int:n>")
"""Behind a resource: how a revision is named."""

HEADS = REVISIONS[:2]
"""Those that name what can be written: the newest one."""

OF_REVISION: dict[str, View] = {
    "elements": door(POST=elements.many),
    "elements/<str:e>": door(GET=elements.one),
    "artifacts": door(GET=artifacts.listed),
    "artifacts/<str:a>": door(GET=artifacts.detail),
    "models": door(GET=models.listed),
    "models/<str:m>": door(GET=models.detail),
}
OF_HEAD: dict[str, View] = {
    **OF_REVISION,
    "elements": door(
        POST=making.read_or_make,
        PATCH=making.change_many,
        PUT=making.change_many,
        DELETE=making.remove_many,
    ),
    "elements/<str:e>": door(
        GET=elements.one,
        POST=making.make,
        PATCH=making.change,
        PUT=making.change,
        DELETE=making.remove,
    ),
}
OF_RESOURCE: dict[str, View] = {
    "": door(GET=resources.detail, PATCH=tree.change, DELETE=tree.remove),
    "/branches": door(GET=branches.listed, POST=history.make),
    "/branches/<str:b>": door(GET=branches.detail, PATCH=history.rename, DELETE=history.remove),
    "/branches/<str:b>/revisions": door(GET=branches.to_branch),
    "/branches/<str:b>/revisions/<int:n>": door(GET=revisions.detail),
    "/revisions": door(GET=revisions.listed),
    "/revisions/<int:n>": door(GET=revisions.detail),
    "/revisiondiff": door(GET=revisions.difference),
    "/tags": door(GET=tags.listed, POST=history.read_or_tag),
    "/tags/<str:t>": door(GET=tags.detail, PATCH=history.change_tag, DELETE=history.remove_tag),
    **{
        f"{way}/{end}": view
        for way in REVISIONS
        for end, view in (OF_HEAD if way in HEADS else OF_REVISION).items()
    },
}


def _of_resources() -> list[URLPattern]:
    return [
        path(f"{family}/<str:r>{end}", view)
        for family in RESOURCES
        for end, view in OF_RESOURCE.items()
    ]


urlpatterns = [
    path("login", sessions.login, name="osmc-login"),
    path("logout", sessions.logout, name="osmc-logout"),
    path("version", door(GET=people.version)),
    path(
        "workspaces",
        door(GET=categories.listed, PUT=categories.many, POST=tree.make_category),
    ),
    path(
        "workspaces/<str:w>",
        door(
            GET=categories.to_resources,
            PATCH=tree.change_category,
            PUT=tree.change_category,
            DELETE=tree.delete_category,
        ),
    ),
    path("workspaces/<str:w>/resources", door(GET=categories.detail, POST=tree.make)),
    path("resources", door(GET=resources.listed)),
    *_of_resources(),
    path("admin/currentUser", door(GET=people.current)),
    path("admin/users", door(GET=people.listed)),
    path("admin/user", door(GET=people.detail)),
    path("admin/user/roles", door(GET=people.roles_of)),
    path("admin/users/<str:name>", door(GET=people.detail)),
    path("admin/users/<str:name>/roles", door(GET=people.roles_of)),
    path("admin/roles", door(GET=people.all_roles)),
    path("admin/roles/<str:id_>", door(GET=people.role)),
    re_path("", nothing),
]
