"""How long a newcomer needs for a first overview, by a stated model, and what they see of steps.

No clock is read: what somebody has to do is counted in a scripted run, and each kind of it has a
duration of its own, with its source beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.test_wallet_skills import Grower
from tests.browser.wallet_person import Town, at_work

MOST_INTERACTIONS = 40
"""Taps for a first useful overview on a screen of 360 pixels (R23)."""

MOST_SECONDS = 600
"""A first useful overview within ten minutes on a phone (R23)."""

WORDS_A_MINUTE = 238
"""The mean of adults who read silently (Brysbaert 2019, J. Mem. Lang. 109)."""

SLOW_READER = 140
"""Words a minute at which ten minutes still have to do: less than six tenths of the mean."""

SECONDS_A_TAP = 2.45
"""To decide and to point (1.35 + 1.1, the Keystroke-Level Model of Card, Moran and Newell 1983)."""

SECONDS_A_LETTER = 0.66
"""Half as fast as the mean on phones, 36.2 words of five letters (Palin and others 2019)."""

SECONDS_A_CHOICE = 6.0
"""To think whether one can do it, and how well, besides reading it: our own guess, no source."""


@dataclass(slots=True)
class Newcomer(Grower):
    """Who reads every line once, taps, types and thinks."""

    seen: set[str] = field(default_factory=set)
    words: int = 0
    letters: int = 0
    choices: int = 0

    def reads_title(self, title: str) -> None:
        """Wait for a title, and read the screen below it."""
        Grower.reads_title(self, title)
        self.reads(self.worker.screens.locator("body"))

    def reads(self, place: Locator) -> None:
        """Read what stands there; a line that stood on an earlier screen is not read again."""
        for line in place.inner_text().casefold().splitlines():
            if line.strip() not in self.seen:
                self.seen.add(line.strip())
                self.words += len(line.split())

    def answers(self, key: str, level: int = 0) -> None:
        """Say yes, no or a bit, and at which level."""
        Grower.answers(self, key, level)
        self.choices += 2 if level else 1

    @property
    def doing(self) -> float:
        """Seconds for all but reading."""
        taps, letters = self.done * SECONDS_A_TAP, self.letters * SECONDS_A_LETTER
        return taps + letters + self.choices * SECONDS_A_CHOICE

    def tells(self, what: str) -> None:
        """Print the measure, and hold it against ten minutes for the mean and for a slow reader."""
        seconds, slow = (
            round(self.doing + self.words * 60 / speed) for speed in (WORDS_A_MINUTE, SLOW_READER)
        )
        print(  # noqa: T201 - the measure of R23
            f"\n{what}: {self.done} taps, {self.words} words, {self.letters} letters, "
            f"{self.choices} choices: {seconds} s, for a slow reader {slow} s of {MOST_SECONDS}"
        )
        assert self.words > 200  # it did read
        assert seconds < slow <= MOST_SECONDS


@pytest.fixture
def ahmet(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Newcomer]:
    """A newcomer with a phone of 360 pixels wide."""
    with at_work(browser, town, pictures) as worker:
        yield Newcomer(worker)


def begins(newcomer: Newcomer) -> None:
    """From the first screen to the questions."""
    newcomer.sees("start.title")
    newcomer.presses("start.tell")
    newcomer.sees("discover.title")


def keeps(newcomer: Newcomer) -> None:
    """Say yes to the keeper, make a passport, and look at the overview."""
    newcomer.sees("discover.ready")
    newcomer.presses("discover.keep")
    newcomer.worker.sees("web.keep.title")
    newcomer.reads(newcomer.worker.stage)
    newcomer.worker.presses("web.keep.yes")
    newcomer.worker.sees("web.making.title")
    newcomer.reads(newcomer.worker.stage)
    newcomer.worker.presses("web.making.yes")
    newcomer.done += 3  # with the finger or code that the phone asks
    newcomer.sees("skills.title")


def test_ten_skills_by_job_take_less_than_ten_minutes_by_the_model(
    ahmet: Newcomer, capsys: pytest.CaptureFixture[str]
) -> None:
    begins(ahmet)
    ahmet.chooses_job("cnc-draaier")
    for question in range(13):
        if question in {2, 5, 8}:
            ahmet.answers("no")
        else:
            ahmet.answers("yes", 3)
    ahmet.presses("discover.enough")
    keeps(ahmet)
    expect(ahmet.worker.screens.locator(".card-row")).to_have_count(10)
    assert ahmet.done <= MOST_INTERACTIONS
    with capsys.disabled():
        ahmet.tells("first overview of ten skills")


def test_who_writes_instead_needs_less_than_ten_minutes_too(
    ahmet: Newcomer, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "Ik las al 20 jaar plaatwerk. Ik lees tekeningen en rijd heftruck."
    begins(ahmet)
    ahmet.worker.screens.locator("#words").fill(told)
    ahmet.letters += len(told)
    ahmet.presses("discover.find")
    for _ in range(3):
        ahmet.answers("yes", 3)
    ahmet.presses("discover.enough")
    keeps(ahmet)
    expect(ahmet.worker.screens.locator(".card-row")).to_have_count(3)
    with capsys.disabled():
        ahmet.tells("in own words, three skills")


@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")], ids=["nl", "en"])
def test_how_many_steps_were_begun_and_finished_stands_where_steps_are(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as worker:
        grower = Grower(worker)
        grower.sees("start.title")
        grower.presses("start.tell")
        grower.chooses_job("cnc-draaier")
        for _ in range(2):
            grower.answers("bit", 1)
        grower.presses("discover.enough")
        grower.keeps()
        worker.opens()
        grower.sees("skills.title")
        grower.presses("grow.title")
        grower.sees("grow.title")
        counts = worker.screens.locator("#counts dd")
        expect(worker.screens.locator("#steps")).to_be_visible()
        expect(counts).to_have_count(0)  # nothing is counted before there is a step
        for place in range(2):
            grower.presses("skills.back")
            worker.screens.locator(".card-row a").nth(place).click()
            grower.presses("skill.grow")
            worker.screens.locator("input[type=radio]").first.check()
            grower.presses("plan.start")
            grower.sees("grow.title")
            expect(counts).to_have_text([str(place + 1), "0"])
        grower.listens()
        grower.presses("grow.done")
        expect(counts).to_have_text(["2", "1"])
        grower.looks("counts")
        assert all(url.endswith("/api/vault") for url in grower.asked)
