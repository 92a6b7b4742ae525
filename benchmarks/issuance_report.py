"""The part of ``docs/performance.md`` about the issuer as a whole; it has a result file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "issuance.json"

GOAL_SECONDS = {"dc+sd-jwt": 15, "ldp_vc": 20}
"""To sign and keep 100,000 proofs on two cores."""

GOAL_PEOPLE, GOAL_MEGABYTES, GOAL_RATE, GOAL_P99_MS = 100_000, 400, 1_500, 25

Found = dict[str, Any]  # Any: one part of the result file, as JSON


def section() -> str:
    """The section; empty where nothing was measured yet."""
    if not RESULTS.exists():
        return ""
    found: Found = json.loads(RESULTS.read_bytes())
    lines = ["", "# The issuer as a whole", "", "Made by `make load`; do not edit."]
    for kind, written in (("endpoint", _endpoint), ("bulk", _bulk)):
        parts = [part for name, part in found.items() if name.startswith(f"{kind}-")]
        lines += written(parts) if parts else []
    return "\n".join([*lines, ""])


def _where(part: Found) -> str:
    machine, first = part["machine"], part["runs"][0]
    return (
        f"{first.get('database') or first['format']}: {part['at']}, "
        f"commit `{part['commit'][:12]}`, {machine['processor']}, "
        f"{machine['cores']} cores, load {machine['load_before']} before and "
        f"{machine['load_after']} after. A bare P-256 signature took "
        f"{part['bare_signature_us'][0]} us of the processor before and "
        f"{part['bare_signature_us'][1]} after; where the load is above 1, "
        "other work shared the machine and a clock says little."
    )


def _verdict(*, reached: bool) -> str:
    return "reached" if reached else "missed"


def _each_where(parts: Sequence[Found]) -> list[str]:
    return [line for part in parts for line in (_where(part), "")]


def _runs(parts: Sequence[Found]) -> list[Found]:
    return [run for part in parts for run in part["runs"]]


def _endpoint(parts: Sequence[Found]) -> list[str]:
    rows = [
        f"| {run['database']}, {run['synchronous']} | {run['per_second']:,} "
        f"| {run['per_cpu_second']:,} | {run['server_cpu_us']:,} | {run['client_cpu_us']:,} "
        f"| {run['saturated_p50_ms']} / {run['saturated_p99_ms']} "
        f"| {run['half_per_second']:,} | {run['half_p50_ms']} / {run['half_p99_ms']} "
        f"| {run['load']} | {_reached(run)} |"
        for run in _runs(parts)
    ]
    return [
        "",
        "## The credential endpoint",
        "",
        *_each_where(parts),
        "One server process over HTTP; each request has a token, a key and a nonce of its own, and",
        "gets an SD-JWT that was read back before it was kept. Eight connections of a generator in",
        "another process, which shares the cores: its processor time stands beside the server's.",
        "A second of the server's processor time does not depend on what else the machine does; a",
        "second by the clock does, and so do the latencies. At half load time counts from the",
        "moment at which a request was due.",
        "",
        (
            "| database, synchronous | requests/s | requests per s of the server's processor "
            "| server us | generator us | p50 / p99 ms | half load, requests/s | p50 / p99 ms "
            f"| load | goal: {GOAL_RATE:,}/s a core and p99 under {GOAL_P99_MS} ms at half load |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
        *rows,
        *_profile(parts),
    ]


def _reached(run: Found) -> str:
    if run["synchronous"] != "NORMAL":
        return "-"
    rate = _verdict(reached=run["per_cpu_second"] >= GOAL_RATE)
    late = _verdict(reached=run["half_p99_ms"] <= GOAL_P99_MS)
    return f"{rate}, {late}"


def _bulk(parts: Sequence[Found]) -> list[str]:
    rows = [
        f"| {run['format']} | {run['made']:,} | {run['read_seconds']} | {run['sign_seconds']} "
        f"| {run['export_seconds']} | {run['own_cpu_seconds']} + {run['signers_cpu_seconds']} "
        f"| {run['peak_megabytes']} | {run['load']} | {_bulk_reached(run)} |"
        for run in _runs(parts)
    ]
    return [
        "",
        "## A long list signed ahead",
        "",
        *_each_where(parts),
        "`skillspass sign` on SQLite, synchronous FULL, two signing processes: a list of people",
        "who each have a name of their own is read and checked, then every proof gets a place in a",
        "status list, a stored intent, its signature, a read-back, and its row. Memory is that of",
        "all processes together.",
        "",
        (
            "| format | proofs | reading the list, s | signing and keeping, s "
            "| reading them out, s | processor s, own + signers | MB | load "
            "| goal: seconds and memory |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
        *_profile(parts),
    ]


def _bulk_reached(run: Found) -> str:
    wanted = GOAL_SECONDS[run["format"]] * run["people"] / GOAL_PEOPLE
    quick = _verdict(reached=run["sign_seconds"] <= wanted)
    if run["people"] < GOAL_PEOPLE:
        return f"{wanted:g} s {quick}; memory: not asked of a shorter list"
    small = _verdict(reached=run["peak_megabytes"] <= GOAL_MEGABYTES)
    return f"{wanted:g} s {quick}, {GOAL_MEGABYTES} MB {small}"


def _profile(parts: Sequence[Found]) -> list[str]:
    rows = [
        f"| {name} | {share} |" for part in parts for name, share in part.get("profile", {}).items()
    ]
    if not rows:
        return []
    return ["", "Where the processor time goes:", "", "| part | microseconds |", "|---|---|", *rows]
