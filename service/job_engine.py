"""procrastinate as the engine under our outbox on PostgreSQL: it tells workers what to look at.

The role's job table stays the truth (claims, attempts, dead letters: ``service.job_claims``). A
row of the engine holds a job's id and a time, and is written over the connection of our own
transaction; the engine wakes workers with NOTIFY, lets each take its own with SKIP LOCKED, and
deletes its row afterwards. A row that is lost with a killed worker is put back by the sweep.

The engine's own worker is a coroutine: the only ``async def`` here that house rule 7 does not name.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import cast

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from sqlalchemy import text
from sqlmodel import Session

from service.clock import Clock, system_clock
from service.database import Database
from service.job_claims import STOP_SECONDS, Desk
from service.jobs import Dispatch
from service.log import get_log
from service.problems import outcome_of

TASK = "outbox"
"""The engine knows one task: do the job with this id."""

CONCURRENCY = 4
"""Jobs at once in one process: they wait for mail servers and receivers, not for the processor."""

SWEEP_SECONDS = 15.0
"""How often a worker looks for jobs that nobody was told of."""

SWEEP_GRACE = timedelta(seconds=15)
"""A job that is due longer than this may be one of them."""

SWEEP_JOBS = 500
"""Put back at once: more of them wait for the next sweep."""

STALLED_SECONDS = 60.0
"""A worker of the engine that gave no sign for so long is dead; it gives one each 10 s."""

AGAIN_SECONDS = 5
"""When the database was away while a job was claimed or settled."""

_SCHEMA_LOCK = 5_701_201
"""Any number: two services that start at once make the engine's tables one after the other."""

logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # tracebacks may hold a claim


def prepare_engine(database: Database) -> None:
    """Make the engine's tables where there are none; they are its own, not the role's."""
    with database.transaction() as session:
        connection = session.connection()
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))
        if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is None:
            _driver(session).execute(procrastinate.schema.SchemaManager.get_schema())


def engine_dispatch(database: Database, clock: Clock) -> Dispatch:
    """How an outbox tells the engine of a job; prepares the engine first."""
    prepare_engine(database)
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())

    def dispatch(session: Session, job_id: str, at: datetime) -> None:
        """Tell it within our own transaction, over its connection."""
        _defer(app, session, job_id, at=_engine_time(at, clock))

    return dispatch


class EngineWorker:
    """The engine's worker in a thread of this process, and the sweep beside it."""

    def __init__(
        self, desk: Desk, *, sweep_seconds: float = SWEEP_SECONDS, grace: timedelta = SWEEP_GRACE
    ) -> None:
        """Stand beside a desk; nothing runs yet.

        Args:
            desk: where it takes its jobs.
            sweep_seconds: between two sweeps.
            grace: how long a job is due before a sweep tells the engine again.
        """
        self.desk, self._sweep_seconds, self._grace = desk, sweep_seconds, grace
        self._sender = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        self._ready, self._stopping = Event(), Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[None] | None = None
        self._thread = Thread(target=self._work, name=f"{desk.name}-jobs", daemon=True)

    def start(self) -> None:
        """Begin; a worker starts once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what runs, take no more, and end."""
        self._stopping.set()
        if not self._thread.is_alive():
            return
        if self._ready.wait(STOP_SECONDS) and self._loop and self._running:
            with suppress(RuntimeError):  # the loop ended by itself in between
                self._loop.call_soon_threadsafe(self._running.cancel)
        self._thread.join(STOP_SECONDS)

    def sweep(self) -> int:
        """Tell the engine again of jobs that are due and that nobody holds.

        Returns:
            How many it was told of; one it still has in its queue from a sweep is not told twice.
        """
        now, told = self.desk.outbox.clock(), 0
        with self.desk.outbox.database.transaction() as session:
            for job_id in self.desk.due(session, before=now - self._grace, limit=SWEEP_JOBS):
                try:
                    with session.begin_nested():
                        _defer(self._sender, session, job_id, lock=f"sweep {job_id}")
                    told += 1
                except AlreadyEnqueued:
                    continue
        return told

    def _work(self) -> None:
        log = get_log(self.desk.name)
        while not self._stopping.is_set():
            failure = outcome_of(lambda: asyncio.run(self._main()))
            if failure is not None:
                log.error("jobs_interrupted", code=failure.code, path=failure.place)
            if not self._stopping.is_set():
                self._stopping.wait(AGAIN_SECONDS)
        self._ready.set()

    async def _main(self) -> None:
        """Run the engine and the sweep until one of them ends."""
        connector = procrastinate.PsycopgConnector(
            conninfo=self.desk.outbox.database.conninfo, min_size=1, max_size=CONCURRENCY + 2
        )
        app = procrastinate.App(connector=connector)
        app.task(name=TASK, retry=procrastinate.RetryStrategy(wait=AGAIN_SECONDS))(self._do)
        async with app.open_async():
            self._loop = asyncio.get_running_loop()
            engine = asyncio.create_task(
                app.run_worker_async(
                    name=self.desk.name,
                    concurrency=CONCURRENCY,
                    install_signal_handlers=False,
                    delete_jobs="always",
                )
            )
            self._running = engine
            sweeping = asyncio.create_task(self._keep_sweeping(app))
            self._ready.set()
            if self._stopping.is_set():
                engine.cancel()
            ended, _ = await asyncio.wait([engine, sweeping], return_when=asyncio.FIRST_COMPLETED)
            for task in (engine, sweeping):
                task.cancel()
            await asyncio.gather(engine, sweeping, return_exceptions=True)
            for task in ended:
                if not task.cancelled():
                    task.result()  # raises what ended it, for the log

    async def _keep_sweeping(self, app: procrastinate.App) -> None:
        """Let go of the engine's rows of dead workers, and tell of their jobs again."""
        while True:
            stalled = await app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=STALLED_SECONDS
            )
            for job in stalled:
                await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=True)
            await asyncio.to_thread(self.sweep)
            await asyncio.sleep(self._sweep_seconds)

    def _do(self, job_id: str) -> None:
        """Do a job, or tell the engine when it can be done: held by another, or not due by us."""
        if self.desk.run_one(job_id):
            return
        at = self.desk.next_at(job_id)
        if at is not None:
            with self.desk.outbox.database.transaction() as session:
                soonest = system_clock() + timedelta(seconds=1)
                at = max(_engine_time(at, self.desk.outbox.clock) or soonest, soonest)
                _defer(self._sender, session, job_id, at=at)


def _defer(
    app: procrastinate.App,
    session: Session,
    job_id: str,
    *,
    at: datetime | None = None,
    lock: str | None = None,
) -> None:
    session.flush()
    task = app.configure_task(TASK, schedule_at=at, queueing_lock=lock, connection=_driver(session))
    task.defer(job_id=job_id)


def _engine_time(at: datetime, clock: Clock) -> datetime | None:
    """The same moment on the machine's clock, which the engine goes by; None is now."""
    left = at - clock()
    return datetime.now(UTC) + left if left > timedelta(0) else None


def _driver(session: Session) -> psycopg.Connection:
    """The connection of this transaction as psycopg knows it."""
    return cast("psycopg.Connection", session.connection().connection.driver_connection)
