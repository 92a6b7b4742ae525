"""The worker's screens with the real keeper at the real services: journeys as people make them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, expect

from schemas.messages import sentence
from tests.browser.wallet_person import Town, Worker, at_work


@dataclass(slots=True)
class Holder:
    """A worker and the screens before them.

    Attributes:
        language: nl or en; the one the screens speak now.
    """

    worker: Worker
    language: str = "nl"

    @property
    def screens(self) -> Frame:
        """The frame of the screens."""
        page = self.worker.page
        self.worker.screens.locator("h1").first.wait_for(state="attached")
        return next(frame for frame in page.frames if frame != page.main_frame)

    def says(self, key: str) -> str:
        """What the screens say for a key."""
        return sentence(f"screens.{key}", self.language)

    def presses(self, key: str) -> None:
        """Press a button or follow a link."""
        button = self.screens.get_by_role("button", name=self.says(key), exact=True)
        link = self.screens.get_by_role("link", name=self.says(key), exact=True)
        button.or_(link).first.click()

    def sees(self, key: str) -> None:
        """Wait for the screen of that title."""
        self.reads_title(self.says(key))

    def reads_title(self, title: str) -> None:
        """Wait for a title that the passport itself brings."""
        expect(self.screens.locator("h1")).to_have_text(title)

    def hears(self, key: str) -> None:
        """Wait until the screens tell how it went."""
        expect(self.screens.locator(".result")).to_have_text(self.says(key))

    def pastes(self, link: str) -> None:
        """Paste a link into the field for it."""
        self.screens.get_by_label(self.says("link.label")).fill(link)
        self.presses("link.open")

    def receives(self, offer: Mapping[str, str]) -> None:
        """From a pasted link to the proof on the screen; the recovery card waits."""
        worker = self.worker
        self.presses("start.paste")
        self.pastes(offer["link"])
        worker.sees("flow.offer.title")
        worker.types_pin(offer["tx_code"])
        worker.sees("flow.name.question", name="Jan Bakker")
        worker.presses("flow.name.yes")
        worker.sees("flow.keep.title")
        worker.presses("flow.keep.yes")
        worker.opens()
        worker.sees("flow.kept.title")
        worker.leaves()

    def looks(self, name: str) -> None:
        """No barrier, no scrolling sideways, and a picture when somebody wants one."""
        page, pictures = self.worker.page, self.worker.pictures
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=pictures / f"{name}-{page.evaluate('innerWidth')}.png")
        assert self.screens.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        found = Axe().run(self.screens).response["violations"]
        assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] == [], name


@pytest.fixture(params=[320, 1280])
def holder(
    request: pytest.FixtureRequest, browser: Browser, town: Town, pictures: Path | None
) -> Iterator[Holder]:
    """A worker who received one proof through the screens."""
    with at_work(browser, town, pictures, width=cast("int", request.param)) as worker:
        found = Holder(worker)
        found.sees("start.title")
        found.looks("whole-start")
        found.receives(town.offer())
        found.hears("done.receive")
        found.reads_title("Heftruckcertificaat")
        yield found


def test_a_proof_is_shared_scanned_stopped_and_logged(holder: Holder) -> None:
    worker = holder.worker
    holder.looks("whole-card")
    holder.presses("card.show")
    worker.sees("flow.share.title")
    worker.presses("flow.share.look")
    worker.sees("flow.share.preview")
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    worker.presses("flow.to_passport")
    holder.sees("share.title")
    link = holder.screens.get_by_label(holder.says("share.link")).input_value()
    assert worker.scans() == link
    holder.looks("whole-share")
    holder.presses("share.copy")
    expect(holder.screens.locator(".result .sp-notice")).to_have_count(1)
    holder.presses("shares.stop")
    worker.sees("flow.stop.title")
    worker.presses("flow.stop.yes")
    worker.sees("flow.stop.done")
    worker.presses("flow.to_passport")
    holder.sees("shares.title")
    holder.hears("done.stop")
    holder.looks("whole-shares")
    holder.presses("tab.log")
    holder.sees("log.title")
    expect(holder.screens.locator(".sp-list > li")).to_have_count(4)
    holder.looks("whole-log")


def test_the_address_keeps_the_screen_and_the_lock_closes_it(holder: Holder) -> None:
    worker = holder.worker
    holder.presses("passport.back")
    holder.reads_title("Jan Bakker")
    holder.looks("whole-passport")
    expect(worker.page).to_have_url(re.compile("#/passport$"))  # the keeper has the address
    worker.page.go_back()
    holder.reads_title("Heftruckcertificaat")
    holder.presses("tab.settings")
    holder.screens.get_by_label("English").check()
    holder.language = worker.language = "en"
    holder.sees("settings.title")
    holder.looks("whole-settings")
    worker.page.reload()
    holder.sees("settings.title")
    holder.presses("settings.lock")
    holder.sees("locked.title")
    holder.looks("whole-locked")
    expect(holder.screens.get_by_text("Bakker")).to_have_count(0)
    holder.presses("locked.open")
    worker.presses("web.open.passkey")
    holder.sees("settings.title")


def test_the_second_way_in_is_made_and_the_warning_goes(holder: Holder) -> None:
    worker = holder.worker
    holder.presses("passport.back")
    warning = holder.screens.get_by_text(holder.says("notice.unsafe"))
    expect(warning).to_be_visible()
    holder.presses("notice.unsafe.do")
    holder.sees("safe.title")
    holder.looks("whole-unsafe")
    holder.presses("safe.make")
    worker.sees("web.card.make")
    groups = [each.split()[-1] for each in worker.stage.locator(".sp-groups li").all_inner_texts()]
    worker.presses("web.card.have")
    worker.sees("web.card.check")
    for box in worker.stage.locator("input").all():
        box.fill(groups[int(box.get_attribute("data-group") or 0) - 1])
    worker.presses("web.next")
    worker.sees("web.card.done")
    worker.presses("web.next")
    expect(holder.screens.get_by_text(holder.says("safe.yes"))).to_be_visible()
    holder.looks("whole-safe")
    holder.presses("tab.passport")
    expect(warning).to_have_count(0)


def test_a_question_is_answered_from_the_screens(holder: Holder, town: Town) -> None:
    worker = holder.worker
    request = town.ask("forklift")
    holder.presses("tab.show")
    holder.looks("whole-show")
    holder.pastes(request["link"])
    worker.reads("flow.seen.title")
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    worker.presses("flow.to_passport")
    holder.sees("log.title")
    holder.hears("done.present")
    assert town.state(request)["state"] == "answered"
    holder.looks("whole-answered")
    holder.presses("log.erase")
    worker.sees("flow.erase.title")
    worker.presses("web.stop")
    holder.hears("stopped")
