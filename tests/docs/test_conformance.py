"""The published results of the official suites: counted, explained, and the same on the page."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import ROOT

FOLDER = ROOT / "docs" / "conformance"
FILES = sorted(FOLDER.glob("*.json"))
SUITES = {
    *("vc-data-model-2.0", "vc-di-eddsa", "vc-di-ecdsa", "vc-di-bbs"),
    *("vc-bitstring-status-list", "vc-jose-cose"),
}
"""The official suites of the W3C that the kernel answers."""

COLUMNS = ("tests_run", "passed", "failed", "skipped")


def runs(file: Path) -> list[dict[str, Any]]:  # any JSON
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["runs"]
    return found


def faults(run: dict[str, Any]) -> list[str]:  # any JSON
    """What is wrong with the account of one run."""
    found = []
    if run["tests_run"] < 1 or run["tests_run"] != run["passed"] + run["failed"]:
        found.append("tests run")
    if run["tests"] != run["tests_run"] + run["skipped"]:
        found.append("tests")
    if len(run["failures"]) != run["failed"] + run["hooks_failed"]:
        found.append("failures")
    if len(run["skipped_tests"]) != run["skipped"]:
        found.append("skipped")
    if not all(one["explanation"] for one in (*run["failures"], *run["skipped_tests"])):
        found.append("explanation")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_run_is_counted_and_explained(file: Path) -> None:
    document = json.loads(file.read_text("utf-8"))
    for name in ("suite_commit", "product_commit"):
        assert re.fullmatch(r"[0-9a-f]{40}", document[name])
    assert [faults(run) for run in document["runs"]] == [[] for _ in document["runs"]]


def test_a_run_of_nothing_or_without_reasons_would_be_seen() -> None:
    sound = runs(FOLDER / "vc-di-bbs.json")[0]
    assert faults({**sound, "tests_run": 0}) == ["tests run", "tests"]
    assert faults({**sound, "skipped": 0, "skipped_tests": []}) == ["tests"]
    silent = [{**one, "explanation": ""} for one in sound["failures"]]
    assert faults({**sound, "failures": silent}) == ["explanation"]


def test_every_suite_that_we_run_has_its_results_and_the_place_of_our_own_tests() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    assert {file.stem for file in FILES} == SUITES
    for suite in SUITES:
        (row,) = re.findall(rf"^\| {suite} \| (.*) \|$", page, flags=re.MULTILINE)
        named = re.findall(r"`(tests/[\w/.]+)`", row)
        assert named
        assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_page_says_what_the_files_say() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\|.*\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", page, flags=re.MULTILINE)
    told = Counter(tuple(map(int, row)) for row in rows)
    assert told == Counter(
        tuple(run[name] for name in COLUMNS) for file in FILES for run in runs(file)
    )
