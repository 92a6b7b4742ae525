"""After a restore: a database that is older than what was published takes over what is known.

Others have seen the published lists, so those are right and the rows are not. A proof that was
withdrawn since the backup stays withdrawn, and a list that is newer on disk gives no place any more
(``issuer.status`` opens another by itself where only places were given).
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from credentials.encoding import JsonObject, b64url_decode, parse_json_object
from credentials.errors import CredentialError, UndeterminedError
from credentials.jose import peek
from credentials.model import Purpose, StatusKind
from credentials.status import bitstring_status_list, token_status_list
from issuer.status import LIST_SIZE, STATUS_VALUE
from issuer.status_files import Published, StatusFiles
from issuer.tables import Issued, Organisation, StatusList, StatusSlot, StatusWord
from service.database import Database

RESTORED = "restored"
"""The reason of a status that was taken over from a published list."""

_WORD = {value: word for word, value in STATUS_VALUE.items()}


def recover(database: Database, files: StatusFiles, *, at: datetime) -> int:
    """Take over every list that is newer on disk than in the database.

    Returns:
        how many lists were taken over.

    Raises:
        UndeterminedError: ``status_unreadable``: a newer list is damaged. Going on would make what
            was withdrawn good again: the file must be put right, or removed by hand.
    """
    files.tidy()
    count = 0
    for (owner, kind, number), parts in _lists(files).items():
        sequence = max(part.head.sequence for part in parts.values())
        with database.transaction() as session:
            row = session.exec(
                select(StatusList).where(
                    StatusList.organisation_id == owner,
                    StatusList.kind == kind,
                    StatusList.number == number,
                )
            ).first()
            gone = session.get(Organisation, owner) is None
            if gone or (row is not None and row.version >= sequence):
                continue
            row = row or StatusList(organisation_id=owner, kind=kind, number=number)
            row.version, row.closed = sequence + 1, True
            session.add(row)
            session.flush()
            try:
                statuses = _statuses(kind, parts)
            except (CredentialError, ValueError) as error:
                raise UndeterminedError("status_unreadable", f"{owner} {kind} {number}") from error
            _take_over(session, row, statuses, run=files.run, at=at)
            count += 1
    return count


def _lists(
    files: StatusFiles,
) -> dict[tuple[str, StatusKind, int], dict[Purpose, Published]]:
    """The published lists, the two purposes of one together."""
    found: dict[tuple[str, StatusKind, int], dict[Purpose, Published]] = {}
    for name in files.published():
        part = files.read(name)
        if part is not None:
            found.setdefault((name.owner, name.kind, name.number), {})[name.purpose] = part
    return found


def _statuses(kind: StatusKind, parts: Mapping[Purpose, Published]) -> dict[int, int]:
    """What the lists say, by index where it is not 0; withdrawn goes before paused."""
    if kind is StatusKind.TOKEN:
        return _tokens(parts[Purpose.ANY].body)
    found: dict[int, int] = {}
    for purpose, word in (
        (Purpose.SUSPENSION, StatusWord.SUSPENDED),
        (Purpose.REVOCATION, StatusWord.REVOKED),
    ):
        if purpose in parts:
            found |= dict.fromkeys(_bits(parts[purpose].body), STATUS_VALUE[word])
    return found


def _tokens(body: bytes) -> dict[int, int]:
    """Our own file is read as the database is: nobody checks its signature here."""
    payload = peek(body.decode("ascii"), typ=frozenset([token_status_list.TYPE])).payload
    listed = _object(payload, "status_list")
    found = token_status_list.open_list(
        b64url_decode(str(listed.get("lst"))),
        listed.get("bits"),
        uri="",
        issued_at=datetime.min.replace(tzinfo=UTC),
        expires=None,
        kept=None,
    )
    each = ((index, found.status(index)) for index in range(LIST_SIZE))
    return {index: value for index, value in each if value}


def _bits(body: bytes) -> list[int]:
    subject = _object(parse_json_object(body), "credentialSubject")
    octets = bitstring_status_list.decode(str(subject.get("encodedList")))
    return [
        index
        for place, octet in enumerate(octets)
        if octet
        for index in range(place * 8, place * 8 + 8)
        if bitstring_status_list.status_at(octets, index)
    ]


def _object(document: JsonObject, name: str) -> JsonObject:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _take_over(
    session: Session, row: StatusList, statuses: Mapping[int, int], *, run: str, at: datetime
) -> None:
    """Give every place the status that others have seen, and every proof that is still known."""
    slots = session.exec(select(StatusSlot).where(StatusSlot.list_id == row.id)).all()
    known = {slot.position: slot for slot in slots}
    for position, slot in known.items():
        value = statuses.get(position, 0)
        if slot.status != value:
            slot.status = value
            session.add(slot)
            _tell_proof(session, slot.issued_id, value, at)
    for position in statuses.keys() - known.keys():
        slot = StatusSlot(
            list_id=row.id or 0,
            position=position,
            run=run,
            issued_id=f"{RESTORED}:{row.id}:{position}",  # of a proof that nobody remembers
            status=statuses[position],
        )
        session.add(slot)


def _tell_proof(session: Session, issued_id: str | None, value: int, at: datetime) -> None:
    session.connection().execute(
        update(Issued)
        .where(col(Issued.id) == issued_id)
        .values(status=_WORD[value], status_reason=RESTORED, status_at=at)
    )
