"""A whole list signed ahead, as ``skillspass sign`` does it, with the time of each step.

Its one argument is JSON: ``var``, ``people``, ``format`` and ``processes``.
"""

import json
import os
import secrets
import sys
import time

from benchmarks.processes import below, processor_seconds
from credentials.encoding import JsonObject
from issuer import batches, bulk
from issuer.app import open_installation
from issuer.bulk_signing import signing_beside
from issuer.folded_rows import fold
from issuer.installation import FIRST
from issuer.keys import kept_signers
from issuer.settings import IssuerSettings
from service.clock import system_clock

HEADINGS = (
    "Cursistnummer;Voornaam;Achternaam;E-mail privé;Opleiding;Examendatum;Resultaat;"
    "Skill 1;Niveau 1"
)


def class_list(people: int) -> bytes:
    """A list of so many people, each with a name of their own, under the limit of 10 MB."""
    rows = (
        f"{100_000 + number};Jan;B{_letters(number)};a{number}@x.nl;"
        "Heftruck;09-11-2026;behaald;Heftruck rijden;2"
        for number in range(people)
    )
    return "\r\n".join([HEADINGS, *rows]).encode()


def _letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(4))


def measure(var: str, people: int, format_id: str, processes: int) -> JsonObject:
    """Read the list, sign it, and read what was kept; seconds of each."""
    settings = IssuerSettings.model_validate({"var": var})
    installation = open_installation(
        settings,
        signers_of=kept_signers(settings),
        clock=system_clock,
        entropy=secrets.token_bytes,
    )
    ports = installation.ports(FIRST)
    ports.signers.begin()
    data, started = class_list(people), time.perf_counter()
    report = batches.check(data, type_id=None, templates=ports.templates, at=ports.clock())
    rows = fold(report.found.rows)
    del report
    read = time.perf_counter()
    begun = bulk.begin(ports, name="list", data=data, count=people, format_id=format_id)
    with signing_beside(ports, processes) as sign:
        for answer in [sign([]) for _ in range(processes)]:
            answer.result()  # they have started
        ready, used, theirs = time.perf_counter(), time.process_time(), _signers()
        made = bulk.give(ports, begun, rows, sign=sign).made
        signed, spent = time.perf_counter(), time.process_time() - used
        theirs = _signers() - theirs
    octets = sum(len(json.dumps(wire)) for _, _, wire in bulk.signed(ports, begun))
    return {
        "made": made,
        "read_seconds": round(read - started, 2),
        "start_seconds": round(ready - read, 2),
        "sign_seconds": round(signed - ready, 2),
        "export_seconds": round(time.perf_counter() - signed, 2),
        "own_cpu_seconds": round(spent, 2),
        "signers_cpu_seconds": round(theirs, 2),
        "octets": octets,
    }


def _signers() -> float:
    """What the processes below this one have used so far."""
    return sum(map(processor_seconds, below(os.getpid())))


def main() -> None:
    """Measure, and print what was found as JSON."""
    asked = json.loads(sys.argv[1])
    found = measure(asked["var"], asked["people"], asked["format"], asked["processes"])
    print(json.dumps(found))
