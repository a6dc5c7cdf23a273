"""Addresses of the portal, by area. Their names are `area-action`."""

from __future__ import annotations

from django.urls import path

from syncconfigs.views import configs, health, home, picking, repository, runs, servers, signin

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("sign-in/", signin.SignIn.as_view(), name="sign-in"),
    path("sign-out/", signin.SignOut.as_view(), name="sign-out"),
    path("", home.dashboard, name="dashboard"),
    path("servers/", servers.overview, name="server-list"),
    path("servers/add/", servers.add, name="server-add"),
    path("servers/<int:pk>/", servers.detail, name="server-detail"),
    path("servers/<int:pk>/edit/", servers.edit, name="server-edit"),
    path("servers/<int:pk>/delete/", servers.delete, name="server-delete"),
    path("servers/<int:pk>/test/", servers.test, name="server-test"),
    path("configurations/", configs.overview, name="config-list"),
    path("configurations/act/", configs.act, name="config-act"),
    path("configurations/new/", picking.choose_server, name="config-new"),
    path("configurations/new/<int:server>/", picking.pick, name="config-pick"),
    path("configurations/<int:pk>/", configs.detail, name="config-detail"),
    path("configurations/<int:pk>/delete/", configs.delete, name="config-delete"),
    path("runs/", runs.overview, name="run-list"),
    path("runs/<int:pk>/", runs.detail, name="run-detail"),
    path("runs/<int:pk>/progress/", runs.progress, name="run-progress"),
    path("runs/<int:pk>/cancel/", runs.cancel, name="run-cancel"),
    path("runs/<int:pk>/retry/", runs.retry, name="run-retry"),
    path("repository/", repository.tree, name="repository-tree"),
    # Ids of categories and resources are opaque text: they may hold a slash.
    path("repository/categories/<path:id_>/", repository.category, name="category-detail"),
    path(
        "repository/revisions/<int:number>/of/<path:id_>/",
        repository.revision,
        name="revision-detail",
    ),
    path("repository/resources/<path:id_>/", repository.resource, name="resource-detail"),
]
