"""The pages of decisions in a real browser: accessible, and nothing that our policy forbids."""

import pytest

from syncconfigs.models import SyncConfig
from tcsync.access.models import Role
from tests.e2e.browsing import accessible, opened_page
from tests.repository.histories import History
from tests.syncconfigs.conftest import rename
from tests.syncconfigs.runs.working import synchronize
from tests.syncconfigs.views.conftest import signed_in

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def session(transactional_db, live_server, settings):
    """Return the cookie of an administrator; made before the browser's loop begins."""
    client, name = signed_in("anna", Role.ADMINISTRATOR), settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


def look_at(live_server, session, *paths):
    with opened_page() as page:
        page.context.add_cookies([session])
        for path in paths:
            page.goto(live_server.url + path, wait_until="networkidle")
            accessible(page)


def test_both_histories_and_a_preview_with_refusals(parted, session, live_server):
    History("mine", name="Name probe 2").commit(1, None, {"m": {"v": 1}})
    run = synchronize(parted)
    where = f"/configurations/{parted.pk}"
    look_at(live_server, session, f"{where}/preview/", f"{where}/histories/rover/", f"{where}/")
    look_at(live_server, session, f"/runs/{run.pk}/")


def test_a_change_that_waits_for_its_confirmation(fleet, session, live_server):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    run = synchronize(config)
    look_at(live_server, session, f"/configurations/{config.pk}/preview/", f"/runs/{run.pk}/")
