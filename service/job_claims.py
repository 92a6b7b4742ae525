"""Giving out jobs: claimed in one transaction, done in none, settled in another.

A claim ends by itself (``Handler.visibility``), so a job whose worker was killed comes back; the
claim's word keeps a worker that was only slow from settling what another has taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import Session, col, select

from credentials.errors import UndeterminedError
from service.jobs import Handler, Job, JobState, Outbox, Work, read_payload
from service.log import get_log
from service.problems import Failure, outcome_of

STOP_SECONDS = 10.0
"""How long the end of the application waits for running jobs; they come back otherwise."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where jobs are given out and settled; workers stand around it.

    Attributes:
        name: the service's name in the log.
        handlers: by kind of job.
    """

    outbox: Outbox
    handlers: Mapping[str, Handler]
    name: str

    def run_due(self) -> int:
        """Do everything that is due now, one after another, in this thread.

        Returns:
            How many jobs were given out.
        """
        count = 0
        while self.run_one():
            count += 1
        return count

    def run_one(self, job_id: str | None = None) -> bool:
        """Do one job that is due: this one, or whichever waits longest.

        Returns:
            False when there was none to do.
        """
        job = self._claim(job_id)
        if job is None:
            return False
        failure = outcome_of(lambda: self._do(job))
        with self.outbox.database.transaction() as session:
            self._settle(session, job, failure)
        return True

    def next_at(self, job_id: str | None = None) -> datetime | None:
        """When this job, or the first of all, can be given out; None when none waits."""
        table = self.outbox.table
        held = (col(table.claimed_until) > col(table.run_at), col(table.claimed_until))
        statement = select(func.min(case(held, else_=col(table.run_at)))).where(
            table.state == JobState.WAITING, *self._this(job_id)
        )
        with self.outbox.database.reading() as session:
            at: datetime | None = session.exec(statement).one()
        return at

    def due(self, session: Session, *, before: datetime, limit: int) -> list[str]:
        """Ids of jobs that could have been given out before a moment, oldest first."""
        table = self.outbox.table
        statement = select(table.id).where(*self._free(before)).order_by(col(table.run_at))
        return list(session.exec(statement.limit(limit)))

    def _free(self, now: datetime) -> list[ColumnElement[bool]]:
        table = self.outbox.table
        lapsed = or_(col(table.claimed_until).is_(None), col(table.claimed_until) <= now)
        return [col(table.state) == JobState.WAITING, col(table.run_at) <= now, lapsed]

    def _this(self, job_id: str | None) -> list[ColumnElement[bool]]:
        return [] if job_id is None else [col(self.outbox.table.id) == job_id]

    def _claim(self, job_id: str | None) -> Job | None:
        """Take a job: the next one that nobody holds, or this one as soon as nobody does."""
        table, now = self.outbox.table, self.outbox.clock()
        statement = (
            select(table)
            .where(*self._free(now), *self._this(job_id))
            .order_by(col(table.run_at), col(table.id))
            .limit(1)
            .with_for_update(skip_locked=job_id is None)
        )
        with self.outbox.database.transaction() as session:
            job = session.exec(statement).first()
            while job is not None and job.attempts > len(self._handler(job).backoff):
                self._bury(job, Failure("job_lost", "", final=True))  # each attempt was killed
                session.flush()
                job = session.exec(statement).first()
            if job is not None:
                job.claim = self.outbox.entropy(16).hex()
                job.claimed_until = now + self._handler(job).visibility
                job.attempts, job.key = job.attempts + 1, None
            return job

    def _handler(self, job: Job) -> Handler:
        return self.handlers.get(job.kind, _UNKNOWN)

    def _do(self, job: Job) -> None:
        payload = read_payload(job.payload)
        self._handler(job).run(Work(job.id, job.kind, payload, job.attempts))

    def _settle(self, session: Session, claimed: Job, failure: Failure | None) -> None:
        job = session.get(self.outbox.table, claimed.id, with_for_update=True)
        if job is None or job.claim != claimed.claim:
            return  # it took too long, and another has it now
        if failure is None:
            session.delete(job)
            return
        job.claim = job.claimed_until = None
        backoff = self._handler(job).backoff
        if failure.final or job.attempts > len(backoff):
            self._bury(job, failure)
        else:
            job.failure = failure.code
            job.run_at = self.outbox.clock() + backoff[job.attempts - 1]
            self.outbox.dispatch(session, job.id, job.run_at)
            log = get_log(self.name)
            log.info("job_again", subject=job.kind, code=failure.code, count=job.attempts)

    def _bury(self, job: Job, failure: Failure) -> None:
        job.state, job.failure = JobState.DEAD, failure.code
        log = get_log(self.name)
        log.error("job_dead", subject=job.kind, code=failure.code, path=failure.place)


def _unknown(work: Work) -> None:
    """Stay for a release that knows the kind: told as something that cannot be done now."""
    raise UndeterminedError("job_unknown", work.kind)


_UNKNOWN = Handler(_unknown)
