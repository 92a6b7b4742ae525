"""The page and the plot of the docs, drawn from one result file and nothing else."""

import math
from html import escape
from pathlib import Path
from typing import Any

from benchmarks import issuance_report, verification_report
from credentials.encoding import JsonObject

DOCS = Path(__file__).parent.parent / "docs"
PAGE, PLOT = DOCS / "performance.md", DOCS / "performance.svg"

BAR, LEFT, RIGHT, TOP = 22, 470, 90, 40
"""Pixels: height of a row, room for the labels, for the numbers, and for the title."""

SCALE = 380
"""Pixels for the longest bar."""

Comparison = dict[str, Any]  # Any: one entry of ``comparisons``, as JSON


def line(comparison: JsonObject) -> str:
    """One comparison as a line of text."""
    goal = comparison["goal"]
    wanted = "" if goal is None else f"  goal {goal}x {_verdict(comparison)}"
    return (
        f"{comparison['work']!s:54} {comparison['ours_us']:>10} us  "
        f"{comparison['peer']!s:24} {comparison['peer_us']:>11} us  {comparison['ratio']}x{wanted}"
    )


def write(results: JsonObject) -> None:
    """Write ``docs/performance.md`` and ``docs/performance.svg``."""
    PAGE.write_text(
        page(results) + issuance_report.section() + verification_report.section(), "utf-8"
    )
    PLOT.write_text(plot(_comparisons(results)), "utf-8")


def page(results: JsonObject) -> str:
    """The page: machine, table, plot, and what was not measured."""
    machine: Any = results["machine"]  # JSON
    rows = [
        f"| {entry['work']} | {entry['ours_us']:,} | {entry['peer']} | {entry['peer_us']:,} "
        f"| {entry['ratio']}x | {entry['best_ratio']}x | {entry['cpu_ratio']}x | {_goal(entry)} |"
        for entry in _comparisons(results)
    ]
    missing: Any = results["not_measured"]  # JSON
    profile: Any = results["profile"]  # JSON
    absent = [f"- {entry['module']}: not measured: {entry['reason']}" for entry in missing]
    return "\n".join(
        [
            "# Performance",
            "",
            "Made by `make bench`; do not edit. Microseconds per call, medians of slices that took",
            "turns in one run; `best` is the ratio of the best slices, `cpu` that of the median",
            "processor times, which other work on the machine does not count for (the threads of a",
            "peer's compiler and collector do). Every result was checked before it was timed, and",
            "both sides refuse a tampered document. Contexts and keys are in memory on both sides.",
            "Slices and versions: `benchmarks/results.json`.",
            "",
            f"{results['at']}, commit `{str(results['commit'])[:12]}`, {machine['processor']},",
            f"{machine['cores']} cores, Python {machine['python']}, Node {machine['node']}, load",
            f"{machine['load_before']} before and {machine['load_after']} after. Other work shared",
            "the machine where the load is above 1: then trust the ratios, not the microseconds.",
            "",
            "| work | ours | peer | theirs | ratio | best | cpu | goal |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            *(["", *absent] if absent else []),
            "",
            "Where the time goes, each part measured alone; the rest of a verification is form,",
            "dates and the holder's key:",
            "",
            "| part | microseconds |",
            "|---|---|",
            *(f"| {name} | {microseconds} |" for name, microseconds in profile.items()),
            "",
            "![How many times sooner than each peer](performance.svg)",
            "",
        ]
    )


def plot(comparisons: list[Comparison]) -> str:
    """Bars on a logarithmic scale: how many times sooner than the peer; a tick is the goal."""
    most = max([2.0, *(max(entry["ratio"], entry["goal"] or 1) for entry in comparisons)])
    height = TOP + BAR * len(comparisons) + 10
    width = LEFT + SCALE + RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"',
        ' font-family="sans-serif" font-size="12">',
        "<title>How many times sooner than each peer</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" fill="#1a1a1a">times sooner than the peer; | is the goal</text>',
    ]
    for number, entry in enumerate(comparisons):
        parts.append(_bar(entry, TOP + BAR * number, most))
    return "\n".join([*parts, "</svg>", ""])


def _bar(entry: Comparison, top: int, most: float) -> str:
    length = _length(entry["ratio"], most)
    colour = "#b3261e" if entry["reached"] is False else "#1f5fa8"
    label = escape(f"{entry['work']} / {entry['peer']}")
    mark = ""
    if entry["goal"] is not None:
        at = LEFT + _length(entry["goal"], most)
        mark = f'<path d="M{at} {top}v{BAR - 6}" stroke="#1a1a1a" stroke-width="2"/>'
    return (
        f'<text x="{LEFT - 8}" y="{top + 13}" text-anchor="end" fill="#1a1a1a">{label}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{length}" height="{BAR - 6}" fill="{colour}"/>{mark}'
        f'<text x="{LEFT + SCALE + 8}" y="{top + 13}" fill="#1a1a1a">{entry["ratio"]}x</text>'
    )


def _length(ratio: float, most: float) -> int:
    return max(1, round(SCALE * math.log(max(ratio, 1.0)) / math.log(most)))


def _goal(entry: Comparison) -> str:
    return "-" if entry["goal"] is None else f"{entry['goal']}x {_verdict(entry)}"


def _verdict(entry: Comparison) -> str:
    return "reached" if entry["reached"] else "missed"


def _comparisons(results: JsonObject) -> list[Comparison]:
    found: Any = results["comparisons"]  # JSON
    return list(found)
