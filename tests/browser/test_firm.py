"""A firm at the verifier, in a real browser: its passkey, what it declares, its programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from schemas.messages import sentence
from tests.browser.person import Person
from tests.browser.verifier_site import address, serving_verifier
from tests.browser.waiting import comes
from tests.services import Services
from tests.verifier.share_site import ShareSite
from tests.verifier.test_programs import RECEIVER, Heard
from verifier import organisations

CASES = [("nl", 320), ("nl", 360), ("en", 1280), ("en", 320), ("nl", 1280)]


@pytest.mark.parametrize(("language", "width"), CASES, ids=[f"{a}-{b}" for a, b in CASES])
def test_a_firm_finds_its_account_and_signs_in(
    browser: Browser, services: Services, pictures: Path | None, language: str, width: int
) -> None:
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    firm = Person(context.new_page(), language, pictures)
    firm.opens(services.address("verifier"))
    follows(firm, "verifier.firm.sign_in")
    firm.looks("firm-sign-in")
    name = "Staalbouw De Schelde (fictief)"
    button = sentence("verifier.firm.go", language, name=name)
    firm.presses(firm.page.get_by_role("button", name=button))
    firm.page.get_by_role("heading", name=name).or_(
        firm.page.get_by_role("heading", name=sentence("verifier.firm.title", language))
    ).first.wait_for()
    assert name in firm.page.locator("main").inner_text()
    firm.looks("firm-account")
    context.close()


@pytest.fixture(scope="module")
def heard() -> Heard:
    """Another system, which hears of answers."""
    return Heard()


@pytest.fixture(scope="module")
def site(heard: Heard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShareSite]:
    """A verifier that may tell the other system."""
    more = {"dev_origins": {RECEIVER: "http://localhost:9"}}
    with serving_verifier(tmp_path_factory.mktemp("verifier"), **more) as running:
        running.world.internet.sites[RECEIVER] = TestClient(heard.app, base_url=RECEIVER)
        yield running


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def member(
    request: pytest.FixtureRequest, browser: Browser, pictures: Path | None
) -> Iterator[Person]:
    """Somebody of a firm, at a device that makes passkeys."""
    language, width = request.param
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    person = Person(context.new_page(), language, pictures)
    _has_an_authenticator(person.page)
    yield person
    context.close()


def _has_an_authenticator(page: Page) -> None:
    """A device that makes and shows passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def invited(site: ShareSite) -> tuple[str, str]:
    """A firm of its own that was looked up: its name and the path of its invitation."""
    ports, at = site.world.app.state.ports, site.world.clock()
    with ports.database.transaction() as session:
        row = organisations.add(session, "Rotor BV", kvk="00000009", entropy=ports.entropy, at=at)
        organisations.check(session, row.id, by="kvk", at=at)
        token = organisations.invite(session, row.id, entropy=ports.entropy, at=at)
    return row.name, f"/join/{token}"


def presses(member: Person, key: str, **values: object) -> None:
    """Press the button with these words, by keyboard alone."""
    button = member.page.get_by_role("button", name=sentence(key, member.language, **values))
    button.first.focus()
    member.page.keyboard.press("Enter")


def follows(member: Person, key: str) -> None:
    """Follow the link with these words."""
    member.presses(member.page.get_by_role("link", name=sentence(key, member.language)))


def sends(member: Person, key: str) -> None:
    """The same with a button that brings another page."""
    with member.page.expect_navigation():
        presses(member, key)


def comes_in(member: Person, site: ShareSite) -> None:
    """Make a passkey by an invitation."""
    name, path = invited(site)
    member.opens(f"{address(site)}{path}")
    member.looks("firm-join")
    sends(member, "verifier.firm.make")
    expect(member.page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_a_firm_joins_with_a_passkey_and_signs_in_with_it(member: Person, site: ShareSite) -> None:
    comes_in(member, site)
    sends(member, "verifier.firm.sign_out")
    page = member.page
    page.locator("form[data-passkey='show']").wait_for()
    member.opens(address(site))
    follows(member, "verifier.firm.sign_in")
    sends(member, "verifier.firm.passkey")
    expect(page.get_by_role("heading", level=1, name="Rotor BV")).to_be_visible()
    page.select_option("#relation", "agency")
    sends(member, "verifier.firm.save")
    expect(page.locator("#relation")).to_have_value("agency")
    member.looks("firm-account-own")
    member.opens(address(site))
    member.looks("firm-start")
    page.locator("button[value='vca']").click(no_wait_after=True)
    page.locator(".sp-qr-panel .sp-qr").wait_for()  # it waits for the answer, so it never ends
    assert "Rotor BV" in page.locator("main").inner_text()
    member.looks("firm-asks")


def test_a_passkey_that_is_not_shown_is_told(member: Person, site: ShareSite) -> None:
    member.opens(f"{address(site)}/firm")
    member.page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new Error('no')); }"
    )
    presses(member, "verifier.firm.passkey")
    expect(member.page.locator("[data-passkey-refused]")).to_be_visible()
    member.looks("firm-passkey-refused")


def test_a_firm_lets_a_program_in_and_sees_whether_its_system_hears(
    member: Person, site: ShareSite, heard: Heard
) -> None:
    heard.status = 204
    comes_in(member, site)
    page = member.page
    follows(member, "verifier.firm.systems")
    member.looks("firm-systems-empty")
    page.fill("#name", "Planbord")
    sends(member, "verifier.systems.give")
    key = page.locator("[data-secret]").inner_text()
    assert key.startswith("spk_")
    member.looks("firm-key-made")
    asked = site.world.client.post(
        "/api/requests", json={"preset": "skills"}, headers={"authorization": f"Bearer {key}"}
    )
    assert asked.status_code == 201
    page.fill("#url", f"{RECEIVER}/hook")
    sends(member, "verifier.systems.tell")
    expect(page.locator("[data-secret]")).to_contain_text("whsec_")
    sends(member, "verifier.systems.test")
    for outcome in ("arrived", "again"):
        line = page.locator(f"[data-outcome='{outcome}']")
        comes(page, f"{address(site)}/firm/systems", line)
        expect(line).to_have_count(1)
        heard.status = 500
        if outcome == "arrived":
            sends(member, "verifier.systems.test")
    assert key not in page.content()
    member.looks("firm-systems")
    sends(member, "verifier.systems.end")
    expect(page.get_by_text("Planbord")).to_have_count(0)
    page.fill("#name", "Planbord")
    for box in page.locator("input[type='checkbox']").all():
        box.uncheck()
    sends(member, "verifier.systems.give")
    member.looks("firm-key-refused")
