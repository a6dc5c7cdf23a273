"""The portal as its administrator uses it, in a real browser, between two real nodes.

The source holds an invented history and, where it lies beside the project, a real one. Its link can
be made slow: what is to be watched and cancelled must take a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tcsync.histories.generate import GeneratorSpec, generate
from tests.conftest import ROOT
from tests.e2e import pair
from tests.e2e.browsing import PASSWORD, accessible, opened_page, sign_in
from tests.e2e.slow_link import SlowLink, slow_link
from tests.syncconfigs.supervisor.running import running_node

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.browser]

HISTORY = GeneratorSpec("browser", 3, (60, 400), (6, 12), 2, artifacts=True)
REAL = ROOT.parent / "shared" / "data" / "archi" / "archi.jsonl.xz"
SLOW = 20_000
"""Bytes a second: the first copy then takes a good while."""
CANCEL_MS = 5_000
LISTS = ("", "servers/", "servers/1/", "configurations/", "runs/", "repository/", "api/docs/")


@dataclass(frozen=True)
class Nodes:
    """Where the target is, the slow way to the source, and a token for it."""

    here: str
    link: SlowLink
    token: str


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    with (source / "history.jsonl").open("wb") as out:
        generate(HISTORY, out)
    token = pair.fill(source, source / "history.jsonl")
    if REAL.exists():
        pair.manage(source, "load_history", str(REAL), "--category", pair.CATEGORY)
    prepare_target(target)
    with (
        running_node(source) as there,
        running_node(target) as here,
        slow_link(there.port) as link,
    ):
        yield Nodes(f"http://127.0.0.1:{here.port}", link, token)


def prepare_target(data: Path) -> None:
    pair.manage(data, "migrate", "-v0")
    pair.manage(data, "create_administrator", "ada", TCSYNC_ADMIN_PASSWORD=PASSWORD)


@pytest.fixture
def page() -> Iterator[Page]:
    with opened_page() as page:
        yield page


def test_from_sign_in_to_delete(page: Page, nodes: Nodes):
    sign_in(page, nodes.here, "ada")
    make_configuration(page, nodes)
    cancel_a_run(page, nodes)
    synchronize(page, nodes)
    look_into_a_copy(page, nodes)
    look_at_the_lists(page, nodes)
    delete_everything(page, nodes)


def make_configuration(page: Page, nodes: Nodes) -> None:
    """Walk the wizard with a server of its own, back and forth; nothing is lost on the way."""
    page.goto(f"{nodes.here}/configurations/new/")
    accessible(page)
    page.get_by_label("Address").fill(nodes.link.address.removeprefix("http://"))
    page.get_by_label("Use secure connection").uncheck()
    page.get_by_label("Password or token").fill(nodes.token)
    page.get_by_role("textbox", name="Name", exact=True).fill("Site A")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("May read", exact=False)).to_be_visible()
    accessible(page)
    go_on(page, "What")
    page.get_by_role("checkbox", name=pair.CATEGORY).check()
    expect(page.get_by_role("button", name=f"Take out {pair.CATEGORY}")).to_be_visible()
    accessible(page)
    go_on(page, "Where to")
    page.get_by_label("New category in it").fill("Copies")
    accessible(page)
    go_on(page, "When")
    page.get_by_role("radio", name="Manual").check()
    accessible(page)
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("New category in it")).to_have_value("Copies")
    go_on(page, "When")
    expect(page.get_by_role("radio", name="Manual")).to_be_checked()
    go_on(page, "Review")
    expect(page.get_by_text("Nothing has been written yet", exact=False)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("1 configuration is made.")).to_be_visible()
    accessible(page)


def go_on(page: Page, to: str) -> None:
    page.get_by_role("button", name="Next").click()
    expect(page.locator("[aria-current=step]")).to_contain_text(to)


def start_run(page: Page, nodes: Nodes) -> None:
    page.goto(f"{nodes.here}/configurations/1/")
    page.get_by_role("main").get_by_role("button", name="Synchronize").click()
    page.goto(f"{nodes.here}/runs/")
    page.get_by_role("main").locator("a[href*='/runs/']").first.click()


def cancel_a_run(page: Page, nodes: Nodes) -> None:
    """Watch a run that takes long; its end comes soon after it was asked to stop."""
    nodes.link.rate = SLOW
    start_run(page, nodes)
    expect(page.get_by_text("transferring").first).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("cancelled", exact=True).first).to_be_visible(timeout=CANCEL_MS)
    accessible(page)
    nodes.link.rate = None


def synchronize(page: Page, nodes: Nodes) -> None:
    start_run(page, nodes)
    expect(page.get_by_text("succeeded", exact=True).first).to_be_visible(timeout=60_000)
    accessible(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the log").click()
    assert "succeeded" in Path(saved.value.path()).read_text(encoding="utf-8")


def look_into_a_copy(page: Page, nodes: Nodes) -> None:
    page.goto(f"{nodes.here}/runs/")
    page.get_by_role("main").locator("a[href*='/runs/']").first.click()
    page.get_by_role("main").locator("a[href*='/repository/resources/']").first.click()
    expect(page.get_by_text("Read-only copy").first).to_be_visible()
    accessible(page)
    resource = page.url
    look_at_elements(page)
    page.goto(resource)
    compare_two(page)


def look_at_elements(page: Page) -> None:
    """From the tree to one element, along a reference, and back by a search."""
    page.get_by_role("main").get_by_role("link", name="Elements", exact=True).first.click()
    accessible(page)
    page.locator(".twigs a").first.click()
    expect(page.get_by_role("heading", name="Attributes")).to_be_visible()
    expect(page.get_by_text("added").first).to_be_visible()
    accessible(page)
    name = page.get_by_role("heading", level=1).inner_text().split()[0]
    page.get_by_role("main").get_by_role("link", name="Search", exact=True).first.click()
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.locator(".panel").get_by_text(name).first).to_be_visible()
    accessible(page)


def compare_two(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="Compare").first.click()
    accessible(page)
    page.get_by_label("From revision").fill("1")
    page.get_by_label("To revision").fill("3")
    page.get_by_role("main").get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Elements")).to_be_visible()
    accessible(page)


def look_at_the_lists(page: Page, nodes: Nodes) -> None:
    for path in LISTS:
        page.goto(f"{nodes.here}/{path}")
        accessible(page)


def delete_everything(page: Page, nodes: Nodes) -> None:
    """Delete a configuration with its copies, after they were listed and counted."""
    page.goto(f"{nodes.here}/configurations/1/")
    page.get_by_role("main").get_by_role("link", name="Delete").click()
    accessible(page)
    page.get_by_role("radio", name="Everything").check()
    page.get_by_role("button", name="Delete").click()
    accessible(page)
    asked = page.get_by_text("copies would be deleted: type this number").inner_text()
    page.get_by_label("type the number of copies").fill(asked.split()[0])
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("is deleted", exact=False)).to_be_visible()
    accessible(page)
