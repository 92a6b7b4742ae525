"""Waiting for a page whose own policy forbids to evaluate text: it is asked from outside."""

import time

from playwright.sync_api import Page

SECONDS = 30.0
"""As long as Playwright itself waits."""


def becomes(page: Page, expression: str) -> None:
    """Wait until an expression is true in the page."""
    deadline = time.monotonic() + SECONDS
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)
