"""One row of a class list: every cell checked, then the claims of one credential."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from issuer import class_list_headings as headings
from issuer.class_list_claims import read_claim
from issuer.class_list_faults import Action, Fault, Problem, Severity, Words
from issuer.class_list_headings import CLAIM
from issuer.class_list_people import names_of, whole_name
from issuer.class_list_reading import Plan, Reading, is_asked
from issuer.class_list_skills import read_skills
from issuer.class_list_text import cleaned, is_spreadsheet_error, repaired, text_problem
from issuer.class_list_values import (
    dutch,
    plain_number,
    read_date,
    read_email,
    read_grade,
    read_result,
    without_hour,
)
from schemas.claim_kinds import MAX_TEXT
from schemas.completion import complete, valid_until
from schemas.credential_types import CredentialType
from schemas.files import JsonObject, JsonValue

MAX_REMEMBERED: Final = 20_000
"""Cells that are looked at once: courses, skills and dates repeat, names and addresses hardly."""

_NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./_-]{0,38}[A-Za-z0-9])?")
_FIRM = re.compile(r"bedrijf:\s*([^(),;]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One credential that can be offered.

    Attributes:
        line: in the file.
        name: the whole name, for lists and messages.
        email: the private address, or None where a letter with a code must do.
        confirm: codes of what a person must confirm or choose first; empty = ready.
    """

    line: int
    type_id: str
    claims: JsonObject
    name: str
    email: str | None
    confirm: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotIssued:
    """Someone on the list who gets no credential, without a fault.

    Attributes:
        reason: ``result_not_passed``, or ``other_course`` where one type was asked.
    """

    line: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one row.

    Attributes:
        row: the credential, or None where the row is refused or nothing is to be issued.
        trainee: number and type, to find two rows about the same; None where unknown.
    """

    faults: tuple[Fault, ...]
    row: Row | None
    not_issued: NotIssued | None
    trainee: tuple[str, str] | None


def check_row(plan: Plan, line: int, cells: tuple[str, ...]) -> Checked:
    """Check every cell of a row and make its claims; all faults are named, not only the first."""
    reading = Reading(plan, line, {})
    _check_text(reading, cells)
    passed = _result(reading)
    course = _course(reading)
    trainee = _trainee(reading, course)
    reason = None
    if course is not None and plan.wanted is not None and course.id != plan.wanted.id:
        reason = "other_course"
    elif passed is False:
        reason = "result_not_passed"
    if reason is not None:
        # Of people who get nothing only what may not be in a list at all is reported.
        passed_over = {"course_unknown", "result_unknown"}
        kept = tuple(fault for fault in reading.faults if fault.code not in passed_over)
        names_of(reading, noting=False)
        return Checked(kept, None, NotIssued(line, whole_name(reading), reason), trainee)
    row = _row(reading, course)
    return Checked(tuple(reading.faults), row, None, trainee)


def _check_text(reading: Reading, cells: tuple[str, ...]) -> None:
    roles, texts = reading.plan.roles, reading.plan.texts
    reading.cells.update(reading.plan.constants)
    for column, position in reading.plan.columns.items():
        cell = cells[position]
        if not cell:
            reading.cells[column] = ""
            continue
        role = roles.get(column, "")
        known = texts.get((cell, role))
        if known is None:
            known = _look_at(cell, role)
            if len(texts) < MAX_REMEMBERED:
                texts[cell, role] = known
        reading.cells[column], problem = known
        if problem is not None:
            reading.add(column, problem)
            if problem.action is Action.ROW_REFUSED:
                reading.spoiled.add(column)


def _look_at(cell: str, role: str) -> tuple[str, Problem | None]:
    problem = text_problem(
        without_hour(cell) if role == "date" else cell,
        name=role == "name",
        number=role == "number",
        email=role == "email",
    )
    if problem is None and role != "other" and is_spreadsheet_error(cell):
        problem = Problem("cell_error", words={"written": cell.strip()})
    return cleaned(cell), problem


def _result(reading: Reading) -> bool | None:
    cell = reading.cell(headings.RESULT)
    if cell is None:
        return None
    read = read_result(cell, asked=reading.plan.says_passed)
    if read.problem is not None:
        reading.add(headings.RESULT, read.problem)
    return read.value


def _course(reading: Reading) -> CredentialType | None:
    """The type of this row: by its course, or the wanted one where no course chooses it."""
    plan = reading.plan
    if plan.wanted is not None and not (
        plan.wanted.course_names and headings.COURSE in plan.columns
    ):
        return plan.wanted
    cell = reading.cell(headings.COURSE)
    if cell is None:
        return None
    found = plan.course(repaired(cell))
    if found is None:
        problem = Problem("course_unknown", Action.ROW_HELD) if cell else _empty()
        reading.add(headings.COURSE, problem)
    return found


def _trainee(reading: Reading, course: CredentialType | None) -> tuple[str, str] | None:
    number = plain_number(reading.cell(headings.NUMBER) or "")
    return (number.casefold(), course.id) if number and course is not None else None


def _row(reading: Reading, course: CredentialType | None) -> Row | None:
    given = names_of(reading)
    _number(reading)
    email = _email(reading)
    grade = _grade(reading, course)
    skills = read_skills(reading)
    if course is None:
        return None
    claims = {name: value for name, value in given.items() if course.claim(name)}
    for claim, column in course.from_list.items():
        value = grade if column == headings.GRADE else _listed(reading, course, claim, column)
        if value is not None:
            claims[claim] = value
    claims.update(_own_columns(reading, course))
    if skills and course.claim("skills"):
        claims["skills"] = [*skills]
    elif not reading.refused and "skills" in course.required():
        reading.add(
            reading.plan.pairs[0][0] if reading.plan.pairs else None, Problem("skills_missing")
        )
    return None if reading.refused else _finish(reading, course, claims, email)


def _finish(
    reading: Reading, course: CredentialType, claims: JsonObject, email: str | None
) -> Row | None:
    fixed = reading.plan.fixed.get(course.id, course.fixed_for_demo)
    done = complete(course, claims, fixed=fixed, columns=reading.cells)
    for claim in done.missing:
        reading.add(course.from_list.get(claim, CLAIM + claim), _empty())
    end = None if reading.refused else valid_until(done.claims)
    if end is not None and end <= reading.plan.at:
        last = date.fromisoformat(str(done.claims["valid_until"]))
        action, severity = Action.NEEDS_CONFIRMATION, Severity.WARNING
        words: Words = {"date": dutch(last)}
        reading.add(
            course.from_list.get("date_of_exam"),
            Problem("proof_ended", action, severity, words=words),
        )
    if reading.refused:
        return None
    confirm = tuple(fault.code for fault in reading.faults if is_asked(fault))
    name = whole_name(reading)
    return Row(reading.line, course.id, done.claims, name, email, confirm)


def _empty() -> Problem:
    return Problem("value_missing")


def _number(reading: Reading) -> None:
    cell = reading.cell(headings.NUMBER)
    if cell is None or headings.NUMBER in reading.plan.constants:
        return
    number = plain_number(cell)
    length = reading.plan.number_length
    if not cell:
        reading.add(headings.NUMBER, _empty())
    elif not _NUMBER.fullmatch(number):
        reading.add(headings.NUMBER, Problem("number_invalid"))
    elif number.isdecimal() and len(number) < length and not reading.is_mended(headings.NUMBER):
        number = number.zfill(length)
        asked = (Action.NEEDS_CONFIRMATION, Severity.WARNING, number)
        reading.add(headings.NUMBER, Problem("zeros_lost", *asked, words={"better": number}))
    elif number != cell:
        kept = (Action.ROW_KEPT, Severity.WARNING, number)
        words = {"written": cell, "better": number}
        reading.add(headings.NUMBER, Problem("number_decimal", *kept, words=words))
    reading.cells[headings.NUMBER] = number


def _email(reading: Reading) -> str | None:
    cell = reading.cell(headings.EMAIL)
    if cell is None or headings.EMAIL in reading.plan.constants:
        return None
    firm = _FIRM.search(reading.cell(headings.REMARK) or "")
    read = read_email(cell, firm=firm[1].strip() if firm else "")
    if read.problem is not None:
        reading.add(headings.EMAIL, read.problem)
    return read.value


def _grade(reading: Reading, course: CredentialType | None) -> float | None:
    cell = reading.cell(headings.GRADE)
    if not cell:
        return None
    used = course is not None and headings.GRADE in course.from_list.values()
    read = read_grade(cell, comma=reading.plan.comma, used=used)
    if read.problem is not None:
        reading.add(headings.GRADE, read.problem)
    return read.value


def _listed(reading: Reading, course: CredentialType, claim: str, column: str) -> JsonValue:
    """The value of one claim that a column holds; None where there is none."""
    cell = reading.cell(column)
    if cell is None:
        return None
    described = course.claim(claim)
    if not cell:
        if described is not None and described.required:
            reading.add(column, _empty())
        return None
    if described is not None and described.kind == "date":
        read = read_date(cell, today=reading.plan.today)
        if read.problem is not None:
            reading.add(column, read.problem)
        return read.value.isoformat() if read.value else None
    if len(cell) > MAX_TEXT:
        reading.add(column, Problem("text_too_long", words={"limit": str(MAX_TEXT)}))
        return None
    return " ".join(repaired(cell).split())


def _own_columns(reading: Reading, course: CredentialType) -> JsonObject:
    """Claims that have a column of their own in this list."""
    claims: JsonObject = {}
    for column in reading.plan.own:
        described = course.claim(column.removeprefix(CLAIM))
        cell = reading.cell(column)
        if described is None or not cell:
            continue
        read = read_claim(described.kind, cell, today=reading.plan.today)
        if read.problem is not None:
            reading.add(column, read.problem)
        if read.value is not None:
            claims[described.path] = read.value
    return claims
