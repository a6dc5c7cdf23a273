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

RESOURCES = ("resources", "workspaces/<str:w>/resources")
REVISIONS = ("", "/branches/<str:b>", "/revisions/<int:n>", "/branches/<str:b>/revisions/<int:n>")
"""Behind a resource: how a revision is named."""

OF_REVISION: dict[str, View] = {
    "elements": door(POST=elements.many),
    "elements/<str:e>": door(GET=elements.one),
    "artifacts": door(GET=artifacts.listed),
    "artifacts/<str:a>": door(GET=artifacts.detail),
    "models": door(GET=models.listed),
    "models/<str:m>": door(GET=models.detail),
}
OF_RESOURCE: dict[str, View] = {
    "": door(GET=resources.detail),
    "/branches": door(GET=branches.listed),
    "/branches/<str:b>": door(GET=branches.detail),
    "/branches/<str:b>/revisions": door(GET=branches.to_branch),
    "/branches/<str:b>/revisions/<int:n>": door(GET=revisions.detail),
    "/revisions": door(GET=revisions.listed),
    "/revisions/<int:n>": door(GET=revisions.detail),
    "/revisiondiff": door(GET=revisions.difference),
    "/tags": door(GET=tags.listed, POST=tags.many),
    "/tags/<str:t>": door(GET=tags.detail),
    **{f"{way}/{end}": view for way in REVISIONS for end, view in OF_REVISION.items()},
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
    path("workspaces", door(GET=categories.listed, PUT=categories.many)),
    path("workspaces/<str:w>", door(GET=categories.to_resources)),
    path("workspaces/<str:w>/resources", door(GET=categories.detail)),
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
