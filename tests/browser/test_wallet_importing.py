"""Files of every kind are brought at both sizes and in both languages, without a barrier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload

from tests.browser.test_wallet_bringing import FILES
from tests.browser.test_wallet_flows import town
from tests.browser.wallet_person import Town, Worker, at_work

__all__ = ["town"]

WORDS = "drie natte fietsen"
SIZES = [(320, "nl"), (320, "en"), (1280, "nl"), (1280, "en")]
NAMES = ["320-nl", "320-en", "1280-nl", "1280-en"]


@pytest.fixture(params=SIZES, ids=NAMES)
def worker(
    request: pytest.FixtureRequest, browser: Browser, town: Town, pictures: Path | None
) -> Iterator[Worker]:
    """A worker who has a passport with one proof."""
    width, language = request.param
    with at_work(browser, town, pictures, width=width, language=language) as found:
        found.receives(town.offer())
        found.leaves()
        yield found


def picks(worker: Worker, name: str, octets: bytes) -> None:
    """Add from a file, as the screen for that says."""
    worker.goes_to("screens.tab.passport")
    worker.screens.get_by_role("link", name=worker.says("screens.passport.add")).click()
    worker.screens.get_by_role("button", name=worker.says("screens.add.file.do")).click()
    worker.sees("flow.import.title")
    if name == "badge.json":
        worker.looks("import-pick")
    picked = FilePayload(name=name, mimeType="application/octet-stream", buffer=octets)
    worker.page.get_by_label(worker.says("flow.import.label")).set_input_files(picked)
    worker.presses("web.next")


def test_each_kind_of_file_is_shown_with_what_was_found_and_kept_after_a_yes(
    worker: Worker,
) -> None:
    worker.page.route("https://school.example/**", lambda route: route.abort())
    for name, octets in FILES.items():
        picks(worker, name, octets)
        worker.sees("flow.import.found")
        worker.reads("flow.foreign.not_yours")
        worker.looks(f"import-{name}")
        worker.presses("flow.keep.yes")
        worker.sees("flow.foreign.done")
        worker.looks("import-done")
        worker.presses("flow.to_passport")


@pytest.mark.parametrize("name", ["platform_profile.json", "platform_profile.csv"])
def test_a_profile_asks_a_yes_for_each_skill(worker: Worker, vectors: Path, name: str) -> None:
    picks(worker, name, (vectors.parent / "samples" / name).read_bytes())
    worker.sees("flow.said.title")
    worker.looks(f"import-{name}")
    worker.stage.get_by_role("checkbox").first.check()
    worker.presses("flow.said.keep")
    worker.sees("flow.said.done")
    worker.looks("import-said")


def test_our_own_file_is_opened_shown_and_told_to_be_here_already(
    worker: Worker, tmp_path: Path
) -> None:
    file = worker.exports(WORDS, tmp_path)
    picks(worker, "skillspass-export.jwe", file.read_bytes())
    worker.types_words("een andere zin")
    worker.reads("error.export_not_opened")
    worker.looks("import-wrong")
    worker.types_words(WORDS)
    worker.sees("flow.import.found")
    worker.reads("flow.import.known")
    worker.looks("import-own")
