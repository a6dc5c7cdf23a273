"""All addresses of a node: the served APIs of the node, the portal, the admin for audit."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/peer/v1/", include("tcsync.api.peer.urls")),
    path("osmc/", include("tcsync.api.osmc.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("syncconfigs.api.urls")),
    path("", include("syncconfigs.urls")),
]

# What goes wrong outside of any view is told to programs as they read it, to people on a page.
handler400 = "syncconfigs.api.problems.bad_request"
handler500 = "syncconfigs.api.problems.server_error"
