"""Addresses of the portal, by area. Their names are `area-action`."""

from __future__ import annotations

from django.urls import path

from syncconfigs.views import (
    account,
    accounts,
    configs,
    decisions,
    health,
    home,
    look_now,
    offloading,
    repository,
    runs,
    servers,
    signin,
    used,
    wizard,
)

OF_REVISION = [
    ("", repository.revision, "revision-detail"),
    ("elements/", repository.elements, "revision-elements"),
    ("element/", repository.element, "element-detail"),
    ("children/", repository.children, "element-children"),
    ("history/", repository.element_history, "element-history"),
    ("search/", repository.search, "revision-search"),
    ("artifacts/", repository.artifacts, "revision-artifacts"),
    ("artifact/", repository.download_artifact, "artifact-download"),
    ("element.json/", repository.download_element, "element-download"),
    ("elements.jsonl/", repository.download_elements, "elements-download"),
]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("look-now/<str:key>", look_now.look, name="look-now"),
    path("sign-in/", signin.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", signin.SignInCode.as_view(), name="sign-in-code"),
    path("sign-out/", signin.SignOut.as_view(), name="sign-out"),
    path("account/", account.overview, name="account"),
    path("account/password/", account.password, name="account-password"),
    path("account/sessions/", account.end_sessions, name="account-sessions"),
    path("account/second-factor/", account.second_factor, name="account-second-factor"),
    path("account/tokens/", account.tokens, name="account-tokens"),
    path("account/tokens/<int:pk>/revoke/", account.revoke, name="account-token-revoke"),
    path("accounts/", accounts.overview, name="accounts"),
    path("accounts/<int:pk>/second-factor/", accounts.reset, name="accounts-reset"),
    path("", home.dashboard, name="dashboard"),
    path("servers/", servers.overview, name="server-list"),
    path("servers/add/", servers.add, name="server-add"),
    path("servers/<int:pk>/", servers.detail, name="server-detail"),
    path("servers/<int:pk>/edit/", servers.edit, name="server-edit"),
    path("servers/<int:pk>/delete/", servers.delete, name="server-delete"),
    path("servers/<int:pk>/test/", servers.test, name="server-test"),
    path("servers/<int:pk>/look-now/", servers.look_now, name="server-look-now"),
    path("configurations/", configs.overview, name="config-list"),
    path("configurations/act/", configs.act, name="config-act"),
    path("configurations/new/", wizard.start, name="config-new"),
    path("configurations/new/<int:server>/", wizard.start, name="config-pick"),
    path(
        "configurations/new/<slug:wizard>/<slug:step>/",
        wizard.new_configuration,
        name="config-wizard",
    ),
    path("configurations/<int:pk>/", configs.detail, name="config-detail"),
    path("configurations/<int:pk>/edit/", configs.edit, name="config-edit"),
    path("configurations/<int:pk>/delete/", configs.delete, name="config-delete"),
    path("offloading/", offloading.overview, name="offloading-list"),
    path("offloading/begin/<int:pk>/", offloading.begin, name="offloading-begin"),
    path("offloading/<int:pk>/", offloading.detail, name="offloading-detail"),
    path("offloading/<int:pk>/<slug:step>/", offloading.take, name="offloading-take"),
    path("configurations/<int:pk>/preview/", decisions.preview, name="config-preview"),
    path(
        "configurations/<int:pk>/confirm-change/",
        decisions.confirm_change,
        name="config-confirm-change",
    ),
    path("configurations/<int:pk>/take-over/", decisions.take_over, name="config-take-over"),
    path(
        "configurations/<int:pk>/histories/<path:resource>/",
        decisions.histories,
        name="config-histories",
    ),
    path("configurations/<int:pk>/used-projects/", used.of_config, name="config-used"),
    path("runs/", runs.overview, name="run-list"),
    path("runs/cancel/", runs.cancel_selected, name="run-cancel-selected"),
    path("runs/<int:pk>/", runs.detail, name="run-detail"),
    path("runs/<int:pk>/progress/", runs.progress, name="run-progress"),
    path("runs/<int:pk>/log/", runs.download_log, name="run-log"),
    path("runs/<int:pk>/plan/", runs.download_plan, name="run-plan"),
    path("runs/<int:pk>/report/", runs.download_report, name="run-report"),
    path("runs/<int:pk>/cancel/", runs.cancel, name="run-cancel"),
    path("runs/<int:pk>/retry/", runs.retry, name="run-retry"),
    path("repository/", repository.tree, name="repository-tree"),
    # Ids of categories and resources are opaque text: they may hold a slash. Those of elements and
    # artifacts stand in the query, because an address has only one end.
    path("repository/categories/<path:id_>/", repository.category, name="category-detail"),
    path("repository/branches/<path:id_>/", repository.branch, name="category-branch"),
    path("repository/resources/<path:id_>/", repository.resource, name="resource-detail"),
    path("repository/change/<path:id_>/", repository.change, name="resource-change"),
    path(
        "repository/make-editable/<path:id_>/",
        repository.make_editable,
        name="resource-make-editable",
    ),
    path(
        "repository/make-read-only/<path:id_>/",
        repository.make_read_only,
        name="resource-make-read-only",
    ),
    path("repository/raise/<path:id_>/", used.raise_version, name="resource-raise"),
    path("repository/difference/<path:id_>/", repository.difference, name="revision-difference"),
    *(
        path(f"repository/revisions/<int:number>/{below}of/<path:id_>/", view, name=name)
        for below, view, name in OF_REVISION
    ),
]
