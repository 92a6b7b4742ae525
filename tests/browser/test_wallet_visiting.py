"""Away to the giver's own page and back: the code flow on the worker's screens, at both sizes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_wallet_flows import town
from tests.browser.wallet_person import Town, Worker, at_work
from tests.browser.wallet_school import School, link, opens

__all__ = ["town"]

SIZES = [(320, "nl"), (320, "en"), (1280, "nl"), (1280, "en")]
NAMES = ["320-nl", "320-en", "1280-nl", "1280-en"]


@pytest.fixture
def worker(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Worker]:
    """A worker whose browser has nothing yet."""
    with at_work(browser, town, pictures) as found:
        yield found


def leaves_for(worker: Worker, school: School) -> None:
    """From the offer's link to the school's own page."""
    worker.follows(link(worker.town, school))
    worker.sees("flow.visit.title")
    worker.reads("flow.giver.unknown_title")
    worker.looks("visit-leave")
    worker.presses("flow.visit.go")
    worker.page.locator("#yes").wait_for()


@pytest.mark.parametrize(("width", "language"), SIZES, ids=NAMES)
def test_a_person_goes_to_the_school_and_comes_back_with_a_proof(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as worker:
        school = opens(town, worker.page)
        leaves_for(worker, school)
        worker.page.locator("#yes").click()
        worker.sees("flow.name.question", name="Jan Bakker")
        worker.looks("visit-name")
        worker.presses("flow.name.yes")
        worker.sees("flow.keep.title")
        worker.looks("visit-keep")
        worker.presses("flow.keep.yes")
        worker.opens()
        worker.sees("flow.kept.title")
        worker.looks("visit-kept")
        worker.leaves()
        assert school.told == ["credential_accepted"]
        worker.goes_to("screens.tab.passport")
        worker.screens.get_by_text("Welding").first.wait_for()


def test_what_comes_later_is_said_and_comes_at_a_next_opening(worker: Worker, town: Town) -> None:
    school = opens(town, worker.page, School(later=1))
    leaves_for(worker, school)
    worker.page.locator("#yes").click()
    worker.opens()
    worker.sees("flow.later.title")
    worker.looks("visit-later")
    worker.presses("flow.to_passport")
    worker.goes_to_settings()
    worker.screens.get_by_role("button", name=worker.says("screens.settings.lock")).click()
    worker.screens.get_by_role("button", name=worker.says("screens.locked.open")).click()
    worker.presses("web.open.passkey")
    worker.sees("flow.name.question", name="Jan Bakker")
    worker.presses("flow.name.yes")
    worker.presses("flow.keep.yes")
    worker.sees("flow.kept.title")


@pytest.mark.parametrize(
    "back", [{"code": None, "error": "access_denied"}, {"state": "another"}], ids=["no", "state"]
)
def test_a_visit_that_brings_nothing_says_so(
    worker: Worker, town: Town, back: dict[str, str | None]
) -> None:
    school = opens(town, worker.page, School(back={**back}))
    leaves_for(worker, school)
    worker.page.locator("#yes").click()
    ready = worker.stage.get_by_role("button", name=worker.says("flow.to_passport"), exact=True)
    ready.wait_for()
    worker.looks(f"visit-nothing-{next(iter(back))}")
    worker.presses("flow.to_passport")
    expect(worker.stage).to_be_hidden()
    assert not [each for each in school.asked if each.endswith("/credential")]


def test_a_way_by_our_server_is_told_before_anything_is_sent(worker: Worker, town: Town) -> None:
    school = opens(town, worker.page, School(encrypted=True), cors=False)
    worker.follows(link(town, school, code="c-1"))
    worker.opens()
    worker.sees("flow.relay.title")
    worker.looks("visit-relay")
    assert not [each for each in school.asked if each.endswith("/token")]
    worker.presses("flow.relay.no")
    expect(worker.stage).to_be_hidden()
    assert not [each for each in school.asked if each.endswith("/token")]
