"""The page about requirements: every row once, with its tests, and every named test is there."""

import ast
import re

import pytest

from tests.house.sources import ROOT

PAGE = ROOT / "docs" / "requirements.md"
ROW = re.compile(r"^\| (R\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(page: str) -> dict[str, str]:
    """The cell of tests by requirement; a requirement that stands there twice counts as a gap."""
    found = [(row[0], row[3]) for row in ROW.findall(page)]
    assert len(found) == len(dict(found)), "a requirement stands there twice"
    return dict(found)


def lost(cell: str) -> list[str]:
    """The tests of one cell that do not exist."""
    return [f"{file}::{name}" for file, name in TEST.findall(cell) if name not in _tests(file)]


def _tests(file: str) -> set[str]:
    path = ROOT / file
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_requirement_stands_there_once_and_its_tests_exist() -> None:
    found = rows(PAGE.read_text("utf-8"))
    assert list(found) == [f"R{number}" for number in range(1, 34)]
    assert {key: lost(cell) for key, cell in found.items() if lost(cell)} == {}


def test_every_requirement_is_shown_by_a_test() -> None:
    found = rows(PAGE.read_text("utf-8"))
    assert [key for key, cell in found.items() if not TEST.search(cell)] == []


def test_a_lost_test_and_a_double_row_would_be_seen() -> None:
    here = "tests/docs/test_requirements.py"
    assert lost(f"`{here}::test_nowhere`<br>`tests/docs/test_none.py::test_it`") == [
        f"{here}::test_nowhere",
        "tests/docs/test_none.py::test_it",
    ]
    assert lost(f"`{here}::test_every_requirement_is_shown_by_a_test`") == []
    with pytest.raises(AssertionError, match="twice"):
        rows("| R1 | a | b | c |\n| R1 | a | b | d |\n")
