"""A class list in a real browser: chosen, read, mended in place, approved by a second person."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from tests.browser.person import Person
from tests.issuer.lists import DEMO
from tests.issuer.office import Office, open_office

MESSY = DEMO / "trainees_messy.csv"
OTHER = """Deelnemer;Mail;Opleiding;Datum;Geslaagd;Skill;Niveau;geb.datum
Piet Jansen;piet@thuis.example;BHV;05-06-2026;ja;Hulp bieden bij ongeval of brand (BHV);3;01-01-1990
"Velden, Ria van der";ria@thuis.example;BHV;05-06-2026;ja;Hulp bieden bij ongeval of brand (BHV);2;
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Office, str]]:
    """The issuer behind a real port."""
    opened = open_office(tmp_path)
    server = uvicorn.Server(uvicorn.Config(opened.app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield opened, f"http://localhost:{port}"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_a_list_is_read_mended_approved_and_given(
    office: tuple[Office, str], browser: Browser, pictures: Path | None, language: str, width: int
) -> None:
    address = office[1]
    context = browser.new_context(viewport={"width": width, "height": 800})
    person = Person(context.new_page(), language, pictures)
    enters(person, address, "demo-own-1")
    puts_down(person, address, MESSY)
    person.looks("list-rows")
    mends(person)
    person.looks("list-mended")
    person.presses("a:has-text('Kolommen'), a:has-text('Columns')")
    person.looks("list-columns")
    person.page.go_back()
    person.presses("a.sp-button--primary")
    person.looks("list-give")
    person.presses("button.sp-button--primary")
    person.looks("list-given")
    person.presses("a[href$='/rows']")
    person.looks("list-rest")
    context.close()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_columns_of_another_institute_are_chosen_and_a_second_person_approves(
    office: tuple[Office, str], browser: Browser, pictures: Path | None, language: str, width: int
) -> None:
    address = office[1]
    context = browser.new_context(viewport={"width": width, "height": 800})
    person = Person(context.new_page(), language, pictures)
    enters(person, address, "demo-own-1")
    person.opens(f"{address}/lists?lang={language}")
    person.looks("lists-none")
    person.presses("a.sp-button--primary")
    person.looks("list-new")
    person.page.locator("#pasted").fill(OTHER)
    person.presses("button.sp-button--primary")
    person.looks("list-other-columns")
    person.page.locator("[name=no_number]").check()
    person.presses("button.sp-button--primary")
    person.looks("list-other-rows")
    puts_down(person, address, DEMO / "trainees.csv")
    person.presses("a.sp-button--primary")
    person.presses("button.sp-button--primary")
    person.looks("list-waits")
    waiting = person.page.url
    enters(person, address, "demo-own-2")
    person.opens(waiting)
    person.looks("list-approval")
    person.presses("button.sp-button--primary")
    person.looks("list-approved")
    person.opens(f"{address}/lists")
    person.looks("lists-all")
    context.close()


def enters(person: Person, address: str, member: str) -> None:
    """Sign in with the one click of the trial."""
    person.opens(f"{address}/sign-in?lang={person.language}")
    person.presses(f"form:has([value='{member}']) button")


def puts_down(person: Person, address: str, file: Path) -> None:
    """Choose a file and have it read."""
    person.opens(f"{address}/lists/new")
    person.page.locator("#file").set_input_files(file)
    person.presses("button.sp-button--primary")


def mends(person: Person) -> None:
    """Mend a day, confirm another, choose between two rows, empty a remark, leave one out."""
    page: Page = person.page
    page.locator("#line-17 input:not([type=hidden])").fill("05-06-2026")
    person.presses("#line-17 button[value=save]")
    person.presses("#line-20 button[value^='confirm:']")
    person.presses("#line-22 button[value^='this:']")
    page.locator("#line-32 input:not([type=hidden])").fill("")
    person.presses("#line-32 button[value=save]")
    page.locator("#line-28 select").select_option(index=3)
    person.presses("#line-28 button[value=save]")
    person.presses("#line-37 button[value=leave]")
    for line in (17, 20, 32):
        assert page.locator(f"#line-{line} .is-positive").count() == 1, line
    assert page.locator("#line-37.is-quiet").count() == 1


def gives(page: Page, selector: str) -> None:
    """Press Enter there, and wait for the page that comes of it."""
    with page.expect_navigation():
        page.locator(selector).press("Enter")


def test_a_list_needs_no_script_and_no_mouse(office: tuple[Office, str], browser: Browser) -> None:
    address = office[1]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/sign-in?lang=nl")
    gives(page, "form:has([value='demo-own-1']) button")
    page.goto(f"{address}/lists/new")
    page.locator("#file").set_input_files(MESSY)
    gives(page, "button.sp-button--primary")
    page.locator("#line-17 input:not([type=hidden])").fill("05-06-2026")
    gives(page, "#line-17 input:not([type=hidden])")
    assert page.locator("#line-17 .is-positive").count() == 1
    page.go_back()  # the page of before, with the old version
    page.locator("#line-18 input:not([type=hidden])").fill("03-04-2026")
    gives(page, "#line-18 input:not([type=hidden])")
    again = page.locator("main").inner_text()
    assert "16 regels zijn klaar" in again or "17 regels zijn klaar" in again
    gives(page, "a.sp-button--primary")
    page.locator("[name=delivery][value=screen]").press("Space")
    gives(page, "button.sp-button--primary")
    assert "staan klaar" in page.locator("h1").inner_text()
    page.go_back()
    page.reload()
    assert "staan klaar" in page.locator("h1").inner_text() or page.url.endswith("/rows")
    context.close()
