"""Takes the pictures of docs/guide.md from a node that runs; changes nothing there.

    .venv/bin/python docs/screenshots/take.py http://127.0.0.1:8000 demo [PART...] < password

Needs Chromium. Without parts it takes all of them; those of the wizard need a server that still
offers something, which the demo's target, that follows everything, has not.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
SIZE = {"width": 1280, "height": 820}
WHOLE = {"x": 0, "y": 0, **SIZE}
MARGIN = 24
SETTLE_MS = 600


class Camera:
    """A page at the portal, and the pictures taken of it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address.rstrip("/")

    def go(self, path: str) -> None:
        """Open a page of the portal."""
        self.page.goto(f"{self._address}{path}")

    def take(self, name: str, *, dark: bool = False) -> None:
        """Save what the window shows, without the empty rest below it."""
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.wait_for_timeout(SETTLE_MS)
        end = self.page.evaluate(
            "document.querySelector('main').lastElementChild.getBoundingClientRect().bottom"
        )
        clip = {**WHOLE, "height": min(SIZE["height"], int(end) + MARGIN)}
        self.page.screenshot(path=FOLDER / f"{name}.png", clip=clip)

    def press(self, name: str) -> None:
        """Press a button of the page's content."""
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state("networkidle")

    def follow(self, name: str) -> None:
        """Follow a link of the page's content."""
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state("networkidle")


def main(address: str, account: str, *parts: str) -> None:
    """Take the pictures of these parts, of all where none is named."""
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, device_scale_factor=1)
        camera = Camera(page, address)
        sign_in(camera, account, sys.stdin.read().strip())
        for part in (overview, wizard, run, repository):
            if not parts or part.__name__ in parts:
                part(camera)
        browser.close()


def sign_in(camera: Camera, account: str, password: str) -> None:
    """Sign in."""
    camera.go("/")
    camera.page.locator("input[name=username]").fill(account)
    camera.page.locator("input[name=password]").fill(password)
    camera.press("Sign in")


def overview(camera: Camera) -> None:
    """Take the lists."""
    camera.take("dashboard")
    camera.take("dashboard-dark", dark=True)
    camera.go("/configurations/")
    camera.take("configurations")
    camera.go("/servers/1/")
    camera.press("Test connection")
    camera.page.get_by_text("The connection works").wait_for()
    camera.take("test-connection")


def wizard(camera: Camera) -> None:
    """Walk the wizard up to its review."""
    camera.go("/configurations/new/1/")
    page = camera.page
    if page.get_by_role("radio").count():
        page.get_by_role("radio").first.check()
        camera.press("Next")
    page.get_by_role("searchbox").or_(page.get_by_placeholder("Name, Project ID or id")).fill("a")
    camera.press("Search")
    boxes = page.get_by_role("checkbox", disabled=False)
    boxes.first.check()
    page.wait_for_timeout(SETTLE_MS)
    camera.take("wizard-what")
    camera.press("Next")
    page.get_by_label("New category in it").fill("From Site A")
    camera.press("Next")
    camera.press("Next")
    camera.take("wizard-review")


def run(camera: Camera) -> None:
    """Take the run that brought most."""
    camera.go("/runs/")
    camera.page.get_by_role("row", name="Real histories").get_by_role("link").last.click()
    camera.page.wait_for_load_state("networkidle")
    camera.take("run")


def repository(camera: Camera) -> None:
    """Take a resource, one of its elements and the difference of two of its revisions."""
    camera.go("/repository/?q=Wheel")
    camera.page.get_by_role("main").locator("a[href*='/repository/resources/']").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.take("resource")
    resource = camera.page.url
    camera.follow("Elements")
    camera.page.locator(".twigs a").first.click()
    camera.page.locator(".twigs a").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.take("element")
    camera.page.goto(resource)
    camera.follow("Compare")
    camera.page.get_by_label("From revision").fill("50")
    camera.press("Compare")
    camera.take("difference")


if __name__ == "__main__":
    main(*sys.argv[1:])
