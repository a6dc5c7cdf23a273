"""A real browser for tests: a page whose complaints fail the test, and axe in light and dark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

PASSWORD = "a-long-enough-pass-phrase"
PATIENCE_MS = 20_000
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@contextmanager
def opened_page() -> Iterator[Page]:
    """Yield a page of Debian's Chromium; what it complains of on its console fails the test."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda m: _note(complaints, page, m))
        yield page
        browser.close()
    assert complaints == []


def _note(complaints: list[str], page: Page, message) -> None:
    if message.type == "error":
        complaints.append(f"{page.url}: {message.text}")


def accessible(page: Page) -> None:
    """Check the page with axe, in light and dark."""
    for scheme in ("dark", "light"):
        # Without motion: a colour on its way from the one scheme to the other has no contrast.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url} ({scheme})\n{found.generate_report()}"


def sign_in(page: Page, here: str, name: str) -> None:
    """Sign in at a node, from its first page."""
    page.goto(here)
    accessible(page)
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    accessible(page)
