"""The differential fuzzer at full length: bent documents through every processor.

The compiled engine, pyld with our RDFC-1.0, and pyoxigraph must agree on each: the same octets,
the same label map, or the same refusal. What differs is written to a file and must become a test.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

from credentials.encoding import JsonObject
from tests.differential.comparison import compare
from tests.differential.mutations import documents

CHUNK = 500
"""Documents of one seed: a few seconds of work."""

FOUND = Path("build/fuzz")
"""Where differing documents are written, one a file."""


def main() -> int:
    """Fuzz; returns 1 when anything differed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first chunk")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    chunks = range(chosen.seed, chosen.seed + -(-chosen.documents // CHUNK))
    counts: Counter[str] = Counter()
    with Pool(chosen.processes) as pool:
        for done, counted in enumerate(pool.imap_unordered(fuzz_chunk, chunks), start=1):
            counts += counted
            print(f"\r{done * CHUNK} documents, {counts['differ']} differ", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(json.dumps(dict(sorted(counts.items())), indent=2))
    return 1 if counts["differ"] else 0


def fuzz_chunk(seed: int) -> Counter[str]:
    """Compare the documents of one seed, and count what came of them."""
    counts: Counter[str] = Counter()
    for number, document in enumerate(documents(seed, CHUNK)):
        for outcome in _outcomes(document):
            counts[outcome] += 1
            if outcome == "differ":
                FOUND.mkdir(parents=True, exist_ok=True)
                (FOUND / f"{seed}-{number}.json").write_text(json.dumps(document))
    return counts


def _outcomes(document: JsonObject) -> Iterator[str]:
    yield "documents"
    try:
        outcome = compare(document)
    except Exception as error:  # noqa: BLE001 - anything that escapes is a finding too
        print(f"\n{type(error).__name__} escaped", file=sys.stderr)
        yield "differ"
        return
    if outcome.differences:
        yield "differ"
    if outcome.refused:
        yield "refused alike"
    else:
        yield "accepted, compiled" if outcome.compiled else "accepted, by the reference alone"
    if outcome.outvoted:
        yield "pyoxigraph outvoted by pyld and us"


if __name__ == "__main__":
    sys.exit(main())
