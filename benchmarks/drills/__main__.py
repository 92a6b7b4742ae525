"""Run the fault drills and say what was expected and what was found; exit status 1 on a difference.

The kill drill runs on SQLite and, where PostgreSQL is installed, on a server of its own.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.drills import kill
from benchmarks.drills.count import Counts
from benchmarks.drills.faults import FAULTS
from benchmarks.drills.rotation import rotation
from credentials.encoding import JsonObject
from tests.databases import PROGRAMS, start_server, stop_server

RESULTS = Path(__file__).parent / "results.json"
PEOPLE, KILLS, SEED = 2_000, 22, 20_261_128

Drill = Callable[[Path], Counts]


def main() -> int:
    """Run those that are asked for, or all."""
    names = ["kill-sqlite", "kill-postgresql", "rotation", *FAULTS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drills", description=__doc__)
    parser.add_argument("drill", nargs="*", help=f"these alone: {', '.join(names)}")
    parser.add_argument("--people", type=int, default=PEOPLE, help="of the kill drills")
    parser.add_argument("--kills", type=int, default=KILLS, help="of the kill drills")
    parser.add_argument("--dry", action="store_true", help="print, but write nothing")
    chosen = parser.parse_args()
    unknown = set(chosen.drill) - set(names)
    if unknown:
        parser.error(f"no such drill: {', '.join(sorted(unknown))}")
    found: list[JsonObject] = []
    for name in chosen.drill or names:
        counts = _run(name, people=chosen.people, kills=chosen.kills)
        if counts is None:
            print(f"{name}: not run: no PostgreSQL here", file=sys.stderr)
            continue
        print("\n".join(counts.lines()), flush=True)
        found.append(counts.as_json())
    if not chosen.dry:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        RESULTS.write_text(json.dumps({"at": at, "drills": found}, indent=1) + "\n", "utf-8")
    return 0 if all(each["ok"] for each in found) else 1


def _run(name: str, *, people: int, kills: int) -> Counts | None:
    folder = Path(tempfile.mkdtemp(prefix="drill-"))
    try:
        if name == "kill-postgresql":
            with _server() as url:
                if url is None:
                    return None
                return kill.drill(folder, people=people, kills=kills, seed=SEED, database_url=url)
        drills: dict[str, Drill] = {
            "kill-sqlite": partial(kill.drill, people=people, kills=kills, seed=SEED),
            "rotation": rotation,
            **FAULTS,
        }
        return drills[name](folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _server() -> Iterator[str | None]:
    """A server of PostgreSQL that lives as long as the drill; None where it is not installed."""
    installed = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not installed:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="drill-postgresql-"))
    try:
        url = start_server(installed[-1].parent, folder)
        try:
            yield url
        finally:
            stop_server(installed[-1].parent, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
