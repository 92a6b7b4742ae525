"""Hostile inputs before us and before other libraries: ``make hostile`` writes docs/hostile.md.

Each question is asked in a child with a short time. A library is asked only where it has a door for
such an input, and only after it accepted the same input without the fault.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from benchmarks.hostile_inputs import Case, cases
from benchmarks.hostile_judges import CPU_SECONDS, Answer

WALL_SECONDS = 60
"""A child that waits uses no processor time; other work may share the machine."""

PEERS = ("sd-jwt", "jwcrypto", "PyLD", "didkit")
PAGE = Path(__file__).parent.parent / "docs" / "hostile.md"
LATE, DIED, NOT_ASKED = f"over {CPU_SECONDS} s", "died", "not asked"

_ABOVE = """# Hostile inputs

Made by `make hostile`; do not edit. The same input before us and before the libraries of
others ({versions}), each in a process of its own with {seconds} seconds of processor time. The
numbers are those of the tests in `tests/hostile`, which hold the whole list.

Nobody is asked who has no door for such an input, and whoever is asked first accepted the same
input without the fault. A peer's refusal carries the name of its error. PyLD is a JSON-LD
processor: a check of the signature over its statements stands behind it, as its users write it,
with our copies of the contexts. jwcrypto is asked about the issuer's signature and about
decryption, didkit about credentials of data model 1.1. **Accepted** need not be a fault of the
library: some leave a check to their caller, who has to know.

"""


@dataclass(frozen=True, slots=True)
class Row:
    """One input and what was said, by library."""

    case: Case
    said: dict[str, str]


def main() -> int:
    """Ask everyone; returns 1 when we do not refuse as we should."""
    rows = []
    for case in cases():
        rows.append(asked(case))
        print(case.id, case.title, rows[-1].said, sep=" | ", file=sys.stderr)
    PAGE.write_text(page(rows), "utf-8")
    wrong = [row.case.title for row in rows if row.said["ours"] != f"refused: {row.case.code}"]
    print(
        f"{len(rows)} inputs", *(f"not refused as expected: {title}" for title in wrong), sep="\n"
    )
    return 1 if wrong else 0


def asked(case: Case) -> Row:
    """One input before everyone.

    Raises:
        AssertionError: someone does not accept the twin, so that a refusal would say nothing.
    """
    said = dict.fromkeys(PEERS, NOT_ASKED)
    for name in ("ours", *case.peers):
        if child(name, json.dumps(case.twin)) != "accepted":
            raise AssertionError(f"{name} refuses the twin of {case.title}")
        said[name] = child(name, json.dumps(case.given))
    return Row(case, said)


@cache
def child(name: str, given: str) -> str:
    """What one library says of one input."""
    command = [sys.executable, "-m", "benchmarks.hostile_judges", name]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return LATE
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return LATE
    if done.returncode != 0 or not done.stdout:
        return DIED
    answer: Answer = json.loads(done.stdout)
    return "accepted" if answer["accepted"] else f"refused: {answer['word']}".removesuffix(": ")


def page(rows: Iterable[Row]) -> str:
    """The page of the docs."""
    versions = ", ".join(f"{name} {version(name)}" for name in PEERS)
    lines = [
        f"| | input | ours | {' | '.join(PEERS)} |",
        "|---" * (3 + len(PEERS)) + "|",
    ]
    for row in rows:
        cells = [_cell(row.said[name]) for name in ("ours", *PEERS)]
        lines.append(f"| {row.case.id} | {row.case.title} | {' | '.join(cells)} |")
    return _ABOVE.format(seconds=CPU_SECONDS, versions=versions) + "\n".join(lines) + "\n"


def _cell(said: str) -> str:
    answer, _, word = said.partition(": ")
    if word:
        return f"{answer}: `{word}`"
    return said if said in {NOT_ASKED, "refused"} else f"**{said}**"


if __name__ == "__main__":
    sys.exit(main())
