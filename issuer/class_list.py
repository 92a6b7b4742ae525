"""A class list: what an institute's own system or Excel saves, into credentials to offer.

Nothing is issued until the person who imports has seen the list; rows without faults can go on
alone. A row is ready, waits for an answer, is refused, or belongs to someone who did not pass.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from issuer.class_list_doubles import Doubles
from issuer.class_list_faults import Action, Fault, Problem, Severity, list_refused
from issuer.class_list_file import MAX_BYTES, ListRefusedError, Record, Sheet, read_text
from issuer.class_list_mapping import ColumnMapping
from issuer.class_list_plan import list_faults, make_plan, mapped
from issuer.class_list_reading import Answers, Plan, is_asked
from issuer.class_list_rows import Checked, NotIssued, Row, check_row
from issuer.class_list_workbook import is_workbook, read_workbook
from schemas.catalog import credential_type, credential_types
from schemas.credential_types import CredentialType
from schemas.files import JsonObject

__all__ = [
    "Answers",
    "ClassList",
    "Fault",
    "NotIssued",
    "Row",
    "answered",
    "check_sheet",
    "read_class_list",
    "read_sheet",
]

MAX_FAULTS: Final = 20_000
"""Nobody reads more; then the whole list is wrong, for example by a wrong column order."""

ISSUED_BEFORE: Final = "issued_before"
"""Code of a row whose person has this proof of this day already."""

Given = Callable[[Sequence[Row]], Collection[int]]
"""From rows to the lines whose proof was issued before: the same person, type and date."""


@dataclass(frozen=True, slots=True)
class ClassList:
    """A list that was read.

    Attributes:
        rows: ready to be offered.
        waiting: complete, but a person must confirm or choose first (``Row.confirm``).
        faults: in the order of the file.
        not_issued: people who get nothing, without a fault.
        total: rows with content.
    """

    rows: tuple[Row, ...] = ()
    waiting: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    not_issued: tuple[NotIssued, ...] = ()
    total: int = 0

    @property
    def refused(self) -> bool:
        """Whether the list as a whole could not be read."""
        return any(fault.action is Action.LIST_REFUSED for fault in self.faults)


def read_sheet(data: bytes, *, sheet: str | None = None) -> Sheet:
    """The titles and rows of a file, CSV or XLSX, before anything is known about them.

    Raises:
        ListRefusedError: it cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise ListRefusedError(list_refused("too_large", variant="bytes", limit="10"))
    return read_workbook(data, sheet=sheet) if is_workbook(data) else read_text(data)


def read_class_list(
    data: bytes,
    *,
    at: datetime,
    type_id: str | None = None,
    fixed: Mapping[str, JsonObject] | None = None,
) -> ClassList:
    """Read and check a class list; whatever the bytes, the answer is rows or faults.

    Columns are used where their titles are surely known.

    Args:
        data: the CSV or XLSX file.
        at: the moment against which exam dates are held.
        type_id: issue only this type. Where courses choose it, rows of other courses are passed
            over; a type without course names applies to every row.
        fixed: type id to the claims its template fixes; the demo templates where left out.

    Raises:
        KeyError: no such type.
    """
    wanted = credential_type(type_id) if type_id is not None else None
    try:
        sheet = read_sheet(data)
    except ListRefusedError as refused:
        return ClassList(faults=(refused.fault,))
    return check_sheet(sheet, at=at, types=credential_types(), wanted=wanted, fixed=fixed)


def check_sheet(
    sheet: Sheet,
    *,
    at: datetime,
    types: tuple[CredentialType, ...],
    wanted: CredentialType | None = None,
    fixed: Mapping[str, JsonObject] | None = None,
    mapping: ColumnMapping | None = None,
    answers: Answers | None = None,
    given: Given | None = None,
) -> ClassList:
    """Check every row of a list that was read.

    Args:
        sheet: its titles and rows.
        at: the moment against which exam dates are held.
        types: the types whose courses choose them.
        wanted: issue only this one.
        fixed: type id to the claims its template fixes; the demo's where left out.
        mapping: what the columns hold; where left out, what their titles surely say.
        answers: what a person mended, confirmed and left out; None where nobody can be asked
            whether two rows that look alike are two people.
        given: which proofs were issued before.
    """
    sheet = replace(sheet, records=answered(sheet, answers or Answers()))
    total = len(sheet.records)
    try:
        chosen = mapped(sheet, types, wanted, mapping)
    except ListRefusedError as refused:
        return ClassList(faults=(refused.fault,), total=total)
    plan = make_plan(
        sheet, chosen, at=at, types=types, wanted=wanted, fixed=fixed or {}, answers=answers
    )
    faults = list_faults(sheet, plan, types)
    if faults:
        return ClassList(faults=faults, total=total)
    found = _read_rows(sheet, plan)
    return found if given is None else _beside_given(found, plan, given)


def answered(sheet: Sheet, answers: Answers) -> tuple[Record, ...]:
    """The rows as a person mended them, without those that were left out."""
    if not (answers.mended or answers.left_out):
        return sheet.records
    kept = (record for record in sheet.records if record.line not in answers.left_out)
    return tuple(
        _mended(record, cells, len(sheet.titles))
        if (cells := answers.mended.get(record.line))
        else record
        for record in kept
    )


def _mended(record: Record, cells: Mapping[int, str], width: int) -> Record:
    """A row as a person typed it; it has as many cells as there are titles."""
    given = {**dict(enumerate(record.cells)), **cells}
    return Record(record.line, tuple(given.get(at, "") for at in range(width)))


def _read_rows(sheet: Sheet, plan: Plan) -> ClassList:
    faults: list[Fault] = []
    checked: list[Checked] = []
    doubles = Doubles(sheet, plan)
    for record in sheet.records:
        if len(faults) > MAX_FAULTS:
            return ClassList(
                faults=(list_refused("too_many_faults", record.line),), total=len(sheet.records)
            )
        problem = doubles.shape(record)
        if problem is not None:
            faults.append(plan.place(problem, record.line, None))
            continue
        row = check_row(plan, record.line, record.cells)
        faults.extend(row.faults)
        found = doubles.beside(record, row)
        faults.extend(found)
        checked.append(_waiting(row, found))
    faults.sort(key=_place)
    return _sorted_out(checked, faults, doubles.held, len(sheet.records))


def _place(fault: Fault) -> tuple[int, int]:
    return fault.line, -1 if fault.position is None else fault.position


def _beside_given(found: ClassList, plan: Plan, given: Given) -> ClassList:
    """Rows whose proof was issued before wait for a person, who may want it once more."""
    before = frozenset(given((*found.rows, *found.waiting)))
    settled = {line for line, code, _ in plan.answers.confirmed if code == ISSUED_BEFORE}
    asked = before - settled
    if not asked:
        return found
    problem = Problem(ISSUED_BEFORE, Action.NEEDS_CONFIRMATION, Severity.WARNING)
    moved = [row for row in found.rows if row.line in asked]
    waiting = sorted((*found.waiting, *moved), key=lambda row: row.line)
    faults = (*found.faults, *(problem.at(line, None) for line in asked))
    return replace(
        found,
        rows=tuple(row for row in found.rows if row.line not in asked),
        waiting=tuple(
            replace(row, confirm=(*row.confirm, ISSUED_BEFORE)) if row.line in asked else row
            for row in waiting
        ),
        faults=tuple(sorted(faults, key=_place)),
    )


def _waiting(checked: Checked, found: tuple[Fault, ...]) -> Checked:
    """A row that must be confirmed for what stands in other rows or was issued before."""
    asked = tuple(fault.code for fault in found if is_asked(fault))
    if checked.row is None or not asked:
        return checked
    return replace(checked, row=replace(checked.row, confirm=(*checked.row.confirm, *asked)))


def _sorted_out(
    checked: list[Checked], faults: list[Fault], held: set[int], total: int
) -> ClassList:
    made = [
        replace(row.row, confirm=(*row.row.confirm, "duplicate_conflict"))
        if row.row.line in held
        else row.row
        for row in checked
        if row.row is not None
    ]
    return ClassList(
        rows=tuple(row for row in made if not row.confirm),
        waiting=tuple(row for row in made if row.confirm),
        faults=tuple(faults),
        not_issued=tuple(row.not_issued for row in checked if row.not_issued is not None),
        total=total,
    )
