"""At the gate, without a connection: what was fetched before, with its age, and nothing else.

A list that is past its own end gives no answer: stale is unknown, never yes (requirement R10).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, select

from credentials.errors import CredentialError, UndeterminedError
from verifier.checking import Surroundings
from verifier.documents import MAX_COPY_AGE
from verifier.ports import Ports
from verifier.tables import DocumentRow
from verifier.trust import load

MAX_REFRESHED = 20
"""Status lists that one press fetches again, those of the latest checks first."""


@dataclass(frozen=True, slots=True)
class KeptList:
    """One list that we have.

    Attributes:
        code: ``ok``, or why it gives no answer (``trust_list_stale`` and its like).
        age: since it was fetched.
        until: its own end, where it tells one.
    """

    code: str
    age: timedelta
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is to check with.

    Attributes:
        sector: the sector's list; None where it was never fetched.
        statuses: how many status lists.
        newest: since the newest of those was fetched.
        oldest: since the oldest of those was fetched.
    """

    sector: KeptList | None
    statuses: int
    newest: timedelta | None
    oldest: timedelta | None


def around_kept(ports: Ports, *, at: datetime) -> Surroundings:
    """The outside world as it was seen last; nothing is asked of it."""
    get = _from_memory(ports, at)
    listing = load(
        ports.anchor,
        get=get,
        at=at,
        seen_sequence=ports.documents.sequence,
        note_sequence=lambda _url, _number: None,
    )
    rules = ports.rules
    beside = rules.beside(listing, at=at)
    return Surroundings(get, beside, ports.documents.issued_at, rules=rules.policy)


def kept(ports: Ports, *, at: datetime) -> Kept:
    """Which lists there are, and how old."""
    with ports.database.reading() as session:
        sector = None if ports.anchor is None else session.get(DocumentRow, ports.anchor.url)
        statuses, newest, oldest = _statuses(session)
    return Kept(
        sector=None if sector is None else _sector(ports, sector, at),
        statuses=statuses,
        newest=_age(newest, at),
        oldest=_age(oldest, at),
    )


def refresh(ports: Ports, *, at: datetime) -> int:
    """Fetch the sector's list and the status lists of the latest checks again.

    Returns:
        How many could not be fetched; their copies stay.
    """
    with ports.database.reading() as session:
        known = session.exec(
            select(DocumentRow.url)
            .where(col(DocumentRow.issued_at).is_not(None))
            .order_by(col(DocumentRow.fetched_at).desc())
            .limit(MAX_REFRESHED)
        ).all()
    ports.around(at)
    missed = 0
    for url in known:
        try:
            ports.documents.get(url)
        except CredentialError:
            missed += 1
    return missed


def _statuses(session: Session) -> tuple[int, int | None, int | None]:
    fetched = col(DocumentRow.fetched_at)
    query = select(func.count(), func.max(fetched), func.min(fetched))
    count, newest, oldest = session.exec(query.where(col(DocumentRow.issued_at).is_not(None))).one()
    return count, newest, oldest


def _sector(ports: Ports, row: DocumentRow, at: datetime) -> KeptList:
    listing = around_kept(ports, at=at).listing
    until = None if listing.trust_list is None else listing.trust_list.next_update
    age = _age(row.fetched_at, at) or timedelta(0)
    stale = until is not None and at >= until
    return KeptList("trust_list_stale" if stale else listing.code, age, until)


def _from_memory(ports: Ports, at: datetime) -> Callable[[str], bytes]:
    def get(url: str) -> bytes:
        """The copy of a document; a document without an end of its own counts for a day."""
        with ports.database.reading() as session:
            row = session.get(DocumentRow, url)
        if row is None:
            raise UndeterminedError("fetch_failed", "no copy of it")
        dated = row.issued_at is not None or row.sequence is not None
        fetched = datetime.fromtimestamp(row.fetched_at, UTC)
        if not dated and at - fetched > MAX_COPY_AGE:
            raise UndeterminedError("fetch_failed", "the copy is too old")
        return row.body

    return get


def _age(seconds: int | None, at: datetime) -> timedelta | None:
    return None if seconds is None else max(at - datetime.fromtimestamp(seconds, UTC), timedelta(0))
