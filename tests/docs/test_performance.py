"""The page about performance says what its result file says."""

import json

from benchmarks import issuance_report, report, verification_report
from benchmarks.__main__ import CONTESTS, RESULTS


def test_page_and_plot_are_those_of_the_result_file() -> None:
    results = json.loads(RESULTS.read_bytes())
    sections = issuance_report.section() + verification_report.section()
    written = report.page(results) + sections
    assert report.PAGE.read_text("utf-8") == written
    assert report.PLOT.read_text("utf-8") == report.plot(results["comparisons"])


def test_every_comparison_tells_whether_its_goal_is_reached() -> None:
    results = json.loads(RESULTS.read_bytes())
    assert results["comparisons"]
    for entry in results["comparisons"]:
        assert {"work", "ours_us", "peer", "peer_us", "ratio", "slices"} <= entry.keys()
        near = entry["goal"] is not None and abs(entry["ratio"] - entry["goal"]) <= 0.01  # rounded
        reached = None if entry["goal"] is None else entry["ratio"] >= entry["goal"]
        assert near or entry["reached"] == reached


def test_modules_of_the_table_exist() -> None:
    folder = RESULTS.parent
    assert [name for name in CONTESTS if not (folder / f"{name}.py").is_file()] == []
