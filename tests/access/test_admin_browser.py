"""The administration's forms in a real browser: accessible, and nothing that our policy forbids."""

import pytest
from django.test import Client
from django.urls import reverse

from tcsync.access.models import User
from tests.e2e.browsing import accessible, opened_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PAGES = ("access_rolegrant_add", "access_user_add", "audit_auditentry_changelist")


@pytest.fixture
def session(live_server, settings):
    """Return the cookie of an administrator; made before the browser's loop begins."""
    client, name = Client(), settings.SESSION_COOKIE_NAME
    client.force_login(User.objects.create_superuser("alice"))
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_administration_is_accessible(session, live_server, name):
    address = live_server.url + reverse(f"admin:{name}")
    with opened_page() as page:
        page.context.add_cookies([session])
        page.goto(address, wait_until="networkidle")
        # On these forms axe itself writes a style: what it does must not count as the page's.
        lenient = page.context.browser.new_context(bypass_csp=True)
        lenient.add_cookies([session])
        looked_at = lenient.new_page()
        looked_at.goto(address)
        accessible(looked_at)
