"""The first pages in a real browser: from sign-in to a copy, with axe on each page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tcsync.histories.generate import GeneratorSpec, generate
from tests.e2e import pair
from tests.syncconfigs.supervisor.running import running_node

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.browser]

HISTORY = GeneratorSpec("browser", 3, (20, 60), (3, 8), 2, artifacts=True)
PASSWORD = "a-long-enough-pass-phrase"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """Yield the addresses of a target and a source, and a token for the source."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    with (source / "history.jsonl").open("wb") as out:
        generate(HISTORY, out)
    token = pair.fill(source, source / "history.jsonl")
    pair.manage(target, "migrate", "-v0")
    pair.manage(target, "create_administrator", "ada", TCSYNC_ADMIN_PASSWORD=PASSWORD)
    with running_node(source) as there, running_node(target) as here:
        yield f"http://127.0.0.1:{here.port}", f"http://127.0.0.1:{there.port}", token


@pytest.fixture
def page() -> Iterator[Page]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(20_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        yield page
        browser.close()
    assert complaints == []


def accessible(page: Page) -> None:
    """Check the page with axe, in light and dark."""
    for scheme in ("dark", "light"):
        # Without motion: a colour on its way from the one scheme to the other has no contrast.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_from_sign_in_to_a_verified_copy(page, nodes):
    here, there, token = nodes
    sign_in(page, here)
    add_server(page, here, there, token)
    follow(page, here)
    page.goto(f"{here}/runs/1/")
    expect(page.get_by_text("succeeded").first).to_be_visible(timeout=30_000)
    accessible(page)
    page.get_by_role("main").locator("a[href*='/repository/resources/']").first.click()
    expect(page.get_by_text("Read-only copy").first).to_be_visible()
    accessible(page)
    page.get_by_role("main").locator("a[href*='/revisions/']").first.click()
    accessible(page)


def sign_in(page: Page, here: str) -> None:
    page.goto(here)
    accessible(page)
    page.locator("input[name=username]").fill("ada")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    accessible(page)


def add_server(page: Page, here: str, there: str, token: str) -> None:
    page.goto(f"{here}/servers/add/")
    accessible(page)
    page.locator("input[name=name]").fill("Source")
    page.get_by_label("Address").fill(there)
    page.get_by_label("Password or token").fill(token)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("may read 3 resources")).to_be_visible()
    accessible(page)


def follow(page: Page, here: str) -> None:
    page.goto(f"{here}/configurations/new/1/")
    accessible(page)
    page.get_by_role("checkbox", name="Everything").check()
    page.get_by_label("New category").fill("Copies")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Configurations")).to_be_visible()
    accessible(page)
