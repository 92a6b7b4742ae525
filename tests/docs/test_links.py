"""Every link and picture in the documents leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PAGES = [path for path in tracked() if path.suffix == ".md"]


def broken(text: str, *, folder: Path) -> list[str]:
    """The links of one page that name no file or heading beside it."""
    lost = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, heading = target.partition("#")
        page = (folder / name) if name else None
        missing = page is not None and not page.exists()
        if missing or (
            heading and heading not in _anchors(page.read_text("utf-8") if page else text)
        ):
            lost.append(target)
    return lost


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ +(.+?) *$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken((ROOT / page).read_text("utf-8"), folder=(ROOT / page).parent) == []


def test_a_lost_link_would_be_seen(tmp_path: Path) -> None:
    page = "[gone](nowhere.md) [here](#top)\n# Top\n[wrong](#bottom)"
    assert broken(page, folder=tmp_path) == ["nowhere.md", "#bottom"]


def test_every_decision_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    pages = sorted(path.name for path in folder.glob("0*.md"))
    assert pages
    assert [name for name in pages if f"({name})" not in index] == []
