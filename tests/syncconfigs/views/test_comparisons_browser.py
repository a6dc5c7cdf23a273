"""Pages of comparisons, exclusions and offloading in a real browser: accessible, and they work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from syncconfigs.models import (
    ComparedResource,
    Comparison,
    ComparisonNotice,
    ComparisonReport,
    Exclusion,
    SyncRun,
)
from tests.e2e.browsing import accessible, opened_page

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(world, administrator, settings):
    """Make one of each; return the paths of their pages and the person's cookie."""
    row = Comparison.objects.create(name="Both", one=world.server, every_minutes=60)
    run = SyncRun.objects.create(
        kind="compare", comparison=row, config_name="Both", trigger="t", state="succeeded"
    )
    ComparedResource.objects.create(
        run=run,
        resource="r1",
        name="Radio",
        verdict="different",
        kinds="|name|",
        differences=[["name", "name", "Radio", "Radio 2"]],
    )
    sides = [{"name": "A", "address": "http://a", "account": "reader", "rights": "read"}] * 2
    ComparisonReport.objects.create(run=run, digest="ab", different=1, sides=sides)
    ComparisonNotice.objects.create(comparison=row, run=run, count=1, names=["Radio"])
    Exclusion.objects.create(resource="r9", name="Old", reason="Why.", config=world.config)
    cookie = administrator.cookies[settings.SESSION_COOKIE_NAME].value
    report = f"/comparisons/reports/{run.pk}/"
    paths = ["/", "/comparisons/", "/comparisons/add/", f"/comparisons/{row.pk}/", report]
    paths += [f"{report}print/", "/configurations/exclusions/", "/offloading/"]
    paths += ["/repository/delete-copy/r1/", f"/configurations/{world.config.pk}/edit/"]
    return paths, {"name": settings.SESSION_COOKIE_NAME, "value": cookie}


def test_the_pages_are_accessible_and_a_notice_is_answered(pages, live_server):
    paths, cookie = pages
    with opened_page() as page:
        page.context.add_cookies([{**cookie, "url": live_server.url}])
        for path in paths:
            page.goto(live_server.url + path)
            accessible(page)
        page.goto(live_server.url)
        page.get_by_role("button", name="I have seen it").click()
        expect(page.get_by_role("button", name="I have seen it")).to_have_count(0)
