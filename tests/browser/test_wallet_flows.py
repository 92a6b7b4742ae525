"""The keeper's flows in a real browser at the real services: receive, show, share, stop, erase."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.wallet_person import Town, Worker, at_work, shift_to
from tests.services import services_in
from wallet.sites import DIST

ASKS_MORE = {
    "credentials": [
        {
            "id": "forklift",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["https://skillspass.example/types/heftruck/1"]},
            "claims": [{"path": ["date_of_test"]}, {"path": ["max_load_kg"]}],
        }
    ]
}
"""The load is no part of the smallest question about a forklift."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The running services, with the keeper's page as it was built."""
    if not (DIST / "integrity.json").is_file():
        reason = "the keeper's page is not built: make web"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    started = time.time()
    with services_in(tmp_path_factory.mktemp("var")) as running:
        yield Town(running, shift_to(started))


@pytest.fixture
def worker(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Worker]:
    """A worker whose browser has nothing yet."""
    with at_work(browser, town, pictures) as found:
        yield found


def wrong(pin: str) -> str:
    """A PIN of six digits that is another one."""
    return "000000" if pin != "000000" else "111111"


@pytest.mark.parametrize(
    ("width", "language"),
    [(320, "nl"), (320, "en"), (1280, "nl"), (1280, "en")],
    ids=["320-nl", "320-en", "1280-nl", "1280-en"],
)
def test_every_step_is_without_barriers(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as worker:
        offer = town.offer()
        worker.follows(offer["link"])
        worker.sees("flow.offer.title")
        worker.looks("flow-offer")
        worker.types_pin(wrong(offer["tx_code"]))
        worker.reads("flow.pin.wrong", left=4)
        worker.looks("flow-wrong-pin")
        worker.types_pin(offer["tx_code"])
        worker.sees("flow.name.question", name="Jan Bakker")
        worker.looks("flow-name")
        worker.presses("flow.name.yes")
        worker.sees("flow.keep.title")
        worker.looks("flow-keep")
        worker.presses("flow.keep.yes")
        worker.opens()
        worker.sees("flow.kept.title")
        worker.looks("flow-kept")
        worker.leaves()
        _shares(worker)
        _shows(worker)
        _asks_back(worker)


def _shares(worker: Worker) -> None:
    worker.starts_sharing()
    worker.looks("flow-share-choose")
    worker.ticks("Heftruckcertificaat" if worker.language == "nl" else "Forklift certificate")
    worker.presses("flow.share.look")
    worker.sees("flow.share.preview")
    worker.looks("flow-share-preview")
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    worker.looks("flow-share-made")
    worker.ends_sharing()
    worker.screens.get_by_role("button", name=worker.says("screens.shares.stop")).click()
    worker.sees("flow.stop.title")
    worker.looks("flow-stop")
    worker.presses("flow.stop.yes")
    worker.sees("flow.stop.done")
    worker.looks("flow-stopped")
    worker.presses("flow.to_passport")


def _shows(worker: Worker) -> None:
    request = worker.town.ask("forklift")
    worker.follows(request["link"])
    worker.reads("flow.seen.title")
    worker.looks("flow-consent")
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    worker.looks("flow-done")
    digits = worker.page.locator(".sp-match").inner_text()
    assert worker.town.state(request)["match_code"] == digits
    worker.presses("flow.to_passport")


def _asks_back(worker: Worker) -> None:
    worker.goes_to("screens.tab.log")
    worker.screens.get_by_role("button", name=worker.says("screens.log.erase")).click()
    worker.sees("flow.erase.title")
    worker.looks("flow-erase")
    worker.presses("flow.erase.yes")
    worker.sees("flow.erase.deleted", name="skillspass")
    worker.looks("flow-erased")
    worker.presses("flow.to_passport")
    asking = worker.screens.get_by_role("button", name=worker.says("screens.log.erase"))
    expect(asking).to_have_count(0)


def test_five_wrong_pins_end_a_code(worker: Worker, town: Town) -> None:
    offer = town.offer()
    worker.follows(offer["link"])
    worker.types_pin("12")
    worker.reads("flow.pin.length", length=6)
    for left in (4, 3, 2, 1):
        worker.types_pin(wrong(offer["tx_code"]))
        worker.reads("flow.pin.wrong", left=left)
    worker.types_pin(wrong(offer["tx_code"]))
    worker.sees("flow.fault.code_locked")
    worker.looks("flow-locked")
    worker.presses("flow.to_passport")
    worker.follows(offer["link"])
    worker.sees("flow.fault.offer_gone")


def test_h081_no_is_told_to_the_issuer_and_keeps_nothing(worker: Worker, town: Town) -> None:
    offer = town.offer()
    told: list[str | None] = []
    worker.page.on(
        "request",
        lambda sent: told.append(sent.post_data) if sent.url.endswith("/notification") else None,
    )
    worker.follows(offer["link"])
    worker.types_pin(offer["tx_code"])
    worker.presses("flow.name.no")
    worker.sees("flow.dropped.title")
    worker.looks("flow-not-kept")
    assert ["credential_failure" in (body or "") for body in told] == [True]
    worker.presses("flow.to_passport")
    worker.follows(offer["link"])
    worker.sees("flow.fault.offer_gone")
    worker.looks("flow-gone")


def test_a_link_that_is_none_and_an_issuer_that_is_away_have_screens_of_their_own(
    worker: Worker, town: Town
) -> None:
    worker.follows(f"{town.links}/o#https://elsewhere.invalid/offers/none")
    worker.sees("flow.fault.fetch_failed")
    worker.looks("flow-away")
    worker.presses("flow.again")
    worker.sees("flow.fault.fetch_failed")
    worker.presses("flow.to_passport")
    worker.follows(f"{town.links}/o#https:no-link-at-all")
    worker.sees("flow.fault.offer_link_invalid")
    worker.looks("flow-no-link")


def _changed(wires: list[str]) -> list[str]:
    """The first copy with another signature."""
    head, dot, rest = wires[0].rpartition(".")
    return [head + dot + ("A" if rest[0] != "A" else "B") + rest[1:], *wires[1:]]


def _doubled(wires: list[str]) -> list[str]:
    """The first copy twice, so that two of them have one key."""
    return [wires[0], wires[0], *wires[2:]]


@pytest.mark.parametrize(
    ("change", "code"),
    [(_changed, "signature_invalid"), (_doubled, "holder_key_mismatch")],
    ids=["signature", "copies"],
)
def test_a_proof_that_fails_its_check_is_told_and_never_kept(
    worker: Worker, town: Town, change: Callable[[list[str]], list[str]], code: str
) -> None:
    def meddle(route: Route) -> None:
        """Change what the issuer gives."""
        answer = route.fetch()
        told = answer.json()
        wires = change([each["credential"] for each in told["credentials"]])
        told["credentials"] = [{"credential": wire} for wire in wires]
        route.fulfill(response=answer, json=told)

    worker.page.route("**/credential", meddle)
    offer = town.offer()
    worker.follows(offer["link"])
    worker.types_pin(offer["tx_code"])
    worker.sees("flow.refused.title")
    worker.reads(f"error.{code}")
    worker.looks(f"flow-refused-{code}")
    worker.presses("flow.to_passport")
    worker.screens.get_by_text(worker.says("screens.start.title")).wait_for()


def test_a_question_from_before_the_worker_asked_is_refused(worker: Worker, town: Town) -> None:
    worker.page.route(
        "**/oid4vp/requests/*",
        lambda route: route.fulfill(response=route.fetch(method="GET", post_data="")),
    )
    worker.follows(town.ask("forklift")["link"])
    worker.sees("flow.fault.title")
    worker.reads("flow.text.request_wrong")
    worker.looks("flow-old-question")


def test_two_issuers_stand_side_by_side_and_only_one_is_listed(worker: Worker, town: Town) -> None:
    worker.receives(town.offer())
    worker.leaves()
    offer = town.second_offer()
    worker.follows(offer["link"])
    worker.reads("flow.giver.unknown_title")
    worker.looks("flow-offer-unknown")
    worker.types_pin(offer["tx_code"])
    worker.presses("flow.name.yes")
    worker.presses("flow.keep.yes")
    worker.sees("flow.kept.title")
    worker.leaves()
    worker.goes_to("screens.tab.passport")
    for giver in ("Vakschool De Lasboog", "Opleider Elektro"):
        worker.screens.get_by_text(giver).first.wait_for()


def test_another_name_than_before_is_told(worker: Worker, town: Town) -> None:
    worker.receives(town.offer())
    worker.leaves()
    offer = town.offer(given_name="Piet", family_name="Jansen")
    worker.follows(offer["link"])
    worker.types_pin(offer["tx_code"])
    worker.sees("flow.name.question", name="Piet Jansen")
    worker.reads("flow.name.other", name="Jan Bakker")
    worker.looks("flow-other-name")


def test_what_is_asked_beyond_need_is_told_and_not_shown(worker: Worker, town: Town) -> None:
    worker.receives(town.offer(max_load_kg=2500))
    worker.leaves()
    request = town.ask(None, dcql_query=ASKS_MORE)
    worker.follows(request["link"])
    worker.page.get_by_text("Deze vrager vraagt meer dan nodig").wait_for()
    worker.looks("flow-over-ask")
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    assert "2500" not in str(town.state(request))


def test_no_and_nothing_look_the_same_to_who_asks(worker: Worker, town: Town) -> None:
    worker.receives(town.offer())
    worker.leaves()
    request = town.ask("forklift")
    worker.follows(request["link"])
    worker.presses("flow.ask.no")
    worker.sees("flow.declined.title")
    worker.looks("flow-declined")
    worker.presses("flow.to_passport")
    other = town.ask("welding")
    worker.follows(other["link"])
    worker.reads("flow.nothing.title")
    worker.looks("flow-nothing")
    worker.presses("flow.ask.no")
    expect(worker.page.locator("#stage")).to_be_hidden()
    refused, empty = (dict(town.state(each)) for each in (request, other))
    assert refused["state"] == empty["state"]
    assert refused.keys() == empty.keys()


def test_who_has_no_passport_can_still_say_no(worker: Worker, town: Town) -> None:
    worker.follows(town.ask("forklift")["link"])
    worker.reads("flow.ask.new")
    worker.looks("flow-asked-new")
    worker.presses("flow.ask.no")
    worker.sees("flow.declined.title")


def test_the_own_employer_gets_what_the_law_asks_and_else_waits_a_day(
    worker: Worker, town: Town
) -> None:
    worker.receives(town.offer())
    worker.leaves()
    own = {"relation": "own_employer", "purpose": "duty_to_check"}
    worker.follows(town.ask("forklift", declaration=own)["link"])
    worker.reads("flow.seen.title")
    worker.follows(town.ask("skills", declaration=own)["link"])
    worker.sees("flow.own.title")
    worker.looks("flow-own-employer")
    worker.presses("flow.own.wait")
    worker.sees("flow.own.waiting")
    worker.looks("flow-thinking")


def test_a_share_with_a_code_is_read_from_the_screen_and_is_gone_after_stop(
    worker: Worker, town: Town
) -> None:
    worker.receives(town.offer())
    worker.leaves()
    worker.starts_sharing()
    worker.presses("flow.share.look")
    worker.reads("flow.share.none")
    worker.ticks("Heftruck rijden")
    worker.presses("flow.share.look")
    shown = worker.page.locator(".sp-shown").inner_text()
    assert "Heftruck rijden" in shown
    assert "Bakker" not in shown
    worker.page.get_by_label(worker.says("flow.share.code"), exact=False).check()
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    link = worker.scans()
    assert len(link) <= 213
    assert link == worker.page.locator("#share-link").inner_text()
    assert link.endswith("c")
    (code,) = re.findall(r"Extra code: (\d{4})", worker.stage.inner_text())
    assert town.opens_share(link, code) == 200
    worker.ends_sharing()
    stopping = worker.page.expect_response(re.compile("/api/shares/.*/stop"))
    worker.screens.get_by_role("button", name=worker.says("screens.shares.stop")).click()
    with stopping as stopped:
        worker.presses("flow.stop.yes")
    worker.sees("flow.stop.done")
    assert stopped.value.status == 204
    assert town.opens_share(link, code) == 410


def test_everything_is_taken_along_and_brought_elsewhere(
    browser: Browser, town: Town, worker: Worker, tmp_path: Path
) -> None:
    words = "drie natte fietsen"
    worker.receives(town.offer())
    worker.leaves()
    file = worker.exports(words, tmp_path)
    with at_work(browser, town, worker.pictures) as other:
        other.receives(town.offer("bhv", date_of_course="2026-09-07"))
        other.leaves()
        other.brings(file, "een andere zin")
        other.reads("error.export_not_opened")
        other.looks("flow-import-wrong")
        other.types_words(words)
        other.sees("flow.import.found")
        other.looks("flow-import-found")
        other.presses("flow.keep.yes")
        other.sees("flow.import.done")
        other.presses("flow.to_passport")
        other.goes_to("screens.tab.passport")
        other.screens.get_by_text("Heftruckcertificaat").first.wait_for()


def test_receiving_and_showing_go_by_keyboard_alone(worker: Worker, town: Town) -> None:
    offer = town.offer()
    worker.follows(offer["link"])
    worker.sees("flow.offer.title")
    worker.tabs_to("flow.pin.label")
    worker.page.keyboard.type(offer["tx_code"])
    worker.page.keyboard.press("Enter")
    for title, button in (
        ("flow.name.question", "flow.name.yes"),
        ("flow.keep.title", "flow.keep.yes"),
        ("web.making.title", "web.making.yes"),
        ("flow.kept.title", "flow.to_passport"),
        ("web.card.make", "web.card.later"),
    ):
        worker.sees(title, name="Jan Bakker")
        worker.tabs_to(button)
        worker.page.keyboard.press("Enter")
    worker.follows(town.ask("forklift")["link"])
    worker.reads("flow.seen.title")
    worker.tabs_to("flow.ask.yes")
    worker.page.keyboard.press("Enter")
    worker.sees("flow.done.title")
