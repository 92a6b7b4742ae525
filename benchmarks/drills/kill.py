"""kill -9 of the issuer while people fetch: none is lost, none is doubled."""

import random
import time
from pathlib import Path
from threading import Lock, Thread

import httpx2
from sqlmodel import func, select

from benchmarks.drills.count import Counts
from benchmarks.drills.judging import accepted, places_of, served
from benchmarks.drills.office import (
    CLIENTS,
    TIMEOUT,
    Office,
    Person,
    Tally,
    ask,
    fetch,
    open_office,
)
from credentials.formats import FORMATS
from issuer import audit
from issuer.tables import Issued, IssuedState, StatusSlot

LONGEST_WAIT = 0.05
"""Seconds between the person at whom a kill is due and the kill itself, at random."""

AGAIN = 50
"""How many ask once more for what they have."""


def drill(
    var: Path, *, people: int, kills: int, seed: int, database_url: str | None = None
) -> Counts:
    """Let ``people`` fetch a proof each from an issuer that is killed ``kills`` times."""
    counts = Counts(f"kill -9, {'PostgreSQL' if database_url else 'SQLite'}")
    office = open_office(var, database_url=database_url)
    try:
        invited, tally, started = office.invite(people), Tally(), time.monotonic()
        office.start()
        _fetch_all(office, invited, tally, kills=kills, chance=random.Random(seed))  # noqa: S311 - moments of a drill
        counts.told = {
            "seconds": round(time.monotonic() - started, 1),
            "broken connections": tally.broken,
            "codes renewed": tally.renewed,
        }
        counts.count("kills", expected=kills, found=office.kills)
        counts.count("refusals", expected=0, found=len(tally.refused))
        _judge(office, invited, counts)
        office.stop()
    finally:
        office.close()
    return counts


def _fetch_all(
    office: Office, people: list[Person], tally: Tally, *, kills: int, chance: random.Random
) -> None:
    waiting, lock = list(reversed(people)), Lock()

    def visit() -> None:
        with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:
            while True:
                with lock:
                    person = waiting.pop() if waiting else None
                if person is None:
                    return
                fetch(person, office, http, tally)

    clients = [Thread(target=visit) for _ in range(CLIENTS)]
    moments = sorted(chance.sample(range(1, len(people) - CLIENTS), kills))
    for client in clients:
        client.start()
    for moment in moments:
        while len(people) - len(waiting) < moment:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, LONGEST_WAIT))
        office.kill()
        office.start()
    for client in clients:
        client.join()


def _judge(office: Office, people: list[Person], counts: Counts) -> None:
    """What people hold, what the database knows, and whether the two are the same."""
    wires = [person.wire for person in people if person.wire is not None]
    held = [FORMATS["dc+sd-jwt"].parse(wire).credential for wire in wires]
    places = places_of(wires)
    with office.ports.database.reading() as session:
        rows = session.exec(select(Issued)).all()
        given = session.exec(
            select(func.count()).where(StatusSlot.issued_id.is_not(None))  # type: ignore[union-attr]  # a column
        ).one()
        chain = audit.verify(session, office.ports)
    done = [row for row in rows if row.state in {IssuedState.DELIVERED, IssuedState.ACCEPTED}]
    known = {row.id: row.holder for row in done}
    owners = {
        credential.credential_id: person.key.public.thumbprint
        for person, credential in zip(people, held, strict=True)
    }
    count = len(people)
    counts.count("people with a proof", expected=count, found=len(wires))
    counts.count("different proofs", expected=count, found=len(owners))
    counts.count("different places in status lists", expected=count, found=len(places))
    counts.count("proofs in the database", expected=count, found=len(rows))
    counts.count("of them delivered", expected=count, found=len(done))
    counts.count("places given in the database", expected=count, found=given)
    same = sum(known.get(str(one)) == holder for one, holder in owners.items())
    counts.count("proofs whose holder is the one in the database", expected=count, found=same)
    counts.count("faults in the audit log", expected=0, found=len(chain.faults))
    with served(office) as get:
        counts.count("proofs that a verifier accepts", expected=count, found=accepted(wires, get))
    counts.count(
        "same bytes when asked again", expected=min(AGAIN, count), found=_again(office, people)
    )


def _again(office: Office, people: list[Person]) -> int:
    """How many of the last people get the same bytes with the same token."""
    same = 0
    with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:
        for person in people[-AGAIN:]:
            answer = ask(person, http)
            found = answer.json().get("credentials", [{}])[0].get("credential")
            same += found == person.wire
    return same
