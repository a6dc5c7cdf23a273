"""The pages about used projects in a real browser: accessible, and one press raises a version."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import expect

from syncconfigs.configurations import Picked, Policy, create
from tcsync.access.models import Role, RoleGrant, User
from tcsync.domain import UNCATEGORIZED_ID
from tests.e2e.browsing import accessible, opened_page
from tests.repository.histories import History
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.views.walking import Walk

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(server, source, settings) -> dict[str, str]:
    """Make one of each, and return the paths of their pages; the person may do all of it."""
    source.use("rover", "probe", "ghost")
    pump = History("pump")
    pump.commit(1, None)
    pump.commit(4, 1)
    used = [{"resource": "pump", "version": "1"}, {"uri": "file:/UML.mdzip", "version": "19.0"}]
    History("station").commit(1, None, used_projects=used)
    probe = [Picked("resource", "probe", "Name probe")]
    (config,) = create(OPERATOR, server, probe, UNCATEGORIZED_ID, Policy(trigger="manual"))
    user = User.objects.create_user("petra")
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
    client = Client()
    client.force_login(user)
    walk = Walk.begin(client, server.pk).to_review(["resource:rover"], UNCATEGORIZED_ID)
    return {
        "cookie": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "review": f"{walk.base}/review/",
        "station": "/repository/resources/station/",
        "pump": "/repository/resources/pump/",
        "config": f"/configurations/{config.pk}/used-projects/",
    }


def test_the_pages_are_accessible_and_a_version_is_raised(pages, live_server, settings):
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": pages["cookie"], "url": live_server.url}
    with opened_page() as page:
        page.context.add_cookies([cookie])
        for which in ("review", "pump", "config", "station"):
            page.goto(live_server.url + pages[which])
            accessible(page)
        page.get_by_role("button", name="Raise").click()
        expect(page.get_by_text("Revision 2 uses the newer version.")).to_be_visible()
