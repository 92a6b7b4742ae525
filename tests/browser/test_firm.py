"""A firm signs in at the verifier, in a real browser, and says what its questions declare."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from schemas.messages import sentence
from tests.browser.person import Person
from tests.services import Services

CASES = [("nl", 320), ("nl", 360), ("en", 1280), ("en", 320), ("nl", 1280)]


@pytest.mark.parametrize(("language", "width"), CASES, ids=[f"{a}-{b}" for a, b in CASES])
def test_a_firm_finds_its_account_and_signs_in(
    browser: Browser, services: Services, pictures: Path | None, language: str, width: int
) -> None:
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    firm = Person(context.new_page(), language, pictures)
    firm.opens(services.address("verifier"))
    firm.page.get_by_role("link", name=sentence("verifier.firm.sign_in", language)).click()
    firm.looks("firm-sign-in")
    name = "Staalbouw De Schelde (fictief)"
    button = sentence("verifier.firm.go", language, name=name)
    firm.page.get_by_role("button", name=button).click()
    firm.page.get_by_role("heading", name=name).or_(
        firm.page.get_by_role("heading", name=sentence("verifier.firm.title", language))
    ).first.wait_for()
    assert name in firm.page.locator("main").inner_text()
    firm.looks("firm-account")
    context.close()
