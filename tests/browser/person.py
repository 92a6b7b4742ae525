"""Somebody at a screen: opens pages, reads codes with a camera, and looks for barriers."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from tests.browser.codes import code_on


@dataclass(slots=True)
class Person:
    """One browser window and what happened in it.

    Attributes:
        language: nl or en.
        pictures: where to keep screenshots; None keeps none.
        seen: titles of the pages, in order.
        pin: what somebody told them.
    """

    page: Page
    language: str
    pictures: Path | None = None
    seen: list[str] = field(default_factory=list)
    pin: str = ""

    def opens(self, address: str) -> None:
        """Go to an address."""
        self.page.goto(address)

    def presses(self, what: str | Locator) -> None:
        """Press a button or link, and wait until the page that it brings is there."""
        pressed = self.page.locator(what).first if isinstance(what, str) else what
        with self.page.expect_navigation():
            pressed.click(no_wait_after=True)

    def looks(self, name: str) -> None:
        """Look at the page: no barrier, no scrolling sideways, in the right language."""
        page = self.page
        self.seen.append(page.title())
        if self.pictures is not None:
            width = page.viewport_size["width"] if page.viewport_size else 0
            self.pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(
                path=self.pictures / f"{name}-{width}-{self.language}.png", full_page=True
            )
        assert page.locator("html").get_attribute("lang") == self.language
        assert page.locator("h1").count() == 1
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{name} scrolls sideways"
        found = Axe().run(page).response["violations"]
        barriers = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
        assert not barriers, f"{name}: {barriers}"
        text = page.locator("main").inner_text()
        raw = re.findall(r"did:\w+:|urn:uuid:|eyJ[\w-]{20,}|\{\"", text)
        assert raw == [], f"{name} shows something raw"

    def scans(self) -> str:
        """Read the one code on the page from a screenshot of it."""
        return code_on(self.page)
