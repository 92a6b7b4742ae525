"""The sector's list as anyone can read it, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.services import Services

CASES = [("nl", 320), ("nl", 360), ("en", 1280), ("en", 320), ("nl", 1280)]


@pytest.mark.parametrize(("language", "width"), CASES, ids=[f"{a}-{b}" for a, b in CASES])
def test_the_list_is_for_everybody(
    browser: Browser, services: Services, pictures: Path | None, language: str, width: int
) -> None:
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    reader = Person(context.new_page(), language, pictures)
    reader.opens(f"{services.address('trust')}/list?lang={language}")
    reader.looks("trust-list")
    text = reader.page.locator("main").inner_text()
    assert "Vakschool De Lasboog" in text
    assert "did:" not in text
    context.close()
