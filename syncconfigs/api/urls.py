"""Addresses of the API below /api/. Ids of resources and elements may hold slashes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from syncconfigs.api import docs, problems
from syncconfigs.api.endpoint import Endpoint
from syncconfigs.api.views import (
    accounts,
    artifacts,
    categories,
    comparisons,
    configurations,
    decisions,
    elements,
    exclusions,
    flags,
    people,
    resources,
    revisions,
    runs,
    servers,
    uses,
)

SERVERS = [
    path("", servers.Servers.as_view(), name="api-servers"),
    path("test/", servers.ServerDraft.as_view(), name="api-server-draft"),
    path("<int:pk>/", servers.Server.as_view(), name="api-server"),
    path("<int:pk>/test/", servers.ServerTest.as_view(), name="api-server-test"),
    path(
        "<int:pk>/acknowledge-upgrade/",
        servers.AcknowledgeUpgrade.as_view(),
        name="api-server-acknowledge-upgrade",
    ),
    path("<int:pk>/look-now/", servers.ServerLookNow.as_view(), name="api-server-look-now"),
    path("<int:pk>/catalogue/", servers.Catalogue.as_view(), name="api-server-catalogue"),
]
CATEGORIES = [
    path("", categories.Categories.as_view(), name="api-categories"),
    path("<path:id>/", categories.OneCategory.as_view(), name="api-category"),
]
CONFIGURATIONS = [
    path("", configurations.Configurations.as_view(), name="api-configurations"),
    path("preview/", configurations.Preview.as_view(), name="api-configuration-preview"),
    path("<int:pk>/", configurations.OneConfiguration.as_view(), name="api-configuration"),
    path("<int:pk>/preview/", decisions.PlanNow.as_view(), name="api-configuration-plan"),
    path(
        "<int:pk>/confirm-change/",
        decisions.ConfirmChange.as_view(),
        name="api-configuration-confirm-change",
    ),
    path("<int:pk>/take-over/", decisions.TakeOver.as_view(), name="api-configuration-take-over"),
    path(
        "<int:pk>/histories/<path:resource>/accept/",
        decisions.AcceptHistory.as_view(),
        name="api-configuration-accept-history",
    ),
    path(
        "<int:pk>/histories/<path:resource>/keep/",
        decisions.KeepCopy.as_view(),
        name="api-configuration-keep-copy",
    ),
    path(
        "<int:pk>/histories/<path:resource>/",
        decisions.HistoriesOf.as_view(),
        name="api-configuration-histories",
    ),
    path("<int:pk>/used-projects/", uses.OfOneConfiguration.as_view(), name="api-used-projects"),
    path("<int:pk>/sync/", configurations.Sync.as_view(), name="api-configuration-sync"),
    path("<int:pk>/verify/", configurations.Verify.as_view(), name="api-configuration-verify"),
    path("<int:pk>/pause/", configurations.Pause.as_view(), name="api-configuration-pause"),
    path("<int:pk>/resume/", configurations.Resume.as_view(), name="api-configuration-resume"),
    path("<int:pk>/copies/", configurations.Copies.as_view(), name="api-configuration-copies"),
    path("<int:pk>/claims/", configurations.Claims.as_view(), name="api-configuration-claims"),
]
COMPARISONS = [
    path("", comparisons.Comparisons.as_view(), name="api-comparisons"),
    path("<int:pk>/", comparisons.TheComparison.as_view(), name="api-comparison"),
    path("<int:pk>/run/", comparisons.RunNow.as_view(), name="api-comparison-run"),
    path("<int:pk>/reports/", comparisons.Reports.as_view(), name="api-comparison-reports"),
    path("<int:pk>/prune/", comparisons.Prune.as_view(), name="api-comparison-prune"),
]
REPORTS = [
    path("<int:pk>/", comparisons.OneReport.as_view(), name="api-report"),
    path("<int:pk>/resources/", comparisons.ReportRows.as_view(), name="api-report-resources"),
    path("<int:pk>/signed/", comparisons.ReportSigned.as_view(), name="api-report-signed"),
    path("<int:pk>/csv/", comparisons.ReportTable.as_view(), name="api-report-csv"),
]
NOTICES = [
    path("", comparisons.Notices.as_view(), name="api-notices"),
    path("<int:pk>/acknowledge/", comparisons.Acknowledge.as_view(), name="api-acknowledge"),
]
RUNS = [
    path("", runs.Runs.as_view(), name="api-runs"),
    path("<int:pk>/", runs.OneRun.as_view(), name="api-run"),
    path("<int:pk>/steps/", runs.Steps.as_view(), name="api-run-steps"),
    path("<int:pk>/plan/", runs.PlanOf.as_view(), name="api-run-plan"),
    path("<int:pk>/log/", runs.Log.as_view(), name="api-run-log"),
    path("<int:pk>/report/", runs.Report.as_view(), name="api-run-report"),
    path("<int:pk>/cancel/", runs.Cancel.as_view(), name="api-run-cancel"),
    path("<int:pk>/retry/", runs.Retry.as_view(), name="api-run-retry"),
]
OF_REVISION: list[tuple[str, type[Endpoint], str]] = [
    ("roots/", elements.Roots, "api-roots"),
    ("search/", elements.Search, "api-search"),
    ("elements.jsonl", elements.Download, "api-elements-download"),
    ("elements/<path:element>/children/", elements.Children, "api-element-children"),
    ("elements/<path:element>/history/", elements.Past, "api-element-history"),
    ("elements/<path:element>/", elements.OneElement, "api-element"),
    ("difference/<int:other>/", elements.Difference, "api-difference"),
    ("artifacts/", artifacts.Artifacts, "api-artifacts"),
    ("artifacts/<path:artifact>/", artifacts.Bytes, "api-artifact"),
    ("", revisions.OneRevision, "api-revision"),
]
# The longest addresses first: what stands after an id must not be taken for a part of it.
RESOURCES = [
    path("", resources.Resources.as_view(), name="api-resources"),
    path("<path:id>/revisions/", revisions.Revisions.as_view(), name="api-revisions"),
    *(
        path(f"<path:id>/revisions/<int:number>/{below}", view.as_view(), name=name)
        for below, view, name in OF_REVISION
    ),
    path(
        "<path:id>/make-editable/", flags.MakeEditable.as_view(), name="api-resource-make-editable"
    ),
    path("<path:id>/delete-copy/", flags.DeleteCopy.as_view(), name="api-resource-delete-copy"),
    path(
        "<path:id>/make-read-only/",
        flags.MakeReadOnly.as_view(),
        name="api-resource-make-read-only",
    ),
    path("<path:id>/uses/raise/", uses.RaiseVersion.as_view(), name="api-raise-version"),
    path("<path:id>/uses/", uses.Uses.as_view(), name="api-uses"),
    path("<path:id>/used-by/", uses.UsedBy.as_view(), name="api-used-by"),
    path("<path:id>/", resources.OneResource.as_view(), name="api-resource"),
]
V1: list[URLPattern | URLResolver] = [
    path("servers/", include(SERVERS)),
    path("categories/", include(CATEGORIES)),
    path("resources/", include(RESOURCES)),
    path("configurations/", include(CONFIGURATIONS)),
    path("comparisons/", include(COMPARISONS)),
    path("exclusions/", exclusions.Exclusions.as_view(), name="api-exclusions"),
    path("exclusions/<path:resource>/", exclusions.OneExclusion.as_view(), name="api-exclusion"),
    path("reports/", include(REPORTS)),
    path("notices/", include(NOTICES)),
    path("runs/", include(RUNS)),
    path("tokens/", accounts.Tokens.as_view(), name="api-tokens"),
    path("tokens/<int:pk>/", accounts.OneToken.as_view(), name="api-token"),
    path("accounts/", accounts.Accounts.as_view(), name="api-accounts"),
    path(
        "accounts/<int:pk>/second-factor/reset/",
        accounts.SecondFactorReset.as_view(),
        name="api-account-second-factor",
    ),
    path("audit/", people.Audit.as_view(), name="api-audit"),
    path("audit/export/", people.AuditExport.as_view(), name="api-audit-export"),
    path("me/", people.Me.as_view(), name="api-me"),
    path("node/", people.Node.as_view(), name="api-node"),
]
urlpatterns = [
    path("v1/", include(V1)),
    path("schema/", docs.Schema.as_view(), name="api-schema"),
    path("docs/", docs.page, name="api-docs"),
    path("docs/try/", docs.try_out, name="api-try"),
    re_path("", problems.not_found),
]
