"""Who does the jobs: a thread of this process on SQLite, procrastinate's engine on PostgreSQL.

outbox = open_outbox(database, JobRow, clock=clock)
worker = open_worker(outbox, {"offer_mail": Handler(send)}, name="issuer")
worker.start()  # and worker.stop() when the application ends

A test calls ``worker.desk.run_due()`` instead: everything that is due by its clock, at once. A
use case that enqueues does not know which of the two it will be.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event, Thread
from typing import Protocol

from sqlalchemy import event
from sqlmodel import Session

from service.clock import Clock
from service.database import Database
from service.job_claims import STOP_SECONDS, Desk
from service.jobs import Dispatch, Handler, Job, Outbox
from service.log import get_log
from service.problems import outcome_of

IDLE_SECONDS = 5.0
"""A job put there by another process is seen after this; one of this process at once."""


class Worker(Protocol):
    """Works beside a service from its start to its stop."""

    def start(self) -> None:
        """Begin, in a thread of its own."""
        ...

    def stop(self) -> None:
        """Finish what runs, take no more, and end."""
        ...


class JobWorker(Worker, Protocol):
    """Does the jobs of an outbox.

    Attributes:
        desk: where it takes them.
    """

    desk: Desk


class ThreadWorker:
    """One thread, woken by each commit of this process that holds a job."""

    def __init__(self, desk: Desk) -> None:
        """Stand beside a desk; nothing runs yet."""
        self.desk = desk
        self._stopping, self._pause = Event(), IDLE_SECONDS
        self._thread = Thread(target=self._work, name=f"{desk.name}-jobs", daemon=True)

    def start(self) -> None:
        """Begin; a worker starts once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what runs, take no more, and end."""
        self._stopping.set()
        self.desk.outbox.bell.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        bell, log = self.desk.outbox.bell, get_log(self.desk.name)
        while True:
            bell.clear()
            if self._stopping.is_set():
                return
            self._pause = IDLE_SECONDS
            failure = outcome_of(self._do_all)
            if failure is not None:  # the database cannot be reached: the next look may find it
                log.error("jobs_interrupted", code=failure.code, path=failure.place)
            bell.wait(self._pause)

    def _do_all(self) -> None:
        """Do what is due, and see how long it is to the next job."""
        while not self._stopping.is_set() and self.desk.run_one():
            pass
        at = self.desk.next_at()
        if at is not None:
            left = (at - self.desk.outbox.clock()).total_seconds()
            self._pause = min(max(left, 0.01), IDLE_SECONDS)


def _ringing(bell: Event) -> Dispatch:
    """Wake the worker of this process when the transaction has been committed."""

    def dispatch(session: Session, _job_id: str, _at: datetime) -> None:
        """Ring once for each transaction, however many jobs it holds."""
        if "rings" not in session.info:
            session.info["rings"] = True
            event.listen(session, "after_commit", lambda _session: bell.set())

    return dispatch


def open_outbox(
    database: Database,
    table: type[Job],
    *,
    clock: Clock,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> Outbox:
    """The outbox of one service; on PostgreSQL it makes the engine's own tables when absent.

    Args:
        database: holds ``table`` already.
        table: the role's job table.
        clock: decides what is due.
        entropy: for ids.
    """
    if database.is_sqlite:
        bell = Event()
        return Outbox(database, table, clock, _ringing(bell), entropy, bell)
    from service.job_engine import engine_dispatch  # noqa: PLC0415 - needs the extra postgres

    return Outbox(database, table, clock, engine_dispatch(database, clock), entropy)


def open_worker(outbox: Outbox, handlers: Mapping[str, Handler], *, name: str) -> JobWorker:
    """The worker that fits the database; it does nothing until it is started."""
    desk = Desk(outbox, handlers, name)
    if outbox.database.is_sqlite:
        return ThreadWorker(desk)
    from service.job_engine import EngineWorker  # noqa: PLC0415 - needs the extra postgres

    return EngineWorker(desk)
