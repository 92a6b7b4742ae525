"""A certificate on paper, from the office to the recruiter, in a real browser."""

from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from schemas.messages import sentence
from tests.browser.person import Person
from tests.services import Services

SIZES: dict[str, ViewportSize] = {
    "nl": {"width": 320, "height": 800},
    "en": {"width": 1280, "height": 900},
}
"""A phone for one language, a desk for the other."""


def fill_in(page: Page) -> None:
    """A welder's certificate."""
    page.fill("[name=given_name]", "Łukasz")
    page.fill("[name=family_name]", "Wiśniewski")
    page.fill("[name=document_number]", "LM-26007")
    page.fill("[name=date_of_test]", "2026-11-09")
    page.select_option("[name='skill.1']", "las-mag")
    page.select_option("[name='level.1']", "2")


def code_on_paper(page: Page) -> str:
    """What a camera reads from the certificate, at the size of its preview."""
    preview = page.locator("img").first.get_attribute("src")
    image = page.request.get(urljoin(page.url, preview)).body()
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(image)))
    return str(code.text)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_certificate_on_paper_is_checked_by_its_file(
    browser: Browser, services: Services, pictures: Path | None, language: str, tmp_path: Path
) -> None:
    context = browser.new_context(viewport=SIZES[language], locale=language, accept_downloads=True)
    page = context.new_page()
    teacher = Person(page, language, pictures)
    teacher.opens(f"{services.address('issuer')}/sign-in?lang={language}")
    teacher.presses("form[action='/sign-in/demo']:has(input[value='demo-own-1']) button")
    teacher.opens(f"{services.address('issuer')}/templates/lascertificaat-mag")
    fill_in(page)
    teacher.presses("main form button.sp-button--primary")
    teacher.presses("a[href$='/paper']")
    teacher.looks("paper-open")
    teacher.presses("form[action$='/paper'] button")
    teacher.looks("paper-made")
    file, badge = tmp_path / "certificate.pdf", tmp_path / "badge.svg"
    for target, link in ((file, "certificate.pdf"), (badge, "badge.svg")):
        with page.expect_download() as download:
            page.locator(f"a[href$='{link}']").click()
        download.value.save_as(target)
    code = code_on_paper(page)
    assert code.startswith(f"{services.address('verifier')}/check?paper=")
    recruiter = Person(context.new_page(), language, pictures)
    recruiter.opens(f"{code}&lang={language}")
    recruiter.looks("paper-check")
    for target in (file, badge):
        if target == badge:
            recruiter.opens(f"{services.address('verifier')}/")
        recruiter.page.set_input_files("#file", target)
        recruiter.presses("form:has(#file) button")
        recruiter.looks(f"paper-verdict-{target.stem}")
        assert "Wiśniewski" in recruiter.page.locator("main").inner_text()
    context.close()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_another_paper_than_the_file_is_refused_in_words(
    browser: Browser, services: Services, language: str, tmp_path: Path
) -> None:
    context = browser.new_context(viewport=SIZES[language], locale=language)
    recruiter = Person(context.new_page(), language)
    address = f"{services.address('verifier')}/check?paper={'A' * 22}&lang={language}"
    recruiter.opens(address)
    nothing = tmp_path / "other.pdf"
    nothing.write_bytes(b"%PDF-1.7\n")
    recruiter.page.set_input_files("#file", nothing)
    recruiter.presses("form:has(#file) button")
    recruiter.looks("paper-refused")
    text = recruiter.page.locator("main").inner_text()
    assert sentence("error.pdf_malformed", language) in text
    context.close()
