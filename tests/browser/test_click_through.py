"""The whole journey by clicking: school, worker, firm, and the proof that is withdrawn."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.services import Services

CASES = [("nl", 360), ("en", 1280), ("en", 360), ("nl", 1280)]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def person(
    request: pytest.FixtureRequest, browser: Browser, pictures: Path | None
) -> Iterator[Person]:
    language, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        locale={"nl": "nl-NL", "en": "en-GB"}[language],
    )
    outside: list[str] = []
    context.on(
        "request",
        lambda one: None if "//localhost:" in one.url else outside.append(one.url),
    )
    yield Person(context.new_page(), language, pictures)
    context.close()
    assert outside == [], "a page asked something of another machine"


def test_a_proof_goes_from_school_to_worker_to_firm(person: Person, services: Services) -> None:
    page = person.page
    made = _school_gives(person, services)
    _worker_receives(person, made.link, made.pin)
    verdict = _firm_asks(person, services, name="verdict")
    assert set(verdict.values()) == {"passed"}
    person.opens(f"{services.address('wallet')}/history")
    person.looks("history")
    assert page.locator("main li").count() > 0
    _school_withdraws(person, made.address)
    verdict = _firm_asks(person, services, name="withdrawn")
    assert verdict["valid"] == "failed"
    assert verdict["authentic"] == verdict["issuer"] == verdict["holder"] == "passed"
    _worker_removes(person, services)


class Made:
    """A proof that waits: the page about it, its link and its PIN."""

    def __init__(self, address: str, link: str, pin: str) -> None:
        self.address, self.link, self.pin = address, link, pin


def _school_gives(person: Person, services: Services) -> Made:
    page = person.page
    person.opens(services.address("trust"))
    person.looks("start")
    person.presses(f"a[href^='{services.address('issuer')}']")
    person.looks("sign-in")
    person.presses("main form button")
    person.looks("templates")
    person.presses("a[href='/templates/heftruck']")
    page.fill("[name='given_name']", "Jan")
    page.fill("[name='family_name']", "Hendriks")
    page.fill("[name='date_of_test']", "2026-09-07")
    page.select_option("[name='skill.1']", "heftruck")
    page.select_option("[name='level.1']", "3")
    page.select_option("[name='skill.2']", "veilig-werken")
    page.select_option("[name='level.2']", "2")
    person.looks("form")
    person.presses("main form [type='submit'], main form button")
    person.looks("made")
    link = person.scans()
    assert link == page.locator(".sp-qr-panel a").get_attribute("href")
    page.locator("summary").first.click()
    pin = re.sub(r"\D", "", page.locator(".sp-pin").inner_text())
    assert len(pin) == 6
    assert pin not in link
    assert link.startswith(f"http://wallet.localhost:{services.ports['wallet']}/o#https://")
    kiosk = str(page.locator("a[data-kiosk]").get_attribute("href"))
    return Made(page.url.partition("?")[0], kiosk, pin)


def _worker_receives(person: Person, link: str, pin: str) -> None:
    page = person.page
    person.opens(link)
    person.looks("offer")
    assert "Hendriks" not in page.locator("main").inner_text()
    page.fill("[name='pin']", "000000" if pin != "000000" else "111111")
    person.presses("main form button")
    assert page.locator("[name='pin']").get_attribute("aria-invalid") == "true"
    page.fill("[name='pin']", pin)
    person.presses("main form button")
    person.looks("is-this-you")
    assert "Jan Hendriks" in page.locator("h1").inner_text()
    person.presses("button[value='yes']")
    person.looks("keep")
    person.presses("button[value='yes']")
    person.opens(re.sub(r"^(https?://[^/]+).*", r"\1/", page.url))
    person.looks("passport")
    assert len(_proofs(person)) == 1
    person.presses("a[href^='/proof/']")
    person.looks("proof")


def _firm_asks(person: Person, services: Services, *, name: str) -> dict[str, str]:
    page = person.page
    person.opens(services.address("verifier"))
    person.looks("ask")
    page.locator("button[name='preset'][value='skills']").click(no_wait_after=True)
    page.wait_for_selector(".sp-qr")
    person.looks("request")
    link = person.scans()
    assert f"http://wallet.localhost:{services.ports['wallet']}/v#" in link or "/r/" in link
    kiosk = str(page.locator("a[data-kiosk]").get_attribute("href"))
    recruiter, person.page = page, page.context.new_page()
    person.opens(kiosk)
    page = person.page
    if page.locator("input[type='radio']").count():
        page.locator("input[type='radio']").first.check()
        person.presses("main form button")
    boxes = page.locator("input[type='checkbox']")
    assert boxes.count() >= 2
    assert not any(boxes.nth(index).is_checked() for index in range(boxes.count()))
    boxes.first.check()
    person.looks("consent")
    person.presses("button[name='answer'][value='yes']")
    person.looks("answered")
    digits = re.sub(r"\D", "", page.locator(".sp-pin").inner_text())
    page.close()
    page = person.page = recruiter
    page.wait_for_selector("[name='digits']")  # it comes by itself
    page.fill("[name='digits']", digits)
    person.presses("main form button")
    page.wait_for_selector(".sp-verdict")
    person.looks(name)
    rows = page.locator(".sp-verdict > li")
    shown = page.locator("main").inner_text()
    assert "Hendriks" not in shown
    return {
        str(rows.nth(index).get_attribute("data-part")): str(
            rows.nth(index).get_attribute("data-outcome")
        )
        for index in range(rows.count())
    }


def _school_withdraws(person: Person, address: str) -> None:
    person.opens(address)
    person.looks("given")
    person.presses("form:has(input[name='to'][value='revoked']) button")
    person.looks("taken-back")


def _worker_removes(person: Person, services: Services) -> None:
    person.opens(f"{services.address('wallet')}/")
    person.looks("passport-withdrawn")
    person.presses("a[href^='/proof/']")
    person.looks("proof-withdrawn")
    assert person.page.locator("main .sp-status.is-negative").count() > 0
    person.presses("a[href$='/remove']")
    person.looks("remove")
    person.presses("button[value='yes']")
    person.opens(f"{services.address('wallet')}/")
    person.looks("passport-empty")
    assert _proofs(person) == set()


def _proofs(person: Person) -> set[str]:
    links = person.page.locator("a[href^='/proof/']")
    return {str(links.nth(index).get_attribute("href")) for index in range(links.count())}
