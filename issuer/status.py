"""Status of issued proofs: a random place for each, changes with a reason, what lists say.

Token Status List (two bits: valid, revoked, suspended) for ``dc+sd-jwt``; for the other formats two
Bitstring Status Lists, revocation and suspension, in which a proof has the same index. A list
belongs to the organisation that publishes it: its own, or the first one here, which hosts the
lists of those that are too small to hide anybody in a list of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from credentials.errors import RejectedError
from credentials.limits import MIN_BITSTRING_BITS
from credentials.model import Purpose, StatusKind, StatusReference
from issuer.audit import OPERATOR, record, sentence_of
from issuer.events import emit
from issuer.installation import FIRST
from issuer.ports import Ports, identifier_of
from issuer.tables import (
    Issued,
    StatusHosting,
    StatusList,
    StatusSlot,
    StatusWord,
)
from issuer.turns import take_turns
from service.database import before_commit

LIST_SIZE = MIN_BITSTRING_BITS
"""Places in a list: the smallest that hides a holder in a crowd."""

MAX_TAKEN = LIST_SIZE // 2
"""Then a new list is opened: random draws stay quick and the last places stay unpredictable."""

POOL_SIZE = 256
"""Places drawn at once: one class and a half."""

_CHANGED = "changed_status_lists"
"""Under this name a session remembers lists whose version it raises at the end."""

_ASKED_AT_ONCE = 500
"""Numbers in one question to the database."""

STATUS_VALUE = {StatusWord.VALID: 0, StatusWord.REVOKED: 1, StatusWord.SUSPENDED: 2}
"""Status types of the Token Status List, section 7.1."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in one list.

    Attributes:
        home: origin of who publishes the list.
        number: from 1.
        index: from 0.
    """

    home: str
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


def references(place: Place) -> tuple[StatusReference, ...]:
    """What the credential says about its status: one entry, or one for each purpose."""
    purposes = (
        (Purpose.ANY,)
        if place.kind is StatusKind.TOKEN
        else (Purpose.REVOCATION, Purpose.SUSPENSION)
    )
    return tuple(
        StatusReference(
            place.kind,
            list_uri(place.home, place.kind, place.number, purpose),
            place.index,
            purpose,
        )
        for purpose in purposes
    )


def publisher_of(ports: Ports) -> str:
    """Id of the organisation in whose lists this one's proofs get their places."""
    shared = ports.identity.status_hosting == StatusHosting.SHARED
    return FIRST if shared else ports.organisation_id


def _home(owner: str, ports: Ports) -> str:
    return ports.origin if owner == ports.organisation_id else identifier_of(ports.settings, "")


def reserve(session: Session, *, kind: StatusKind, issued_id: str, ports: Ports) -> Place:
    """Take one random place for a proof; none is ever given twice.

    One atomic update takes it; reading first and writing later gave the same place to many
    (measured). PostgreSQL skips the rows that others hold, SQLite has one writer.
    """
    taken = _take(session, kind, issued_id, ports)
    if taken is None:
        take_turns(session, ports.organisation_id, publisher_of(ports))
        taken = _take(session, kind, issued_id, ports)  # of what another drew meanwhile
    while taken is None:
        _draw(session, kind, POOL_SIZE, ports)
        taken = _take(session, kind, issued_id, ports)
    return taken


def reserve_many(
    session: Session, *, kind: StatusKind, issued_ids: Sequence[str], ports: Ports
) -> dict[str, Place]:
    """Draw a random place for each of many proofs at once, past the pool; by proof."""
    owner, waiting = publisher_of(ports), list(issued_ids)
    places: dict[str, Place] = {}
    while waiting:
        row, positions = _draw(session, kind, len(waiting), ports, for_pool=False)
        taken, waiting = waiting[: len(positions)], waiting[len(positions) :]
        values = [
            {
                "list_id": row.id,
                "position": position,
                "run": ports.status_files.run,
                "issued_id": issued_id,
                "status": 0,
            }
            for position, issued_id in zip(positions, taken, strict=True)
        ]
        session.connection().execute(insert(StatusSlot), values)
        home = _home(owner, ports)
        places |= {
            issued_id: Place(home, kind, row.number, position)
            for position, issued_id in zip(positions, taken, strict=True)
        }
    return places


def place_of(session: Session, issued_id: str, *, ports: Ports) -> Place:
    """Where a proof that was issued before stands.

    Raises:
        RejectedError: ``not_found`` where no place was reserved for it.
    """
    found = places_of(session, [issued_id], ports=ports).get(issued_id)
    if found is None:
        raise RejectedError("not_found", "no status place")
    return found


def places_of(session: Session, issued_ids: Sequence[str], *, ports: Ports) -> dict[str, Place]:
    """Where these proofs stand, by proof; those without a place are left out."""
    found = session.exec(
        select(StatusList, StatusSlot)
        .join(StatusSlot, col(StatusSlot.list_id) == col(StatusList.id))
        .where(col(StatusSlot.issued_id).in_(issued_ids))
    )
    return {
        slot.issued_id or "": Place(
            _home(row.organisation_id, ports), StatusKind(row.kind), row.number, slot.position
        )
        for row, slot in found
    }


_FREE = (
    select(StatusSlot.id)
    .join(StatusList, col(StatusList.id) == col(StatusSlot.list_id))
    .where(
        col(StatusSlot.run) == bindparam("this_run"),
        col(StatusSlot.issued_id).is_(None),
        col(StatusList.organisation_id) == bindparam("owner"),
        col(StatusList.kind) == bindparam("this_kind"),
    )
    .order_by(col(StatusSlot.id))
    .limit(1)
    .with_for_update(skip_locked=True, of=StatusSlot)
)
_NUMBER = (
    select(StatusList.number)
    .where(col(StatusList.id) == col(StatusSlot.list_id))
    .correlate(StatusSlot)
)
_TAKE = (
    update(StatusSlot)
    .where(col(StatusSlot.id) == _FREE.scalar_subquery())
    .values(issued_id=bindparam("taker"))
    .returning(col(StatusSlot.position), _NUMBER.scalar_subquery().label("number"))
)
"""Put together once: building a statement costs more than running it."""


def _take(session: Session, kind: StatusKind, issued_id: str, ports: Ports) -> Place | None:
    owner, run = publisher_of(ports), ports.status_files.run
    asked = {"this_run": run, "owner": owner, "this_kind": kind.value, "taker": issued_id}
    row = session.connection().execute(_TAKE, asked).first()
    return None if row is None else Place(_home(owner, ports), kind, row.number, row.position)


def _draw(
    session: Session, kind: StatusKind, count: int, ports: Ports, *, for_pool: bool = True
) -> tuple[StatusList, list[int]]:
    """Draw places that were never drawn before, in random order, into the pool or for the caller.

    The mark on disk is raised before the database knows of them: a database that was put back to
    yesterday then finds it higher, and draws from a new list.
    """
    owner, files = publisher_of(ports), ports.status_files
    row = _open_list(session, kind, owner, ports)
    row.draws += 1
    files.raise_mark(owner, kind, row.number, draws=row.draws)
    fresh = _fresh(session, row, min(count, MAX_TAKEN - row.drawn), ports)
    if for_pool:
        values = [
            {"list_id": row.id, "position": position, "run": files.run, "status": 0}
            for position in fresh
        ]
        session.connection().execute(insert(StatusSlot), values)
    row.drawn += len(fresh)
    session.add(row)
    session.flush()
    return row, fresh


def _open_list(session: Session, kind: StatusKind, owner: str, ports: Ports) -> StatusList:
    """The list from which places are drawn; a new one when the last is half full, or not whole.

    Not whole: more was drawn from it than this database knows, and not by this very process, whose
    transaction was undone.
    """
    take_turns(session, ports.organisation_id, owner)
    row = session.exec(
        select(StatusList)
        .where(StatusList.organisation_id == owner, StatusList.kind == kind)
        .order_by(col(StatusList.number).desc())
        .limit(1)
    ).first()
    highest = ports.status_files.highest(owner, kind)
    if row is not None and not row.closed and row.drawn < MAX_TAKEN and highest <= row.number:
        mark = ports.status_files.mark(owner, kind, row.number)
        if mark.draws <= row.draws or mark.run == ports.status_files.run:
            row.draws = max(row.draws, mark.draws)
            return row
    if row is not None:
        row.closed = True
        session.add(row)
    number = max(highest, 0 if row is None else row.number) + 1
    session.add(fresh := StatusList(organisation_id=owner, kind=kind, number=number))
    session.flush()
    return fresh


def _fresh(session: Session, row: StatusList, count: int, ports: Ports) -> list[int]:
    """So many random places of a list that were never drawn."""
    found: dict[int, None] = {}
    while len(found) < count:
        asked = min(count - len(found), _ASKED_AT_ONCE)
        drawn = [int.from_bytes(ports.entropy(8)) % LIST_SIZE for _ in range(asked)]
        known = set(
            session.exec(
                select(StatusSlot.position).where(
                    StatusSlot.list_id == row.id, col(StatusSlot.position).in_(drawn)
                )
            )
        )
        found |= dict.fromkeys(place for place in drawn if place not in known)
    return list(found)


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

    All copies that the holder has of it go along. Withdrawn is for good. Saying again what
    already holds changes nothing.

    Raises:
        RejectedError: ``not_found``, or ``status_final`` for a proof that was withdrawn.
        MalformedError: ``status_reason_invalid`` for no reason, or one that is too long.
    """
    words = sentence_of(reason)
    own = Issued.organisation_id == ports.organisation_id
    offer_id = select(Issued.offer_id).where(Issued.id == issued_id, own).scalar_subquery()
    copies = session.exec(
        select(Issued)
        .where(Issued.offer_id == offer_id)
        .order_by(col(Issued.copy_number))  # all in one order, or two would wait for each other
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    issued = next((copy for copy in copies if copy.id == issued_id), None)
    if issued is None:
        raise RejectedError("not_found", "no such proof")
    if issued.status == to:
        return issued
    if issued.status == StatusWord.REVOKED:
        raise RejectedError("status_final", "a withdrawn proof stays withdrawn")
    record(session, ports, to, about=issued_id, actor=actor, reason=words)  # takes its turn first
    for copy in copies:
        copy.status, copy.status_reason, copy.status_at = to, words, at
        session.add(copy)
        _publish_later(session, copy.id, STATUS_VALUE[to])
    emit(
        session,
        f"credential.{to}",
        ports=ports,
        at=at,
        offer=issued.offer_id,
        credential=issued_id,
    )
    return issued


def _publish_later(session: Session, issued_id: str, value: int) -> None:
    """Set the value; at the commit its list gets a new version, so that the next reader gets it.

    Two that change many proofs of several lists raise the versions in one order.
    """
    statement = (
        update(StatusSlot)
        .where(col(StatusSlot.issued_id) == issued_id)
        .values(status=value)
        .returning(col(StatusSlot.list_id))
        .execution_options(synchronize_session=False)
    )
    changed: set[int] = session.info.setdefault(_CHANGED, set())
    if not changed:
        before_commit(session, _raise_versions)
    changed.add(session.connection().execute(statement).scalar_one())


def _raise_versions(session: Session) -> None:
    for list_id in sorted(session.info.pop(_CHANGED)):
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
