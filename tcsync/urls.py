"""All addresses of a node: the served API of the node, the portal, the admin for audit."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/peer/v1/", include("tcsync.api.peer.urls")),
    path("admin/", admin.site.urls),
    path("", include("syncconfigs.urls")),
]
