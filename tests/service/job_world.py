"""A service with an outbox, for the tests of jobs; also the process that a test kills.

python -m tests.service.job_world hang URL     claims the first job, says so, and never finishes it
python -m tests.service.job_world work URL     does jobs until it is killed
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, func, select

from credentials.errors import CredentialError
from service.clock import Clock, system_clock
from service.database import Database
from service.job_claims import Desk
from service.job_engine import EngineWorker
from service.jobs import Handler, Job, Outbox, Work
from service.workers import ThreadWorker, Worker, open_outbox
from tests.service.moments import StandingClock


class Table(SQLModel, registry=registry()):
    """Base of the tables of these tests."""


class JobRow(Table, Job, table=True):
    """The outbox."""

    __tablename__: ClassVar[str] = "job"


class Done(Table, table=True):
    """What a handler did; the job's id makes it idempotent."""

    job_id: str = Field(primary_key=True)


@dataclass
class World:
    """A database, its outbox and a handler that notes what it was given.

    Attributes:
        seen: every work handed out, in order.
        error: what the handler raises; None: it does its work.
    """

    database: Database
    clock: StandingClock
    outbox: Outbox
    seen: list[Work] = field(default_factory=list)
    error: Exception | None = None

    def note(self, work: Work) -> None:
        """The handler."""
        self.seen.append(work)
        if self.error is not None:
            raise self.error

    def desk(self, run: Callable[[Work], None] | None = None, **values: object) -> Desk:
        """A desk whose jobs of kind ``note`` are done by ``run``."""
        handler = Handler(run or self.note, **values)  # type: ignore[arg-type]  # checked at run time
        return Desk(self.outbox, {"note": handler}, "test")

    def enqueue(self, **values: object) -> str:
        """One job in a transaction of its own."""
        with self.database.transaction() as session:
            return self.outbox.enqueue(session, "note", {"offer": "o-1"}, **values)  # type: ignore[arg-type]  # as above

    def enqueue_and_undo(self) -> None:
        """One job in a transaction that is undone."""
        with self.database.transaction() as session:
            self.outbox.enqueue(session, "note", {"offer": "o-1"})
            session.rollback()

    def rows(self) -> list[JobRow]:
        """The outbox as it stands."""
        with self.database.reading() as session:
            return list(session.exec(select(JobRow)))

    def count_done(self) -> int:
        """Rows of ``Done``."""
        with self.database.reading() as session:
            return session.exec(select(func.count()).select_from(Done)).one()


def open_world(url: str, clock: Clock | None = None) -> World:
    """Open the database at ``url`` and make its tables."""
    standing = StandingClock()
    database = Database(url)
    database.create_all(Table.metadata)
    outbox = open_outbox(database, JobRow, clock=clock or standing)
    return World(database, standing, outbox)


def refusing(error: type[CredentialError], code: str) -> Callable[[Work], None]:
    """A handler that refuses."""

    def run(_work: Work) -> None:
        """Refuse."""
        raise error(code, "")

    return run


def working(world: World) -> Worker:
    """A worker of this database by the machine's clock; each job leaves one row of ``Done``."""

    def insert(work: Work) -> None:
        """Do it; doing it again changes nothing."""
        with world.database.transaction() as session:
            if session.get(Done, work.id) is None:
                session.add(Done(job_id=work.id))

    desk = world.desk(insert, visibility=timedelta(seconds=2))
    if world.database.is_sqlite:
        return ThreadWorker(desk)
    return EngineWorker(desk, sweep_seconds=1, grace=timedelta(seconds=1))


def hang(_work: Work) -> None:
    """Say that a job was claimed, and never end."""
    print("claimed", flush=True)  # noqa: T201 - the test waits for it
    time.sleep(600)


def main() -> None:
    """Hang or work until killed."""
    what, url = sys.argv[1:]
    if what == "hang":
        open_world(url).desk(hang).run_one()
    working(open_world(url, system_clock)).start()
    time.sleep(600)


if __name__ == "__main__":
    main()
