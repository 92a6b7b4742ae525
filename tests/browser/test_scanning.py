"""The recruiter's camera: a code on somebody's phone or on paper, read on the first page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from schemas.messages import sentence
from tests.browser.person import Person
from tests.browser.test_wallet_camera import film, watching
from tests.browser.verifier_site import address, serving_verifier
from tests.browser.waiting import becomes
from tests.verifier.share_site import ShareSite

CASES = [("nl", 360), ("en", 1280), ("en", 360), ("nl", 1280)]
PAPER = "https://elsewhere.example/check?paper=AAECAwQFBgcICQoLDA0ODw"
OTHER = "https://shop.example/"
FRAMES = 15
"""A second and a half of each code."""

WATCHED = """() => {
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wish) => (window.stream = await ask(wish));
  window.BarcodeDetector = class { detect() { return Promise.resolve([]); } };
}"""
"""Keep the camera's stream, and find no code in it."""

REFUSED = "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }"

SPOILED = """() => {
  window.faults = [];
  document.addEventListener("securitypolicyviolation", (one) => faults.push(one.violatedDirective));
  const image = document.createElement("div");
  try { image.innerHTML = "<b>no</b>"; } catch (error) { faults.push(error.name); }
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShareSite]:
    """A verifier, and deelkaarten to scan."""
    with serving_verifier(tmp_path_factory.mktemp("verifier")) as running:
        yield running


@pytest.fixture(scope="module")
def cameras(
    site: ShareSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Browser, Browser, Browser]]:
    """One looks at another code, one at that and then at a deelkaart, one at a certificate."""
    header = film("x").partition(b"FRAME\n")[0]
    frames = b"".join(film(text).removeprefix(header) * FRAMES for text in (OTHER, site.shared()))
    folder = tmp_path_factory.mktemp("film")
    with watching(folder, film(OTHER), header + frames, film(PAPER)) as launched:
        other, deelkaart, certificate = launched
        yield other, deelkaart, certificate


@pytest.fixture
def other(cameras: tuple[Browser, Browser, Browser]) -> Browser:
    """A browser that sees a code which is none of ours, and sees it for ever."""
    return cameras[0]


@pytest.fixture
def deelkaart(cameras: tuple[Browser, Browser, Browser]) -> Browser:
    """A browser that sees another code first, and then a deelkaart."""
    return cameras[1]


@pytest.fixture
def certificate(cameras: tuple[Browser, Browser, Browser]) -> Browser:
    """A browser that sees a certificate."""
    return cameras[2]


@contextmanager
def recruiter_at(
    browser: Browser, site: ShareSite, pictures: Path | None, language: str, width: int
) -> Iterator[Person]:
    """Somebody at the first page, with a camera that they let it use."""
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    viewport = {"width": width, "height": 800}
    context: BrowserContext = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]  # a TypedDict of the same two
        locale=locale,
        permissions=["camera"],
    )
    person = Person(context.new_page(), language, pictures)
    person.opens(address(site))
    yield person
    context.close()


@pytest.mark.parametrize(("language", "width"), CASES, ids=[f"{a}-{b}" for a, b in CASES])
def test_another_code_is_told_and_looking_goes_on(
    other: Browser, site: ShareSite, pictures: Path | None, language: str, width: int
) -> None:
    with recruiter_at(other, site, pictures, language, width) as recruiter:
        page = recruiter.page
        start = page.get_by_role("button", name=sentence("verifier.scan.start", language))
        start.focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-scan-stop]")).to_be_focused()
        told = page.get_by_text(sentence("verifier.scan.other", language))
        expect(told).to_be_visible()
        recruiter.looks("verifier-scanning")
        assert page.url == f"{address(site)}/"


@pytest.mark.parametrize(("language", "width"), CASES, ids=[f"{a}-{b}" for a, b in CASES])
def test_a_deelkaart_after_another_code_becomes_a_verdict(
    deelkaart: Browser, site: ShareSite, pictures: Path | None, language: str, width: int
) -> None:
    with recruiter_at(deelkaart, site, pictures, language, width) as recruiter:
        page = recruiter.page
        page.locator("[data-scan-start]").press("Enter")
        page.wait_for_url("**/results/*")
        expect(page.locator(".sp-verdict > li")).to_have_count(4)
        recruiter.looks("verifier-scanned")


def test_a_certificate_on_paper_leads_to_its_file_here(
    certificate: Browser, site: ShareSite, pictures: Path | None
) -> None:
    with recruiter_at(certificate, site, pictures, "nl", 360) as recruiter:
        recruiter.page.locator("[data-scan-start]").click()
        recruiter.page.wait_for_url("**/check?paper=*")
        assert recruiter.page.url.startswith(address(site))
        recruiter.looks("verifier-scanned-paper")


def test_the_camera_stops_when_somebody_says_so_and_a_missing_one_is_told(
    certificate: Browser, site: ShareSite, pictures: Path | None
) -> None:
    with recruiter_at(certificate, site, pictures, "nl", 360) as recruiter:
        page = recruiter.page
        page.evaluate(WATCHED)
        page.locator("[data-scan-start]").click()
        page.locator("[data-scan-stop]").click()
        expect(page.locator("[data-scan-start]")).to_be_focused()
        assert page.evaluate("stream.getTracks().map((one) => one.readyState)") == ["ended"]
        page.evaluate(REFUSED)
        page.locator("[data-scan-start]").click()
        expect(page.get_by_text(sentence("verifier.scan.missing", "nl"))).to_be_visible()
        recruiter.looks("verifier-no-camera")


def test_nothing_on_the_page_becomes_script(
    certificate: Browser, site: ShareSite, pictures: Path | None
) -> None:
    with recruiter_at(certificate, site, pictures, "nl", 360) as recruiter:
        recruiter.page.evaluate(SPOILED)
        becomes(recruiter.page, "faults.length > 1")
        faults = recruiter.page.evaluate("faults")
        assert sorted(faults) == ["TypeError", "require-trusted-types-for"]


def test_without_script_the_link_is_pasted_and_the_page_says_why(
    certificate: Browser, site: ShareSite, pictures: Path | None
) -> None:
    context = certificate.new_context(
        viewport={"width": 360, "height": 800}, locale="nl-NL", java_script_enabled=False
    )
    person = Person(context.new_page(), "nl", pictures)
    person.opens(address(site))
    page = person.page
    told = page.locator("noscript").first.text_content() or ""
    assert sentence("verifier.scan.needs_script", "nl") in told
    assert not page.locator("[data-scan-start]").is_visible()
    page.fill("#link", site.shared())
    person.presses("form:has(#link) button")
    expect(page.locator(".sp-verdict > li")).to_have_count(4)
    context.close()
