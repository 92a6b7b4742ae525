"""A wallet sends its user to the issuer's page, and the browser comes back with a code."""

import re
from pathlib import Path
from secrets import token_bytes
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Route

from credentials.encoding import parse_json_object
from credentials.openid4vc import pkce
from credentials.openid4vc.authorization import parse_response
from issuer.settings import DEMO_ORIGIN
from tests.browser.person import Person
from tests.services import Services

SIZES = {"nl": 320, "en": 1280}
BACK = "http://127.0.0.1:9/back"
"""Where the app of this test listens; the browser's own door answers in its place."""


def pushed(person: Person, issuer: str, **change: str) -> str:
    """What the app does before it opens the browser; the address of the page."""
    fields: dict[str, str | float | bool] = {
        "response_type": "code",
        "client_id": "test-app",
        "redirect_uri": BACK,
        "scope": "heftruck.dc+sd-jwt",
        "state": "s-1",
        "code_challenge": pkce.challenge_of(pkce.create_verifier(token_bytes)),
        "code_challenge_method": "S256",
        **change,
    }
    answer = person.page.request.post(f"{issuer}/par", form=fields)
    assert answer.status == 201, answer.text()
    handle = str(parse_json_object(answer.body())["request_uri"])
    about = {"client_id": "test-app", "request_uri": handle, "lang": person.language}
    return f"{issuer}/authorize?{urlencode(about)}"


def offered(person: Person, issuer: str) -> tuple[str, str]:
    """A proof that waits: the link of its offer and its PIN."""
    page = person.page
    person.opens(f"{issuer}/sign-in?lang={person.language}")
    person.presses("form[action='/sign-in/demo']:has(input[value='demo-own-1']) button")
    person.opens(f"{issuer}/templates/heftruck")
    page.fill("[name='given_name']", "Jan")
    page.fill("[name='family_name']", "Hendriks")
    page.fill("[name='date_of_test']", "2026-09-07")
    page.select_option("[name='skill.1']", "heftruck")
    page.select_option("[name='level.1']", "3")
    person.presses("main form [type='submit'], main form button.sp-button--primary")
    link = person.scans()
    page.locator("summary").first.click()
    return link, re.sub(r"\D", "", page.locator(".sp-pin").inner_text())


@pytest.mark.parametrize("language", sorted(SIZES))
def test_a_person_answers_an_app_with_the_pin(
    browser: Browser, services: Services, pictures: Path | None, language: str
) -> None:
    context = browser.new_context(
        viewport={"width": SIZES[language], "height": 800}, locale=language
    )
    came: list[str] = []

    def answer(route: Route) -> None:
        came.append(route.request.url)
        route.fulfill(status=200, content_type="text/plain", body="back in the app")

    context.route(f"{BACK}*", answer)
    person, issuer = Person(context.new_page(), language, pictures), services.address("issuer")
    link, pin = offered(person, issuer)
    person.opens(pushed(person, issuer))
    person.looks("authorize")
    person.page.fill("[name='link']", link)
    person.page.fill("[name='pin']", "000000" if pin != "000000" else "111111")
    person.presses("button[value='yes']")
    person.looks("authorize-wrong-pin")
    assert person.page.input_value("[name='link']") == link
    person.page.fill("[name='pin']", pin)
    person.page.locator("button[value='yes']").click()
    person.page.wait_for_url(f"{BACK}*")
    found = parse_response(came[-1], redirect_uri=BACK, state="s-1", issuer=DEMO_ORIGIN)
    assert found.code
    address = pushed(person, issuer)
    person.opens(address)
    person.page.locator("button[value='no']").click()
    person.page.wait_for_url(f"{BACK}*")
    assert "error=access_denied" in came[-1]
    person.opens(address)
    person.looks("authorize-over")
    context.close()
