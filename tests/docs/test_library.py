"""The examples of the page about the library run, one behind the other."""

import ast
import re

import pytest

from credentials.formats import FORMATS
from tests.house.sources import ROOT

PAGE = ROOT / "docs" / "library.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run(page: str) -> dict[str, object]:
    """Run every Python block of a page in one namespace, with the page's own line numbers."""
    names: dict[str, object] = {}
    for block in BLOCK.finditer(page):
        above = page[: block.start(1)].count("\n")
        exec(compile("\n" * above + block[1], str(PAGE), "exec"), names)  # noqa: S102 - our page
    return names


def test_every_block_of_the_page_runs() -> None:
    page = PAGE.read_text("utf-8")
    assert len(BLOCK.findall(page)) == page.count("```python") > 8
    names = run(page)
    assert {"held", "part", "verdict", "statements", "did", "award"} <= names.keys()


def test_every_job_takes_ten_statements_and_fits_on_one_screen() -> None:
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert max(block.count("\n") for block in blocks) <= 35
    for block in blocks:
        done = [each for each in ast.parse(block).body if not isinstance(each, ast.ImportFrom)]
        assert len(done) <= 10, block


def test_every_format_suite_and_part_of_the_kernel_is_shown() -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name in FORMATS if f'"{name}"' not in page] == []
    assert [name for name in ("ecdsa-sd-2023", "bbs-2023", "did:webvh") if name not in page] == []
    shown = ("token_status_list", "bitstring_status_list", "cose", "badge_images", "check_badge")
    assert [name for name in shown if name not in page] == []


def test_a_block_that_fails_would_be_seen() -> None:
    with pytest.raises(AssertionError):
        run("```python\nx = 1\n```\ntext\n```python\nassert x == 2\n```\n")
