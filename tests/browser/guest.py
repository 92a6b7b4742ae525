"""Somebody without a passport at the page behind a link, and a worker who told what they can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator

from skills.framework import metalektro
from tests.browser.test_share_page import Reader, reading
from tests.browser.test_wallet_skills import Grower
from tests.browser.wallet_person import Town

SIZES = [(360, "en"), (1280, "nl")]


@dataclass
class Guest:
    """Somebody without a passport at the page behind a link."""

    reader: Reader

    def says(self, key: str, **values: object) -> str:
        """What the page says for a key."""
        return self.reader.says(key, **values)

    def opens(self, link: str, key: str, **values: object) -> None:
        """Follow the link, and wait for the page of that title."""
        self.reader.follows(link)
        self.reader.sees(self.says(key, **values))

    def skill(self, name: str) -> Locator:
        """The fields about one skill."""
        return self.reader.page.locator(f"[data-skill='{name}']")

    def seen(self, name: str, key: str = "confirm.yes", level: int = 0) -> None:
        """Say whether a skill was seen, and at which level."""
        self.skill(name).get_by_label(self.says(key), exact=True).check()
        if level:
            self.skill(name).locator("select").select_option(str(level))

    def fills(self, key: str, text: str) -> None:
        """Fill in a field."""
        self.reader.page.get_by_label(self.says(key), exact=True).fill(text)

    def presses(self, key: str) -> None:
        """Press a button."""
        self.reader.page.get_by_role("button", name=self.says(key), exact=True).click()

    def signs(self) -> None:
        """Look once more, sign and send."""
        self.presses("confirm.look")
        self.reader.sees(self.says("confirm.check"))
        self.presses("confirm.send")
        self.reader.sees(self.says("confirm.done"))


@contextmanager
def visiting(
    browser: Browser,
    town: Town,
    pictures: Path | None = None,
    width: int = 360,
    language: str = "nl",
) -> Iterator[Guest]:
    """A guest with a fresh browser."""
    with reading(browser, town, pictures, width=width, language=language) as reader:
        yield Guest(reader)


def tells(grower: Grower, **levels: int) -> None:
    """A new passport with own words about skills of the framework."""
    worker = grower.worker
    grower.sees("start.title")
    says_skills(grower, **levels)
    worker.opens()
    worker.goes_to("screens.tab.skills")
    grower.sees("skills.title")


def says_skills(grower: Grower, **levels: int) -> None:
    """Keep own words, as the screens of skills ask it."""
    worker = grower.worker
    named = {skill.replace("_", "-"): level for skill, level in levels.items()}
    worker.page.wait_for_selector("#screens", state="attached")
    message = "(levels) => parent.postMessage({ n: 7, kind: 'keep', levels }, '*')"
    grower.screens.evaluate(message, named)
    worker.sees("web.keep.title")
    worker.presses("web.keep.yes")


def label(skill: str, language: str = "nl") -> str:
    """What a skill is called."""
    found = metalektro().skills[skill]
    return found.label_nl if language == "nl" else found.label_en
