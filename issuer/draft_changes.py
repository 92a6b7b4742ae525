"""What people do to a class list before it is given: map, mend, confirm, leave out, drop.

Every change names the version that its page showed; a page of before changes nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from credentials.errors import MalformedError, RejectedError
from issuer.audit import record
from issuer.class_list_file import ListRefusedError
from issuer.class_list_headings import fingerprint
from issuer.class_list_mapping import ColumnMapping, likely, propose
from issuer.class_list_text import without_number
from issuer.drafts import OPEN, Look, count, find, keep, look, said_of, sheet_of, types_of
from issuer.list_contents import Said, number_positions
from issuer.ports import Ports
from issuer.tables import ColumnMemory, ListDraft
from issuer.turns import take_turn

MAX_CELL = 2_000
"""Characters that a person may type into a cell, as many as a cell of a file may hold."""


UNFINISHED = frozenset(
    {"heading_missing", "template_claim_missing", "import_invalid", "too_many_faults"}
)
"""Faults of a list whose columns may be kept as they are: the next look at them mends it."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes which list, and what their page showed.

    Attributes:
        member_id: who it is.
        version: of the list, on their page.
    """

    list_id: str
    member_id: str
    version: int


def take(session: Session, change: Change, *, ports: Ports, at: datetime) -> ListDraft:
    """The list for a change by someone whose page is the newest; nobody else gets it meanwhile.

    Raises:
        RejectedError: ``not_found``, or ``list_changed``: their page is older than the list.
    """
    find(session, change.list_id, ports=ports)
    won = session.connection().execute(
        update(ListDraft)
        .where(col(ListDraft.id) == change.list_id, col(ListDraft.version) == change.version)
        .values(version=ListDraft.version + 1, changed_at=at)
    )
    if won.rowcount != 1:
        raise RejectedError("list_changed", f"version {change.version} is not the newest")
    row = session.get_one(ListDraft, change.list_id)
    session.refresh(row)
    return row


def _take_open(session: Session, change: Change, *, ports: Ports, at: datetime) -> ListDraft:
    row = take(session, change, ports=ports, at=at)
    if row.state not in OPEN:
        raise RejectedError("list_not_open", f"state {row.state}")
    return row


def _say(session: Session, row: ListDraft, said: Said, *, ports: Ports, at: datetime) -> Look:
    keep(row, said, ports)
    session.add(row)
    session.flush()
    seen = look(session, row.id, ports=ports, at=at)
    count(row, seen)
    session.add(row)
    return seen


def set_mapping(
    session: Session,
    change: Change,
    mapping: ColumnMapping,
    *,
    template_id: str,
    ports: Ports,
    at: datetime,
) -> Look:
    """Say what the columns hold; it is remembered for the next list with these headings.

    Raises:
        MalformedError: ``mapping_unknown`` or ``type_unknown``.
        ListRefusedError: two columns for one thing, or a value for all that may not be there;
            nothing of it is kept.
        RejectedError: as ``take``; ``list_not_open``.
    """
    row = _take_open(session, change, ports=ports, at=at)
    if template_id and template_id not in ports.templates:
        raise MalformedError("type_unknown", "no such template")
    said = replace(said_of(row, ports), mapping=mapping, template_id=template_id)
    seen = _say(session, row, said, ports=ports, at=at)
    if seen.found.refused and seen.found.faults[0].code not in UNFINISHED:
        raise ListRefusedError(seen.found.faults[0])
    key = (ports.organisation_id, template_id, fingerprint(seen.sheet.titles))
    take_turn(session, ports.organisation_id)
    memory = session.get(ColumnMemory, key) or ColumnMemory(
        organisation_id=key[0], template_id=key[1], fingerprint=key[2]
    )
    memory.targets = list(mapping.targets)
    memory.nobody_has = sorted(name for name, text in mapping.constants.items() if not text)
    session.add(memory)
    return seen


def mend(
    session: Session,
    change: Change,
    line: int,
    *,
    cells: Mapping[int, str],
    confirmed: Collection[tuple[str, int]] = (),
    ports: Ports,
    at: datetime,
) -> Look:
    """Type cells of one row anew, or confirm what was read; a changed row is asked about again.

    Args:
        session: the open transaction.
        change: who, and from which page.
        line: of the file.
        cells: position to what shall stand there.
        confirmed: code and position of what is right as it is.
        ports: the organisation's.
        at: now.

    Raises:
        RejectedError: as ``take``; ``list_not_open``; ``not_found`` for a line that is not there.
        MalformedError: ``field_too_long``.
    """
    row = _take_open(session, change, ports=ports, at=at)
    said, sheet = said_of(row, ports), sheet_of(row, ports)
    record_of_line = next((one for one in sheet.records if one.line == line), None)
    if record_of_line is None:
        raise RejectedError("not_found", "no such line")
    if any(len(text) > MAX_CELL for text in cells.values()):
        raise MalformedError("field_too_long", f"{MAX_CELL} characters")
    before = dict(enumerate(record_of_line.cells)) | dict(said.answers.mended.get(line, {}))
    mapping = said.mapping or likely(propose(sheet, types_of(ports)))
    numbers = number_positions(mapping.targets, types_of(ports))
    typed = {
        at_position: text if at_position in numbers else without_number(text)
        for at_position, text in cells.items()
        if at_position in range(len(sheet.titles)) and text != before.get(at_position, "")
    }
    old = said.answers
    settled = {one for one in old.confirmed if not (typed and one[0] == line)}
    settled |= {(line, code, position) for code, position in confirmed}
    mended = {**old.mended, line: {**old.mended.get(line, {}), **typed}} if cells else old.mended
    answers = replace(old, mended=mended, confirmed=frozenset(settled))
    return _say(session, row, replace(said, answers=answers), ports=ports, at=at)


def leave_out(
    session: Session,
    change: Change,
    lines: Collection[int],
    *,
    back: bool = False,
    ports: Ports,
    at: datetime,
) -> Look:
    """Leave rows out, or take them back in.

    Raises:
        RejectedError: as ``take``; ``list_not_open``.
    """
    row = _take_open(session, change, ports=ports, at=at)
    said = said_of(row, ports)
    known = {one.line for one in sheet_of(row, ports).records}
    wanted = frozenset(lines) & known
    old = said.answers.left_out
    answers = replace(said.answers, left_out=old - wanted if back else old | wanted)
    return _say(session, row, replace(said, answers=answers), ports=ports, at=at)


def discard(session: Session, change: Change, *, ports: Ports, at: datetime) -> None:
    """Drop a list; what was given from it stays given.

    Raises:
        RejectedError: as ``take``.
    """
    row = take(session, change, ports=ports, at=at)
    record(session, ports, "list_dropped", about=row.id, actor=change.member_id)
    session.delete(row)
