"""One passport, many givers: two of ours, one that is not, and proofs in each state."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_wallet_standing import (
    BHV,
    FIRST_AID,
    FORKLIFT,
    LISTS,
    REASONS,
    RELAYED,
    SAFETY,
    VCA,
    at_odds,
    opens_card,
    stands,
)
from tests.browser.wallet_person import Town, Worker, at_work, shift_to
from tests.browser.wallet_school import link, opens
from tests.services import services_in

SIZES = [(320, "nl"), (360, "en"), (1280, "nl"), (1280, "en")]
NAMES = ["320-nl", "360-en", "1280-nl", "1280-en"]
TITLES = {
    "nl": {"forklift": FORKLIFT, "bhv": FIRST_AID, "vca": SAFETY},
    "en": {
        "forklift": "Forklift certificate",
        "bhv": "Emergency response certificate",
        "vca": "VCA Basic Safety",
    },
}
FOREIGN = "Welding"
GIVERS = ("Vakschool De Lasboog", "Opleider Elektro", "school.foreign.example")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Services of one's own: the wallet's keep a status list for a while, for all who ask."""
    started = time.time()
    with services_in(tmp_path) as running:
        yield Town(running, shift_to(started))


def takes(worker: Worker, offer: Mapping[str, str]) -> None:
    """One more proof, by its PIN."""
    worker.follows(offer["link"])
    worker.types_pin(offer["tx_code"])
    worker.presses("flow.name.yes")
    worker.presses("flow.keep.yes")
    worker.sees("flow.kept.title")
    worker.leaves()


def visits(worker: Worker) -> None:
    """One more proof, from the school that is not ours."""
    worker.follows(link(worker.town, opens(worker.town, worker.page)))
    worker.presses("flow.visit.go")
    worker.page.locator("#yes").click()
    worker.presses("flow.name.yes")
    worker.presses("flow.keep.yes")
    worker.sees("flow.kept.title")
    worker.leaves()


def looks(worker: Worker, name: str) -> None:
    """The screens below one another in one picture, without scrolling sideways or a barrier."""
    page = worker.page
    frame = next(each for each in page.frames if each != page.main_frame)
    width = page.evaluate("innerWidth")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    if worker.pictures is None:
        return
    height = frame.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(800, height)})
    frame.evaluate("new Promise((done) => setTimeout(done, 300))")  # the frame is drawn again
    page.screenshot(path=worker.pictures / f"{name}-{width}-{worker.language}.png")
    page.set_viewport_size({"width": width, "height": 800})


@pytest.mark.parametrize(("width", "language"), SIZES, ids=NAMES)
def test_three_givers_and_every_state_stand_side_by_side_with_the_reason(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    titles = TITLES[language]
    with at_work(browser, town, pictures, width=width, language=language) as worker:
        for pattern in (LISTS, RELAYED):
            worker.page.route(pattern, lambda route: route.abort())  # no list comes yet
        given = {"revoked": town.offer(), "suspended": town.offer("bhv", **BHV)}
        worker.receives(given["revoked"])
        worker.leaves()
        for offer in (given["suspended"], town.offer("vca-basis", **VCA), town.second_offer()):
            takes(worker, offer)
        visits(worker)
        for status in REASONS:
            at_odds(town, given[status], status)
        for pattern in (LISTS, RELAYED):
            worker.page.unroute(pattern)
        worker.page.reload()
        worker.goes_to("screens.tab.passport")
        stands(worker, titles["forklift"], "revoked")
        stands(worker, titles["vca"], "weeks", count=2)
        stands(worker, FOREIGN, "valid")
        rows = worker.screens.locator(".card-row")
        own = rows.filter(has_text=GIVERS[0]).filter(has_text=titles["bhv"])
        expect(own).to_contain_text(worker.says("screens.standing.suspended"))
        other = rows.filter(has_text=GIVERS[1])
        expect(other).to_contain_text(worker.says("screens.standing.valid"))
        expect(rows).to_have_count(5)
        for giver in GIVERS:
            worker.screens.get_by_text(giver).first.wait_for()
        told = worker.says("screens.notice.withdrawn", title=titles["forklift"])
        worker.screens.get_by_text(told).first.wait_for()
        looks(worker, "side-by-side")
        for title, status in ((titles["forklift"], "revoked"), (titles["bhv"], "suspended")):
            row = rows.filter(has_text=GIVERS[0]).filter(has_text=title)
            row.get_by_role("link", name=title, exact=True).click()
            notice = worker.screens.locator(".sp-notice")
            expect(notice.first).to_contain_text(REASONS[status])
            looks(worker, f"side-by-side-{status}")
            worker.goes_to("screens.tab.passport")
        foreign = rows.filter(has_text=GIVERS[2])
        expect(foreign.locator(".sp-grade")).to_have_count(0)  # a kind that nobody here knows
        opens_card(worker, FOREIGN)
        worker.screens.get_by_text(GIVERS[2]).first.wait_for()
        looks(worker, "side-by-side-foreign")
