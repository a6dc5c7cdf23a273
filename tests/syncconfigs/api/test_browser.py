"""The pages of the API in a real browser: drawn under our policy, without a word of complaint."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tcsync.access.models import User

pytestmark = [pytest.mark.slow, pytest.mark.browser]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture
def session(live_server, settings):
    """Return the cookie of somebody who is signed in; made before the browser's loop begins."""
    client = Client()
    client.force_login(User.objects.create(username="petra"))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


@pytest.fixture
def page(session):
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_page()
        page.context.add_cookies([session])
        page.set_default_timeout(20_000)
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        yield page
        browser.close()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(page, live_server, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{live_server.url}/api/docs/")
    for unfolded in ("servers-create", "servers-update", "servers-delete"):
        page.locator(f"#{unfolded} > summary").click()
    expect(page.get_by_text("Example: A Teamwork Cloud").first).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_to_try_it_out_draws_the_operations(page, live_server):
    page.goto(f"{live_server.url}/api/docs/try/")
    expect(page.locator("#operations-configurations-configurations-create")).to_be_visible()
