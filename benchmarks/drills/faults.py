"""A backup put back, two publishers, a wrong clock, a full disk, a signer that often fails."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import httpx2

from benchmarks.drills.count import Counts
from benchmarks.drills.judging import accepted, places_of, revoked, served
from benchmarks.drills.office import (
    TIMEOUT,
    Office,
    Person,
    Tally,
    ask,
    fetch_all,
    next_step,
    open_office,
    token_of,
)
from credentials.formats import FORMATS
from credentials.model import Wire
from issuer import audit
from service.serving import free_ports

PEOPLE = 60
ALLOWANCE = 192 * 1024
"""Octets by which the files may still grow before the disk is full."""

AUTHORIZED = {"Authorization": "Bearer the-drill"}
_DATABASE = "issuer.db"


def wires_of(people: list[Person]) -> list[Wire]:
    """What they hold."""
    return [person.wire for person in people if person.wire is not None]


def issued_id(person: Person) -> str:
    """The id of the proof that a person holds."""
    wire = person.wire if person.wire is not None else ""
    return str(FORMATS["dc+sd-jwt"].parse(wire).credential.credential_id)


def revoke(address: str, proof: str) -> int:
    """Take a proof back, through the institute's own interface."""
    answer = httpx2.post(
        f"{address}/api/issued/{proof}/status",
        json={"status": "revoked", "reason": "de oefening"},
        headers=AUTHORIZED,
        timeout=TIMEOUT,
    )
    return answer.status_code


def restore(var: Path, *, people: int = PEOPLE) -> Counts:
    """Yesterday's backup is put back: no place is given twice, what was withdrawn stays so."""
    counts = Counts("a backup put back, SQLite")
    office = open_office(var)
    try:
        first, lost, last = (office.invite(people) for _ in range(3))
        office.start()
        fetch_all(office, first)
        _copy(var / "issuer" / _DATABASE, var / "backup.db")
        fetch_all(office, lost)
        taken_back = [*first[:5], *lost[:5]]
        changed = [revoke(office.address, issued_id(person)) for person in taken_back]
        httpx2.get(f"{office.address}/status/token/1", timeout=TIMEOUT)
        office.stop()
        office.installation.database.close()
        for left in (var / "issuer").glob(f"{_DATABASE}*"):
            left.unlink()
        shutil.copy(var / "backup.db", var / "issuer" / _DATABASE)
        office.start()
        fetch_all(office, last)
        wires = wires_of([*first, *lost, *last])
        with served(office) as get:
            still = sum(revoked(person.wire or "", get) for person in taken_back)
            fine = accepted(wires_of([*first[5:], *lost[5:], *last]), get)
    finally:
        office.close()
    counts.count("withdrawals acknowledged", expected=10, found=changed.count(200))
    counts.count("proofs held", expected=3 * people, found=len(wires))
    counts.count("different places", expected=3 * people, found=len(places_of(wires)))
    counts.count("still withdrawn", expected=10, found=still)
    counts.count("others accepted", expected=3 * people - 10, found=fine)
    return counts


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as opened, sqlite3.connect(target) as copy:
        opened.backup(copy)
    opened.close()
    copy.close()


def publishers(var: Path, *, people: int = PEOPLE) -> Counts:
    """Two processes publish the lists of one issuer: neither undoes the other."""
    counts = Counts("two publishers, SQLite")
    office = open_office(var)
    other = Office({**office.given, "port": free_ports(1)[0]}, office.installation)
    steps_back: list[int] = []
    try:
        invited = office.invite(people)
        office.start()
        other.start()
        fetch_all(office, invited)
        readers = [Thread(target=_watch, args=(one, steps_back)) for one in (office, other)]
        writers = [
            Thread(target=_revoke_all, args=(one, invited[start::2]))
            for start, one in enumerate((office, other))
        ]
        for thread in (*readers, *writers):
            thread.start()
        for thread in (*readers, *writers):
            thread.join()
        seen = []
        for one in (office, other):
            with served(one) as get:
                seen.append(sum(revoked(person.wire or "", get) for person in invited))
    finally:
        other.process, left = None, other.process
        if left is not None:
            left.kill()
            left.communicate()
        office.close()
    counts.count("withdrawn, as one publisher says", expected=people, found=seen[0])
    counts.count("withdrawn, as the other says", expected=people, found=seen[1])
    counts.count("times that a list stepped back", expected=0, found=len(steps_back))
    return counts


def _watch(office: Office, steps_back: list[int]) -> None:
    """Ask for the list again and again; its number is the first part of the tag."""
    highest = 0
    with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:
        for _ in range(120):
            tag = http.get("/status/token/1").headers["etag"]
            number = int(tag.strip('"').partition(".")[0])
            if number < highest:
                steps_back.append(number)
            highest = max(highest, number)


def _revoke_all(office: Office, people: list[Person]) -> None:
    for person in people:
        revoke(office.address, issued_id(person))


def clocks(var: Path, *, people: int = PEOPLE) -> Counts:
    """The issuer's clock is an hour behind, then a day ahead, then right again."""
    counts = Counts("a wrong clock, SQLite")
    office = open_office(var)
    hour, day = timedelta(hours=1), timedelta(days=1)
    try:
        before, after = office.invite(people), office.invite(people)
        late = office.invite(3)
        office.start()
        fetch_all(office, before)
        office.stop()
        for name, ahead in (("an hour behind", -hour), ("a day ahead", day)):
            office.start(ahead=ahead.total_seconds())
            with served(office) as get:
                found = accepted(wires_of(before), get)
            # a list of tomorrow is believed by nobody: unknown, and never wrongly good
            wanted = people if ahead < timedelta(0) else 0
            counts.count(f"accepted while it is {name}", expected=wanted, found=found)
            refused = _refused(office, late)
            counts.count(f"given while it is {name}", expected=0, found=len(late) - refused)
            office.stop()
        office.start()
        fetch_all(office, [*after, *late])
        everyone = [*before, *after, *late]
        with served(office) as get:
            fine = accepted(wires_of(everyone), get)
        office.stop()
    finally:
        office.close()
    total = 2 * people + 3
    counts.count("accepted when it is right again", expected=total, found=fine)
    places = places_of(wires_of(everyone))
    counts.count("different places", expected=total, found=len(places))
    return counts


def _refused(office: Office, people: list[Person]) -> int:
    """How many get no proof, because their own clock and the issuer's differ too much."""
    refused = 0
    with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:
        for person in people:
            person.token = token_of(person, http)
            refused += person.token is None or ask(person, http).status_code != httpx2.codes.OK
            person.token = None
    return refused


def full_disk(var: Path, *, people: int = PEOPLE) -> Counts:
    """The files may not grow any more while people fetch; then there is room again."""
    counts = Counts("a full disk, SQLite")
    office = open_office(var)
    try:
        invited, tally = office.invite(people), Tally()
        size = max(file.stat().st_size for file in (var / "issuer").glob(f"{_DATABASE}*"))
        office.start(before=["prlimit", f"--fsize={size + ALLOWANCE}"])
        got = _try_each(office, invited, tally)
        office.stop()
        office.start()
        fetch_all(office, invited)
        wires = wires_of(invited)
        with served(office) as get:
            fine = accepted(wires, get)
        with office.ports.database.reading() as session:
            chain = audit.verify(session, office.ports)
        sound = _integrity(var / "issuer" / _DATABASE)
        office.stop()
    finally:
        office.close()
    counts.told = {"served before it was full": got, "answers without success": tally.unavailable}
    counts.count("it was full", expected=1, found=int(tally.unavailable > 0))
    counts.count("people with a proof", expected=people, found=len(wires))
    counts.count("different places", expected=people, found=len(places_of(wires)))
    counts.count("accepted", expected=people, found=fine)
    counts.count("the database is sound", expected=1, found=int(sound))
    counts.count("faults in the audit log", expected=0, found=len(chain.faults))
    return counts


def _try_each(office: Office, people: list[Person], tally: Tally) -> int:
    """Let each person try twice; what fails is counted and left for later."""
    with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:
        for person in people:
            for _ in range(2):
                try:
                    if person.wire is None:
                        next_step(person, office, http, tally)
                except (httpx2.TransportError, KeyError, ValueError):
                    tally.unavailable += 1  # a nonce that could not be kept is no JSON answer
    return len(wires_of(people))


def _integrity(database: Path) -> bool:
    opened = sqlite3.connect(database)
    try:
        return [row[0] for row in opened.execute("PRAGMA integrity_check")] == ["ok"]
    finally:
        opened.close()


def failing_signer(var: Path, *, people: int = PEOPLE) -> Counts:
    """The place with the keys does not answer half of the time."""
    counts = Counts("a signer that fails half of the time, SQLite")
    office = open_office(var)
    try:
        invited = office.invite(people)
        office.start(signer_fails=0.5)
        tally = fetch_all(office, invited)
        office.stop()
        office.start()
        wires = wires_of(invited)
        with served(office) as get:
            fine = accepted(wires, get)
        office.stop()
    finally:
        office.close()
    counts.told = {"answers that said 'not now'": tally.unavailable}
    counts.count("it failed", expected=1, found=int(tally.unavailable > 0))
    counts.count("refusals", expected=0, found=len(tally.refused))
    counts.count("people with a proof", expected=people, found=len(wires))
    counts.count("different places", expected=people, found=len(places_of(wires)))
    counts.count("accepted", expected=people, found=fine)
    return counts


FAULTS: dict[str, Callable[[Path], Counts]] = {
    "restore": restore,
    "publishers": publishers,
    "clocks": clocks,
    "full-disk": full_disk,
    "failing-signer": failing_signer,
}
"""By name on the command line."""
