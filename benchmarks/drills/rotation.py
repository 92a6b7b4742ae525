"""The signing key is changed over while people fetch and a verifier checks each proof at once."""

import time
from collections import Counter
from pathlib import Path
from threading import Thread

import httpx2

from benchmarks.drills.count import Counts
from benchmarks.drills.judging import accepted, places_of, served
from benchmarks.drills.office import CLIENTS, TIMEOUT, Office, Person, Tally, fetch, open_office
from credentials.formats import FORMATS
from credentials.model import Wire
from issuer import key_ledger
from issuer.key_ledger import HANDOVER

AFTER = 10.0
"""Seconds for which people go on when the other key has taken over."""

PEOPLE = 4_000
"""More than can fetch in that time."""


def rotation(var: Path, *, people: int = PEOPLE, after: float = AFTER) -> Counts:
    """Rotate by force, for a drill cannot wait a day: every proof is accepted all the same."""
    counts = Counts("a rotation under load, SQLite")
    office = open_office(var)
    try:
        waiting, wires, failed = list(office.invite(people)), list[Wire](), list[Wire]()
        office.start()
        started, over = time.monotonic(), list[bool]()
        threads = [
            Thread(target=_visit, args=(office, waiting, wires, failed, over))
            for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        ports = office.ports
        key_ledger.prepare(ports, "ES256")
        with ports.database.transaction() as session:
            key_ledger.rotate(session, ports, "ES256", at=ports.clock(), force=True)
        time.sleep(HANDOVER.total_seconds() + 1 + after)
        over.append(True)
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - started
        with served(office) as get:
            later = accepted(wires, get)
        office.stop()
    finally:
        office.close()
    signed = Counter(FORMATS["dc+sd-jwt"].parse(wire).key.key_id for wire in wires)
    counts.told = {"proofs a second": round(len(wires) / seconds, 1), "proofs": len(wires)}
    counts.count("keys that signed", expected=2, found=len(signed))
    counts.count("checks that failed at once", expected=0, found=len(failed))
    counts.count("checks that failed afterwards", expected=0, found=len(wires) - later)
    counts.count("places given twice", expected=0, found=len(wires) - len(places_of(wires)))
    return counts


def _visit(
    office: Office,
    waiting: list[Person],
    wires: list[Wire],
    failed: list[Wire],
    over: list[bool],
) -> None:
    with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:
        while not over and waiting:
            person = waiting.pop()
            fetch(person, office, http, Tally())
            wire = person.wire or ""
            wires.append(wire)
            with served(office) as get:
                if not accepted([wire], get):
                    failed.append(wire)
