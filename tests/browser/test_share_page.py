"""The page of a deelkaart: what was chosen and whether it holds, without account or app."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from schemas.messages import sentence
from tests.browser.wallet_person import CLOCK, Town, Worker, at_work


@pytest.fixture
def worker(browser: Browser, town: Town) -> Iterator[Worker]:
    """A worker with one forklift certificate."""
    with at_work(browser, town, None) as found:
        found.receives(town.offer())
        found.leaves()
        yield found


class Reader:
    """Somebody who was given a link; every request of the page is kept."""

    def __init__(self, page: Page, language: str, pictures: Path | None) -> None:
        self.page, self.language, self.pictures = page, language, pictures
        self.asked: list[Request] = []
        page.on("request", lambda request: self.asked.append(request))  # noqa: PLW0108 - it takes no built-in method

    def says(self, key: str, **values: object) -> str:
        """What the page says for a key."""
        return sentence(key, self.language, **values)

    def follows(self, link: str) -> None:
        """Open the link, as a camera does."""
        self.page.goto("about:blank")
        self.page.goto(link)

    def sees(self, text: str) -> None:
        """Wait for the page's one title; it has the focus."""
        title = self.page.locator("h1")
        expect(title).to_have_text(text)
        expect(title).to_be_focused()

    def opens(self, code: str = "", name: str = "") -> None:
        """Fill in what is asked, and look."""
        self.page.get_by_role("heading", name=self.says("share.title")).wait_for()
        if code:
            self.page.get_by_label(self.says("share.code")).fill(code)
        if name:
            self.page.get_by_label(self.says("share.name")).fill(name)
        self.page.get_by_role("button", name=self.says("share.open")).click()

    def looks(self, name: str) -> None:
        """No barrier and no scrolling sideways; a picture when somebody wants one."""
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            file = self.pictures / f"{name}-{width}-{self.language}.png"
            self.page.screenshot(path=file, full_page=True)
        assert self.page.locator("html").get_attribute("lang") == self.language
        assert not self.page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        found = Axe().run(self.page).response["violations"]
        assert not found, f"{name}: {[(one['id'], one['nodes'][0]['html']) for one in found]}"


@contextmanager
def reading(
    browser: Browser,
    town: Town,
    pictures: Path | None = None,
    *,
    width: int = 360,
    language: str = "nl",
    script: bool = True,
) -> Iterator[Reader]:
    """A reader with a fresh browser; what a policy stopped is a failure."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale=language, java_script_enabled=script
    )
    context.add_init_script(CLOCK.replace("{shift}", str(town.shift)))
    page = context.new_page()
    stopped: list[str] = []
    page.on(
        "console", lambda said: stopped.append(said.text) if "Content Sec" in said.text else None
    )
    page.on("pageerror", lambda error: stopped.append(str(error)))
    yield Reader(page, language, pictures)
    context.close()
    assert stopped == []


def share(worker: Worker, *, code: bool = False) -> tuple[str, str]:
    """Share one skill; the link that the screen's code holds, and the spoken code."""
    worker.starts_sharing()
    worker.ticks("Heftruck rijden")
    worker.presses("flow.share.look")
    if code:
        worker.page.get_by_label(worker.says("flow.share.code"), exact=False).check()
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    link = worker.scans()
    spoken = re.findall(r": (\d{4})\b", worker.stage.inner_text()) if code else [""]
    worker.ends_sharing()
    return link, spoken[0]


@pytest.mark.parametrize(
    ("width", "language"),
    [(320, "nl"), (1280, "en")],
    ids=["320-nl", "1280-en"],
)
def test_a_reader_sees_what_was_chosen_and_whether_it_holds(
    browser: Browser, town: Town, worker: Worker, pictures: Path | None, width: int, language: str
) -> None:
    link, _ = share(worker)
    with reading(browser, town, pictures, width=width, language=language) as reader:
        reader.follows(link)
        reader.sees(reader.says("share.title"))
        reader.looks("share-door")
        reader.opens(name="Timmermans Constructie")
        parts = reader.page.locator(".sp-verdict > li")
        expect(parts).to_have_count(4)
        found = {
            part.get_attribute("data-part"): part.get_attribute("data-outcome")
            for part in parts.all()
        }
        assert found == {
            "authentic": "passed",
            "issuer": "passed",
            "valid": "passed",
            "holder": "undetermined",
        }
        text = reader.page.locator("main").inner_text()
        assert ("Heftruck rijden" if language == "nl" else "Forklift") in text
        assert "Bakker" not in text
        assert reader.page.locator(".sp-result").get_attribute("data-tone") != "positive"
        reader.looks("share-answer")
        reader.page.get_by_role("link", name=reader.says("verifier.verdict.confirm")).wait_for()
        key = link.partition("#")[2]
        for request in reader.asked:
            assert key not in request.url.partition("#")[0]
            assert key not in (request.post_data or "")
        other = "en" if language == "nl" else "nl"
        looks = [each for each in reader.asked if each.url.endswith("/open")]
        reader.page.get_by_role("button", name={"en": "English", "nl": "Nederlands"}[other]).click()
        reader.language = other
        reader.page.get_by_text(reader.says("common.part.holder")).wait_for()
        assert looks == [each for each in reader.asked if each.url.endswith("/open")]
    worker.goes_to("screens.tab.show")


def test_a_code_opens_it_and_a_wrong_one_looks_like_nothing(
    browser: Browser, town: Town, worker: Worker, pictures: Path | None
) -> None:
    link, code = share(worker, code=True)
    with reading(browser, town, pictures) as reader:
        reader.follows(link)
        reader.opens(code="12")
        reader.page.get_by_text(reader.says("share.code_wrong")).wait_for()
        reader.looks("share-code")
        reader.opens(code="0000" if code != "0000" else "1111")
        reader.sees(reader.says("share.gone"))
        reader.looks("share-gone")
        reader.page.get_by_role("button", name=reader.says("share.again")).click()
        reader.opens(code=code)
        expect(reader.page.locator(".sp-verdict > li")).to_have_count(4)


def test_what_was_stopped_is_gone(browser: Browser, town: Town, worker: Worker) -> None:
    link, _ = share(worker)
    stopping = worker.page.expect_response(re.compile("/api/shares/.*/stop"))
    worker.screens.get_by_role("button", name=worker.says("screens.shares.stop")).first.click()
    with stopping:
        worker.presses("flow.stop.yes")
    with reading(browser, town) as reader:
        reader.follows(link)
        reader.opens()
        reader.sees(reader.says("share.gone"))


def test_a_verifier_that_is_away_costs_no_second_look(
    browser: Browser, town: Town, worker: Worker, pictures: Path | None
) -> None:
    link, _ = share(worker)
    with reading(browser, town, pictures) as reader:
        reader.page.route("**/api/check*", lambda route: route.abort())
        reader.follows(link)
        reader.opens()
        reader.sees(reader.says("share.unchecked"))
        reader.looks("share-unchecked")
        reader.page.unroute("**/api/check*")
        reader.page.get_by_role("button", name=reader.says("share.retry")).click()
        expect(reader.page.locator(".sp-verdict > li")).to_have_count(4)
        assert len([each for each in reader.asked if each.url.endswith("/open")]) == 1


def test_a_link_that_is_not_whole_and_a_browser_without_script_are_told(
    browser: Browser, town: Town, pictures: Path | None
) -> None:
    site = f"http://deel.localhost:{town.services.ports['wallet']}"
    with reading(browser, town, pictures) as reader:
        reader.follows(f"{site}/s/AAAAAAAAAAAAAAAAAAAAAA#short")
        reader.sees(reader.says("share.broken"))
        reader.looks("share-broken")
        assert not [each for each in reader.asked if each.method == "POST"]
    with reading(browser, town, script=False) as reader:
        reader.follows(f"{site}/s/AAAAAAAAAAAAAAAAAAAAAA#short")
        expect(reader.page.locator("h1")).to_have_text("Deelkaart")
