"""A worker and an adviser in two browsers, with one box between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from tests.browser.test_share_page import Reader, reading
from tests.browser.test_wallet_skills import Grower
from tests.browser.wallet_person import Town, at_work


@dataclass
class Visit:
    """A worker and an adviser, each with a browser of their own.

    Attributes:
        link: what the worker's code holds.
    """

    worker: Grower
    adviser: Reader
    link: str = ""

    @property
    def form(self) -> Locator:
        """The adviser's form."""
        return self.adviser.page.locator("section[aria-labelledby=propose]")

    def invites(self, *more: str, hours: int = 4, looks: bool = False) -> None:
        """Invite, with what is ticked beside the skills; the code is read from the screen."""
        self.worker.presses("adviser.title")
        self.worker.sees("adviser.title")
        if looks:
            self.worker.at("adviser.invite").wait_for()
            self.worker.looks("adviser-none")
        self.worker.presses("adviser.invite")
        phone = self.worker.worker
        phone.sees("flow.adviser.title")
        if looks:
            phone.looks("adviser-invite")
        phone.stage.get_by_label(
            phone.says("flow.adviser.of_hours", count=hours), exact=True
        ).check()
        for key in more:
            phone.ticks(phone.says(key))
        phone.presses("flow.adviser.make")
        phone.sees("flow.adviser.scan")
        if looks:
            phone.looks("adviser-code")
        self.link = phone.scans()
        assert self.link == phone.stage.locator("#box-link").inner_text()
        phone.presses("flow.box.ready")
        self.worker.sees("adviser.title")

    def comes(self, name: str = "Jan") -> None:
        """The adviser opens the link."""
        self.adviser.follows(self.link)
        key = "adviser.title" if name else "adviser.title_nameless"
        self.adviser.sees(self.adviser.says(key, name=name))

    def chooses(self, what: str) -> None:
        """Choose what is proposed."""
        self.form.get_by_label(self.adviser.says(f"adviser.what.{what}"), exact=True).check()

    def picks(self, skill: str) -> None:
        """Choose a skill of the list."""
        label = self.adviser.says("adviser.skill")
        self.form.get_by_label(label, exact=True).last.select_option(skill)

    def sends(self) -> None:
        """Propose what is filled in."""
        before = self.adviser.page.locator("#sent li").count()
        name = self.adviser.says("adviser.send")
        self.form.get_by_role("button", name=name).click()
        sent = self.adviser.page.locator("#sent li")
        expect(sent).to_have_count(before + 1)

    def proposes_skill(self, skill: str, level: int) -> None:
        """Propose a skill with its level."""
        self.chooses("skill")
        self.picks(skill)
        self.form.locator(f"input[name=level][value='{level}']").check()
        self.sends()

    def proposes_wish(self, words: str) -> None:
        """Propose a wish in own words."""
        self.chooses("wish")
        self.picks("own")
        self.form.get_by_label(self.adviser.says("adviser.words")).fill(words)
        self.sends()

    def proposes_step(self, skill: str, day: str) -> None:
        """Propose a step with its day."""
        self.chooses("step")
        self.picks(skill)
        self.form.get_by_label(self.adviser.says("adviser.action")).select_option("course")
        self.form.get_by_label(self.adviser.says("adviser.day")).fill(day)
        self.sends()

    def remarks(self, words: str) -> None:
        """Leave a remark."""
        self.chooses("remark")
        self.form.get_by_label(self.adviser.says("adviser.remark")).fill(words)
        self.sends()

    def waits_for(self, count: int) -> None:
        """Wait until the worker's screen tells that so many proposals wait."""
        text = self.worker.says(
            "adviser.waiting" if count > 1 else "adviser.waiting.one", count=count
        )
        expect(self.worker.worker.screens.get_by_text(text)).to_be_visible()

    def answers(self, key: str, *, yes: bool) -> str:
        """Say yes or no to the proposal of that title; what stood in it."""
        phone = self.worker.worker
        phone.sees(f"flow.adviser.{key}")
        text = phone.stage.locator("#proposal").inner_text()
        phone.presses("flow.box.yes" if yes else "flow.box.no")
        return text

    def is_over(self) -> None:
        """Wait until the adviser's page has emptied itself."""
        self.adviser.sees(self.adviser.says("box.over"))
        assert "#over" in self.adviser.page.url
        assert self.link.partition("#")[2] not in self.adviser.page.content()


@contextmanager
def together(
    browser: Browser,
    town: Town,
    pictures: Path | None = None,
    *,
    language: str = "nl",
    widths: tuple[int, int] = (360, 1280),
) -> Iterator[Visit]:
    """A worker on a phone with some skills, and an adviser on a desktop."""
    with (
        at_work(browser, town, pictures, width=widths[0], language=language) as worker,
        reading(browser, town, pictures, width=widths[1], language=language) as adviser,
    ):
        yield Visit(Grower(worker), adviser)
