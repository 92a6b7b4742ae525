"""A manager answers a talk card from a link, and both sign it (R12)."""

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from tests.browser.guest import SIZES, Guest, label, tells, visiting
from tests.browser.test_wallet_skills import Grower, found_in
from tests.browser.wallet_person import Town, Worker, at_work


def writes_card(grower: Grower, *agreements: str) -> None:
    """At the talk card: all strengths, and what is agreed."""
    grower.presses("talk.title")
    grower.sees("talk.title")
    screens = grower.worker.screens
    strengths = screens.locator("fieldset").first.get_by_role("checkbox")
    strengths.first.wait_for()  # the title comes first, and then all of them at once
    for box in strengths.all():
        box.check()
    for place, text in enumerate(agreements, 1):
        screens.get_by_label(grower.says("talk.agreement", count=place)).fill(text)


def sends_card(grower: Grower, name: str, *, looks: bool = False) -> str:
    """Send the card to the manager; the link, read from the code on the screen."""
    worker = grower.worker
    grower.presses("talk.send")
    worker.sees("flow.talk.title")
    worker.page.get_by_label(worker.says("flow.talk.name"), exact=True).fill(name)
    if looks:
        worker.looks("talk-send")
    worker.presses("flow.talk.make")
    worker.sees("flow.talk.scan")
    link = code_on(worker)
    if looks:
        worker.looks("talk-code")
    return link


def answers(erik: Guest, link: str, skill: str) -> None:
    """Read the card, change one agreement, add a remark, and sign."""
    erik.opens(link, "talk.title", name="Petra Kuijpers")
    page = erik.reader.page
    assert skill in page.locator("main").inner_text()
    erik.reader.looks("talk-page")
    strengths = page.locator("ul").first
    assert strengths.locator("input, textarea, button").count() == 0, "no edit of a skill"
    erik.fills("talk.comment", "Goed plan, ik regel de spiegelzaal.")
    page.locator("#talk-agreement-1").fill("Cursus lassen in juni, wij betalen")
    erik.presses("talk.send")
    page.get_by_text(erik.says("talk.name_needed")).wait_for()
    erik.fills("talk.name", "Erik Doornbos")
    erik.presses("talk.send")
    page.get_by_role("heading", name=erik.says("talk.done"), exact=True).wait_for()
    sent = [request.post_data or "" for request in erik.reader.asked]
    assert not any("spiegelzaal" in each for each in sent)


def signs(petra: Grower) -> None:
    """Read the answer as a proposal, beside what was written, and sign it."""
    worker = petra.worker
    worker.screens.get_by_role("button", name=petra.says("asked.look")).click()
    worker.sees("flow.talk.found")
    changed = worker.stage.locator("[data-changed='true']")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text("Cursus lassen in juni, wij betalen")
    expect(changed).to_contain_text("Cursus lassen in mei")
    worker.looks("talk-answer")
    worker.presses("flow.box.yes")
    worker.sees("flow.box.all")
    worker.presses("flow.box.ready")


def code_on(worker: Worker) -> str:
    """The link in the code above the card; the card on the screen shows the same one, small."""
    worker.page.evaluate("document.querySelector('.sp-talk .sp-qr').hidden = true")
    link = worker.scans()
    worker.page.evaluate("document.querySelector('.sp-talk .sp-qr').hidden = false")
    return link


def on_paper(worker: Worker) -> str:
    """What is printed, on at most two pages."""
    paper = PdfReader(BytesIO(worker.page.pdf()))
    assert len(paper.pages) <= 2, "a talk card has at most two pages"
    return "".join(page.extract_text() for page in paper.pages)


@pytest.mark.parametrize(("width", "language"), SIZES, ids=["360-en", "1280-nl"])
def test_a_manager_answers_a_talk_card_and_both_sign_it(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as worker:
        petra = Grower(worker)
        tells(petra, serie_assemblage=4, lean_5s=3)
        writes_card(petra, "Cursus lassen in mei", "Meelopen met Jan")
        link = sends_card(petra, "Petra Kuijpers", looks=True)
        assert "Cursus lassen in mei" in on_paper(worker)
        worker.presses("flow.box.ready")
        with visiting(browser, town, pictures, width, language) as erik:
            answers(erik, link, label("serie-assemblage", language))
        signs(petra)
        worker.screens.get_by_role("button", name="Erik Doornbos").click()
        worker.sees("flow.talk.signed")
        worker.looks("talk-signed")
        text = on_paper(worker)
        assert ("Cursus lassen in juni" in text, "Erik Doornbos" in text) == (True, True)
        worker.presses("flow.talk.with_code")
        worker.sees("flow.talk.scan")
        code = code_on(worker)
        assert code != link
        with visiting(browser, town, pictures, width, language) as later:
            later.opens(code, "talk.title", name="Petra Kuijpers")
            page = later.reader.page
            page.locator("#signed").wait_for()
            told = page.locator("main").inner_text()
            assert ("Erik Doornbos" in told, "spiegelzaal" in told) == (True, True)
            assert page.locator("textarea").count() == 0
            later.reader.looks("talk-page-signed")
    assert found_in(town, "spiegelzaal") == []


def test_an_answer_that_is_refused_signs_nothing(browser: Browser, town: Town) -> None:
    with at_work(browser, town, None) as worker:
        petra = Grower(worker)
        tells(petra, lean_5s=3)
        writes_card(petra, "Cursus lassen in mei")
        link = sends_card(petra, "Petra")
        worker.presses("flow.box.ready")
        with visiting(browser, town) as erik:
            erik.opens(link, "talk.title", name="Petra")
            erik.fills("talk.name", "Erik")
            erik.presses("talk.send")
            erik.reader.page.get_by_role("heading", name=erik.says("talk.done")).wait_for()
        worker.screens.get_by_role("button", name=petra.says("asked.look")).click()
        worker.sees("flow.talk.found")
        worker.presses("flow.box.no")
        worker.sees("flow.box.all")
        worker.presses("flow.box.ready")
        expect(worker.screens.locator("#signed")).to_have_count(0)
