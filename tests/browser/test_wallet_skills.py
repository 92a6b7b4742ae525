"""The screens of skills at the real keeper: discover, compare and grow, and who hears of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Locator, expect
from pypdf import PdfReader

from schemas.messages import sentence
from skills.framework import metalektro
from tests.browser.test_wallet_screens import WORDS
from tests.browser.waiting import becomes
from tests.browser.wallet_person import Town, Worker, at_work

MOST_WORDS = 60
WIDTHS = [(320, "nl"), (320, "en"), (1280, "nl"), (1280, "en")]


@dataclass(slots=True)
class Grower:
    """A worker at the screens of skills, who counts what they press and type."""

    worker: Worker
    done: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def screens(self) -> Frame:
        """The frame of the screens that are shown now."""
        page = self.worker.page
        self.worker.screens.locator("h1").first.wait_for(state="attached")
        return page.frames[-1]

    def says(self, key: str, **values: object) -> str:
        """What the screens say for a key."""
        return sentence(f"screens.{key}", self.worker.language, **values)

    def at(self, key: str) -> Locator:
        """A button or a link."""
        frame = self.worker.screens
        name = self.says(key)
        button = frame.get_by_role("button", name=name, exact=True)
        return button.or_(frame.get_by_role("link", name=name, exact=True)).first

    def presses(self, key: str) -> None:
        """Press a button or follow a link, once what was asked before is done."""
        expect(self.worker.screens.locator("[aria-busy=true]")).to_have_count(0)
        self.at(key).click()
        self.done += 1

    def sees(self, key: str) -> None:
        """Wait for the screen of that title."""
        self.reads_title(self.says(key))

    def reads_title(self, title: str) -> None:
        """Wait for a title."""
        expect(self.worker.screens.locator("h1")).to_have_text(title)

    def chooses_job(self, job: str) -> None:
        """Choose a job, and ask for its examples."""
        self.worker.screens.locator("#job").select_option(job)
        self.done += 1
        self.presses("discover.go")

    def answers(self, key: str, level: int = 0) -> None:
        """Say yes, no or a bit, and at which level."""
        self.sees("discover.ask")
        self.presses(f"discover.{key}")
        if level:
            self.sees("discover.how")
            self.worker.screens.locator(".sp-actions button").nth(level - 1).click()
            self.done += 1

    def keeps(self) -> None:
        """Keep what was chosen: the keeper asks it once more."""
        self.sees("discover.ready")
        self.presses("discover.keep")
        self.worker.sees("web.keep.title")
        self.worker.presses("web.keep.yes")
        self.done += 1

    def looks(self, name: str) -> None:
        """No barrier, no scrolling sideways, few words; and a picture when somebody wants one."""
        page, pictures = self.worker.page, self.worker.pictures
        frame = self.screens
        width = page.evaluate("innerWidth")
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            height = frame.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(800, height)})
            page.screenshot(path=pictures / f"skills-{name}-{width}-{self.worker.language}.png")
            page.set_viewport_size({"width": width, "height": 800})
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert frame.evaluate(WORDS) <= MOST_WORDS, name
        assert frame.locator(".sp-button--primary").count() <= 1, name
        if not frame.evaluate("'axe' in self"):
            frame.evaluate(Axe().axe_script)
        found = frame.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] == [], name

    def listens(self, letters: int = 2) -> None:
        """Hear every request from now on, but for the browser's own drawing of its tab.

        Args:
            letters: files that the page still lends the screens, and asks for when it begins.
        """
        becomes(self.screens, f"document.fonts.size >= {letters}")
        self.asked.clear()
        self.worker.page.on("request", lambda request: self.hears(request.url))

    def hears(self, url: str) -> None:
        """A request; the tab's drawing is kept by the browser and asked at each new address."""
        if not url.endswith("/icons/icon.svg"):
            self.asked.append(url)


@pytest.fixture
def ahmet(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Grower]:
    """A newcomer with a phone of 360 pixels wide."""
    with at_work(browser, town, pictures) as worker:
        yield Grower(worker)


def starts(grower: Grower) -> None:
    """From the first screen to an overview with some skills of a CNC turner."""
    grower.sees("start.title")
    grower.presses("start.tell")
    grower.sees("discover.title")
    grower.chooses_job("cnc-draaier")
    for level in (3, 3, 2):
        grower.answers("yes", level)
    grower.answers("bit", 1)
    grower.answers("no")
    grower.presses("discover.enough")
    grower.keeps()
    grower.worker.opens()
    grower.sees("skills.title")


@pytest.mark.parametrize(
    ("width", "language"), WIDTHS, ids=["320-nl", "320-en", "1280-nl", "1280-en"]
)
def test_every_screen_of_skills_is_open_to_all(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as worker:
        grower = Grower(worker)
        grower.sees("start.title")
        grower.looks("start")
        grower.presses("start.tell")
        grower.sees("discover.title")
        grower.looks("discover")
        grower.chooses_job("cnc-draaier")
        grower.sees("discover.ask")
        grower.looks("ask")
        grower.presses("discover.yes")
        grower.sees("discover.how")
        grower.looks("how")
        worker.screens.locator(".sp-actions button").nth(2).click()
        grower.answers("bit", 1)
        grower.answers("no")
        grower.presses("discover.enough")
        grower.sees("discover.ready")
        grower.looks("ready")
        grower.presses("discover.keep")
        worker.sees("web.keep.title")
        worker.looks("skills-keep")
        worker.presses("web.keep.yes")
        worker.opens()
        grower.sees("skills.title")
        grower.looks("overview")
        _opens_one(grower)
        _compares(grower)
        _grows(grower)
        _prepares_a_talk(grower)


def _opens_one(grower: Grower) -> None:
    first = grower.worker.screens.locator(".card-row a").first
    title = first.inner_text()
    first.click()
    grower.reads_title(title)
    grower.worker.screens.locator("#level").wait_for()
    _explains(grower, title)
    grower.looks("skill")
    grower.presses("skills.back")
    grower.sees("skills.title")


def _explains(grower: Grower, title: str) -> None:
    """What a skill means, an example, the levels as sentences, and where it is seen (R19)."""
    nl = grower.worker.language == "nl"
    skill = next(
        each
        for each in metalektro().skills.values()
        if title == (each.label_nl if nl else each.label_en)
    )
    told = grower.worker.screens.locator("main").inner_text()
    assert (skill.example_nl if nl else skill.example_en) in told
    assert not nl or skill.meaning_nl in told
    assert grower.says("skill.where") in told
    for level in metalektro().levels:
        assert (level.nl if nl else level.en) in told


def _compares(grower: Grower) -> None:
    grower.presses("fit.title")
    grower.sees("fit.title")
    grower.worker.screens.locator(".card-row").first.wait_for()
    grower.looks("fit")
    grower.worker.screens.locator(".card-row a").first.click()
    grower.worker.screens.locator("#part-not_shown").wait_for()
    grower.looks("job")


def _grows(grower: Grower) -> None:
    screens = grower.worker.screens
    screens.locator("#part-not_shown ~ ul a").first.click()
    screens.locator("input[type=radio]").first.check()
    grower.looks("plan")
    grower.presses("plan.start")
    grower.sees("grow.title")
    screens.locator("#wish").fill("Ik wil leren solderen.")
    grower.presses("grow.write")
    screens.get_by_text("Ik wil leren solderen.").wait_for()
    grower.looks("grow")
    grower.presses("grow.done")
    screens.locator("#ready").wait_for()
    grower.looks("done")
    grower.presses("skills.back")


def _prepares_a_talk(grower: Grower) -> None:
    worker = grower.worker
    grower.presses("talk.title")
    grower.sees("talk.title")
    screens = worker.screens
    screens.locator("fieldset").first.get_by_role("checkbox").first.check()  # a strength
    grower.looks("talk")
    grower.presses("talk.make")
    worker.sees("web.talk.title")
    expect(worker.stage.locator("tbody tr")).to_have_count(1)
    assert "solderen" not in worker.stage.inner_text()
    worker.looks("skills-talk")
    worker.presses("web.talk.ready")
    grower.sees("talk.title")


def test_nothing_leaves_while_somebody_discovers(ahmet: Grower, town: Town) -> None:
    ahmet.presses("start.tell")
    screens = ahmet.worker.screens
    expect(screens.locator("#job option")).to_have_count(31)
    ahmet.listens()
    screens.locator("#words").fill("Ik las al 20 jaar plaatwerk. CANARY-P9-SCHOUDER")
    ahmet.presses("discover.find")
    ahmet.answers("no")
    ahmet.answers("yes", 4)
    ahmet.presses("discover.enough")
    ahmet.sees("discover.ready")
    assert ahmet.asked == []
    ahmet.keeps()
    ahmet.worker.opens()
    ahmet.sees("skills.title")
    expect(screens.locator(".card-row")).to_have_count(1)
    assert any(url.endswith("/api/vault") for url in ahmet.asked)
    assert found_in(town, "CANARY-P9") == []


def test_jan_finds_lighter_work_and_nobody_hears_of_it(ahmet: Grower, town: Town) -> None:
    jan = ahmet
    with jan.worker.page.expect_response("**/list.jwt"):  # asked once, when a passport opens
        starts(jan)
    screens = jan.worker.screens
    jan.listens(letters=4)
    jan.presses("fit.title")
    jan.sees("fit.title")
    screens.get_by_label(jan.says("fit.lighter")).check()
    jobs = screens.locator(".card-row a")
    expect(jobs.filter(has_text="Kwaliteitscontroleur").first).to_be_visible()
    expect(jobs.filter(has_text="Lasser")).to_have_count(0)
    jobs.filter(has_text="Kwaliteitscontroleur").first.click()
    screens.locator("#part-not_shown").wait_for()
    assert jan.asked == []
    screens.get_by_role("link", name=jan.says("job.grow")).first.click()
    screens.locator("input[type=radio]").first.check()
    jan.presses("plan.wish")
    expect(jan.at("plan.wish")).to_have_count(0)
    jan.presses("grow.back")
    screens.locator("#wish").fill("CANARY-P9-LICHTER")
    jan.presses("grow.write")
    screens.get_by_text("CANARY-P9-LICHTER").wait_for()
    assert found_in(town, "CANARY-P9") == []
    assert found_in(town, "kwaliteitscontroleur") == []


def test_a_canary_is_found_where_there_is_one(town: Town) -> None:
    file = town.services.var / "planted.log"
    file.write_text("CANARY-PLANTED", encoding="utf-8")
    assert found_in(town, "CANARY-PLANTED") == [file]
    file.unlink()


def found_in(town: Town, word: str) -> list[Path]:
    """The files of the services, databases and logs with them, that hold a word."""
    files = [path for path in town.services.var.rglob("*") if path.is_file()]
    return [path for path in files if word.lower().encode() in path.read_bytes().lower()]


def test_a_step_whose_day_has_come_is_told_at_opening(ahmet: Grower) -> None:
    starts(ahmet)
    screens = ahmet.worker.screens
    screens.locator(".card-row a").first.click()
    ahmet.presses("skill.grow")
    screens.locator("input[type=radio]").first.check()
    screens.locator("#day").fill("2026-11-23")
    ahmet.presses("plan.start")
    ahmet.sees("grow.title")
    ahmet.presses("tab.passport")
    screens.get_by_text(ahmet.says("notice.step", title="CNC-draaien")).wait_for()
    ahmet.presses("notice.step.do")
    ahmet.sees("grow.title")
    ahmet.presses("grow.done")
    screens.locator("#ready").wait_for()
    ahmet.presses("tab.passport")
    ahmet.sees("passport.title")
    expect(screens.get_by_text("Seintje")).to_have_count(0)


def test_what_is_new_since_the_last_talk_and_the_card_for_the_next(ahmet: Grower) -> None:
    starts(ahmet)
    screens = ahmet.worker.screens
    expect(screens.locator("#news")).to_have_count(0)
    ahmet.presses("grow.title")
    screens.locator("#wish").fill("CANARY-P10-WENS")
    ahmet.presses("grow.write")
    screens.get_by_text("CANARY-P10-WENS").wait_for()
    ahmet.presses("skills.back")
    ahmet.presses("talk.title")
    ahmet.presses("talk.talked")
    expect(screens.locator(".result")).to_have_text(ahmet.says("done.talked"))
    strengths = screens.locator("fieldset").first.get_by_role("checkbox")
    strengths.first.wait_for()  # the title comes first, and then all of them at once
    for box in strengths.all():
        box.check()
    assert not screens.get_by_label("CANARY-P10-WENS").is_checked()
    ahmet.presses("talk.make")
    ahmet.worker.sees("web.talk.title")
    paper = PdfReader(BytesIO(ahmet.worker.page.pdf()))
    assert len(paper.pages) == 2
    text = "".join(page.extract_text() for page in paper.pages)
    assert "CNC-draaien" in text
    assert "CANARY" not in text
    assert ahmet.worker.says("web.talk.print") not in text
    ahmet.worker.presses("web.talk.ready")
    ahmet.presses("skills.back")
    screens.locator("#news").wait_for()


def test_a_proof_counts_more_than_an_own_word(ahmet: Grower, town: Town) -> None:
    worker = ahmet.worker
    worker.receives(town.offer())
    worker.leaves()
    ahmet.presses("tab.skills")
    ahmet.sees("skills.title")
    row = worker.screens.locator(".card-row").first
    expect(row).to_contain_text("Heftruckcertificaat")
    expect(row.locator(".sp-grade--assessed")).to_be_visible()
    expect(row.get_by_text(ahmet.says("skills.idle"))).to_have_count(0)
