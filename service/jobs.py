"""The outbox: what must happen after a commit is a row of that same commit.

A role declares its table once and opens the outbox beside its database:

    class JobRow(IssuerTable, Job, table=True):
        __tablename__: ClassVar[str] = "job"

    outbox = open_outbox(database, JobRow, clock=clock)          # service.workers
    with database.transaction() as session:
        offer.state = "offered"
        outbox.enqueue(session, "offer_mail", {"offer": offer.id})

A worker (``service.workers``) runs the handler of each kind at least once: a handler that is
killed half-way runs again, so it must be idempotent, and ``Work.id`` stays the same each time.
Rows that were done are deleted; what failed for good stays as a dead letter until somebody
revives or forgets it. Times come from the injected clock.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event

from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col, select

from credentials.errors import MalformedError, RejectedError
from service.clock import Clock
from service.columns import UtcTime
from service.database import Database

Payload = Mapping[str, str | int]
"""Ids of rows, never what they say of a person: the outbox is not sealed."""

MAX_PAYLOAD_VALUES = 12
"""Ids of the rows that one job is about; a job about many rows names their batch."""

_ID = re.compile(r"[A-Za-z0-9_.:/=-]{0,200}")
"""No white space and no at sign: a name or an address does not fit."""

BACKOFF = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""How long after each failure the next attempt is made: nine attempts in 21 hours."""

VISIBILITY = timedelta(minutes=2)
"""A job whose worker was killed is given out again after this; mail may take half a minute."""


class JobState(StrEnum):
    """Where a job stands; what was done has no row."""

    WAITING = "waiting"
    DEAD = "dead"


class Job(SQLModel):
    """Columns of a role's job table; the role adds ``table=True``.

    Attributes:
        payload: JSON object of ids.
        key: of several jobs that wait with one key there is only one; None once it is claimed.
        attempts: how often it was given out.
        claim: a fresh word for each time it is given out, so that a late worker settles nothing.
        claimed_until: when it may be given out again, unless it was settled.
        failure: code of the last failure.
    """

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    payload: str
    key: str | None = Field(default=None, unique=True)
    state: str = Field(default=JobState.WAITING, index=True)
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcTime)
    run_at: datetime = Field(sa_type=UtcTime, index=True)
    claim: str | None = None
    claimed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler is given.

    Attributes:
        id: the same at each attempt; good as an idempotency key elsewhere.
        attempt: from 1.
    """

    id: str
    kind: str
    payload: Payload
    attempt: int

    def text(self, name: str) -> str:
        """One id of the payload.

        Raises:
            MalformedError: ``job_payload``: there is none of that name.
        """
        value = self.payload.get(name)
        if not isinstance(value, str):
            raise MalformedError("job_payload", f"{self.kind} has no {name}")
        return value


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of job is done.

    Attributes:
        run: opens its own transactions, and none while it waits for others. ``RejectedError``,
            ``MalformedError`` and ``UnsupportedError`` end the job; after any other error it is
            tried again.
        visibility: longer than ``run`` ever takes.
        backoff: pauses between attempts; one attempt more than it is long.
    """

    run: Callable[[Work], None]
    visibility: timedelta = VISIBILITY
    backoff: Sequence[timedelta] = BACKOFF


Dispatch = Callable[[Session, str, datetime], None]
"""Within the transaction: see that a job (by id) is given out at that time."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The jobs of one service.

    Attributes:
        table: the role's own job table.
        dispatch: how workers learn of a job (``service.workers``).
        bell: rung after a commit that holds a new job, for a worker in this process.
    """

    database: Database
    table: type[Job]
    clock: Clock
    dispatch: Dispatch
    entropy: Callable[[int], bytes] = secrets.token_bytes
    bell: Event = field(default_factory=Event)

    def enqueue(
        self,
        session: Session,
        kind: str,
        payload: Payload,
        *,
        run_at: datetime | None = None,
        key: str | None = None,
    ) -> str:
        """Let a job be done once this transaction is committed.

        Args:
            session: the transaction of the state change that asks for it.
            kind: names the handler.
            payload: ids; see ``Payload``.
            run_at: not before; now when left out.
            key: while a job with this key waits, it is asked for again instead of a second one,
                at the earlier time of the two; of use where a job does all there is to do.

        Returns:
            The id of the job that will do it.

        Raises:
            MalformedError: ``job_payload``: a value that is no id.
        """
        at = run_at or self.clock()
        values = {
            "id": self.entropy(16).hex(),
            "kind": kind,
            "payload": _written(payload),
            "key": key,
            "state": JobState.WAITING,
            "attempts": 0,
            "created_at": self.clock(),
            "run_at": at,
        }
        insert = sqlite_insert if self.database.is_sqlite else postgresql_insert
        statement = insert(self.table).values(values)
        if key is not None:
            # an update, not nothing: it locks the row, so no worker takes it before our commit
            earlier = (self.table.run_at > statement.excluded.run_at, statement.excluded.run_at)
            statement = statement.on_conflict_do_update(
                index_elements=[col(self.table.key)],
                set_={"run_at": case(earlier, else_=col(self.table.run_at))},
            )
        found = session.connection().execute(statement.returning(col(self.table.id)))
        job_id = str(found.scalar_one())
        self.dispatch(session, job_id, at)
        return job_id

    def dead_letters(self, session: Session, *, limit: int = 100) -> list[Job]:
        """What failed for good, newest first; somebody decides what becomes of it."""
        statement = (
            select(self.table)
            .where(self.table.state == JobState.DEAD)
            .order_by(col(self.table.run_at).desc())
            .limit(limit)
        )
        return list(session.exec(statement))

    def revive(self, session: Session, job_id: str) -> None:
        """Give a dead letter all its attempts again, from now.

        Raises:
            RejectedError: ``not_found``: there is no dead letter of that id.
        """
        job = self._dead(session, job_id)
        job.state, job.attempts, job.run_at = JobState.WAITING, 0, self.clock()
        job.claim = job.claimed_until = None
        session.add(job)
        self.dispatch(session, job.id, job.run_at)

    def forget(self, session: Session, job_id: str) -> None:
        """Let go of a dead letter.

        Raises:
            RejectedError: ``not_found``: there is no dead letter of that id.
        """
        session.delete(self._dead(session, job_id))

    def _dead(self, session: Session, job_id: str) -> Job:
        job = session.get(self.table, job_id, with_for_update=True)
        if job is None or job.state != JobState.DEAD:
            raise RejectedError("not_found", "no dead letter of that id")
        return job


def read_payload(text: str) -> Payload:
    """The ids of a job as its row holds them.

    Raises:
        MalformedError: ``job_payload``: somebody wrote another kind of row.
    """
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError("job_payload", "no JSON") from error
    if not isinstance(payload, dict):
        raise MalformedError("job_payload", "no JSON object")
    _check(payload)
    return payload


def _written(payload: Payload) -> str:
    _check(payload)
    return json.dumps(dict(payload), sort_keys=True, separators=(",", ":"))


def _check(payload: Mapping[str, object]) -> None:
    if len(payload) > MAX_PAYLOAD_VALUES:
        raise MalformedError("job_payload", f"more than {MAX_PAYLOAD_VALUES} values")
    for name, value in payload.items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (isinstance(value, str) and _ID.fullmatch(value)):
            raise MalformedError("job_payload", f"{name[:40]} is no id")
