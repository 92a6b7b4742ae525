"""A colleague confirms from a link, and a manager answers a talk card: both sides of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from schemas import catalog
from schemas.messages import sentence
from skills.framework import metalektro
from tests.browser.guest import SIZES, label, tells, visiting
from tests.browser.test_share_page import reading
from tests.browser.test_wallet_skills import Grower, found_in
from tests.browser.wallet_person import Town, at_work

EXAMPLE = "Ze leerde mij de zwenkpers instellen."


def asks(
    grower: Grower, *skills: str, name: str = "Ria van der Velden", looks: bool = False
) -> str:
    """Make a link for a colleague; it is read from the code on the screen."""
    worker = grower.worker
    grower.presses("confirm.title")
    grower.sees("confirm.title")
    if looks:
        grower.looks("confirm")
    grower.presses("confirm.ask")
    worker.sees("flow.confirm.title")
    for skill in skills:
        worker.ticks(label(skill, worker.language))
    worker.page.get_by_label(worker.says("flow.confirm.name"), exact=True).fill(name)
    if looks:
        worker.looks("confirm-choose")
    worker.presses("flow.confirm.make")
    worker.sees("flow.confirm.scan")
    link = worker.scans()
    if looks:
        worker.looks("confirm-code")
    assert worker.page.locator("#box-link").inner_text() == link
    worker.presses("flow.box.ready")
    return link


def takes(grower: Grower, *, looks: bool = False) -> str:
    """Read the answer and take it over; what it said."""
    worker = grower.worker
    worker.screens.get_by_role("button", name=grower.says("asked.look")).click()
    worker.sees("flow.confirm.found")
    told = worker.stage.inner_text()
    if looks:
        worker.looks("confirm-answer")
    worker.presses("flow.box.yes")
    worker.sees("flow.box.all")
    worker.presses("flow.box.ready")
    return told


@pytest.mark.parametrize(("width", "language"), SIZES, ids=["360-en", "1280-nl"])
def test_a_colleague_confirms_from_a_link_and_the_worker_takes_it_over(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as worker:
        grower = Grower(worker)
        tells(grower, inwerken=3, samenwerken=3)
        link = asks(grower, "inwerken", "samenwerken", looks=True)
        with visiting(browser, town, pictures, width, language) as sandra:
            sandra.opens(link, "confirm.title", name="Ria van der Velden")
            sandra.reader.looks("confirm-page")
            text = sandra.reader.page.locator("main").inner_text()
            skill = metalektro().skills["inwerken"]
            assert (skill.example_nl if language == "nl" else skill.example_en) in text
            assert sandra.skill("inwerken").locator("option").count() == 3, (
                "never above what was asked"
            )
            sandra.seen("inwerken", level=2)
            sandra.presses("confirm.look")
            sandra.reader.page.get_by_text(sandra.says("confirm.choose")).wait_for()
            sandra.seen("samenwerken", "confirm.no")
            sandra.fills("confirm.from", "2019")
            sandra.fills("confirm.example", EXAMPLE)
            sandra.fills("confirm.name", "Sandra de Wit")
            sandra.presses("confirm.look")
            sandra.reader.sees(sandra.says("confirm.check"))
            sandra.reader.looks("confirm-check")
            assert (
                label("samenwerken", language)
                not in sandra.reader.page.locator("main").inner_text()
            )
            sandra.presses("confirm.send")
            sandra.reader.sees(sandra.says("confirm.done"))
            sandra.reader.looks("confirm-done")
            assert sandra.reader.page.context.cookies() == []
            sent = [request.post_data or "" for request in sandra.reader.asked]
            assert not any("zwenkpers" in each or "Sandra" in each for each in sent)
            assert all("#" not in request.url for request in sandra.reader.asked)
        told = takes(grower, looks=True)
        assert "zwenkpers" in told
        assert "Sandra de Wit" in told
        assert grower.worker.says("flow.confirm.lower") in told
        worker.goes_to("screens.tab.skills")
        grower.sees("skills.title")
        row = worker.screens.locator(".card-row", has_text=label("inwerken", language))
        expect(row.locator(".sp-grade--colleague")).to_be_visible()
        other = worker.screens.locator(".card-row", has_text=label("samenwerken", language))
        expect(other.locator(".sp-grade--self")).to_be_visible()
        expect(row.get_by_text(grower.says("skills.idle"))).to_have_count(0)
        grower.looks("confirmed")
    assert found_in(town, "zwenkpers") == []


def confirms(browser: Browser, town: Town, link: str, name: str = "", **levels: int) -> None:
    """A colleague says yes to these skills, and sends it."""
    with visiting(browser, town) as guest:
        guest.opens(link, "confirm.title", name="Ria van der Velden")
        for skill, level in levels.items():
            guest.seen(skill.replace("_", "-"), level=level)
        if name:
            guest.fills("confirm.name", name)
        guest.signs()


def test_a_reader_is_told_that_a_colleague_said_it_and_nobody_knows_who(
    browser: Browser, town: Town, pictures: Path | None
) -> None:
    with at_work(browser, town, pictures) as worker:
        grower = Grower(worker)
        tells(grower, inwerken=3)
        confirms(browser, town, asks(grower, "inwerken"), "Sandra de Wit", inwerken=3)
        takes(grower)
        worker.starts_sharing()
        worker.ticks(catalog.credential_type("collega-bevestiging").title("nl"))
        worker.presses("flow.share.look")
        worker.presses("flow.share.make")
        worker.sees("flow.share.scan")
        link = worker.scans()
        with reading(browser, town, pictures) as reader:
            reader.follows(link)
            reader.opens()
            parts = reader.page.locator(".sp-verdict > li")
            expect(parts).to_have_count(4)
            found = {
                one.get_attribute("data-part"): one.get_attribute("data-outcome")
                for one in parts.all()
            }
            assert found == {
                "authentic": "passed",
                "issuer": "undetermined",
                "valid": "passed",
                "holder": "undetermined",
            }
            text = reader.page.locator("main").inner_text()
            assert sentence("verdict.issuer.one_time_key", "nl") in text
            assert "Sandra" not in text, "the name is shown only where the worker ticks it"
            expect(reader.page.locator(".sp-grade--colleague")).to_have_count(1)
            reader.looks("confirm-verdict")


def test_one_link_gives_one_confirmation_whoever_answers_it(browser: Browser, town: Town) -> None:
    with at_work(browser, town, None) as worker:
        grower = Grower(worker)
        tells(grower, inwerken=3)
        link = asks(grower, "inwerken")
        confirms(browser, town, link, "Sandra", inwerken=3)
        confirms(browser, town, link, "Kevin", inwerken=2)
        told = takes(grower)
        assert ("Sandra" in told) != ("Kevin" in told)
        expect(worker.screens.locator("[data-box]")).to_have_count(0)
        worker.goes_to("screens.tab.passport")
        title = catalog.credential_type("collega-bevestiging").title("nl")
        expect(worker.screens.locator(".card-row", has_text=title)).to_have_count(1)
        with visiting(browser, town) as late:
            late.opens(link, "box.over")


def test_a_refused_answer_leaves_nothing(browser: Browser, town: Town) -> None:
    with at_work(browser, town, None) as worker:
        grower = Grower(worker)
        tells(grower, inwerken=3)
        confirms(browser, town, asks(grower, "inwerken"), "CANARY-GEWEIGERD", inwerken=1)
        look = worker.screens.get_by_role("button", name=grower.says("asked.look"))
        look.click()
        worker.sees("flow.confirm.found")
        worker.presses("flow.box.no")
        worker.sees("flow.box.all")
        worker.presses("flow.box.ready")
        worker.goes_to("screens.tab.skills")
        grower.sees("skills.title")
        expect(worker.screens.locator(".sp-grade--colleague")).to_have_count(0)
        assert found_in(town, "CANARY-GEWEIGERD") == []


def test_a_confirmation_moves_along_to_another_passport(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    words = "drie natte fietsen"
    with at_work(browser, town, None) as worker:
        grower = Grower(worker)
        tells(grower, inwerken=3)
        confirms(browser, town, asks(grower, "inwerken"), inwerken=3)
        assert worker.says("flow.confirm.nameless") in takes(grower)
        file = worker.exports(words, tmp_path)
    with at_work(browser, town, None) as worker:
        grower = Grower(worker)
        tells(grower, samenwerken=2)
        worker.brings(file, words)
        worker.sees("flow.import.found")
        worker.presses("flow.keep.yes")
        worker.sees("flow.import.done")
        worker.presses("flow.to_passport")
        worker.goes_to("screens.tab.skills")
        row = worker.screens.locator(".card-row", has_text=label("inwerken"))
        expect(row.locator(".sp-grade--colleague")).to_be_visible()


def test_a_guest_reaches_everything_by_keyboard(browser: Browser, town: Town) -> None:
    with at_work(browser, town, None) as worker:
        grower = Grower(worker)
        tells(grower, inwerken=2)
        link = asks(grower, "inwerken")
        with visiting(browser, town) as guest:
            guest.opens(link, "confirm.title", name="Ria van der Velden")
            page = guest.reader.page
            guest.skill("inwerken").locator("input").first.focus()
            page.keyboard.press("Space")
            reached = 0
            while page.evaluate("document.activeElement?.type") != "submit":
                page.keyboard.press("Tab")
                reached += 1
                assert reached < 20
            page.keyboard.press("Enter")
            guest.reader.sees(guest.says("confirm.check"))
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            guest.reader.sees(guest.says("confirm.done"))
