"""The verifier as a whole: checks over HTTP, a batch, and how soon a page is there.

python -m benchmarks.verification_load [--requests 4000] [--dry] [PART ...]

A part is one of those in ``PARTS``; without any all are measured. Each takes some minutes at most,
and is kept in the result file with its own moment, commit and load beside those measured before.
The load comes from another process over HTTP, as in ``benchmarks.issuance``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.__main__ import RESULTS as MICRO_RESULTS
from benchmarks.__main__ import commit, machine
from benchmarks.processes import processor_seconds
from benchmarks.verification_report import RESULTS
from benchmarks.verifier_process import BATCH, MIXED
from credentials.encoding import JsonObject
from service.serving import free_ports

CONNECTIONS, WARM_UP, PAGES, BATCHES = 8, 200, 300, 5


@dataclass(frozen=True, slots=True)
class Server:
    """The process under load.

    Attributes:
        requests: what may be sent, by kind.
    """

    pid: int
    port: int
    folder: Path
    requests: dict[str, list[str]]

    def sent(self, kind: str, number: int, *, rate: float = 0, connections: int) -> dict[str, Any]:
        """Send so many of a kind: what the generator found, and the server's processor time."""
        lines = self.requests[kind]
        path = self.folder / "sent.jsonl"
        written = [json.dumps(lines[place % len(lines)]) for place in range(number)]
        path.write_text("\n".join(written), "utf-8")
        before = processor_seconds(self.pid)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load_client", str(path), str(self.port),
             str(connections), str(rate)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(done.stdout)  # Any: JSON
        if found["statuses"] != {"200": number}:
            raise AssertionError(f"answers: {found['statuses']}")
        return {**found, "server_cpu": processor_seconds(self.pid) - before}


def _checks(server: Server, kind: str, requests: int) -> JsonObject:
    """One kind of check, at saturation and at half of it."""
    server.sent(kind, WARM_UP, connections=CONNECTIONS)
    full = server.sent(kind, requests, connections=CONNECTIONS)
    rate = requests / full["seconds"] / 2
    half = server.sent(kind, requests // 2, rate=rate, connections=CONNECTIONS)
    return {
        "requests": requests,
        "per_second": round(requests / full["seconds"]),
        "per_cpu_second": round(requests / full["server_cpu"]),
        "server_cpu_us": round(full["server_cpu"] / requests * 1e6),
        "client_cpu_us": round(full["cpu_seconds"] / requests * 1e6),
        "saturated_p50_ms": _at(full["took_ms"], 0.5),
        "saturated_p99_ms": _at(full["took_ms"], 0.99),
        "half_per_second": round(rate),
        "half_p50_ms": _at(half["took_ms"], 0.5),
        "half_p99_ms": _at(half["took_ms"], 0.99),
    }


def _batch(server: Server, requests: int) -> JsonObject:
    """A batch of mixed presentations, some times over."""
    del requests
    server.sent("batch", 1, connections=1)
    found = server.sent("batch", BATCHES, connections=1)
    return {
        "presentations": BATCH,
        "mixed_of": [*MIXED],
        "median_seconds": round(_at(found["took_ms"], 0.5) / 1000, 2),
        "worst_seconds": round(found["took_ms"][-1] / 1000, 2),
        "server_cpu_seconds": round(found["server_cpu"] / BATCHES, 2),
    }


def _page(server: Server, kind: str) -> JsonObject:
    server.sent(kind, 20, connections=1)
    found = server.sent(kind, PAGES, connections=1)
    return {"p50_ms": _at(found["took_ms"], 0.5), "p99_ms": _at(found["took_ms"], 0.99)}


Measure = Callable[[Server, int], JsonObject]

PARTS: dict[str, Measure] = {
    "proof": lambda server, requests: _checks(server, "proof", requests),
    "card": lambda server, requests: _checks(server, "card", requests),
    "batch": _batch,
    "start": lambda server, _requests: _page(server, "start"),
    "answer": lambda server, _requests: _page(server, "answer"),
}
"""What can be measured apart."""


def main() -> int:
    """Measure and write; an answer that is not 200 ends it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.verification_load", description=__doc__
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--requests", type=int, default=4_000)
    parser.add_argument("--dry", action="store_true", help="print, but write nothing")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part: {', '.join(sorted(unknown))}")
    with _served() as server:
        for part in chosen.parts or PARTS:
            started, at = os.getloadavg(), datetime.now(UTC).isoformat(timespec="seconds")
            run = PARTS[part](server, chosen.requests)
            print(part, json.dumps(run), flush=True)
            if not chosen.dry:
                _keep(part, {"at": at, "commit": commit(), "machine": machine(started), "run": run})
    return 0


@contextmanager
def _served() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="verifier-load-") as made:
        folder, port = Path(made), free_ports(1)[0]
        with (folder / "log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.verifier_process", made, str(port)],
                stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
            try:
                if process.stdout is None or process.stdout.readline().strip() != "ready":
                    raise AssertionError((folder / "log").read_text("utf-8")[-2000:])
                found = json.loads((folder / "requests.json").read_bytes())
                yield Server(process.pid, port, folder, found)
            finally:
                process.terminate()
                process.wait(30)


def _keep(part: str, found: JsonObject) -> None:
    """Write a part beside the others, and the page again."""
    kept: JsonObject = json.loads(RESULTS.read_bytes()) if RESULTS.exists() else {}
    parts = {one: kept[one] for one in PARTS if one in kept} | {part: found}
    ordered = {one: parts[one] for one in PARTS if one in parts}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")
    report.write(json.loads(MICRO_RESULTS.read_bytes()))


def _at(took: list[float], share: float) -> float:
    return round(took[min(len(took) - 1, int(len(took) * share))], 1)


if __name__ == "__main__":
    sys.exit(main())
