"""Status of issued proofs: a random place for each, changes with a reason, published lists.

Token Status List (two bits: valid, revoked, suspended) for ``dc+sd-jwt``; for ``ldp_vc`` two
Bitstring Status Lists, revocation and suspension, in which a proof has the same index.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import insert, update
from sqlmodel import Session, col, func, select

from credentials.errors import MalformedError, RejectedError
from credentials.limits import MIN_BITSTRING_BITS
from credentials.model import Purpose, StatusKind, StatusReference
from issuer.audit import OPERATOR, record
from issuer.ports import Ports
from issuer.tables import Issued, StatusList, StatusSlot, StatusWord

LIST_SIZE = MIN_BITSTRING_BITS
"""Places in a list: the smallest that hides a holder in a crowd."""

MAX_TAKEN = LIST_SIZE // 2
"""Then a new list is opened: random draws stay quick and the last places stay unpredictable."""

POOL_SIZE = 256
"""Places drawn at once: one class and a half."""

MAX_REASON = 200
"""Characters of a reason: one sentence."""

STATUS_VALUE = {StatusWord.VALID: 0, StatusWord.REVOKED: 1, StatusWord.SUSPENDED: 2}
"""Status types of the Token Status List, section 7.1."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in one list, numbered from 1; the index counts from 0."""

    kind: StatusKind
    number: int
    index: int


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list says at one version: the statuses that are not 0, by index."""

    version: int
    statuses: dict[int, int]


def list_uri(origin: str, kind: StatusKind, number: int, purpose: Purpose) -> str:
    """Where a list is published."""
    path = "token" if kind is StatusKind.TOKEN else f"bitstring/{purpose}"
    return f"{origin}/status/{path}/{number}"


def references(origin: str, place: Place) -> tuple[StatusReference, ...]:
    """What the credential says about its status: one entry, or one for each purpose."""
    purposes = (
        (Purpose.ANY,)
        if place.kind is StatusKind.TOKEN
        else (Purpose.REVOCATION, Purpose.SUSPENSION)
    )
    return tuple(
        StatusReference(
            place.kind, list_uri(origin, place.kind, place.number, purpose), place.index, purpose
        )
        for purpose in purposes
    )


def reserve(session: Session, *, kind: StatusKind, issued_id: str, ports: Ports) -> Place:
    """Take one random place for a proof; none is ever given twice.

    One atomic update takes it; reading first and writing later gave the same place to many
    (measured). PostgreSQL skips the rows that others hold, SQLite has one writer.
    """
    taken = _take(session, kind, issued_id, ports)
    if taken is None:
        _fill(session, kind, ports)
        taken = _take(session, kind, issued_id, ports)
    if taken is None:
        raise RejectedError("status_list_full", "no place left after filling the pool")
    return taken


def place_of(session: Session, issued_id: str) -> Place:
    """Where a proof that was issued before stands.

    Raises:
        RejectedError: ``not_found`` where no place was reserved for it.
    """
    found = session.exec(
        select(StatusList, StatusSlot)
        .join(StatusSlot, col(StatusSlot.list_id) == col(StatusList.id))
        .where(StatusSlot.issued_id == issued_id)
    ).first()
    if found is None:
        raise RejectedError("not_found", "no status place")
    row, slot = found
    return Place(StatusKind(row.kind), row.number, slot.position)


def _take(session: Session, kind: StatusKind, issued_id: str, ports: Ports) -> Place | None:
    free = (
        select(StatusSlot.id)
        .join(StatusList, col(StatusList.id) == col(StatusSlot.list_id))
        .where(
            StatusList.organisation_id == ports.organisation_id,
            StatusList.kind == kind,
            col(StatusSlot.issued_id).is_(None),
        )
        .order_by(col(StatusSlot.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(StatusSlot)
        .where(col(StatusSlot.id) == free.scalar_subquery())
        .values(issued_id=issued_id)
        .returning(col(StatusSlot.list_id), col(StatusSlot.position))
        .execution_options(synchronize_session=False)
    )
    row = session.connection().execute(statement).first()
    if row is None:
        return None
    number = session.exec(select(StatusList.number).where(StatusList.id == row[0])).one()
    return Place(kind, number, row[1])


def _fill(session: Session, kind: StatusKind, ports: Ports) -> None:
    """Draw ``POOL_SIZE`` places that were never drawn before, in random order."""
    row = session.exec(
        select(StatusList)
        .where(StatusList.organisation_id == ports.organisation_id, StatusList.kind == kind)
        .order_by(col(StatusList.number).desc())
    ).first()
    if row is None or _drawn(session, row) + POOL_SIZE > MAX_TAKEN:
        number = 1 if row is None else row.number + 1
        row = StatusList(organisation_id=ports.organisation_id, kind=kind, number=number)
        session.add(row)
        session.flush()
    known = set(session.exec(select(StatusSlot.position).where(StatusSlot.list_id == row.id)))
    fresh: list[int] = []
    while len(fresh) < POOL_SIZE:
        position = int.from_bytes(ports.entropy(8)) % LIST_SIZE
        if position not in known:
            known.add(position)
            fresh.append(position)
    values = [{"list_id": row.id, "position": position, "status": 0} for position in fresh]
    session.connection().execute(insert(StatusSlot), values)


def _drawn(session: Session, row: StatusList) -> int:
    count = select(func.count()).select_from(StatusSlot).where(StatusSlot.list_id == row.id)
    return session.exec(count).one()


def change(
    session: Session,
    issued_id: str,
    *,
    to: StatusWord,
    reason: str,
    ports: Ports,
    at: datetime,
    actor: str = OPERATOR,
) -> Issued:
    """Withdraw, pause or resume one proof; the reason is kept with it, and who did it.

    Withdrawn is for good. Saying again what already holds changes nothing.

    Raises:
        RejectedError: ``not_found``, or ``status_final`` for a proof that was withdrawn.
        MalformedError: ``status_reason_invalid`` for no reason, or one that is too long.
    """
    words = reason.strip()
    if not words or len(words) > MAX_REASON or not words.isprintable():
        raise MalformedError("status_reason_invalid", f"1 to {MAX_REASON} characters on one line")
    issued = session.get(Issued, issued_id, with_for_update=True)
    if issued is None or issued.organisation_id != ports.organisation_id:
        raise RejectedError("not_found", "no such proof")
    if issued.status == to:
        return issued
    if issued.status == StatusWord.REVOKED:
        raise RejectedError("status_final", "a withdrawn proof stays withdrawn")
    issued.status, issued.status_reason, issued.status_at = to, words, at
    session.add(issued)
    _publish_later(session, issued_id, STATUS_VALUE[to])
    record(session, ports, to, about=issued_id, actor=actor, reason=words)
    return issued


def _publish_later(session: Session, issued_id: str, value: int) -> None:
    """Set the value and raise the list's version: the next reader gets a new list."""
    statement = (
        update(StatusSlot)
        .where(col(StatusSlot.issued_id) == issued_id)
        .values(status=value)
        .returning(col(StatusSlot.list_id))
        .execution_options(synchronize_session=False)
    )
    list_id = session.connection().execute(statement).scalar_one()
    session.connection().execute(
        update(StatusList)
        .where(col(StatusList.id) == list_id)
        .values(version=StatusList.version + 1)
    )


def version_of(session: Session, kind: StatusKind, number: int, *, ports: Ports) -> int:
    """The version of a list.

    Raises:
        RejectedError: ``not_found`` where there is no such list.
    """
    found = session.exec(
        select(StatusList.version).where(
            StatusList.organisation_id == ports.organisation_id,
            StatusList.kind == kind,
            StatusList.number == number,
        )
    ).first()
    if found is None:
        raise RejectedError("not_found", "no such status list")
    return found


def read(session: Session, kind: StatusKind, number: int, *, ports: Ports) -> ListState:
    """A list as it is now; version and statuses come out of one transaction.

    Raises:
        RejectedError: ``not_found`` where there is no such list.
    """
    version = version_of(session, kind, number, ports=ports)
    rows = session.exec(
        select(StatusSlot.position, StatusSlot.status)
        .join(StatusList, col(StatusList.id) == col(StatusSlot.list_id))
        .where(
            StatusList.organisation_id == ports.organisation_id,
            StatusList.kind == kind,
            StatusList.number == number,
            StatusSlot.status != 0,
        )
    ).all()
    return ListState(version, dict(cast("list[tuple[int, int]]", rows)))
