"""What became of the messages to a firm's systems: each attempt is noted, and kept for a week.

The notes are rows of the events' own table, which tell nobody.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, delete, select

from credentials.errors import CredentialError
from service.clock import Clock
from service.database import Database
from service.jobs import Handler, JobState, Outbox, Work
from service.receivers import JOB, KEPT
from service.webhooks import WebhookEndpoint, write_event
from verifier import key_uses
from verifier.tables import Event, JobRow, Receiver

NOTED = "delivery"
"""Kind of a note."""

TEST = "test.sent"
"""Somebody of the firm wants to see whether its system hears us."""

SHOWN = 5
"""Lines for each receiver: the last ones."""

Outcome = Literal["waiting", "arrived", "again", "failed", "gone"]

_STATUS = re.compile(r"status ([1-5][0-9]{2})")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one receiver, as far as it is.

    Attributes:
        kind: of what is told.
        outcome: on its way, arrived, to be tried again, given up, or refused for good.
        status: what the other system answered; None where it gave no answer.
        attempts: how often it was tried.
        at: of the last attempt, or when it was put on its way.
    """

    kind: str
    outcome: Outcome
    status: int | None
    attempts: int
    at: datetime


def noted(telling: Handler, database: Database, clock: Clock) -> Handler:
    """The same handler, which also notes what came of each attempt."""

    def run(work: Work) -> None:
        """One attempt; its note is a transaction of its own."""
        with database.reading() as session:
            told = _told(session, work)
        try:
            telling.run(work)
        except CredentialError as error:
            _note(database, work, told, error=error, at=clock())
            raise
        _note(database, work, told, error=None, at=clock())

    return replace(telling, run=run)


def send_test(session: Session, outbox: Outbox, row: WebhookEndpoint, *, at: datetime) -> None:
    """Put a message on its way to one receiver; while one waits it is asked for again."""
    name = f"{TEST}/{row.id}"
    known = session.get(Event, name)
    if known is not None:
        session.delete(known)
        session.flush()
    body = write_event(TEST, {"receiver": row.id}, at=at)
    session.add(Event(id=name, organisation_id=row.owner_id, kind=TEST, body=body, at=at))
    session.flush()
    outbox.enqueue(session, JOB, {"endpoint": row.id, "event": name}, key=name)


def deliveries(session: Session, row: WebhookEndpoint) -> Sequence[Delivery]:
    """The last messages to a receiver, the newest first."""
    notes = session.exec(
        select(Event)
        .where(
            Event.organisation_id == row.owner_id,
            Event.kind == NOTED,
            col(Event.id).startswith(f"{NOTED}/{row.id}/", autoescape=True),
        )
        .order_by(col(Event.at).desc(), col(Event.id))
        .limit(SHOWN)
    ).all()
    known = {note.id.rpartition("/")[2] for note in notes}
    found = [_read(session, note) for note in notes]
    found += [
        Delivery(event.kind, "waiting", None, 0, job.created_at)
        for job in _waiting(session, row)
        if job.id not in known
        and (event := session.get(Event, json.loads(job.payload)["event"])) is not None
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def sweep(session: Session, *, at: datetime) -> None:
    """Erase the notes of more than a week ago, and those of the use of keys."""
    old = col(Event.at) <= at - KEPT
    session.exec(delete(Event).where(col(Event.kind).in_((NOTED, TEST, key_uses.KIND)), old))


def _waiting(session: Session, row: WebhookEndpoint) -> Sequence[JobRow]:
    """The newest jobs that no attempt was made of yet."""
    named = col(JobRow.payload).contains(row.id, autoescape=True)
    jobs = select(JobRow).where(JobRow.kind == JOB, JobRow.state == JobState.WAITING, named)
    return session.exec(jobs.order_by(col(JobRow.created_at).desc()).limit(SHOWN)).all()


def _told(session: Session, work: Work) -> Event | None:
    """The event that a receiver is told now; None where nobody is told any more."""
    row = session.get(Receiver, work.text("endpoint"))
    return session.get(Event, work.text("event")) if row is not None and row.active else None


def _note(
    database: Database,
    work: Work,
    told: Event | None,
    *,
    error: CredentialError | None,
    at: datetime,
) -> None:
    """Write down what came of an attempt; nothing where nobody was told."""
    if told is None:
        return
    status = _STATUS.search("" if error is None else error.detail)
    receiver = work.text("endpoint")
    with database.transaction() as session:
        row = session.get(Receiver, receiver)
        body = {
            "kind": told.kind,
            "failed": error is not None,
            "gone": row is None or not row.active,
            "status": int(status[1]) if status else None,
            "attempts": work.attempt,
        }
        name = f"{NOTED}/{receiver}/{work.id}"
        note = session.get(Event, name, with_for_update=True) or Event(
            id=name, organisation_id=told.organisation_id, kind=NOTED, body=b"", at=at
        )
        note.body, note.at = json.dumps(body).encode(), at
        session.add(note)


def _read(session: Session, note: Event) -> Delivery:
    told = json.loads(note.body)
    outcome: Outcome = "arrived"
    if told["gone"]:
        outcome = "gone"
    elif told["failed"]:
        job = session.get(JobRow, note.id.rpartition("/")[2])
        outcome = "again" if job is not None and job.state == JobState.WAITING else "failed"
    return Delivery(told["kind"], outcome, told["status"], told["attempts"], note.at)
