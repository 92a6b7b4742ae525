"""The issuer as a whole: its credential endpoint under load, and a long list signed ahead.

python -m benchmarks.issuance [--requests 2000] [--people 100000] [PART ...]

A part is one of those in ``PARTS``; without any all are measured. Each takes some minutes, and is
kept in the result file with its own moment, commit and load beside those measured before.

The server is the real application in a process of its own, as ``skillspass serve`` runs it; the
load comes over HTTP from another process, with tokens and proofs that were made before. The two
share the cores, so the rate by the clock is no more than what is left of them; requests for each
second of the server's own processor time do not depend on that.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import issuance_profile, report
from benchmarks.__main__ import RESULTS as MICRO_RESULTS
from benchmarks.__main__ import commit, machine
from benchmarks.drills.office import TYPE, Office
from benchmarks.issuance_report import RESULTS
from benchmarks.processes import below, processor_seconds, resident_kilobytes
from credentials.encoding import JsonObject, JsonValue
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.key_proof import create_proof
from issuer import issuance
from issuer.app import open_installation
from issuer.authorization_grants import Granted, redeem
from issuer.installation import FIRST
from issuer.keys import kept_signers
from issuer.offers import LETTER_LIFE, contents_of, find, offer
from issuer.orders import order
from issuer.ports import Ports
from issuer.settings import DEMO_ORIGIN, IssuerSettings
from service.clock import system_clock
from service.durability import Durability
from service.serving import free_ports
from tests.databases import PROGRAMS, fresh_schema, start_server, stop_server
from tests.databases import _run_unprivileged as run_unprivileged

CONNECTIONS = 8
WARM_UP = 200
FORMATS = ("dc+sd-jwt", "ldp_vc")


PARTS = ("endpoint-SQLite", "endpoint-PostgreSQL", *(f"bulk-{one}" for one in FORMATS))
"""What can be measured apart."""


def main() -> int:
    """Measure and write; an answer that is not 200 or a proof that is missing ends it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.issuance", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--dry", action="store_true", help="print, but write nothing")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part: {', '.join(sorted(unknown))}")
    for part in chosen.parts or PARTS:
        found = _measured(part, requests=chosen.requests, people=chosen.people)
        if not chosen.dry:
            _keep(part, found)
    return 0


def _measured(part: str, *, requests: int, people: int) -> JsonObject:
    kind, _, what = part.partition("-")
    if kind == "bulk":
        profile = issuance_profile.long_list(what)
        return _about(lambda: [_signed(what, people)]) | {"profile": profile}
    found = _about(lambda: _endpoint(what, requests))
    if what == "SQLite":
        found["profile"] = issuance_profile.endpoint(
            lambda installation, number: [*_requests(installation.ports(FIRST), number)]
        )
    return found


def _keep(part: str, found: JsonObject) -> None:
    """Write a part beside the others, and the page again."""
    kept: JsonObject = json.loads(RESULTS.read_bytes()) if RESULTS.exists() else {}
    parts = {one: kept[one] for one in PARTS if one in kept} | {part: found}
    ordered = {one: parts[one] for one in PARTS if one in parts}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")
    report.write(json.loads(MICRO_RESULTS.read_bytes()))


def _about(measure: Callable[[], list[JsonValue]]) -> JsonObject:
    started, at = os.getloadavg(), datetime.now(UTC).isoformat(timespec="seconds")
    bare = [_bare_signature()]
    runs = measure()
    bare.append(_bare_signature())
    return {
        "at": at,
        "commit": commit(),
        "machine": machine(started),
        "bare_signature_us": [round(one, 1) for one in bare],
        "runs": runs,
    }


def _bare_signature() -> float:
    """Processor microseconds of one bare P-256 signature here and now: what the rest costs by."""
    key, started = SoftwareSigner.generate(Algorithm.ES256), time.process_time()
    for _ in range(1_000):
        key.sign(b"the same each time")
    return (time.process_time() - started) * 1_000


# --- the credential endpoint -----------------------------------------------------------------


def _endpoint(name: str, requests: int) -> list[JsonValue]:
    runs: list[JsonValue] = []
    with _database(name) as url:
        for durability in Durability:
            with fresh_schema(url) if url else nullcontext(None) as own:
                run = _loaded(name, own, durability, requests)
            print(json.dumps(run), flush=True)
            runs.append(run)
    return runs


@contextmanager
def _database(name: str) -> Iterator[str | None]:
    """None for SQLite; else a PostgreSQL of our own that syncs as it does in earnest."""
    if name == "SQLite":
        yield None
        return
    installed = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not installed:
        raise SystemExit("no PostgreSQL here: apt-get install postgresql")
    programs = installed[-1].parent
    with tempfile.TemporaryDirectory(prefix="load-postgresql-") as made:
        folder = Path(made)
        url = start_server(programs, folder)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=on"
        run_unprivileged(
            programs / "pg_ctl", "restart", "--wait", "--pgdata", folder / "data",
            "--options", options, "--log", folder / "log",
        )  # fmt: skip
        try:
            yield url
        finally:
            stop_server(programs, folder)


def _loaded(name: str, url: str | None, durability: Durability, requests: int) -> JsonObject:
    with tempfile.TemporaryDirectory(prefix="load-") as made:
        var = Path(made)
        office = _office(var, url, durability)
        try:
            office.start()
            _sent(office, var, WARM_UP, rate=0)
            full = _sent(office, var, requests, rate=0)
            half = _sent(office, var, requests, rate=requests / full["seconds"] / 2)
        finally:
            office.close()
    return {
        "database": name,
        "synchronous": durability.upper(),
        "requests": requests,
        "per_second": round(requests / full["seconds"]),
        "per_cpu_second": round(requests / full["server_cpu"]),
        "server_cpu_us": round(full["server_cpu"] / requests * 1e6),
        "client_cpu_us": round(full["cpu_seconds"] / requests * 1e6),
        "saturated_p50_ms": _at(full["took_ms"], 0.5),
        "saturated_p99_ms": _at(full["took_ms"], 0.99),
        "half_per_second": round(requests / full["seconds"] / 2),
        "half_p50_ms": _at(half["took_ms"], 0.5),
        "half_p99_ms": _at(half["took_ms"], 0.99),
        "load": round(os.getloadavg()[0], 1),
    }


def _office(var: Path, url: str | None, durability: Durability) -> Office:
    given: JsonObject = {
        "var": str(var),
        "port": free_ports(1)[0],
        "database_url": url,
        "durability": durability.value,
        "api_key": "the-load",
        "rate_limits": False,
    }
    settings = IssuerSettings.model_validate(given)
    installation = open_installation(
        settings,
        signers_of=kept_signers(settings),
        clock=system_clock,
        entropy=secrets.token_bytes,
    )
    return Office(given, installation)


def _sent(office: Office, var: Path, requests: int, *, rate: float) -> dict[str, Any]:
    """Send so many requests; what the generator found, and the server's processor time."""
    process = office.process
    if process is None:
        raise AssertionError("not started")
    path = var / "requests.jsonl"
    lines = [json.dumps(one) for one in _requests(office.ports, requests)]
    path.write_text("\n".join(lines), "utf-8")
    before = processor_seconds(process.pid)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load_client", str(path), str(office.given["port"]),
         str(CONNECTIONS), str(rate)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)  # Any: JSON
    if found["statuses"] != {"200": requests}:
        raise AssertionError(f"answers: {found['statuses']}")
    return {**found, "server_cpu": processor_seconds(process.pid) - before}


def _requests(ports: Ports, number: int) -> Iterator[str]:
    """Requests for one proof each, with a token, a key and a nonce of their own."""
    at, template = ports.clock(), ports.templates[TYPE]
    for one in range(number):
        claims: JsonObject = {
            "given_name": "Jan",
            "family_name": f"Bakker {one}",
            "date_of_test": "2026-09-07",
            "skills": [{"skill": "heftruck", "level": 2}],
        }
        with ports.database.transaction() as session:
            made = offer(session, order(template, claims), ports=ports, at=at, life=LETTER_LIFE)
            session.flush()
            code = contents_of(find(session, made.id, ports=ports), ports).code
            granted = redeem(session, code=code, tx_code=made.tx_code, ports=ports, at=at)
            nonce = issuance.make_nonce(session, ports=ports, at=at)
        if not isinstance(granted, Granted):
            raise AssertionError("a code was not taken")  # noqa: TRY004 - no wrong use of ours
        key = SoftwareSigner.generate(Algorithm.ES256)
        proof = create_proof(key, audience=DEMO_ORIGIN, nonce=nonce, at=at)
        body = json.dumps(
            {"credential_configuration_id": f"{TYPE}.dc+sd-jwt", "proofs": {"jwt": [proof]}}
        )
        yield (
            "POST /credential HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {granted.access_token}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )


def _at(took: Sequence[float], share: float) -> float:
    return round(took[min(len(took) - 1, int(len(took) * share))], 1)


# --- a long list -----------------------------------------------------------------------------


_RUN = "from benchmarks.bulk_run import main; main()"
"""Not as a module: the signing processes would load all of it a second time."""


def _signed(format_id: str, people: int) -> JsonObject:
    with tempfile.TemporaryDirectory(prefix="bulk-") as var:
        asked = {"var": var, "people": people, "format": format_id, "processes": 2}
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, json.dumps(asked)], stdout=subprocess.PIPE, text=True
        )
        peak = _Peak(process.pid)
        output = process.communicate()[0]
    megabytes, found = peak.stop(), json.loads(output)
    if found["made"] != people:
        raise AssertionError(f"{found['made']} of {people} proofs")
    run: JsonObject = {
        "format": format_id,
        "people": people,
        **found,
        "peak_megabytes": megabytes,
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(run), flush=True)
    return run


class _Peak:
    """The most memory that a process and its children have held at once."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._over = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> int:
        """Megabytes."""
        self._over.set()
        self._thread.join()
        return self._most // 1024

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            pids = [self._pid, *below(self._pid)]
            self._most = max(self._most, sum(map(resident_kilobytes, pids)))


if __name__ == "__main__":
    sys.exit(main())
