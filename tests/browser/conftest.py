"""One browser and one set of services for all browser tests."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.waiting import patient
from tests.browser.wallet_person import Town, shift_to
from tests.services import Services, services_in

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Nothing of its own leaves the machine."""


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The running services."""
    with services_in(tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Services of a module's own, and the clock of who visits them."""
    started = time.time()
    with services_in(tmp_path_factory.mktemp("var")) as running:
        yield Town(running, shift_to(started))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; closed with its module, for it leaves an event loop running."""
    found = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if found is None:
        reason = "no Chromium: apt-get install chromium, or name one in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield patient(launched)
        launched.close()


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots are kept, when somebody wants to look at them."""
    folder = os.environ.get("SKILLSPASS_PICTURES")
    return Path(folder) if folder else None
