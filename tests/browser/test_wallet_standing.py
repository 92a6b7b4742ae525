"""How a proof stands on the worker's screens: what its issuer says now, and its dates."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.browser.wallet_person import CLOCK, Town, Worker, at_work

DAY = 24 * 3600 * 1000
"""Milliseconds."""

VCA = {
    "given_name": "Jan",
    "family_name": "Bakker",
    "date_of_exam": "2016-12-10",
    "valid_until": "2026-12-10",
}
"""It ends seventeen days after the day of the test."""

BHV = {"given_name": "Jan", "family_name": "Bakker", "date_of_course": "2026-09-07"}

REASONS = {
    "revoked": "Het certificaat stond op de naam van een ander.",
    "suspended": "We wachten nog op de herkeuring.",
}
"""What the institute tells its holders."""

FORKLIFT, FIRST_AID, SAFETY = "Heftruckcertificaat", "BHV-certificaat", "VCA Basisveiligheid"
LISTS = "**/status/**"
RELAYED = "**/api/relay/status**"


@pytest.fixture
def worker(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Worker]:
    """A worker whose browser has nothing yet."""
    with at_work(browser, town, pictures) as found:
        yield found


def at_odds(town: Town, offer: Mapping[str, str], status: str) -> None:
    """The institute changes its mind about what was fetched."""
    issued = town.calls("issuer", f"/api/offers/{offer['id']}")["issued_id"]
    town.calls(
        "issuer", f"/api/issued/{issued}/status", {"status": status, "reason": REASONS[status]}
    )


def stands(worker: Worker, title: str, key: str, **values: object) -> Locator:
    """The row of a proof, once it says how it stands."""
    row = worker.screens.locator(".card-row", has_text=title)
    expect(row).to_contain_text(worker.says(f"screens.standing.{key}", **values))
    return row


def opens_card(worker: Worker, title: str) -> None:
    """Look at one proof."""
    worker.screens.get_by_role("link", name=title, exact=True).first.click()
    expect(worker.screens.locator("h1")).to_have_text(title)


def turned(worker: Worker, milliseconds: int) -> None:
    """The worker comes back so much later."""
    worker.page.add_init_script(CLOCK.replace("{shift}", str(milliseconds)))
    worker.page.reload()


def test_what_was_withdrawn_paused_or_ends_soon_says_so_with_the_reason(
    worker: Worker, town: Town
) -> None:
    def unanswered(route: Route) -> None:
        """No list comes yet."""
        route.abort()

    for pattern in (LISTS, RELAYED):
        worker.page.route(pattern, unanswered)
    given = {
        "revoked": town.offer(),
        "suspended": town.offer("bhv", **BHV),
        "ending": town.offer("vca-basis", **VCA),
    }
    worker.receives(given["revoked"])
    worker.leaves()
    for more in (given["suspended"], given["ending"]):
        worker.follows(more["link"])
        worker.types_pin(more["tx_code"])
        worker.presses("flow.name.yes")
        worker.presses("flow.keep.yes")
        worker.sees("flow.kept.title")
        worker.leaves()
    worker.goes_to("screens.tab.passport")
    stands(worker, FORKLIFT, "unknown")
    for status in REASONS:
        at_odds(town, given[status], status)
    for pattern in (LISTS, RELAYED):
        worker.page.unroute(pattern)
    worker.page.reload()
    stands(worker, FORKLIFT, "revoked")
    stands(worker, FIRST_AID, "suspended")
    stands(worker, SAFETY, "weeks", count=2)
    told = worker.says("screens.notice.withdrawn", title=FORKLIFT)
    worker.screens.get_by_text(told).first.wait_for()
    for title, status in ((FORKLIFT, "revoked"), (FIRST_AID, "suspended")):
        opens_card(worker, title)
        expect(worker.screens.locator(".sp-notice")).to_contain_text(REASONS[status])
        worker.goes_to("screens.tab.passport")
    turned(worker, 30 * DAY)
    worker.screens.get_by_role("button", name=worker.says("screens.locked.open")).click()
    worker.presses("web.open.passkey")
    stands(worker, SAFETY, "ended", day="10 december")


def test_without_network_the_last_that_was_known_stands_there_with_its_moment(
    worker: Worker, town: Town
) -> None:
    worker.receives(town.offer())
    worker.leaves()
    worker.goes_to("screens.tab.passport")
    stands(worker, FORKLIFT, "valid")
    worker.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    worker.page.context.set_offline(True)
    worker.page.reload()
    stands(worker, FORKLIFT, "valid")
    opens_card(worker, FORKLIFT)
    expect(worker.screens.get_by_text(worker.says("screens.card.checked"))).to_be_visible()
    expect(worker.screens.get_by_text("23 november")).not_to_have_count(0)
    worker.page.context.set_offline(False)


def looks_again(worker: Worker) -> None:
    """Come back sixteen minutes later; what was found before is checked anew."""
    turned(worker, 16 * 60 * 1000)
    worker.screens.get_by_role("button", name=worker.says("screens.locked.open")).click()
    worker.presses("web.open.passkey")
    expect(worker.stage).to_be_hidden()


FORGET = """() => new Promise((done) => {
  const asked = indexedDB.open("keeper", 1);
  asked.onsuccess = () => {
    const change = asked.result.transaction("things", "readwrite");
    change.objectStore("things").delete("checks");
    change.oncomplete = () => { asked.result.close(); done(); };
  };
})"""
"""A browser that forgets which lists it met."""


def test_a_list_of_before_hides_no_withdrawal_that_this_browser_saw(
    worker: Worker, town: Town
) -> None:
    before: list[bytes] = []

    def keeps(route: Route) -> None:
        """Let the giver's own list through, and keep the first one that comes."""
        answer = route.fetch()
        before.append(answer.body())
        route.fulfill(response=answer)

    worker.page.route(RELAYED, lambda route: route.abort())  # it keeps lists for a while
    worker.page.route(LISTS, keeps)
    offer = town.offer()
    worker.receives(offer)
    worker.leaves()
    worker.goes_to("screens.tab.passport")
    stands(worker, FORKLIFT, "valid")
    at_odds(town, offer, "revoked")
    looks_again(worker)
    stands(worker, FORKLIFT, "revoked")
    worker.page.unroute(LISTS)
    worker.page.route(LISTS, lambda route: route.fulfill(body=before[0]))
    looks_again(worker)
    opens_card(worker, FORKLIFT)
    worker.screens.get_by_text(worker.says("screens.card.older")).wait_for()
    worker.goes_to("screens.tab.passport")
    stands(worker, FORKLIFT, "revoked")
    passport = worker.page.url
    worker.page.goto(f"{town.keeper}/manifest.webmanifest")  # no wallet runs there and remembers
    worker.page.evaluate(FORGET)
    worker.page.goto(passport)
    stands(worker, FORKLIFT, "valid")  # it was the memory that refused the older list
