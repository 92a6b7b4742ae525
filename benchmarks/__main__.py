"""Run every contest, write ``results.json``, and draw the page and the plot of the docs.

A check that fails means no number for that module and exit status 1; a peer that is not here is
named as not measured. Nothing is filled in from an older run.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks import report
from benchmarks.interleave import SLICES, Contest, Slice, cpus, run, walls
from benchmarks.node import FOLDER, NotMeasured
from credentials.encoding import JsonObject, JsonValue

CONTESTS = ("linked_data", "selective", "sd_jwt", "matching")
"""Modules of this package with ``contests() -> Iterator[Contest]``, in the order of the table."""

RESULTS = Path(__file__).parent / "results.json"
PACKAGES = ("cryptography", "jwcrypto", "py-arkworks-bls12381", "pyld", "sd-jwt")
"""Whose versions are noted, beside those of the Node packages."""


def main() -> int:
    """Measure; returns 1 when a check failed or a peer was not here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=CONTESTS, action="append", help="this module alone")
    parser.add_argument("--slices", type=int, default=SLICES, help="turns of each side")
    parser.add_argument("--dry", action="store_true", help="print, but write nothing")
    chosen = parser.parse_args()
    started = os.getloadavg()
    comparisons: list[JsonValue] = []
    failures: list[JsonValue] = []
    profiles: JsonObject = {}
    for name in chosen.only or CONTESTS:
        try:
            for contest in _contests(name):
                comparison = _measured(contest, chosen.slices)
                print(report.line(comparison), flush=True)
                comparisons.append(comparison)
            profiles.update(_profile(name))
        except (AssertionError, NotMeasured) as error:
            print(f"{name}: not measured: {error}", file=sys.stderr)
            failures.append({"module": name, "reason": str(error)})
    results: JsonObject = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(started),
        "versions": _versions(),
        "comparisons": comparisons,
        "profile": profiles,
        "not_measured": failures,
    }
    if not chosen.dry:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        report.write(results)
    return 1 if failures else 0


def _contests(name: str) -> Iterator[Contest]:
    module = importlib.import_module(f"benchmarks.{name}")
    yield from module.contests()


def _profile(name: str) -> JsonObject:
    """Where the time of a missed goal goes, for modules that tell it with ``profile()``."""
    module = importlib.import_module(f"benchmarks.{name}")
    return dict(module.profile()) if hasattr(module, "profile") else {}


def _measured(contest: Contest, slices: int) -> JsonObject:
    timing = run(contest, slices=slices)
    reached = None if contest.goal is None else timing.ratio >= contest.goal
    return {
        "work": contest.work,
        "ours_us": round(median(walls(timing.ours)), 1),
        "peer": contest.peer,
        "peer_us": round(median(walls(timing.peer)), 1),
        "ratio": round(timing.ratio, 2),
        "goal": contest.goal,
        "reached": reached,
        "best_ratio": round(timing.best_ratio, 2),
        "ours_cpu_us": round(median(cpus(timing.ours)), 1),
        "peer_cpu_us": round(median(cpus(timing.peer)), 1),
        "cpu_ratio": round(timing.cpu_ratio, 2),
        "slices": {"ours": _written(timing.ours), "peer": _written(timing.peer)},
    }


def _written(slices: Sequence[Slice]) -> JsonObject:
    return {
        "wall_us": [round(wall, 1) for wall in walls(slices)],
        "cpu_us": [round(cpu, 1) for cpu in cpus(slices)],
    }


def commit() -> str:
    """What was measured."""
    return _output("git", "rev-parse", "HEAD")


def machine(started: tuple[float, float, float]) -> JsonObject:
    """What it was measured on, and how busy that was."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "node": _output("node", "--version"),
        "load_before": round(started[0], 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def _versions() -> JsonObject:
    asked: dict[str, str] = json.loads((FOLDER / "package.json").read_bytes())["dependencies"]
    return {**{name: version(name) for name in PACKAGES}, **asked}


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not here"
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
