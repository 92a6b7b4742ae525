"""Class lists on their way: put down, kept sealed, and read again each time somebody looks.

draft -> checked -> waiting_approval -> approved -> issued (security.md, section 4). What changes a
list stands in ``issuer.draft_changes``, what gives its proofs in ``issuer.list_issuing``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from issuer import given_proofs
from issuer.audit import record
from issuer.batches import fixed_of
from issuer.class_list import ClassList, answered, check_sheet, read_sheet
from issuer.class_list_faults import Action
from issuer.class_list_file import Sheet
from issuer.class_list_headings import fingerprint
from issuer.class_list_mapping import ColumnMapping, Proposal, fitting, likely, propose, sure
from issuer.class_list_plan import types_in_play, unfilled
from issuer.class_list_text import kept_text
from issuer.list_contents import (
    Said,
    number_positions,
    pack_said,
    pack_sheet,
    scrubbed,
    unpack_said,
    unpack_sheet,
)
from issuer.listed_templates import all_listed, listed
from issuer.offers import ID_BYTES, secret
from issuer.ports import Ports
from issuer.tables import ColumnMemory, ListDraft, ListLine, ListState
from schemas.credential_types import CredentialType

KEPT = timedelta(days=30)
"""A list that nobody touched that long is dropped: it names people."""

MAX_NAME = 80
"""Characters of a file's name that are kept."""

OPEN = frozenset({ListState.DRAFT, ListState.CHECKED})
"""States in which a list can be changed."""


@dataclass(frozen=True, slots=True)
class Look:
    """A list as it stands now.

    Attributes:
        proposals: what each column seems to hold.
        mapping: what the columns are used for; the proposal where nobody decided.
        in_play: the types of which this list may make proofs.
        unfilled: type id to required claims that no column, template or value for all fills.
        found: its rows; of what was given already nothing is left in it.
        given: line to offer, for rows that were given before.
        needs_mapping: whether a person must say first what the columns hold.
    """

    row: ListDraft
    said: Said
    sheet: Sheet
    types: tuple[CredentialType, ...]
    proposals: tuple[Proposal, ...]
    mapping: ColumnMapping
    in_play: tuple[CredentialType, ...]
    unfilled: Mapping[str, tuple[str, ...]]
    found: ClassList
    given: Mapping[int, str]
    needs_mapping: bool


def start(
    session: Session,
    data: bytes,
    *,
    name: str,
    template_id: str,
    sheet_name: str | None,
    member_id: str,
    ports: Ports,
    at: datetime,
) -> ListDraft:
    """Put a list down; from then on it is kept, sealed, until it is given or dropped.

    Args:
        session: the open transaction.
        data: the CSV or XLSX file.
        name: of the file.
        template_id: what is given to everyone; empty where the course of each row chooses.
        sheet_name: which sheet of a workbook.
        member_id: who does it.
        ports: the organisation's.
        at: now.

    Raises:
        MalformedError: ``type_unknown``.
        ListRefusedError: the file cannot be read.
    """
    purge(session, ports=ports, at=at)
    if template_id and template_id not in ports.templates:
        raise MalformedError("type_unknown", "no such template")
    sheet = read_sheet(data, sheet=sheet_name)
    types = types_of(ports)
    remembered = _remembered(session, sheet, template_id, ports)
    proposals = propose(sheet, types, remembered=remembered)
    kept = scrubbed(sheet, number_positions(likely(proposals).targets, types))
    identifier = secret(ports.entropy, ID_BYTES)
    said = Said(name[:MAX_NAME], template_id, remembered)
    row = ListDraft(
        id=identifier,
        organisation_id=ports.organisation_id,
        made_by=member_id,
        digest=hashlib.sha256(data).hexdigest(),
        sheet=ports.sealer.seal(pack_sheet(kept), about=f"list {identifier}"),
        answers=b"",
        created_at=at,
        changed_at=at,
    )
    keep(row, said, ports)
    session.add(row)
    session.flush()
    count(row, look(session, row.id, ports=ports, at=at))
    record(session, ports, "list_started", about=row.id, actor=member_id)
    return row


def find(session: Session, list_id: str, *, ports: Ports) -> ListDraft:
    """The organisation's own list.

    Raises:
        RejectedError: ``not_found``, also where it is another organisation's.
    """
    row = session.get(ListDraft, list_id)
    if row is None or row.organisation_id != ports.organisation_id:
        raise RejectedError("not_found", "no such list")
    return row


def lists(session: Session, *, ports: Ports) -> list[tuple[ListDraft, str]]:
    """The lists of this organisation with the names of their files, the newest first."""
    rows = session.exec(
        select(ListDraft)
        .where(ListDraft.organisation_id == ports.organisation_id)
        .order_by(col(ListDraft.changed_at).desc())
        .limit(100)
    )
    return [(row, said_of(row, ports).name) for row in rows]


def look(session: Session, list_id: str, *, ports: Ports, at: datetime) -> Look:
    """Read a list again: everything is checked anew, for clock and templates move on.

    Raises:
        RejectedError: ``not_found``.
    """
    row = find(session, list_id, ports=ports)
    sheet, types = sheet_of(row, ports), types_of(ports)
    said = said_of(row, ports)
    if said.mapping is not None:
        said = replace(said, mapping=fitting(said.mapping, types))
    given = _given(session, row)
    template = ports.templates.get(said.template_id)
    wanted = None if template is None else listed(template)
    in_play = types_in_play(sheet, types, wanted)
    proposals = propose(sheet, in_play, remembered=said.mapping)
    fixed = fixed_of(ports.templates)
    found = check_sheet(
        sheet,
        at=at,
        types=types,
        wanted=wanted,
        fixed=fixed,
        mapping=said.mapping,
        answers=said.answers,
        given=lambda rows: given_proofs.lines(session, rows, ports=ports),
    )
    unsure = said.mapping is None and likely(proposals) != sure(proposals)
    return Look(
        row=row,
        said=said,
        sheet=sheet,
        types=types,
        proposals=proposals,
        mapping=said.mapping or likely(proposals),
        in_play=in_play,
        unfilled={
            kind.id: unfilled(kind, said.mapping or likely(proposals), fixed) for kind in in_play
        },
        found=_without(found, given),
        given=given,
        needs_mapping=row.state in OPEN and (found.refused or unsure),
    )


def _without(found: ClassList, given: Mapping[int, str]) -> ClassList:
    """What is left of a list; rows that were given still count where others repeat them."""
    return replace(
        found,
        rows=tuple(row for row in found.rows if row.line not in given),
        waiting=tuple(row for row in found.waiting if row.line not in given),
        faults=tuple(fault for fault in found.faults if fault.line not in given),
    )


def types_of(ports: Ports) -> tuple[CredentialType, ...]:
    """What this organisation gives, as a list sees it."""
    return all_listed(ports.templates.values())


def _given(session: Session, row: ListDraft) -> dict[int, str]:
    lines = session.exec(select(ListLine).where(ListLine.list_id == row.id))
    return {one.line: one.offer_id for one in lines}


def said_of(row: ListDraft, ports: Ports) -> Said:
    """What was said about a list so far."""
    return unpack_said(ports.sealer.open(row.answers, about=f"answers {row.id}"))


def sheet_of(row: ListDraft, ports: Ports) -> Sheet:
    """The titles and cells of a list."""
    return unpack_sheet(ports.sealer.open(row.sheet, about=f"list {row.id}"))


def keep(row: ListDraft, said: Said, ports: Ports) -> None:
    """Seal what was said about a list."""
    row.answers = ports.sealer.seal(pack_said(said), about=f"answers {row.id}")


def count(row: ListDraft, seen: Look) -> None:
    """Note how the list stands, for the page with all lists."""
    if row.state in OPEN:
        row.state = ListState.DRAFT if seen.needs_mapping else ListState.CHECKED
    row.ready = len(seen.found.rows)
    row.waiting = len(open_lines(seen.found))


def open_lines(found: ClassList) -> frozenset[int]:
    """Lines with something to answer or to mend."""
    skipped = {Action.ROW_KEPT, Action.ROW_SKIPPED, Action.LIST_REFUSED}
    faulty = {fault.line for fault in found.faults if fault.action not in skipped}
    return frozenset(faulty | {row.line for row in found.waiting})


def purge(session: Session, *, ports: Ports, at: datetime) -> None:
    """Drop lists that nobody touched for ``KEPT``."""
    session.connection().execute(
        delete(ListDraft).where(
            col(ListDraft.organisation_id) == ports.organisation_id,
            col(ListDraft.changed_at) <= at - KEPT,
        )
    )


def _remembered(
    session: Session, sheet: Sheet, template_id: str, ports: Ports
) -> ColumnMapping | None:
    key = (ports.organisation_id, template_id, fingerprint(sheet.titles))
    memory = session.get(ColumnMemory, key)
    if memory is None:
        return None
    return ColumnMapping(tuple(memory.targets), dict.fromkeys(memory.nobody_has, ""))


def corrected(seen: Look) -> tuple[tuple[str, ...], ...]:
    """Titles and rows as they stand now, without those that were given or left out."""
    left_out = seen.said.answers.left_out | seen.given.keys()
    records = answered(seen.sheet, replace(seen.said.answers, left_out=left_out))
    return (seen.sheet.titles, *(tuple(map(kept_text, one.cells)) for one in records))
