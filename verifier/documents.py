"""Public documents of others, remembered: so that a host may be down, and may not step back.

Status lists, the trust list and DID documents. A host that is down is replaced by the copy seen
last: a status list for its time to live, another document for a day.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session, col, delete, func, select

from credentials.errors import UndeterminedError
from credentials.model import Get
from service.database import Database
from verifier.document_notes import Note, Notes
from verifier.policies import DOCUMENT_AGE, USUAL_STATUS_AGE
from verifier.tables import DocumentRow

MAX_COPY_AGE = DOCUMENT_AGE
"""How long another document is used while its host is down."""

MAX_STATUS_AGE = USUAL_STATUS_AGE
"""How long a status list is used while its host is down."""

MAX_DOCUMENTS = 2_000
"""Addresses that we remember; those not fetched longest go first, the trust list never."""

REWRITE_SECONDS = 30
"""The date of an unchanged copy need not be exact to the second."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The guarded fetcher with a memory.

    Attributes:
        fetch: the guarded fetcher.
        clock: for the age of copies.
        notes: what this process knows of the database.
    """

    fetch: Get
    database: Database
    clock: Callable[[], datetime]
    notes: Notes = field(default_factory=Notes, repr=False)

    def get(self, url: str) -> bytes:
        """The document behind ``url``, or the copy seen last while its host cannot be reached.

        Raises:
            UndeterminedError: not reachable and no copy; ``status_stale``: a copy too old.
            RejectedError: the address is one that may not be opened.
        """
        now = int(self.clock().timestamp())
        try:
            body = self.fetch(url)
        except UndeterminedError as error:
            copy = self._note(url, now)
            if copy.body is None:
                raise
            return _if_fresh(copy, copy.body, now=now, error=error)
        self._remember(url, body, now)
        return body

    def issued_at(self, url: str) -> datetime | None:
        """The date of the newest status list accepted from ``url``."""
        found = self._note(url).issued_at
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def note_issued_at(self, url: str, moment: datetime) -> None:
        """Remember the date of an accepted status list; it never moves back."""
        known, issued_at = self._note(url).issued_at, int(moment.timestamp())
        if known is not None and known >= issued_at:
            return
        with self._changing(url) as row:
            if row is not None:
                row.issued_at = max(row.issued_at or 0, issued_at)

    def sequence(self, url: str) -> int | None:
        """The highest number of a trust list accepted from ``url``."""
        return self._note(url).sequence

    def note_sequence(self, url: str, number: int) -> None:
        """Remember the number of an accepted trust list; it never moves back."""
        if self.sequence(url) == number:
            return
        with self._changing(url) as row:
            if row is not None:
                row.sequence = max(row.sequence or 0, number)

    def _note(self, url: str, now: int | None = None) -> Note:
        moment = int(self.clock().timestamp()) if now is None else now
        return self.notes.find(url, now=moment, ask=self._ask)

    def _ask(self, url: str) -> Note:
        with self.database.reading() as session:
            row = session.get(DocumentRow, url)
        return (
            Note() if row is None else Note(row.body, row.fetched_at, row.issued_at, row.sequence)
        )

    @contextmanager
    def _changing(self, url: str) -> Iterator[DocumentRow | None]:
        with self.database.transaction() as session:
            row = session.get(DocumentRow, url, with_for_update=True)
            yield row
            if row is not None:
                session.add(row)
        self.notes.drop(url)

    def _remember(self, url: str, body: bytes, now: int) -> None:
        known = self._note(url, now)
        if known.body == body and now - known.fetched_at < REWRITE_SECONDS:
            return  # nothing new to write
        with self.database.transaction() as session:
            kept = session.get(DocumentRow, url) or DocumentRow(url=url, body=body, fetched_at=now)
            kept.body, kept.fetched_at = body, now
            session.add(kept)
            _forget_oldest(session)
        self.notes.drop(url)


def _if_fresh(copy: Note, body: bytes, *, now: int, error: UndeterminedError) -> bytes:
    is_status_list = copy.issued_at is not None
    allowed = MAX_STATUS_AGE if is_status_list else MAX_COPY_AGE
    if now - copy.fetched_at <= allowed.total_seconds():
        return body
    if is_status_list:
        raise UndeterminedError("status_stale", "the host is down and the copy too old") from error
    raise error


def _forget_oldest(session: Session) -> None:
    surplus = session.exec(select(func.count(col(DocumentRow.url)))).one() - MAX_DOCUMENTS
    if surplus > 0:
        oldest = (
            select(DocumentRow.url)
            .where(col(DocumentRow.sequence).is_(None))
            .order_by(col(DocumentRow.fetched_at))
            .limit(surplus)
        )
        session.exec(delete(DocumentRow).where(col(DocumentRow.url).in_(oldest)))
