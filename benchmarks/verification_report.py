"""The part of ``docs/performance.md`` about the verifier as a whole; it has a result file."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "verification.json"

GOAL_RATE, GOAL_P99_MS, GOAL_BATCH_SECONDS, GOAL_PAGE_MS = 1_800, 25, 5, 300

Found = dict[str, Any]  # Any: one part of the result file, as JSON

_CHECKS = {"proof": "a proof: one signature", "card": "a deelkaart of one card: two signatures"}
_PAGES = {"start": "the first page", "answer": "the answer about a deelkaart"}


def section() -> str:
    """The section; empty where nothing was measured yet."""
    if not RESULTS.exists():
        return ""
    found: Found = json.loads(RESULTS.read_bytes())
    lines = ["", "# The verifier as a whole", "", "Made by `make load`; do not edit.", ""]
    lines += [f"- {name}: {_where(part)}" for name, part in found.items()]
    lines += _checks(found) + _batch(found) + _pages(found)
    return "\n".join([*lines, ""])


def _where(part: Found) -> str:
    machine = part["machine"]
    return (
        f"{part['at']}, commit `{part['commit'][:12]}`, {machine['processor']}, "
        f"{machine['cores']} cores, load {machine['load_before']} before and "
        f"{machine['load_after']} after"
    )


def _verdict(*, reached: bool) -> str:
    return "reached" if reached else "missed"


def _checks(found: Found) -> list[str]:
    rows = [_check_row(told, found[name]["run"]) for name, told in _CHECKS.items() if name in found]
    if not rows:
        return []
    return [
        "",
        "## Checks over HTTP",
        "",
        "One server process on SQLite; 200 different SD-JWTs of one issuer, the sector's list and",
        "the status list in its cache. Eight connections of a generator in another process, which",
        "shares the cores. A second of the server's processor time does not depend on what else",
        "the machine does; at half load time counts from the moment at which a request was due.",
        "",
        (
            "| what | checks/s | checks per s of the server's processor | server us "
            "| generator us | p50 / p99 ms | half load, checks/s | p50 / p99 ms "
            f"| goal: {GOAL_RATE:,}/s a core and p99 under {GOAL_P99_MS} ms at half load |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
    ]


def _check_row(told: str, run: Found) -> str:
    rate = _verdict(reached=run["per_cpu_second"] >= GOAL_RATE)
    late = _verdict(reached=run["half_p99_ms"] <= GOAL_P99_MS)
    return (
        f"| {told} | {run['per_second']:,} | {run['per_cpu_second']:,} "
        f"| {run['server_cpu_us']:,} | {run['client_cpu_us']:,} "
        f"| {run['saturated_p50_ms']} / {run['saturated_p99_ms']} | {run['half_per_second']:,} "
        f"| {run['half_p50_ms']} / {run['half_p99_ms']} | {rate}, {late} |"
    )


def _batch(found: Found) -> list[str]:
    if "batch" not in found:
        return []
    run = found["batch"]["run"]
    reached = _verdict(reached=run["median_seconds"] <= GOAL_BATCH_SECONDS)
    return [
        "",
        "## A batch",
        "",
        f"`POST /api/checks` with {run['presentations']:,} presentations, an equal share of each",
        f"of {', '.join(run['mixed_of'])}; median {run['median_seconds']} s, worst",
        f"{run['worst_seconds']} s, {run['server_cpu_seconds']} s of the server's processor.",
        f"Goal {GOAL_BATCH_SECONDS} s on two cores: {reached}.",
    ]


def _pages(found: Found) -> list[str]:
    rows = [
        f"| {told} | {found[name]['run']['p50_ms']} | {found[name]['run']['p99_ms']} "
        f"| {_verdict(reached=found[name]['run']['p99_ms'] <= GOAL_PAGE_MS)} |"
        for name, told in _PAGES.items()
        if name in found
    ]
    if not rows:
        return []
    head = f"| page | p50 ms | p99 ms | goal: {GOAL_PAGE_MS} ms |"
    return ["", "## Pages, with warm caches", "", head, "|---|---|---|---|", *rows]
