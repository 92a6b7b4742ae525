"""How long the tests wait, and for what: a busy machine is no fault of the page."""

import time
from collections.abc import Callable
from functools import partial

from playwright.sync_api import Browser, Frame, Locator, Page, expect

PATIENCE = 60_000
"""Milliseconds in which something comes, also on a machine with much to do."""

JOBS = 5 * PATIENCE
"""The same for a job in the background, which may stand behind those of a whole class."""

expect.set_options(timeout=PATIENCE)


def patient(browser: Browser) -> Browser:
    """The same browser; its windows wait that long, and no colour in them is on its way."""
    calm = partial(browser.new_context, reduced_motion="reduce")
    browser.new_context = calm  # type: ignore[method-assign]
    browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
    return browser


def until(
    page: Page | Frame, found: Callable[[], bool], what: str, milliseconds: int = PATIENCE
) -> None:
    """Ask again and again, until it is so."""
    deadline = time.monotonic() + milliseconds / 1000
    while not found():
        assert time.monotonic() < deadline, what
        page.wait_for_timeout(100)


def becomes(page: Page | Frame, expression: str) -> None:
    """Wait until an expression is true in a page whose own policy forbids to evaluate text."""
    until(page, lambda: page.evaluate(f"Boolean({expression})"), expression)


def comes(page: Page, address: str, wanted: Locator) -> None:
    """Open a page anew until what a job in the background makes stands on it."""

    def found() -> bool:
        page.goto(address)
        return wanted.count() > 0

    until(page, found, address, JOBS)
