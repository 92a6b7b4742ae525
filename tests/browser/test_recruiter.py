"""The recruiter and a real passport: a deelkaart confirmed live, and four digits read aloud."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.browser.test_share_page import share
from tests.browser.wallet_person import CLOCK, Town, Worker, at_work

CASES = [("nl", 320), ("en", 360), ("nl", 1280), ("en", 1280)]


@contextmanager
def hiring(
    browser: Browser, town: Town, pictures: Path | None, language: str, width: int
) -> Iterator[Person]:
    """Somebody at the verifier's first page."""
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    context.add_init_script(CLOCK.replace("{shift}", str(town.shift)))
    person = Person(context.new_page(), language, pictures)
    person.opens(town.services.address("verifier"))
    yield person
    context.close()


def asked_of(recruiter: Person, town: Town) -> str:
    """The link of the question that the recruiter's screen shows, as the passport takes it."""
    button = recruiter.page.locator(".sp-qr-panel a.sp-button")
    button.wait_for()
    link = urlsplit(str(button.get_attribute("href")))
    return f"{town.links}/v#{link.query or link.fragment}"


def says_yes(worker: Worker, link: str) -> str:
    """Answer a question with all that is asked; the digits to read aloud."""
    worker.follows(link)
    yes = worker.stage.get_by_role("button", name=worker.says("flow.ask.yes"), exact=True)
    opening = worker.stage.get_by_role("button", name=worker.says("flow.ask.open"), exact=True)
    expect(yes.or_(opening)).to_be_visible()
    if opening.count():
        opening.click()
    yes.wait_for()
    for box in worker.stage.locator("input[type='checkbox']").all():
        box.check()
    yes.click()
    worker.sees("flow.done.title")
    return worker.stage.locator(".sp-match code").inner_text()


@pytest.mark.parametrize(("language", "width"), CASES, ids=[f"{a}-{b}" for a, b in CASES])
def test_a_deelkaart_is_confirmed_by_its_holder_who_reads_four_digits_aloud(
    browser: Browser, town: Town, pictures: Path | None, language: str, width: int
) -> None:
    with at_work(browser, town, None) as worker:
        worker.receives(town.offer())
        worker.leaves()
        card, _ = share(worker)
        with hiring(browser, town, pictures, language, width) as recruiter:
            recruiter.page.fill("#link", card)
            recruiter.presses("form:has(#link) button.sp-button--primary")
            parts = recruiter.page.locator(".sp-verdict > li")
            expect(parts.last).to_have_attribute("data-outcome", "undetermined")
            confirm = recruiter.page.locator("form[action='/requests'] button").first
            confirm.click(no_wait_after=True)
            digits = says_yes(worker, asked_of(recruiter, town))
            field = recruiter.page.locator("[name='digits']")
            field.wait_for()
            recruiter.looks("recruiter-digits")
            wrong = f"{(int(digits) + 1) % 10_000:04}"
            field.fill(wrong)
            recruiter.page.locator("main form button").first.click(no_wait_after=True)
            recruiter.page.locator(".is-negative").first.wait_for()
            recruiter.looks("recruiter-digits-wrong")
            recruiter.page.locator("[name='digits']").fill(digits)
            recruiter.presses("main form button")
            parts = recruiter.page.locator(".sp-verdict > li")
            expect(parts).to_have_count(4)
            recruiter.looks("recruiter-confirmed")
            found = [part.get_attribute("data-outcome") for part in parts.all()]
            assert found == ["passed"] * 4


def test_a_vacancy_is_asked_in_plain_words_and_answered_beside_it(
    browser: Browser, town: Town, pictures: Path | None
) -> None:
    with at_work(browser, town, pictures) as worker:
        worker.receives(town.offer())
        worker.leaves()
        with hiring(browser, town, pictures, "nl", 360) as recruiter:
            recruiter.page.select_option("form[action='/requests'] [name='vacancy']", "vac-001")
            button = recruiter.page.locator("form[action='/requests']:has([name='vacancy']) button")
            button.click(no_wait_after=True)
            link = asked_of(recruiter, town)
            recruiter.looks("recruiter-vacancy-asks")
            worker.follows(link)
            yes = worker.stage.get_by_role("button", name=worker.says("flow.ask.yes"), exact=True)
            opening = worker.stage.get_by_role("button", name=worker.says("flow.ask.open"))
            expect(yes.or_(opening)).to_be_visible()
            if opening.count():
                opening.click()
            yes.wait_for()
            worker.looks("recruiter-vacancy-consent")
            assert "Bakker" not in worker.stage.inner_text()
