"""Nothing in the portal that the API cannot do: each page's counterpart."""

from syncconfigs.api import urls as api
from syncconfigs.urls import urlpatterns

COUNTERPARTS = {
    "healthz": None,  # it is for machines itself
    "sign-in": None,  # programs have tokens
    "sign-in-code": None,
    "sign-out": None,
    "account": ["api-me"],
    # A token must not change how its account signs in.
    "account-password": None,
    "account-sessions": None,
    "account-second-factor": None,
    "account-tokens": ["api-tokens"],
    "account-token-revoke": ["api-token"],
    "accounts": ["api-accounts"],
    "accounts-reset": ["api-account-second-factor"],
    "dashboard": ["api-node", "api-configurations", "api-runs"],
    "server-list": ["api-servers"],
    "server-add": ["api-servers", "api-server-draft"],
    "server-detail": ["api-server"],
    "server-acknowledge-upgrade": ["api-server-acknowledge-upgrade"],
    "server-edit": ["api-server"],
    "server-delete": ["api-server"],
    "server-test": ["api-server-test"],
    "server-look-now": ["api-server-look-now"],
    "look-now": None,  # it is for machines itself
    "config-list": ["api-configurations"],
    "config-act": [
        "api-configuration-sync",
        "api-configuration-pause",
        "api-configuration-resume",
        "api-configuration",
    ],
    "config-new": ["api-server-catalogue"],
    "config-pick": ["api-server-catalogue"],
    "config-wizard": [
        "api-server-draft",
        "api-server-catalogue",
        "api-categories",
        "api-configuration-preview",
        "api-configurations",
    ],
    "config-detail": ["api-configuration", "api-configuration-claims"],
    "config-edit": ["api-configuration"],
    "config-used": ["api-used-projects"],
    "config-delete": ["api-configuration", "api-configuration-copies"],
    "config-preview": ["api-configuration-plan"],
    "config-confirm-change": ["api-configuration-confirm-change"],
    "config-histories": [
        "api-configuration-histories",
        "api-configuration-accept-history",
        "api-configuration-keep-copy",
    ],
    "config-exclusions": ["api-exclusions"],
    "config-take-back": ["api-exclusion"],
    "config-take-over": ["api-configuration-take-over"],
    # The guide leads a person; each thing that it does is there for programs.
    "offloading-list": ["api-runs"],
    "offloading-begin": ["api-configuration-sync"],
    "offloading-detail": ["api-run", "api-run-report"],
    "offloading-take": [
        "api-configuration-verify",
        "api-configuration",
        "api-resource-make-editable",
    ],
    "comparison-list": ["api-comparisons"],
    "comparison-add": ["api-comparisons"],
    "comparison-detail": ["api-comparison", "api-comparison-reports"],
    "comparison-edit": ["api-comparison"],
    "comparison-delete": ["api-comparison"],
    "comparison-run": ["api-comparison-run"],
    "comparison-prune": ["api-comparison-prune"],
    "comparison-acknowledge": ["api-notices", "api-acknowledge"],
    "comparison-report": ["api-report", "api-report-resources"],
    "comparison-printed": ["api-report-resources"],
    "comparison-download": ["api-report-signed", "api-report-csv"],
    "run-list": ["api-runs"],
    "run-detail": ["api-run", "api-run-steps"],
    "run-progress": ["api-run"],
    "run-log": ["api-run-log"],
    "run-report": ["api-run-report"],
    "run-plan": ["api-run-plan"],
    "run-cancel": ["api-run-cancel"],
    "run-cancel-selected": ["api-run-cancel"],
    "run-retry": ["api-run-retry"],
    "repository-tree": ["api-categories", "api-resources"],
    "category-detail": ["api-category", "api-resources"],
    "category-branch": ["api-categories", "api-resources"],
    "resource-detail": ["api-resource", "api-revisions", "api-uses", "api-used-by"],
    "resource-raise": ["api-raise-version"],
    "resource-change": ["api-resource"],
    "resource-delete-copy": ["api-resource-delete-copy"],
    "resource-make-editable": ["api-resource-make-editable"],
    "resource-make-read-only": ["api-resource-make-read-only"],
    "revision-detail": ["api-revision"],
    "revision-elements": ["api-roots"],
    "revision-search": ["api-search"],
    "revision-difference": ["api-difference"],
    "revision-artifacts": ["api-artifacts"],
    "artifact-download": ["api-artifact"],
    "element-detail": ["api-element"],
    "element-children": ["api-element-children"],
    "element-history": ["api-element-history"],
    "element-download": ["api-element"],
    "elements-download": ["api-elements-download"],
}


def names(patterns):
    found = set()
    for pattern in patterns:
        found |= names(pattern.url_patterns) if hasattr(pattern, "url_patterns") else {pattern.name}
    return found


def test_each_page_has_its_counterpart():
    assert names(urlpatterns) == set(COUNTERPARTS)


def test_the_counterparts_are_there():
    wanted = {name for found in COUNTERPARTS.values() for name in found or ()}
    assert wanted - names(api.urlpatterns) == set()
