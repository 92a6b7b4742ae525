"""The office in a real browser, over the real services: from a template to a withdrawn proof."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Response, expect

from tests.browser.person import Person
from tests.browser.waiting import comes
from tests.issuer.lists import DEMO
from tests.services import Services, services_in

MESSY = DEMO / "trainees_messy.csv"
ADDRESS = "cursist@thuis.example"
"""Of no trainee on the list, so that its letter is told from those of the class."""

SCREENS = [("nl", 360), ("nl", 1280), ("en", 320), ("en", 1280)]
"""Each language on a phone and on a desk; the narrowest phone in one of them."""


@pytest.fixture(params=SCREENS, ids=lambda screen: f"{screen[0]}-{screen[1]}")
def person(
    request: pytest.FixtureRequest, browser: Browser, pictures: Path | None
) -> Iterator[Person]:
    """Somebody at a screen."""
    language, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale=language, accept_downloads=True
    )
    yield Person(context.new_page(), language, pictures)
    context.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Services]:
    """Services of one's own: a list that was given once is not given again."""
    with services_in(tmp_path) as running:
        yield running


def enters(person: Person, services: Services, member: str) -> None:
    """Sign in with the one click of the trial."""
    person.opens(f"{services.address('issuer')}/sign-in?lang={person.language}")
    person.presses(f"form:has([value='{member}']) button")


def test_from_a_template_over_a_messy_list_to_a_withdrawn_proof(
    person: Person, fresh: Services
) -> None:
    services = fresh
    enters(person, services, "demo-own-1")
    _makes_a_template(person, services)
    _mends_a_list_and_asks_for_approval(person, services)
    enters(person, services, "demo-own-2")
    _approves(person, services)
    name = _reads_the_letter(person, services)
    _claims(person)
    enters(person, services, "demo-own-1")
    _withdraws(person, services, name)


def _makes_a_template(person: Person, services: Services) -> None:
    page = person.page
    person.opens(f"{services.address('issuer')}/kinds")
    person.looks("kinds")
    person.presses("a[href='/kinds/new?base=heftruck']")
    width = page.viewport_size["width"] if page.viewport_size else 0
    title = f"Heftruck in de hal {person.language} {width}"
    page.fill("[name='title_nl']", title)
    page.fill("[name='title_en']", title)
    expect(page.locator("#preview")).to_contain_text(title)  # the preview keeps up by itself
    page.locator("details:has([name='detail_nl.1']) summary").click()
    page.fill("[name='detail_nl.1']", "Aantal lesuren")
    with page.expect_response(_previews) as drawn:
        page.fill("[name='detail_en.1']", "Hours of class")
    drawn.value.finished()
    person.looks("kind")
    person.presses("button[value='keep']")
    assert page.locator("#versions").count() == 1
    person.looks("kind-kept")


def _previews(answer: Response) -> bool:
    """Whether the preview was drawn with the last that was filled in."""
    return "Hours" in (answer.request.post_data or "")


def _mends_a_list_and_asks_for_approval(person: Person, services: Services) -> None:
    page = person.page
    person.opens(f"{services.address('issuer')}/lists/new")
    page.locator("#file").set_input_files(MESSY)
    person.presses("button.sp-button--primary")
    page.locator("#line-17 input:not([type=hidden])").fill("05-06-2026")
    person.presses("#line-17 button[value=save]")
    assert page.locator("#line-17 .is-positive").count() == 1
    person.presses("a.sp-button--primary")
    page.locator("[name='delivery'][value='mail'], [name='delivery'][value='screen']").first.check()
    person.presses("button.sp-button--primary")


def _approves(person: Person, services: Services) -> None:
    """Where the list is long enough to need a second person."""
    person.opens(f"{services.address('issuer')}/lists")
    waiting = person.page.locator("a[href$='/approval']")
    if waiting.count():
        person.presses(waiting.first)
        person.presses("button.sp-button--primary")


def _reads_the_letter(person: Person, services: Services) -> str:
    """Send one offer by mail and read it in the mailbox; the PIN comes from the trainer."""
    page = person.page
    person.opens(f"{services.address('issuer')}/overview?show=warning")
    person.looks("overview-many")
    person.presses("a[href^='/made/']")
    made = page.url
    name = re.sub(r".*(?:voor|for) ", "", page.locator("h1 + p").inner_text())
    page.locator("details:has([name='address']) summary").click()
    page.fill("[name='address']", ADDRESS)
    person.presses("form[action$='/mail'] button")
    page.locator("details:has(.sp-pin) summary").click()
    pin = re.sub(r"\D", "", page.locator(".sp-pin").inner_text())
    assert len(pin) == 6
    issuer = services.address("issuer")
    own = page.locator("article", has_text=ADDRESS)  # the class's own letters may come in between
    comes(page, f"{issuer}/mailbox", own)
    person.looks("mailbox")
    assert pin not in own.inner_text()
    assert page.url != made
    link = urlsplit(str(own.locator("a").get_attribute("href")))
    assert (link.hostname, link.path) == ("wallet.localhost", "/o")
    uri = quote(unquote(link.fragment), safe="")
    person.opens(f"{services.address('wallet')}/receive?credential_offer_uri={uri}")  # the kiosk
    person.pin = pin
    return name


def _claims(person: Person) -> None:
    page = person.page
    page.fill("[name='pin']", person.pin)
    person.presses("main form button")
    person.presses("button[value='yes']")
    person.presses("button[value='yes']")


def _withdraws(person: Person, services: Services, name: str) -> None:
    page = person.page
    person.opens(f"{services.address('issuer')}/overview?show=positive")
    row = page.locator("tbody tr", has_text=name).first
    row.locator("[name='row']").check()
    person.presses("button[value='revoked']")
    assert page.locator(".sp-notice").count() >= 1
    person.looks("overview-done")
    person.opens(f"{services.address('issuer')}/ending")
    person.looks("ending")


def test_the_people_programs_and_devices_of_an_office(person: Person, services: Services) -> None:
    enters(person, services, "demo-own-3")
    _has_an_authenticator(person.page.context)
    page, issuer = person.page, services.address("issuer")
    person.opens(f"{issuer}/people")
    person.looks("people")
    page.fill("[name='name']", "Nadia Bos")
    person.presses("form[action='/people'] button")
    link = page.locator(".sp-notice a").inner_text()
    person.looks("people-invited")
    person.opens(f"{issuer}/programs")
    person.looks("programs")
    page.fill("[name='name']", "Planbord")
    person.presses("form[action='/programs'] button")
    person.looks("program-made")
    person.opens(link)
    person.looks("join")
    person.presses("form[data-passkey] button")
    assert page.url == f"{issuer}/"
    assert "Nadia Bos" in page.locator(".sp-office-who").inner_text()
    person.opens(f"{issuer}/me")
    person.looks("me")
    person.presses(".sp-office-who button")
    person.presses("form[data-passkey='show'] button")
    assert page.url == f"{issuer}/"
    assert "Nadia Bos" in page.locator(".sp-office-who").inner_text()


def _has_an_authenticator(context: BrowserContext) -> None:
    """A device that makes and shows passkeys, as Chromium's own tests have it."""
    page = context.pages[0]
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_firm_confirms_its_welders_and_states_what_somebody_did(
    person: Person, services: Services
) -> None:
    enters(person, services, "demo-brugman-1")
    page, issuer = person.page, services.address("issuer")
    person.opens(f"{issuer}/confirmations")
    person.looks("confirmations")
    if page.locator("details:not([open]) summary", has_text=re.compile("erbij|Add")).count():
        page.locator("details summary", has_text=re.compile("erbij|Add")).click()
    page.fill("[name='given_name']", "Jan")
    page.fill("[name='family_name']", f"Bakker {person.language}")
    page.fill("[name='document_number']", "LM-2026-17")
    page.fill("[name='last_on']", "2026-06-01")
    person.presses("form[action='/confirmations'] button")
    person.looks("confirmations-due")
    person.presses("button[value='confirm'].sp-button--primary")
    assert re.search(r"/made/", page.url)
    person.looks("confirmation-made")
    person.opens(f"{issuer}/templates/werkervaringsverklaring")
    page.fill("[name='given_name']", "Ria")
    page.fill("[name='family_name']", "van der Velden")
    page.fill("[name='period.from']", "2004-03-01")
    page.fill("[name='period.until']", "2026-08-31")
    page.select_option("[name='skill.1']", "mech-monteren")
    page.select_option("[name='level.1']", "3")
    person.looks("statement")
    person.presses("form[action$='/offers'] button.sp-button--primary")
    person.looks("statement-waits")
    made = page.url
    assert page.locator(".sp-qr").count() == 0
    enters(person, services, "demo-brugman-2")
    person.opens(f"{issuer}/confirmations")
    person.looks("statement-second")
    person.presses(f"form[action='/statements/{made.rpartition('/')[2]}'] button[value='agree']")
    person.opens(made)
    assert page.locator(".sp-qr").count() == 1
