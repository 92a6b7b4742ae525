"""The keeper's flows in a real browser at the real services: receive, show, share, stop."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.wallet_person import Town, Worker, at_work, shift_to
from tests.services import services_in


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The running services."""
    started = time.time()
    with services_in(tmp_path_factory.mktemp("var")) as running:
        yield Town(running, shift_to(started))


@pytest.fixture
def worker(browser: Browser, town: Town) -> Iterator[Worker]:
    """A worker whose browser has nothing yet."""
    with at_work(browser, town) as found:
        yield found


def test_a_worker_receives_after_a_wrong_pin(worker: Worker, town: Town) -> None:
    offer = town.offer()
    worker.follows(offer["link"])
    worker.sees("Bewijs voor jou")
    worker.types_pin("000000" if offer["tx_code"] != "000000" else "111111")
    worker.page.get_by_text("Je mag het nog 4 keer proberen").wait_for()
    worker.types_pin(offer["tx_code"])
    worker.sees("Ben jij Jan Bakker?")
