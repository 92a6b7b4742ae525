"""A class list: what an institute's own system or Excel saves, into credentials to offer.

Nothing is issued until the person who imports has seen the list; rows without faults can go on
alone. A row is ready, waits for an answer, is refused, or belongs to someone who did not pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from issuer import class_list_file as headings
from issuer.class_list_faults import Action, Fault, Problem, Severity, Words, list_refused
from issuer.class_list_file import ListRefusedError, Record, Table, read_table
from issuer.class_list_reading import NAMES, Plan
from issuer.class_list_rows import Checked, NotIssued, Row, check_row
from issuer.class_list_text import cleaned
from schemas.catalog import course_keys, credential_type, credential_types
from schemas.completion import COMMON_COLUMNS, template_missing
from schemas.credential_types import CredentialType
from schemas.files import JsonObject
from schemas.messages import LANGUAGES
from skills.framework import fold, metalektro

__all__ = ["ClassList", "Fault", "NotIssued", "Row", "read_class_list"]

MAX_FAULTS: Final = 20_000
"""Nobody reads more; then the whole list is wrong, for example by a wrong column order."""

_DELIMITER_WORDS = {
    ";": {"nl": "puntkomma", "en": "semicolon"},
    ",": {"nl": "komma", "en": "comma"},
    "\t": {"nl": "tab", "en": "tab"},
}


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


def read_class_list(
    data: bytes,
    *,
    at: datetime,
    type_id: str | None = None,
    fixed: Mapping[str, JsonObject] | None = None,
) -> ClassList:
    """Read and check a class list; whatever the bytes, the answer is rows or faults.

    Args:
        data: the CSV file.
        at: the moment against which exam dates are held.
        type_id: issue only this type. Where courses choose it, rows of other courses are passed
            over; a type without course names applies to every row.
        fixed: type id to the claims its template fixes; the demo templates where left out.

    Raises:
        KeyError: no such type.
    """
    wanted = credential_type(type_id) if type_id is not None else None
    try:
        table = read_table(data)
    except ListRefusedError as refused:
        return ClassList(faults=(refused.fault,))
    plan = _plan(table, at, wanted, fixed or {})
    faults = _heading_faults(table, plan) or _template_faults(table, plan)
    if faults:
        return ClassList(faults=faults, total=len(table.records))
    return _read_rows(table, plan)


def _plan(
    table: Table,
    at: datetime,
    wanted: CredentialType | None,
    fixed: Mapping[str, JsonObject],
) -> Plan:
    columns = {heading: n for n, heading in enumerate(table.headings) if heading is not None}
    numbers = sorted(
        int(heading.partition(" ")[2])
        for heading in columns
        if heading.startswith("Skill ") and f"Niveau {heading.partition(' ')[2]}" in columns
    )
    courses = {key: found for found in credential_types() for key in course_keys(found)}
    return Plan(
        at=at,
        columns=columns,
        pairs=tuple((f"Skill {number}", f"Niveau {number}") for number in numbers),
        course=lambda text: courses.get(fold(text)),
        wanted=wanted,
        fixed=fixed,
        framework=metalektro(),
        roles=_roles(),
        comma=table.delimiter != ",",
    )


def _roles() -> dict[str, str]:
    roles = {
        column: "date"
        for found in credential_types()
        for claim, column in found.from_list.items()
        if (described := found.claim(claim)) is not None and described.kind == "date"
    }
    roles |= dict.fromkeys(NAMES, "name")
    return roles | {headings.NUMBER: "number", headings.EMAIL: "email"}


def _types_in_play(table: Table, plan: Plan) -> tuple[CredentialType, ...]:
    """The types that the courses of this list choose, or the one that was asked."""
    if plan.wanted is not None:
        return (plan.wanted,)
    position = plan.columns.get(headings.COURSE)
    if position is None:
        return ()
    named = {record.cells[position] for record in table.records if position < len(record.cells)}
    chosen = {found.id for name in named if (found := plan.course(cleaned(name))) is not None}
    return tuple(found for found in credential_types() if found.id in chosen)


def _heading_faults(table: Table, plan: Plan) -> tuple[Fault, ...]:
    needed = [headings.NUMBER, headings.GIVEN_NAME, headings.FAMILY_NAME, headings.EMAIL]
    if plan.wanted is None:
        needed.append(headings.COURSE)
    needed.append(headings.RESULT)
    for found in _types_in_play(table, plan):
        sources = {**COMMON_COLUMNS, **found.from_list}
        needed.extend(sources[claim] for claim in found.required() if claim in sources)
    for heading in plan.columns:
        kind, _, number = heading.partition(" ")
        if kind in {"Skill", "Niveau"} and number.isdecimal():
            needed.append(f"{'Niveau' if kind == 'Skill' else 'Skill'} {number}")
    return tuple(
        Problem("heading_missing", Action.LIST_REFUSED, words={"heading": heading}).at(
            table.header_line, heading
        )
        for heading in dict.fromkeys(needed)
        if heading not in plan.columns
    )


def _template_faults(table: Table, plan: Plan) -> tuple[Fault, ...]:
    """Required claims that no row can fill, named before any row is read."""
    faults = []
    for found in _types_in_play(table, plan):
        fixed = plan.fixed.get(found.id, found.fixed_for_demo)
        for path in template_missing(found, fixed=fixed, columns=plan.columns):
            claim = found.claim(path)
            words: Words = {
                "title": {language: found.title(language) for language in LANGUAGES},
                "claim": {language: claim.label(language) for language in LANGUAGES}
                if claim
                else path,
            }
            problem = Problem("template_claim_missing", Action.LIST_REFUSED, words=words)
            faults.append(problem.at(table.header_line, None))
    return tuple(faults)


def _read_rows(table: Table, plan: Plan) -> ClassList:
    faults: list[Fault] = []
    checked: list[Checked] = []
    seen: dict[tuple[str, ...], int] = {}
    people: dict[tuple[str, str], Record] = {}
    held: set[int] = set()
    for record in table.records:
        if len(faults) > MAX_FAULTS:
            return ClassList(
                faults=(list_refused("too_many_faults", record.line),), total=len(table.records)
            )
        problem = _shape_problem(table, record, seen)
        if problem is not None:
            faults.append(problem.at(record.line, None))
            continue
        row = check_row(plan, record.line, record.cells)
        faults.extend(row.faults)
        first = people.setdefault(row.person, record) if row.person else record
        if first is not record:
            held.update((first.line, record.line))
            faults.append(_conflict(table, first, record))
        checked.append(row)
    faults.sort(key=lambda fault: (fault.line, plan.columns.get(fault.column or "", -1)))
    return _sorted_out(checked, faults, held, len(table.records))


def _shape_problem(
    table: Table, record: Record, seen: dict[tuple[str, ...], int]
) -> Problem | None:
    """A row cut off or with fields too many, or equal to an earlier one."""
    found, expected = len(record.cells), len(table.headings)
    if found != expected:
        code = "too_many_columns" if found > expected else "too_few_columns"
        words: Words = {
            "found": str(found),
            "expected": str(expected),
            "sign": _DELIMITER_WORDS[table.delimiter],
        }
        return Problem(code, words=words)
    first = seen.setdefault(tuple(cell.strip() for cell in record.cells), record.line)
    if first == record.line:
        return None
    return Problem(
        "duplicate_row",
        Action.ROW_SKIPPED,
        Severity.WARNING,
        same_as_line=first,
        words={"line": str(first)},
    )


def _conflict(table: Table, first: Record, second: Record) -> Fault:
    differs = next(
        position
        for position, (one, other) in enumerate(zip(first.cells, second.cells, strict=True))
        if one.strip() != other.strip()
    )
    words = {"line": str(first.line)}
    problem = Problem(
        "duplicate_conflict", Action.BOTH_ROWS_HELD, same_as_line=first.line, words=words
    )
    return problem.at(second.line, table.headings[differs])


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
